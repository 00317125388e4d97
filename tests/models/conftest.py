"""Amazon Baby and Sports for the tests of models, read as the benchmarks read them."""

from collections.abc import Callable
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from zhiyin.data import Split

_FILE = Path(__file__).parents[2] / "benchmarks" / "multimodal_data.py"


@pytest.fixture(scope="session")
def amazon() -> Callable[[str], Split]:
    """The split of a shop, with graphs; skips, saying so, where the data is not there."""
    spec = spec_from_file_location("multimodal_data", _FILE)
    assert spec is not None
    assert spec.loader is not None
    reading = module_from_spec(spec)
    spec.loader.exec_module(reading)

    @cache
    def load(shop: str) -> Split:
        if why := reading.missing(shop):
            pytest.skip(why)
        split: Split = reading.load(shop)
        return split

    return load
