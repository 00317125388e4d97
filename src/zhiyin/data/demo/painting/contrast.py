"""Keeps motif and ground apart, whatever two colours were asked for."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zhiyin.data.demo.painting.colours import Rgb

Floats = NDArray[np.float64]

INK_GAP = 30.0
"""Least distance in CIELAB lightness between ground and motif."""
ACCENT_GAP = 14.0
"""Least distance in CIELAB lightness between ground and trims."""

_TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
) / [[0.9505], [1.0], [1.089]]
_FROM_XYZ = np.linalg.inv(_TO_XYZ)


@dataclass(frozen=True, slots=True)
class Palette:
    """The four colours of a picture, ready to be painted with."""

    ground: Rgb
    tint: Rgb
    ink: Rgb
    accent: Rgb


def lab(rgb: ArrayLike) -> Floats:
    """sRGB 0..255 to CIELAB (D65), over the last axis."""
    c = np.asarray(rgb, dtype=np.float64) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    t = linear @ _TO_XYZ.T
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def from_lab(colour: ArrayLike) -> Rgb:
    """One CIELAB colour to the nearest sRGB colour."""
    lightness, a, b = np.asarray(colour, dtype=np.float64)
    y = (lightness + 16) / 116
    f = np.array([y + a / 500, y, y - b / 200])
    t = np.where(f > 6 / 29, f**3, (116 * f - 16) * 27 / 24389)
    linear = np.clip(_FROM_XYZ @ t, 0, 1)
    c = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (round(float(v) * 255) for v in c)
    return red, green, blue


def legible(ground: Rgb, over: Rgb, gap: float = INK_GAP) -> Rgb:
    """``over``, made lighter or darker until it can be seen on ``ground``.

    It moves the way it already leans, unless there is no room on that side.
    """
    under, colour = lab(ground), lab(over)
    distance = colour[0] - under[0]
    if abs(distance) >= gap:
        return over
    lighter = distance > 0 or (distance == 0 and under[0] < 55)
    room = 96 - under[0] if lighter else under[0] - 6
    if room < gap:
        lighter = not lighter
    # A little past the gap: clipping to sRGB and rounding may take some of it back.
    target = under[0] + (gap + 1.5 if lighter else -gap - 1.5)
    for chroma in (1.0, 0.35, 0.0):  # what sRGB cannot show clips; a grey it always can
        moved = from_lab([target, *(colour[1:] * chroma)])
        if abs(lab(moved)[0] - under[0]) >= gap:
            break
    return moved


def mixed(a: Rgb, b: Rgb, share: float) -> Rgb:
    """``a`` with a share of ``b``."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


@lru_cache(maxsize=512)
def palette(ground: Rgb, ink: Rgb, accent: Rgb) -> Palette:
    """The colours to paint with: as asked for, nudged where they would not be seen."""
    seen = legible(ground, ink)
    return Palette(ground, mixed(ground, seen, 0.42), seen, legible(ground, accent, ACCENT_GAP))
