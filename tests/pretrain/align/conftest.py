"""Made worlds for aligning: pictures and words that share hidden traits."""

import numpy as np
import pytest

from zhiyin.core import derive

World = tuple[np.ndarray, np.ndarray]


def planted(size: int = 400, traits: int = 8, noise: float = 0.3, name: str = "planted") -> World:
    """(size, 24) words and (size, 40) pictures of the same traits, each with its own noise."""
    rng = derive(3, "align", name)
    # The maps are the same whatever the size: more items of one world.
    maps = derive(3, "align", "maps")
    hidden = rng.standard_normal((size, traits))
    views = []
    for width in (24, 40):
        rows = hidden @ maps.standard_normal((traits, width))
        rows += noise * rng.standard_normal((size, width)) * np.linspace(0.2, 6, width)
        views.append((rows + 2.0).astype(np.float32))
    return views[0], views[1]


@pytest.fixture
def world() -> World:
    return planted()
