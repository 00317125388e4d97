"""Lays a motif out on a panel: the flat cloth, paper or unrolled clay a product is made of.

A panel is measured in widths of the picture and rastered at twice the picture's resolution.
Each style is one way a craftsman would fill it: all over, framed, in bands, as a hem, round.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from zhiyin.data.demo.painting.drawing import ACCENT, GROUND, INK, TINT, Codes, flat_code
from zhiyin.data.demo.painting.motifs import VARIANTS, Motif, medallion_codes, tile_codes

PANEL_SCALE = 2
"""Texels of a panel for one pixel of the picture."""

_STEPS = np.round(24 * 1.19 ** np.arange(28)).astype(int)
"""Rasters are made in these sizes only, so that pictures share them."""


@dataclass(frozen=True, slots=True)
class Cloth:
    """One motif in one hand at one resolution, ready to be laid out."""

    key: str
    motif: Motif
    hand: int
    texels: float
    """Texels in one width of the picture."""
    rng: Generator

    def tile(self, period: float) -> Codes:
        """The repeat, with an edge close to ``period``."""
        return tile_codes(self.key, self.motif.tile, self.hand, _step(period * self.texels))

    def medallion(self, side: float) -> Codes:
        """The figure alone, with an edge close to ``side`` texels."""
        return medallion_codes(self.key, self.motif.medallion, self.hand, _step(side))

    def field(self, height: int, width: int, scale: float = 1.0) -> Codes:
        """The repeat all over a rectangle, starting anywhere."""
        tile = self.tile(self.motif.period * scale)
        side = len(tile)
        down, across = self.rng.integers(side, size=2)
        if self.motif.scene:
            down = -height % side
        rows, columns = (np.arange(height) + down) % side, (np.arange(width) + across) % side
        field: Codes = tile[rows[:, None], columns[None, :]]
        return field


Style = Callable[[Cloth, int, int], Codes]


def weave(key: str, motif: Motif, rng: Generator, resolution: int) -> Cloth:
    """Choose the hand that draws the motif for this picture."""
    return Cloth(key, motif, int(rng.integers(VARIANTS)), resolution * PANEL_SCALE, rng)


def all_over(cloth: Cloth, height: int, width: int) -> Codes:
    """The repeat and nothing else."""
    return cloth.field(height, width, _size(cloth))


def small(cloth: Cloth, height: int, width: int) -> Codes:
    """The repeat all over, somewhat reduced: for a narrow body."""
    return cloth.field(height, width, 0.78)


def fine(cloth: Cloth, height: int, width: int) -> Codes:
    """The repeat all over, small: for beads and other little things."""
    return cloth.field(height, width, 0.55)


def framed(cloth: Cloth, height: int, width: int) -> Codes:
    """A field in a patterned border, between rules."""
    panel = _border(cloth, height, width)
    edge = _edge(height, width)
    inner = panel[edge:-edge, edge:-edge]
    inner[:] = cloth.field(inner.shape[0], inner.shape[1], _size(cloth))
    _rule(inner, 0.045 * edge, INK)
    return panel


def centred(cloth: Cloth, height: int, width: int) -> Codes:
    """A medallion on quiet ground, quarter figures in the corners, a patterned border."""
    panel = _border(cloth, height, width)
    edge = _edge(height, width)
    inner = panel[edge:-edge, edge:-edge]
    _rule(inner, 0.045 * edge, INK)
    reach = min(inner.shape)
    _stamp(inner, cloth.medallion(reach * 0.74), 0.5, 0.5)
    if not cloth.motif.upright:
        for x, y in ((0, 0), (1, 0), (0, 1), (1, 1)):
            _stamp(inner, cloth.medallion(reach * 0.36), x, y)
    return panel


def veiled(cloth: Cloth, height: int, width: int) -> Codes:
    """A medallion over the same motif woven tone in tone."""
    panel = _muted(cloth.field(height, width, 0.8))
    medallion = cloth.medallion(min(height, width) * 0.7)
    _clear(panel, len(medallion) * 0.53)
    _stamp(panel, medallion, 0.5, 0.5)
    return panel


def alone(cloth: Cloth, height: int, width: int) -> Codes:
    """One large medallion, the rest left empty."""
    panel = np.zeros((height, width), dtype=np.uint16)
    _stamp(panel, cloth.medallion(min(height, width) * 0.9), 0.5, 0.5)
    return panel


def placed(cloth: Cloth, height: int, width: int) -> Codes:
    """A medallion above, a band of the repeat along the foot."""
    panel = np.zeros((height, width), dtype=np.uint16)
    foot = round(height * 0.78)
    panel[foot:] = cloth.field(height - foot, width, 0.62)
    _level(panel, foot, height * 0.008, ACCENT)
    _level(panel, foot - round(height * 0.022), height * 0.005, INK)
    _stamp(panel, cloth.medallion(min(height * 0.62, width * 0.8)), 0.5, 0.4)
    return panel


def banded(cloth: Cloth, height: int, width: int) -> Codes:
    """Bands around a vessel: narrow ones at neck and foot, the field between."""
    panel = np.zeros((height, width), dtype=np.uint16)
    top, foot = round(height * 0.13), round(height * 0.87)
    panel[top:foot] = cloth.field(foot - top, width, _size(cloth))
    for start, stop in ((0, top), (foot, height)):
        panel[start:stop] = cloth.field(stop - start, width, 0.5)
    for level, role in (
        (top, ACCENT),
        (foot, ACCENT),
        (top + height // 40, INK),
        (foot - height // 40, INK),
    ):
        _level(panel, level, height * 0.012, role)
    return panel


def girdled(cloth: Cloth, height: int, width: int) -> Codes:
    """A vessel left plain but for one medallion in front and a band at the foot."""
    panel = np.zeros((height, width), dtype=np.uint16)
    foot = round(height * 0.84)
    panel[foot:] = cloth.field(height - foot, width, 0.5)
    _level(panel, foot, height * 0.014, ACCENT)
    _level(panel, round(height * 0.05), height * 0.01, INK)
    figure = cloth.medallion(min(height * 0.74, width * 0.5))
    for x in (0.0, 0.5, 1.0):
        _stamp(panel, figure, x, 0.46)
    return panel


def hemmed(cloth: Cloth, height: int, width: int) -> Codes:
    """A garment: tone in tone above, the full pattern along the hem."""
    panel = _muted(cloth.field(height, width, 0.9))
    return _hem(cloth, panel)


def scattered(cloth: Cloth, height: int, width: int) -> Codes:
    """A garment: loose roundels on plain ground, the full pattern along the hem."""
    panel = np.zeros((height, width), dtype=np.uint16)
    figure = cloth.medallion(0.155 * cloth.texels)
    step = len(figure) * 1.5
    rows = int(height / step) + 2
    for row in range(rows):
        for column in range(-1, int(width / step) + 2):
            x = (column + 0.5 * (row % 2)) * step / width
            _stamp(panel, figure, x, row * step * 0.8 / height)
    return _hem(cloth, panel)


def plate(cloth: Cloth, height: int, width: int) -> Codes:
    """Round: a medallion in the well, the repeat bent around the rim."""
    panel = np.zeros((height, width), dtype=np.uint16)
    _stamp(panel, cloth.medallion(min(height, width) * 0.66), 0.5, 0.5)
    return _rim(cloth, panel, 0.74)


def disc(cloth: Cloth, height: int, width: int) -> Codes:
    """Round: the field inside a narrow rim."""
    return _rim(cloth, cloth.field(height, width, _size(cloth)), 0.84)


def roundel(cloth: Cloth, height: int, width: int) -> Codes:
    """Round: the medallion fills the disc."""
    panel = np.zeros((height, width), dtype=np.uint16)
    _stamp(panel, cloth.medallion(min(height, width) * 0.88), 0.5, 0.5)
    return panel


def _step(texels: float) -> int:
    return int(_STEPS[np.abs(_STEPS - texels).argmin()])


def _size(cloth: Cloth) -> float:
    return float(cloth.rng.choice([0.9, 1.07, 1.27]))


def _edge(height: int, width: int) -> int:
    return max(6, round(min(height, width) * 0.125))


def _border(cloth: Cloth, height: int, width: int) -> Codes:
    """An empty panel with a patterned border between rules."""
    edge = _edge(height, width)
    panel = cloth.field(height, width, 0.5)
    _rule(panel, 0.16 * edge, GROUND)
    inset = max(1, round(0.1 * edge))
    _rule(panel[inset:-inset, inset:-inset], 0.07 * edge, ACCENT)
    panel[edge:-edge, edge:-edge] = 0
    inset = edge - inset
    _rule(panel[inset:-inset, inset:-inset], 0.1 * edge, ACCENT)
    return panel


def _rule(panel: Codes, thickness: float, role: int) -> None:
    """Draw a line along the four edges."""
    t = max(1, round(thickness))
    for strip in (panel[:t], panel[-t:], panel[:, :t], panel[:, -t:]):
        strip[:] = flat_code(role)


def _level(panel: Codes, row: int, thickness: float, role: int) -> None:
    panel[row : row + max(2, round(thickness))] = flat_code(role)


def _stamp(panel: Codes, figure: Codes, x: float, y: float) -> None:
    """Lay a figure with its centre at a fraction of the panel; its bare ground is clear."""
    height, width = panel.shape
    side = len(figure)
    top, left = round(y * height - side / 2), round(x * width - side / 2)
    rows = slice(max(0, top), min(height, top + side))
    columns = slice(max(0, left), min(width, left + side))
    if rows.stop <= rows.start or columns.stop <= columns.start:
        return
    under = panel[rows, columns]
    over = figure[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    np.copyto(under, over, where=over > 0)


def _clear(panel: Codes, radius: float) -> None:
    """Empty a disc in the middle, so that a figure there stands on plain ground."""
    away, _ = _polar(*panel.shape)
    panel[away * min(panel.shape) / 2 < radius] = 0


def _hem(cloth: Cloth, panel: Codes) -> Codes:
    height, width = panel.shape
    foot = round(height * 0.76)
    panel[foot:] = cloth.field(height - foot, width, 0.8)
    _level(panel, foot - round(height * 0.024), height * 0.024, GROUND)
    _level(panel, foot, height * 0.012, ACCENT)
    _level(panel, foot - round(height * 0.024), height * 0.006, ACCENT)
    _level(panel, height - round(height * 0.02), height * 0.02, ACCENT)
    return panel


def _rim(cloth: Cloth, panel: Codes, inner: float) -> Codes:
    """Bend the repeat around the rim of a round panel, between rules."""
    height, width = panel.shape
    away, turn = _polar(height, width)
    half = min(height, width) / 2
    tile = cloth.tile(cloth.motif.period * (0.5 if inner < 0.8 else 0.42))
    side = len(tile)
    times = max(6, round(2 * np.pi * half * (inner + 0.97) / 2 / side))
    on = (away > inner) & (away < 0.965)
    across = (turn[on] * times % 1 * side).astype(np.int32) % side
    down = ((0.965 - away[on]) * half).astype(np.int32) % side
    panel[away >= inner] = 0
    panel[on] = tile[down, across]
    for radius, thick, role in (
        (inner, 0.012, ACCENT),
        (inner - 0.03, 0.008, INK),
        (0.965, 0.014, ACCENT),
    ):
        panel[np.abs(away - radius) < thick] = flat_code(role)
    return panel


@lru_cache(maxsize=8)
def _polar(height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Distance from the middle (1 at the nearer edge) and angle in turns, for each texel."""
    y = (np.arange(height, dtype=np.float32) + 0.5 - height / 2)[:, None]
    x = (np.arange(width, dtype=np.float32) + 0.5 - width / 2)[None, :]
    half = min(height, width) / 2
    away = np.hypot(x, y) / np.float32(half)
    return away, (np.arctan2(y, x) / np.float32(2 * np.pi)).astype(np.float32)


def _muted(codes: Codes) -> Codes:
    """Tone in tone: all that was painted becomes a breath of tint."""
    muted: Codes = _MUTED[codes]
    return muted


def _mute_table() -> Codes:
    code = np.arange(4096)
    share = np.minimum(15, (code & 15) * 0.5 + (code >> 4 & 15) + (code >> 8) * 0.6)
    table: Codes = np.round(share * 0.75).astype(np.uint16) << np.uint16(4 * (TINT - 1))
    return table


_MUTED = _mute_table()
