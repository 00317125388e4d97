"""Clouds, ruyi heads, the sea at the foot of cliffs, and the crane."""

import numpy as np
from numpy.random import Generator

from zhiyin.data.demo.painting.drawing import ACCENT, GROUND, INK, TINT, Drawing
from zhiyin.data.demo.painting.geometry import (
    TAU,
    Points,
    bezier,
    circle,
    move,
    petal,
    points,
    spiral,
    spline,
    tapered,
)


def cloud(body: int = TINT, line: float = 0.03) -> Drawing:
    """A curling cloud around the origin, about 1 wide, its tail trailing to the right."""
    drawing = Drawing()
    lobes = ((-0.3, 0.06, 0.15), (-0.12, -0.1, 0.17), (0.12, -0.06, 0.15), (-0.08, 0.1, 0.14),
             (0.18, 0.1, 0.11))  # fmt: skip
    tail = spline([(0.05, 0.15), (0.25, 0.2), (0.42, 0.12), (0.6, 0.17), (0.74, 0.12)])
    drawing.fill(tapered(tail, 0.16, 0.012), INK)
    lower = spline([(-0.3, 0.2), (-0.1, 0.26), (0.12, 0.24), (0.3, 0.29), (0.44, 0.26)])
    drawing.fill(tapered(lower, 0.03, 0.008, 0.012), INK)
    for x, y, r in lobes:
        drawing.disc(x, y, r + line, INK)
    for x, y, r in lobes:
        drawing.disc(x, y, r, body)
    drawing.fill(tapered(tail, 0.1, 0.004), body)
    drawing.line(spiral(-0.29, 0.07, 0.13, 0.03, 1.6, 0.4), line, INK)
    drawing.line(spiral(-0.11, -0.08, 0.15, 0.03, -1.6, 0.22), line, INK)
    drawing.line(spiral(0.14, -0.03, 0.13, 0.03, 1.5, 0.3), line, INK)
    return drawing


def cloud_tile(rng: Generator) -> Drawing:
    """Clouds drifting both ways, half-dropped, with small curls between."""
    drawing = Drawing()
    drawing.place(cloud(), 0.3, 0.27, 0.74)
    drawing.place(cloud(), 0.7, 0.77, 0.74, mirror=True)
    for x, y, mirror in ((0.9, 0.13, True), (0.12, 0.63, False)):
        curl = spiral(0, 0, 0.075, 0.015, 1.5, 0.5)
        drawing.line(move(curl, x, y, mirror=mirror), 0.02, ACCENT)
        sweep = spline([(-0.075, 0.0), (-0.04, 0.075), (0.06, 0.1), (0.16, 0.075)])
        drawing.fill(tapered(move(sweep, x, y, mirror=mirror), 0.02, 0.006), ACCENT)
    return drawing


def cloud_medallion(rng: Generator) -> Drawing:
    """Four clouds chasing one another around a pearl."""
    drawing, times = Drawing().ring(0.5, 0.5, 0.482, 0.016, INK), int(rng.integers(4, 6))
    one = Drawing().place(cloud(line=0.034), 0, -0.29, 0.4 if times == 4 else 0.36)
    drawing.place(Drawing().around(one, times), 0.5, 0.5)
    drawing.line(spiral(0.5, 0.5, 0.11, 0.02, 2, 0.1), 0.016, ACCENT)
    return drawing


def ruyi_head() -> Drawing:
    """A ruyi head on the origin, pointing up, about 1 wide: three lobes, two curling in."""
    right = np.concatenate(
        [
            bezier((0, -0.9), (0.12, -0.86), (0.2, -0.76), (0.22, -0.66), 10),
            bezier((0.22, -0.66), (0.44, -0.74), (0.58, -0.5), (0.48, -0.28), 12),
            bezier((0.48, -0.28), (0.38, -0.06), (0.1, -0.1), (0.12, -0.28), 12),
            bezier((0.12, -0.28), (0.12, -0.14), (0.08, -0.04), (0, 0), 8),
        ]
    )
    edge = np.concatenate([right, (right * [-1, 1])[::-1]])
    drawing = Drawing().fill(edge, INK)
    drawing.fill((edge + [0, 0.46]) * 0.8 - [0, 0.46], TINT)
    for mirror in (False, True):
        drawing.line(move(spiral(0.29, -0.4, 0.16, 0.03, -1.5, 0.62), mirror=mirror), 0.05, INK)
    top = bezier((-0.13, -0.56), (-0.1, -0.76), (-0.05, -0.78), (0, -0.82), 10)
    drawing.line(np.concatenate([top, (top * [-1, 1])[::-1]]), 0.03, INK)
    return drawing.fill(move(petal(0.3, 0.17, 0.6), 0, -0.34), ACCENT)


def ruyi_tile(rng: Generator) -> Drawing:
    """Ruyi heads in half-dropped rows, close as feathers, a pearl at each tip."""
    drawing, flip = Drawing(), bool(rng.integers(2))
    for row, (y, shift) in enumerate(((0.475, 0.25), (0.975, 0.75))):
        turned = flip and row == 1
        drawing.place(ruyi_head(), shift, y - (0.45 if turned else 0), 0.5, 0.5 if turned else 0)
    for x, y in ((0.75, 0.25), (0.25, 0.75)):
        for turn in range(4):
            length = 0.13 if turn % 2 == 0 else 0.09
            drawing.fill(move(petal(length, 0.06, 0.8), x, y, turn=turn / 4), INK)
        drawing.disc(x, y, 0.034, ACCENT)
    return drawing


def ruyi_medallion(rng: Generator) -> Drawing:
    """Four ruyi heads joined at the stem (四合如意), or six."""
    times = int(rng.choice([4, 6]))
    size = 0.5 if times == 4 else 0.4
    drawing = Drawing().around(Drawing().place(ruyi_head(), 0, -0.475 + 0.88 * size, size), times)
    between = (
        Drawing().fill(move(petal(0.14, 0.075, 0.9), 0, -0.33), INK).disc(0, -0.24, 0.02, ACCENT)
    )
    drawing.around(between, times, 0.5 / times)
    drawing.disc(0, 0, 0.07, GROUND).disc(0, 0, 0.055, INK).disc(0, 0, 0.025, ACCENT)
    return Drawing().place(drawing, 0.5, 0.5)


def _swell(x: float, y: float, r: float, rings: int = 3) -> Drawing:
    """One overlapping wave: nested arcs."""
    drawing = Drawing()
    for k in range(rings):
        size = r * (1 - k / rings)
        drawing.disc(x, y, size, INK).disc(x, y, size - r * 0.14, GROUND if k % 2 == 0 else TINT)
    return drawing.disc(x, y, r * 0.12, INK)


def _peak(height: float, width: float) -> Drawing:
    """A cliff rising from the origin, its contours nested like the character for mountain."""
    drawing = Drawing()
    side = spline([(0.5, 0), (0.46, -0.3), (0.36, -0.42), (0.34, -0.6), (0.2, -0.72), (0.17, -0.9),
                   (0.06, -0.98), (0, -1)])  # fmt: skip
    edge = np.concatenate([side, (side * [-1, 1])[::-1]])
    for shrink, role in ((1.0, INK), (0.88, GROUND), (0.78, TINT), (0.6, GROUND), (0.5, INK)):
        drawing.fill(edge * [shrink * width, shrink * height], role)
    return drawing


def _spray(radius: float) -> Drawing:
    """A breaking crest: a curl with two drops."""
    drawing = Drawing()
    curl = spiral(0, 0, radius, radius * 0.2, 1.25, 0.45)
    drawing.line(curl, radius * 0.22, INK)
    tail = spline([(-radius, 0.3 * radius), (-0.9 * radius, 1.2 * radius), (0, 2 * radius)])
    return drawing.line(tail, radius * 0.22, INK).disc(
        radius * 1.3, -radius * 0.7, radius * 0.2, ACCENT
    )


def sea_cliff_scene(width: float = 1.0) -> Drawing:
    """Cliffs and breakers along the line y = 0, waves below it down to y = 0.42."""
    drawing = Drawing()
    for x, size in ((0.3, 0.66), (0.7, 0.66), (0.5, 1.0)):
        drawing.place(_peak(0.4 * size, 0.34 * size), x, 0.06)
    for x, mirror in ((0.1, False), (0.9, True), (0.0, False), (1.0, True)):
        drawing.place(_spray(0.05), x, -0.05 if x in (0.1, 0.9) else -0.1, mirror=mirror)
    for row in range(4):
        for column in range(-1, 6):
            x = (column + 0.5 * (row % 2)) / 5
            drawing.place(_swell(x, 0.1 + row * 0.08, 0.11))
    # The sea ends in a level line, so that the next scene can stand below it.
    drawing.fill(points((-0.2, 0.36), (1.2, 0.36), (1.2, 0.5), (-0.2, 0.5)), GROUND)
    return drawing.line(points((-0.2, 0.36), (1.2, 0.36)), 0.014, INK)


def sea_cliff_tile(rng: Generator) -> Drawing:
    """Bands of sea and cliff one above another, a cloud and the sun in the air between."""
    drawing = Drawing()
    drawing.place(cloud(GROUND), 0.12, 0.14, 0.26).place(
        cloud(GROUND), 0.9, 0.27, 0.22, mirror=True
    )
    drawing.disc(0.2, 0.3, 0.045, ACCENT)
    scene = sea_cliff_scene()
    # What hangs below the line is air: it must not hide the clouds of the scene beneath.
    scene.marks = [m for m in scene.marks if m[0][:, 1].min() < 0.36 or m[2]]
    return Drawing().place(scene, 0, 0.6).place(drawing)


def sea_cliff_medallion(rng: Generator) -> Drawing:
    """The cliff in the sea under the sun, in a round window."""
    scene = Drawing().disc(0.5, 0.24, 0.085, ACCENT)
    scene.place(cloud(), 0.24, 0.34, 0.3).place(cloud(), 0.76, 0.34, 0.3, mirror=True)
    scene.place(sea_cliff_scene(), 0, 0.62)
    for row in range(3):
        for column in range(-1, 6):
            scene.place(_swell((column + 0.5 * (row % 2)) / 5, 1.02 + row * 0.08, 0.11))
    return windowed(scene)


def windowed(scene: Drawing, radius: float = 0.47) -> Drawing:
    """Shows only what lies inside a round window, and frames it."""
    hole = np.concatenate([circle(0.5, 0.5, radius, 96), circle(0.5, 0.5, radius, 96)[:1]])
    sheet = points((1.6, 0.5), (1.6, -0.6), (-0.6, -0.6), (-0.6, 1.6), (1.6, 1.6), (1.6, 0.5))
    # The sheet with a hole is one polygon: out to the sheet's edge and back along a seam.
    scene.fill(np.concatenate([hole, sheet]), GROUND)
    return scene.ring(0.5, 0.5, radius + 0.006, 0.02, INK)


def _feathers(tips: Points, roots: Points, width: float, role: int) -> Drawing:
    drawing = Drawing()
    for tip, root in zip(tips, roots, strict=True):
        drawing.fill(tapered(np.linspace(root, tip, 8), width, width * 0.35, width * 0.25), role)
    return drawing


def _wing(root: Points, first: float, last: float, reach: float, role: int) -> Drawing:
    """A spread wing: dark quills fanned from a row of roots, pale coverts over them."""
    drawing = Drawing()
    count = len(root)
    fan = np.linspace(first, last, count) * TAU
    length = reach * np.linspace(1.0, 0.62, count) ** 0.8
    quill = np.stack([np.cos(fan), np.sin(fan)], 1) * length[:, None]
    drawing.place(_feathers(root + quill, root, 0.062, INK))
    tips = root + quill * 0.74
    scalloped = [
        p
        for k in range(count - 1)
        for p in (tips[k], (tips[k] + tips[k + 1]) / 2 + quill[k] * 0.05)
    ]
    covert = np.concatenate([root, np.array([*scalloped, tips[-1]])[::-1]])
    drawing.edged(covert, role, 0.016, INK)
    for k in range(1, count - 1):
        drawing.line(
            points(tuple(root[k] + quill[k] * 0.36), tuple(root[k] + quill[k] * 0.7)), 0.011, INK
        )
    return drawing


def crane() -> Drawing:
    """A crane in flight around the origin, about 1 across, flying left, both wings raised."""
    drawing = Drawing()
    for legs in (
        [(0.2, 0.06), (0.36, 0.1), (0.54, 0.09)],
        [(0.2, 0.08), (0.34, 0.14), (0.52, 0.145)],
    ):
        drawing.line(spline(legs), 0.02, INK)
    far = np.linspace((-0.17, 0.0), (-0.02, 0.0), 6)
    drawing.place(_wing(far, -0.36, -0.24, 0.5, TINT))
    tail = np.stack([np.linspace(0.32, 0.38, 4), np.linspace(-0.04, 0.08, 4)], 1)
    drawing.place(_feathers(tail, np.full((4, 2), (0.14, 0.02)), 0.055, INK))
    body = spline([(-0.22, 0.0), (-0.05, -0.05), (0.14, -0.03), (0.27, 0.03), (0.1, 0.12),
                  (-0.1, 0.1)],
                  closed=True)  # fmt: skip
    drawing.edged(body, GROUND, 0.018, INK)
    near = np.linspace((-0.1, 0.03), (0.17, 0.03), 8)
    drawing.place(_wing(near, -0.2, -0.045, 0.56, GROUND))
    neck = spline([(-0.13, 0.05), (-0.25, 0.05), (-0.33, -0.03), (-0.41, -0.05), (-0.47, -0.06)])
    drawing.fill(tapered(neck, 0.1, 0.045), INK).fill(tapered(neck[:16], 0.064, 0.024), GROUND)
    drawing.disc(-0.47, -0.065, 0.038, INK)
    drawing.fill(points((-0.49, -0.088), (-0.64, -0.045), (-0.49, -0.045)), INK)
    return drawing.disc(-0.465, -0.096, 0.03, ACCENT)


def crane_tile(rng: Generator) -> Drawing:
    """Cranes flying both ways among clouds."""
    drawing = Drawing()
    drawing.place(crane(), 0.28, 0.33, 0.6, 0.02)
    drawing.place(crane(), 0.72, 0.83, 0.6, -0.02, mirror=True)
    for x, y, mirror in ((0.78, 0.27, True), (0.24, 0.76, False)):
        drawing.place(cloud(GROUND, 0.04).recoloured({INK: TINT}), x, y, 0.34, mirror=mirror)
    return drawing


def crane_medallion(rng: Generator) -> Drawing:
    """A crane across the sun, clouds below."""
    scene = Drawing().disc(0.6, 0.36, 0.2, ACCENT)
    scene.place(cloud(TINT), 0.26, 0.74, 0.34).place(cloud(TINT), 0.72, 0.8, 0.34, mirror=True)
    scene.place(cloud(GROUND), 0.24, 0.24, 0.22)
    scene.place(crane(), 0.5, 0.6, 0.74, 0.03)
    return windowed(scene)
