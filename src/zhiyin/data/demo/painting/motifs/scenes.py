"""Bamboo, hills and water, and the painter's blue-and-white."""

import numpy as np
from numpy.random import Generator

from zhiyin.data.demo.painting.drawing import ACCENT, GROUND, INK, TINT, Drawing
from zhiyin.data.demo.painting.geometry import (
    TAU,
    Points,
    arc,
    leaf,
    move,
    petal,
    points,
    spiral,
    spline,
    tapered,
)
from zhiyin.data.demo.painting.motifs.flowers import curl_with_leaves
from zhiyin.data.demo.painting.motifs.skies import windowed


def _stalk(x: float, width: float, joints: int, phase: float, role: int) -> Drawing:
    """A bamboo stalk from top to bottom of the square, in ``joints`` pieces."""
    drawing = Drawing()
    for k in range(-1, joints + 1):
        top, foot = (k + phase) / joints + 0.012, (k + 1 + phase) / joints - 0.012
        w = width / 2
        path = spline([(x - w * 1.12, top), (x - w * 0.86, (top + foot) / 2), (x - w * 1.12, foot),
                       (x + w * 1.12, foot), (x + w * 0.86, (top + foot) / 2), (x + w * 1.12, top)],
                      closed=True, n=6)  # fmt: skip
        drawing.fill(path, role)
        drawing.line(points((x - w * 1.3, foot + 0.012), (x + w * 1.3, foot + 0.012)), 0.007, INK)
        if role == INK:
            drawing.line(
                points((x - w * 0.4, top + 0.03), (x - w * 0.4, foot - 0.03)), w * 0.3, TINT
            )
    return drawing


def _spray(size: float, leaves: int, role: int = INK) -> Drawing:
    """Hanging bamboo leaves in the shape of 个, from the origin down."""
    drawing = Drawing()
    for k in range(leaves):
        lean = 0.25 + (k - (leaves - 1) / 2) * 0.085
        length = size * (1 - 0.13 * abs(k - (leaves - 1) / 2))
        drawing.fill(move(leaf(length, size * 0.17, 0.1), turn=lean), role)
    return drawing


def bamboo_tile(rng: Generator) -> Drawing:
    """Two stalks, near and far, and leaves hanging from their joints."""
    drawing = Drawing().place(_stalk(0.7, 0.045, 3, 0.2, TINT))
    drawing.place(_stalk(0.27, 0.08, 2, 0.1, INK))
    for x, y, size, leaves, lean, role in (
        (0.42, 0.08, 0.3, 4, -0.06, INK), (0.12, 0.3, 0.26, 3, 0.07, INK),
        (0.53, 0.6, 0.28, 3, 0.08, INK), (0.8, 0.42, 0.3, 4, -0.08, INK),
        (0.9, 0.86, 0.24, 3, 0.04, TINT), (0.6, 0.86, 0.2, 3, -0.05, TINT),
    ):  # fmt: skip
        drawing.place(_spray(size, leaves, role), x, y, 1, lean)
    for path in (
        [(0.28, 0.05), (0.36, 0.03), (0.42, 0.08)], [(0.27, 0.55), (0.4, 0.54), (0.53, 0.6)],
        [(0.27, 0.25), (0.2, 0.26), (0.12, 0.3)], [(0.7, 0.4), (0.76, 0.39), (0.8, 0.42)],
    ):  # fmt: skip
        drawing.line(spline(path), 0.012, INK)
    return drawing.disc(0.44, 0.42, 0.018, ACCENT).disc(0.02, 0.78, 0.018, ACCENT)


def bamboo_medallion(rng: Generator) -> Drawing:
    """Bamboo before the moon, in a round window."""
    scene = Drawing().disc(0.62, 0.4, 0.22, ACCENT)
    scene.place(_stalk(0.3, 0.07, 3, 0.1, INK)).place(_stalk(0.43, 0.035, 4, 0.3, TINT))
    for x, y, size, leaves, lean in (
        (0.5, 0.2, 0.3, 4, -0.05), (0.66, 0.34, 0.28, 5, -0.02), (0.48, 0.5, 0.27, 4, -0.06),
        (0.72, 0.62, 0.25, 3, 0.0), (0.2, 0.3, 0.22, 3, 0.07), (0.17, 0.62, 0.2, 3, 0.05),
    ):  # fmt: skip
        scene.place(_spray(size, leaves), x, y, 1, lean)
    for path in ([(0.3, 0.15), (0.42, 0.13), (0.5, 0.2)], [(0.32, 0.36), (0.5, 0.26), (0.66, 0.34)],
                 [(0.32, 0.68), (0.5, 0.56), (0.72, 0.62)], [(0.3, 0.47), (0.4, 0.45), (0.48, 0.5)],
                 [(0.3, 0.25), (0.26, 0.26), (0.2, 0.3)]):  # fmt: skip
        scene.line(spline(path), 0.012, INK)
    return windowed(scene)


def _ridge(rng: Generator, x: float, height: float, width: float) -> Points:
    """The outline of a mountain standing at ``(x, 0)``, steep and a little crooked."""
    steps = np.array([0.5, 0.4, 0.31, 0.26, 0.17, 0.12, 0.05, 0.0])
    rise = np.array([0.0, 0.22, 0.4, 0.62, 0.72, 0.88, 0.96, 1.0])
    wobble = rng.uniform(-0.022, 0.022, (2, len(steps)))
    right = np.stack([(steps + wobble[0]) * width, -rise * height], 1)
    left = np.stack([-(steps + wobble[1]) * width, -rise * height], 1)
    return spline(np.concatenate([right, left[::-1][1:]]), n=5) + [x, 0]


def _mountain(
    rng: Generator, x: float, y: float, height: float, width: float, near: bool
) -> Drawing:
    """A far mountain in one wash, or a near one: a cluster of peaks with their contours."""
    drawing = Drawing()
    if not near:
        edge = _ridge(rng, 0, height, width)
        drawing.fill(edge, INK).fill(edge * [0.93, 0.97], TINT)
        return Drawing().place(drawing, x, y)
    for shift, tall, wide in ((-0.16, 0.74, 0.6), (0.17, 0.62, 0.64), (0.02, 1.0, 0.62),
                              (-0.24, 0.42, 0.5),
                              (0.26, 0.36, 0.5), (0.02, 0.5, 0.5)):  # fmt: skip
        edge = _ridge(rng, shift * width, height * tall, width * wide)
        drawing.edged(edge, INK, 0.012, GROUND)
        foot = np.array([shift * width, 0.0])
        for shrink in (0.74, 0.46):
            inner = (edge - foot) * [shrink, shrink * 1.06] + foot
            drawing.line(inner[len(inner) // 3 : len(inner) * 4 // 5], 0.011, TINT)
    return Drawing().place(drawing, x, y)


def _pine(size: float) -> Drawing:
    """A leaning pine on the origin: trunk and three flat clouds of needles."""
    drawing = Drawing()
    trunk = spline([(0, 0), (0.05, -0.3), (-0.04, -0.55), (0.06, -0.85)])
    drawing.fill(tapered(trunk, 0.09, 0.03), INK)
    for x, y, w in ((0.12, -0.85, 0.5), (-0.24, -0.62, 0.42), (0.22, -0.46, 0.36)):
        top = arc(0, 0, w / 2, 0.5, 1.0, 14) * [1, 0.6] + [x, y]
        drawing.fill(top, INK)
    return Drawing().place(drawing, 0, 0, size)


def _boat() -> Drawing:
    """A small boat with an awning on the origin."""
    hull = spline([(-0.5, -0.1), (-0.2, 0.04), (0.2, 0.04), (0.5, -0.1), (0.2, -0.03),
                  (-0.2, -0.03)],
                  closed=True)  # fmt: skip
    awning = arc(0, -0.02, 0.16, 0.5, 1.0, 14)
    return Drawing().fill(hull, INK).fill(awning, ACCENT)


def _mist(drawing: Drawing, x: float, y: float, length: float) -> None:
    """A bank of mist: three level strokes of ground."""
    for k, (shift, part) in enumerate(((0.0, 1.0), (0.06, 0.7), (-0.05, 0.5))):
        path = points(
            (x + shift - part * length / 2, y + k * 0.03),
            (x + shift + part * length / 2, y + k * 0.03),
        )
        drawing.line(path, 0.022, GROUND)


def _hills(rng: Generator) -> Drawing:
    """Far hills, near peaks, mist, pines, water and a boat; meets itself left and right."""
    drawing = Drawing().disc(0.74, 0.17, 0.07, ACCENT)
    for x, height, width in ((0.08, 0.3, 0.36), (0.42, 0.4, 0.4), (0.9, 0.26, 0.4)):
        drawing.place(_mountain(rng, x, 0.56, height, width, near=False))
    _mist(drawing, 0.35, 0.46, 0.5)
    for x, height, width in ((0.2, 0.42, 0.42), (0.64, 0.28, 0.36)):
        drawing.place(_mountain(rng, x, 0.74, height, width, near=True))
    _mist(drawing, 0.92, 0.535, 0.44)
    _mist(drawing, 0.92, 0.62, 0.36)
    _mist(drawing, 0.36, 0.725, 0.34)
    drawing.place(_pine(0.2), 0.47, 0.76).place(_pine(0.15), 0.4, 0.76, mirror=True)
    for k, (x, length) in enumerate(
        ((0.2, 0.34), (0.75, 0.44), (0.4, 0.3), (0.05, 0.26), (0.85, 0.3))
    ):
        y = 0.78 + k * 0.034
        path = np.linspace(x - length / 2, x + length / 2, 24)
        drawing.line(np.stack([path, y + 0.006 * np.sin(path * 7 * TAU)], 1), 0.009, INK)
    return drawing.place(_boat(), 0.76, 0.855, 0.17)


def landscape_tile(rng: Generator) -> Drawing:
    """Hills and water as a scene that repeats like a scroll."""
    return _hills(rng)


def landscape_medallion(rng: Generator) -> Drawing:
    """Hills and water through a moon gate."""
    return windowed(_hills(rng).place(Drawing().line(points((0, 0.965), (1, 0.965)), 0.009)))


def _cobalt_lotus(radius: float) -> Drawing:
    """The lotus of blue-and-white: dark outlines filled with a pale wash."""
    drawing = Drawing()
    for size, times, shift in ((1.0, 8, 0.0), (0.66, 8, 0.0625)):
        one = Drawing()
        path = petal(radius * size, radius * size * 0.62, 0.9)
        one.edged(path, TINT, radius * 0.08, INK)
        one.fill(path * 0.5 + [0, -radius * size * 0.36], ACCENT)
        drawing.around(one, times, shift)
    drawing.disc(0, 0, radius * 0.26, INK).disc(0, 0, radius * 0.2, GROUND)
    return drawing.line(spiral(0, 0, radius * 0.15, 0.01, 1.6), radius * 0.07, INK)


def blue_and_white_tile(rng: Generator) -> Drawing:
    """Lotus scroll in cobalt, dense as on a Yuan jar: no quiet ground is left."""
    drawing = Drawing()
    for x, y, side in ((0.25, 0.25, 1), (0.75, 0.75, 1), (0.75, 0.25, -1), (0.25, 0.75, -1)):
        drawing.place(curl_with_leaves(0.205, 0.1, side), x, y, 1.12, 0.25 * side)
        drawing.place(_cobalt_lotus(0.15), x, y)
    for x, y in ((0.0, 0.0), (0.5, 0.5), (0.5, 0.0), (0.0, 0.5)):
        for turn in range(4):
            drawing.fill(move(petal(0.13, 0.075, 0.9), x, y, turn=turn / 4 + 0.125), INK)
            drawing.fill(move(petal(0.095, 0.06, 0.9), x, y, turn=turn / 4), ACCENT)
        drawing.disc(x, y, 0.022, GROUND).disc(x, y, 0.013, INK)
    sprig = Drawing().around(Drawing().fill(move(petal(0.042, 0.026, 0.7), 0, -0.004), ACCENT), 3)
    sprig.disc(0, 0, 0.009, INK)
    for k in range(8):
        for j in range(8):
            x, y = (k + 0.5) / 8, (j + 0.5 * (k % 2)) / 8
            if (
                min(
                    np.hypot((x - cx + 0.5) % 1 - 0.5, (y - cy + 0.5) % 1 - 0.5)
                    for cx, cy in ((0.25, 0.25), (0.75, 0.75), (0.75, 0.25), (0.25, 0.75))
                )
                > 0.24
            ):
                drawing.place(sprig, x, y, 1, 0.17 * (3 * k + j))
    return drawing


def blue_and_white_medallion(rng: Generator) -> Drawing:
    """A cobalt lotus among tendrils, ringed by lappets."""
    drawing = Drawing().disc(0, 0, 0.49, INK).disc(0, 0, 0.475, GROUND)
    lappet = Drawing().edged(move(petal(0.085, 0.07, 0.6), 0, -0.375), TINT, 0.012, INK)
    lappet.fill(move(petal(0.045, 0.03, 0.6), 0, -0.39), INK)
    drawing.around(lappet, 32)
    drawing.ring(0, 0, 0.37, 0.012).ring(0, 0, 0.35, 0.006)
    tendril = Drawing().place(curl_with_leaves(0.105, 0.3, 1), 0, -0.245)
    tendril.place(_cobalt_lotus(0.07), 0, -0.245)
    drawing.around(tendril, 6)
    return Drawing().place(drawing.place(_cobalt_lotus(0.15)), 0.5, 0.5)
