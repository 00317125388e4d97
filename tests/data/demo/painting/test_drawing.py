"""Motifs as geometry: repeats meet themselves, medallions stay in their circle."""

import numpy as np
import pytest

from zhiyin.data.demo.painting import MOTIFS
from zhiyin.data.demo.painting.drawing import ACCENT, INK, Drawing, flat_code, rasterise
from zhiyin.data.demo.painting.geometry import circle, move, petal, points, spline, tapered
from zhiyin.data.demo.painting.motifs import medallion_codes, tile_codes

SIDE = 128


def painted(codes: np.ndarray) -> np.ndarray:
    """How much of each texel is not ground, 0 to 1."""
    return np.minimum(15, (codes & 15) + (codes >> 4 & 15) + (codes >> 8)) / 15


@pytest.mark.parametrize("key", MOTIFS)
@pytest.mark.parametrize("hand", range(3))
def test_a_repeat_meets_itself(key: str, hand: int) -> None:
    tile = painted(tile_codes(key, MOTIFS[key].tile, hand, SIDE))
    for edges in (tile, tile.T):
        seam = np.abs(edges[0] - edges[-1]).mean()
        inside = np.abs(np.diff(edges, axis=0)).mean(axis=1)
        assert seam <= inside.max() + 0.05


@pytest.mark.parametrize("key", MOTIFS)
def test_a_medallion_stays_inside_its_circle(key: str) -> None:
    figure = painted(medallion_codes(key, MOTIFS[key].medallion, 0, SIDE))
    y, x = (np.indices(figure.shape) + 0.5) / SIDE - 0.5
    assert figure[np.hypot(x, y) > 0.52].max() == 0
    assert figure.mean() > 0.1


@pytest.mark.parametrize("key", MOTIFS)
def test_a_repeat_has_both_figure_and_ground(key: str) -> None:
    assert 0.12 < painted(tile_codes(key, MOTIFS[key].tile, 0, SIDE)).mean() < 0.88


def test_motifs_differ_in_texture() -> None:
    # The spectrum of a repeat, as energy by ring and by direction, is the motif's fingerprint.
    prints = []
    for key, motif in MOTIFS.items():
        tile = painted(tile_codes(key, motif.tile, 0, SIDE))
        power = np.abs(np.fft.fftshift(np.fft.fft2(tile - tile.mean()))) ** 2
        y, x = np.indices(power.shape) - SIDE // 2
        ring = np.minimum(np.hypot(x, y) // 3, 7).astype(int)
        slice_ = (np.arctan2(y, x) % np.pi // (np.pi / 8)).astype(int) % 8
        cells = np.bincount((ring * 8 + slice_).ravel(), power.ravel(), 64)
        prints.append(np.sqrt(cells / cells.sum()))
    alike = np.array(prints) @ np.array(prints).T - np.eye(len(prints))
    assert alike.max() < 0.985


def test_what_leaves_a_periodic_tile_comes_back() -> None:
    codes = rasterise(Drawing().disc(0.0, 0.0, 0.2), 60, periodic=True)
    corners = codes[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners == flat_code(INK)).all()
    assert codes[30, 30] == 0


def test_later_marks_lie_on_top() -> None:
    codes = rasterise(Drawing().disc(0.5, 0.5, 0.4).disc(0.5, 0.5, 0.2, ACCENT), 60, periodic=False)
    assert codes[30, 30] == flat_code(ACCENT)
    assert codes[30, 10] == flat_code(INK)


def test_half_covered_texels_are_half_painted() -> None:
    half = points((0, 0), (0.5, 0), (0.5, 1), (0, 1))
    share = painted(rasterise(Drawing().fill(half), 33, periodic=False))
    assert share[16, 16] == pytest.approx(0.5, abs=0.25)


def test_a_spline_goes_through_its_corners() -> None:
    corners = points((0, 0), (1, 2), (3, 1))
    curve = spline(corners, n=8)
    for corner in corners:
        assert np.abs(curve - corner).sum(axis=1).min() < 1e-9


def test_a_full_turn_changes_nothing() -> None:
    shape = petal(1.0, 0.5)
    assert np.allclose(move(shape, turn=1.0), shape)
    assert np.allclose(move(move(shape, mirror=True), mirror=True), shape)


def test_a_stroke_is_as_wide_as_asked() -> None:
    outline = tapered(points((0, 0), (1, 0), (2, 0)), 0.4, 0.4)
    assert np.ptp(outline[:, 1]) == pytest.approx(0.4)


def test_a_circle_is_round() -> None:
    assert np.allclose(np.hypot(*circle(0, 0, 2.0).T), 2.0)
