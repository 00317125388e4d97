"""Geometric motifs: meander, coins, tortoiseshell, ice crackle, scales, coffered ceiling."""

from itertools import pairwise, product

import numpy as np
from numpy.random import Generator

from zhiyin.data.demo.painting.drawing import ACCENT, GROUND, INK, TINT, Drawing
from zhiyin.data.demo.painting.geometry import (
    TAU,
    Points,
    arc,
    bezier,
    circle,
    move,
    petal,
    points,
    polygon,
)


def _meander(width: float = 1.0) -> Points:
    """One squared spiral wound into a cell of side 1: in from the lower left, five turns."""
    a, b, c = 0.0, 0.8, 0.4
    return points((a, 1.0), (a, a), (b, a), (b, b), (c, b), (c, c), (0.42, c)) * width


def key_fret_tile(rng: Generator) -> Drawing:
    """Meander bands: squared spirals hooked to one another, rules between."""
    drawing, cells, mirrored = Drawing(), 2, bool(rng.integers(2))
    size = 1 / cells
    for row in range(cells):
        flip = bool(row % 2) and mirrored
        foot = (row + 1) * size - 0.07
        for column in range(cells):
            path = _meander() * [1, 0.74] - [0.4, 0.81]
            path = move(path, (column + 0.5) * size, foot, size, mirror=flip)
            drawing.line(path, size * 0.15, INK)
        for y, thick in ((foot - 0.035, 0.15), (foot + 0.045, 0.06)):
            drawing.line(points((0, y), (1, y)), size * thick, INK if thick > 0.1 else ACCENT)
    return drawing


def key_fret_medallion(rng: Generator) -> Drawing:
    """A ring of meanders around a square of four spirals."""
    drawing = Drawing().ring(0.5, 0.5, 0.48, 0.016).ring(0.5, 0.5, 0.325, 0.012, ACCENT)
    unit, times = _meander(), 16
    for i in range(times):
        # The meander is laid on the ring: across becomes angle, up becomes radius.
        dense = _dense(unit)
        angle = (i + dense[:, 0] * 0.95) / times * TAU
        radius = 0.45 - dense[:, 1] * 0.085
        ring = np.stack([0.5 + radius * np.cos(angle), 0.5 + radius * np.sin(angle)], axis=1)
        drawing.line(ring, 0.012, INK)
    drawing.ring(0.5, 0.5, 0.362, 0.012)
    for turn in range(4):
        drawing.line(move(move(unit, -1.02, -1.02, 0.9), 0.5, 0.5, 0.2, turn / 4), 0.03, INK)
    return drawing.fill(move(polygon(4, 0.035), 0.5, 0.5), ACCENT)


def _dense(path: Points) -> Points:
    """A polyline with points along its edges, so that bending bends the edges too."""
    return np.concatenate([np.linspace(a, b, 6) for a, b in pairwise(path)])


def _coin(role: int = INK) -> Drawing:
    """Four pointed petals in a circle of radius 0.5 around the origin, square eye between."""
    drawing = Drawing()
    half = np.concatenate([arc(0, 0.0, 0.5, 0.625, 0.875), arc(0, -0.7071, 0.5, 0.125, 0.375)])
    for turn in range(4):
        drawing.fill(move(half * 0.9 + [0, -0.035], turn=turn / 4 + 0.125), role)
    return drawing


def coins_tile(rng: Generator) -> Drawing:
    """Linked coins: circles overlapping so that each shares a petal with four others."""
    drawing, filled = Drawing(), bool(rng.integers(2))
    coin = _coin()
    for x, y in ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)):
        drawing.place(coin, x, y, 0.5, 0.125)
        drawing.fill(move(polygon(4, 0.075), x, y), ACCENT)
        drawing.fill(move(polygon(4, 0.036), x, y), GROUND)
    for x, y in product((0.0, 0.5), (0.0, 0.5)):
        drawing.disc(x, y, 0.03, TINT if filled else ACCENT)
    return drawing


def coins_medallion(rng: Generator) -> Drawing:
    """One large cash coin ringed by linked coins."""
    drawing = Drawing().disc(0.5, 0.5, 0.49, INK).disc(0.5, 0.5, 0.465, GROUND)
    times = 12
    for i in range(times):
        x, y = arc(0.5, 0.5, 0.365, i / times, i / times, 1)[0]
        drawing.ring(x, y, 0.095, 0.014, INK)
        drawing.fill(move(polygon(4, 0.026), x, y, turn=i / times), ACCENT)
    drawing.disc(0.5, 0.5, 0.27, INK).disc(0.5, 0.5, 0.245, GROUND)
    drawing.place(_coin(), 0.5, 0.5, 0.47, 0.125)
    return drawing.fill(move(polygon(4, 0.085), 0.5, 0.5, turn=0.125), ACCENT).fill(
        move(polygon(4, 0.045), 0.5, 0.5, turn=0.125), GROUND
    )


def tortoiseshell_tile(rng: Generator) -> Drawing:
    """Double-lined hexagons, a six-petalled flower in each."""
    drawing, flower = Drawing(), bool(rng.integers(2))
    # A unit square holds 2 columns x rows of hexagons squeezed by 4/3.46 to meet the edges.
    for x, y in ((0.0, 0.0), (0.5, 0.25), (0.0, 0.5), (0.5, 0.75)):
        hexagon = polygon(6, 1.0) * [1 / 3, 0.25 / 0.866]
        drawing.outline(hexagon + [x, y], 0.034, INK)
        drawing.outline(hexagon * 0.7 + [x, y], 0.014, INK)
        if flower:
            for turn in range(6):
                drawing.fill(move(petal(0.13, 0.085, 0.3), x, y, turn=turn / 6), INK)
            drawing.disc(x, y, 0.032, ACCENT)
        else:
            drawing.fill(hexagon * 0.36 + [x, y], TINT).outline(hexagon * 0.36 + [x, y], 0.014, INK)
            drawing.fill(hexagon * 0.14 + [x, y], ACCENT)
    return drawing


def tortoiseshell_medallion(rng: Generator) -> Drawing:
    """Seven shells inside a large hexagon."""
    drawing = Drawing().outline(move(polygon(6, 0.485), 0.5, 0.5), 0.022, INK)
    drawing.outline(move(polygon(6, 0.462), 0.5, 0.5), 0.007, ACCENT)
    centres = np.concatenate([[[0, 0]], polygon(6, 0.25, 1 / 12)]) + 0.5
    for x, y in centres:
        drawing.outline(move(polygon(6, 0.139), x, y), 0.018, INK)
        drawing.outline(move(polygon(6, 0.104), x, y), 0.008, INK)
        for turn in range(6):
            drawing.fill(move(petal(0.072, 0.043, 0.3), x, y, turn=turn / 6), INK)
        drawing.disc(x, y, 0.018, ACCENT)
    return drawing


def _cut(cell: Points, normal: Points, offset: float) -> Points:
    """The part of a convex cell on the inner side of a line."""
    side = cell @ normal - offset
    kept: list[Points] = []
    for i in range(len(cell)):
        a, b = side[i - 1], side[i]
        if (a <= 0) != (b <= 0):
            kept.append(cell[i - 1] + (cell[i] - cell[i - 1]) * (a / (a - b)))
        if b <= 0:
            kept.append(cell[i])
    return np.array(kept).reshape(-1, 2)


def _shards(sites: Points, gap: float) -> list[Points]:
    """The Voronoi cells of periodic sites, each pulled back from its neighbours by a gap."""
    others = np.concatenate([sites + [dx, dy] for dx, dy in product((-1, 0, 1), (-1, 0, 1))])
    cells = []
    for site in sites:
        cell = move(polygon(4, 1.0), *site)
        away = others - site
        distance = np.hypot(away[:, 0], away[:, 1])
        for k in np.argsort(distance)[1:22]:
            normal = away[k] / distance[k]
            cell = _cut(cell, normal, normal @ site + distance[k] / 2 - gap / 2)
        cells.append(cell)
    return cells


def _crackle(rng: Generator, count: int, gap: float) -> list[tuple[Points, float]]:
    """Shards of ice: jittered cells, the larger ones cracked once more."""
    grid = np.stack(np.meshgrid(np.arange(count), np.arange(count)), -1).reshape(-1, 2)
    sites = ((grid + 0.5 + rng.uniform(-0.46, 0.46, grid.shape)) / count) % 1
    shards = []
    for cell in _shards(sites, gap):
        span = np.ptp(cell, axis=0).max()
        if span > 1.1 / count:
            angle = rng.uniform(0, TAU)
            normal = np.array([np.cos(angle), np.sin(angle)])
            offset = float(normal @ cell.mean(axis=0))
            halves = [_cut(cell, normal, offset - gap / 4), _cut(cell, -normal, -offset - gap / 4)]
            shards += [(half, rng.random()) for half in halves if len(half) > 2]
        else:
            shards.append((cell, rng.random()))
    return shards


def ice_crackle_tile(rng: Generator) -> Drawing:
    """Cracked ice: straight shards, a few of them misted or bright."""
    drawing = Drawing().fill(
        points((-0.01, -0.01), (1.01, -0.01), (1.01, 1.01), (-0.01, 1.01)), INK
    )
    for cell, chance in _crackle(rng, 4, 0.032):
        drawing.fill(cell, ACCENT if chance > 0.95 else TINT if chance > 0.8 else GROUND)
    return drawing


def ice_crackle_medallion(rng: Generator) -> Drawing:
    """A round window of cracked ice."""
    drawing = Drawing().disc(0.5, 0.5, 0.49, INK)
    outside = circle(0, 0, 1, 48)
    for cell, chance in _crackle(rng, 6, 0.022):
        for normal in outside:
            cell = _cut(cell, normal, float(normal @ [0.5, 0.5]) + 0.445)
            if len(cell) < 3:
                break
        else:
            drawing.fill(cell, ACCENT if chance > 0.93 else TINT if chance > 0.75 else GROUND)
    return drawing.ring(0.5, 0.5, 0.465, 0.01, ACCENT)


def _scale() -> Drawing:
    """One scale hanging from the origin: width 1, length about 1."""
    edge = np.concatenate(
        [
            bezier((-0.5, 0.0), (-0.52, 0.45), (-0.28, 0.72), (0, 0.92), 14),
            bezier((0, 0.92), (0.28, 0.72), (0.52, 0.45), (0.5, 0.0), 14),
        ]
    )
    inner = edge * [0.7, 0.72] + [0, 0.06]
    spine = points((-0.05, 0.3), (0.05, 0.3), (0, 0.74))
    return (
        Drawing()
        .edged(edge, INK, 0.06, GROUND)
        .fill(inner, TINT)
        .fill(edge * [0.46, 0.5] + [0, 0.06], GROUND)
        .fill(spine, ACCENT)
    )


def dragon_scale_tile(rng: Generator) -> Drawing:
    """Rows of pointed scales, each hiding the roots of the row below."""
    drawing, scale, rows = Drawing(wraps=False), _scale(), 6
    for row in range(rows + 1, -4, -1):
        for column in range(-1, 5):
            drawing.place(scale, (column + 0.5 * (row % 2)) / 3, row / rows - 0.02, 1 / 3)
    return drawing


def dragon_scale_medallion(rng: Generator) -> Drawing:
    """Rings of scales around a pearl."""
    drawing, scale = Drawing().disc(0.5, 0.5, 0.47, INK), _scale()
    for ring, times in enumerate((20, 18, 15, 11, 7)):
        radius = 0.36 - 0.083 * ring
        size = min(0.15, TAU * (radius + 0.03) / times)
        for i in range(times):
            turn = (i + 0.5 * (ring % 2)) / times
            x, y = arc(0.5, 0.5, max(radius, 0.02), turn, turn, 1)[0]
            drawing.place(scale, x, y, size, turn - 0.25)
    return drawing.disc(0.5, 0.5, 0.06, GROUND).disc(0.5, 0.5, 0.046, ACCENT)


def _lotus_face(radius: float) -> Drawing:
    """A lotus seen from above, eight petals twice."""
    drawing = Drawing()
    for layer, (size, role) in enumerate(((1.0, INK), (0.68, TINT))):
        one = Drawing().edged(
            petal(radius * size, radius * size * 0.62, 0.8), role, radius * 0.05, GROUND
        )
        drawing.around(one, 8, turn=layer / 16)
    return drawing.disc(0, 0, radius * 0.24, ACCENT)


def _square(r: float, turn: float = 0.0) -> Points:
    """A square of half-edge ``r`` around the origin, level unless turned."""
    return polygon(4, r * np.sqrt(2), 0.125 + turn)


def _coffer() -> Drawing:
    """Nested squares turning into one another around a lotus; unit square, centre origin."""
    drawing = Drawing().fill(_square(0.5), INK).fill(_square(0.465), GROUND)
    quarter = Drawing()
    for i in range(-5, 6):
        quarter.disc(i * 0.084, -0.423, 0.024, ACCENT)
    drawing.around(quarter, 4)
    drawing.fill(_square(0.382), INK).fill(_square(0.365), TINT)
    corner = Drawing()
    for spread in (-0.09, 0.0, 0.09):
        corner.fill(move(petal(0.13, 0.06, 0.5), 0.34, 0.34, turn=0.875 + spread), INK)
    drawing.around(corner, 4)
    drawing.fill(_square(0.262, 0.125), INK).fill(_square(0.247, 0.125), GROUND)
    drawing.fill(_square(0.235, 0.125), INK).fill(_square(0.224, 0.125), GROUND)
    drawing.around(Drawing().fill(move(polygon(3, 0.05, 0.75), 0, -0.255), ACCENT), 4)
    drawing.disc(0, 0, 0.205, INK).disc(0, 0, 0.192, GROUND)
    return drawing.place(_lotus_face(0.18))


def caisson_tile(rng: Generator) -> Drawing:
    """A ceiling of square coffers."""
    return Drawing().place(_coffer(), 0.5, 0.5, 0.97)


def caisson_medallion(rng: Generator) -> Drawing:
    """One coffer under a ring of lappets, as at the crown of a cave."""
    drawing = Drawing().disc(0.5, 0.5, 0.495, INK).disc(0.5, 0.5, 0.48, GROUND)
    lappet = Drawing().fill(move(petal(0.1, 0.085, 0.5), 0, -0.365), INK)
    lappet.fill(move(petal(0.06, 0.045, 0.5), 0, -0.375), ACCENT)
    drawing.place(Drawing().around(lappet, 28), 0.5, 0.5)
    drawing.disc(0.5, 0.5, 0.372, INK).disc(0.5, 0.5, 0.36, TINT)
    return drawing.place(_coffer(), 0.5, 0.5, 0.52)
