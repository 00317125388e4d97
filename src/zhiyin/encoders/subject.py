"""Where the goods are in a picture: what a plain background is not.

A studio background is smooth: a surface of second order in x and y, fitted to the rim of
the picture without what juts into it, says what it is everywhere, vignettes included.
What is near the surface and hangs together with the rim is background. A picture whose
rim is not plain has no background: all of it counts.
"""

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

_NEAR = 0.04
"""In OKLab: what is nearer to the surface than this belongs to it."""
_PLAIN = 0.55
"""The share of the rim that must lie on the surface."""
_LEAST = 0.01
"""The share of a picture below which what is left is no goods."""
_ENCLOSED = 0.3
"""Weight of what looks like background and is enclosed: a hole in a ring, or white goods."""


def subject(lab: Floats) -> Floats:
    """(H, W) weights from 0, background, to 1, goods, of a picture in OKLab (H, W, 3)."""
    height, width = lab.shape[:2]
    surface = _surface(lab)
    if surface is None:
        return np.ones((height, width), np.float32)
    near = np.linalg.norm(lab - surface, axis=2) < _NEAR
    parts, _ = ndimage.label(near)
    rim = np.unique(parts[_rim(height, width)])
    weights = np.where(near, np.float32(_ENCLOSED), np.float32(1.0))
    weights[np.isin(parts, rim[rim > 0])] = 0.0
    enough = (weights == 1.0).mean() >= _LEAST
    return weights if enough else np.ones((height, width), np.float32)


def _surface(lab: Floats) -> Floats | None:
    """(H, W, 3) the background everywhere; None where the rim is not plain."""
    height, width = lab.shape[:2]
    rim = _rim(height, width)
    terms = _terms(height, width)
    there, values = terms[rim], lab[rim].astype(np.float64)
    # Begun at the rim's middle value: the goods may touch a good part of it.
    kept = np.linalg.norm(values - np.median(values, axis=0), axis=1) < 3 * _NEAR
    for _ in range(3):
        if kept.mean() < _PLAIN:
            return None
        fitted = np.linalg.lstsq(there[kept], values[kept], rcond=None)[0]
        kept = np.linalg.norm(values - there @ fitted, axis=1) < _NEAR
    found: Floats = (terms @ fitted).astype(np.float32)
    return found if kept.mean() >= _PLAIN else None


def _terms(height: int, width: int) -> npt.NDArray[np.float64]:
    """(H, W, 6) 1, x, y, x², xy, y²."""
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=2)


def _rim(height: int, width: int) -> Bools:
    """A frame, three hundredths of the edges wide."""
    rim = np.ones((height, width), np.bool_)
    down, across = max(1, height * 3 // 100), max(1, width * 3 // 100)
    rim[down:-down, across:-across] = False
    return rim
