"""What a motif is: a name, a repeat, and a figure that can stand alone."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.random import Generator

from zhiyin.data.demo.painting.contrast import Palette
from zhiyin.data.demo.painting.drawing import Codes, Drawing, rasterise

VARIANTS = 3
"""How many hands each motif is drawn by; a picture's seed chooses one."""

Draw = Callable[[Generator], Drawing]


@dataclass(frozen=True, slots=True)
class Motif:
    """A motif and the functions that draw it."""

    zh: str
    en: str
    tile: Draw
    """Draws one repeat: unit square, edges meet edges."""
    medallion: Draw
    """Draws the figure alone: inside the circle of radius 0.5 around (0.5, 0.5)."""
    period: float
    """Edge of one repeat, in widths of the picture."""
    upright: bool = False
    """Whether the motif has an up and a down, so goods must not turn it."""
    scene: bool = False
    """Whether one repeat is a whole scene, better shown large than often."""
    dyes: Palette | None = None
    """Fixed colours, for a craft that has only its own (cobalt on white)."""


@lru_cache(maxsize=160)
def tile_codes(name: str, draw: Draw, variant: int, side: int) -> Codes:
    """The raster of a motif's repeat."""
    return rasterise(draw(_hand(name, variant)), side, periodic=True)


@lru_cache(maxsize=96)
def medallion_codes(name: str, draw: Draw, variant: int, side: int) -> Codes:
    """The raster of a motif's medallion; outside the circle there is only ground."""
    return rasterise(draw(_hand(name, variant)), side, periodic=False)


def _hand(name: str, variant: int) -> Generator:
    return np.random.default_rng([variant, crc32(name.encode())])
