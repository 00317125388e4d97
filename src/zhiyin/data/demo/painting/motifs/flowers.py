"""Flowers: lotus, peony, plum blossom, the composed baoxiang, and the scrolling vine."""

import numpy as np
from numpy.random import Generator

from zhiyin.data.demo.painting.drawing import ACCENT, GROUND, INK, TINT, Drawing
from zhiyin.data.demo.painting.geometry import (
    TAU,
    Points,
    arc,
    bezier,
    leaf,
    move,
    petal,
    points,
    rosette,
    spiral,
    tapered,
)


def lotus_side() -> Drawing:
    """A lotus from the side, width about 1, standing on the origin."""
    drawing = Drawing()
    outer = ((0.27, 0.5), (0.2, 0.62), (0.115, 0.72))
    for lean, size in outer:
        for side in (-1, 1):
            path = move(petal(size * 0.86, size * 0.36, 0.85), turn=side * lean)
            drawing.edged(path, INK, 0.028, GROUND)
            drawing.line(move(points((0, -0.12), (0, -size * 0.6)), turn=side * lean), 0.014, TINT)
    drawing.edged(petal(0.72, 0.32, 0.85), INK, 0.028, GROUND)
    for side in (-1, 1):
        path = move(petal(0.46, 0.26, 0.9), turn=side * 0.06)
        drawing.edged(path, TINT, 0.028, GROUND)
    drawing.edged(petal(0.4, 0.26, 0.9), ACCENT, 0.028, GROUND)
    return drawing


def lotus_leaf(radius: float) -> Drawing:
    """A lotus leaf seen at a slant, its veins left open."""
    edge = rosette(lambda a: radius * (1 + 0.07 * np.cos(7 * a))) * [1, 0.62]
    drawing = Drawing().fill(edge, TINT).outline(edge, radius * 0.09, INK)
    for k in range(9):
        tip = arc(0, 0, radius * 0.84, k / 9 + 0.02, k / 9 + 0.02, 1)[0] * [1, 0.62]
        drawing.line(points((0, 0), tuple(tip)), radius * 0.06, INK)
    return drawing


def lotus_tile(rng: Generator) -> Drawing:
    """Lotus flowers on bent stems, a leaf under each."""
    drawing = Drawing()
    for x, y, mirror in ((0.27, 0.4, False), (0.77, 0.9, True)):
        sign = -1 if mirror else 1
        stem = bezier((x, y), (x + 0.02 * sign, y + 0.15), (x + 0.22 * sign, y + 0.12),
                      (x + 0.2 * sign, y + 0.3))  # fmt: skip
        drawing.line(stem, 0.018, INK)
        drawing.place(lotus_leaf(0.15), x + 0.25 * sign, y + 0.05, 1, 0.02 * sign)
        drawing.place(lotus_side(), x, y, 0.46)
        drawing.place(lotus_side(), x + 0.16 * sign, y + 0.36, 0.16)
        drawing.disc(x - 0.16 * sign, y + 0.14, 0.016, ACCENT)
        drawing.disc(x - 0.1 * sign, y + 0.17, 0.01, ACCENT)
    return drawing


def lotus_medallion(rng: Generator) -> Drawing:
    """A lotus from above: three rings of petals around the seed head."""
    drawing, times = Drawing(), int(rng.integers(8, 11))
    for layer, (size, role) in enumerate(((0.49, INK), (0.37, TINT), (0.26, INK))):
        one = Drawing().edged(petal(size, size * 4.6 / times, 0.75), role, 0.014, GROUND)
        for lean in (-0.02, 0.0, 0.02):
            vein = points((0, -size * 0.45), (0, -size * (0.78 - 4 * abs(lean))))
            one.line(move(vein, turn=lean), 0.006, GROUND if role == INK else INK)
        drawing.around(one, times, turn=layer / times / 2)
    drawing.disc(0, 0, 0.125, GROUND).disc(0, 0, 0.112, ACCENT)
    for ring, count in ((0.075, 8), (0.0, 1)):
        for x, y in arc(0, 0, ring, 0, 1, count + 1)[:count]:
            drawing.disc(x, y, 0.015, GROUND)
    return Drawing().place(drawing, 0.5, 0.5)


def _ruffled(length: float, width: float, notches: int, depth: float) -> Points:
    """A peony petal on the origin, pointing up, broad and full, its free edge scalloped."""
    t = np.linspace(-1, 1, 48)
    angle = t * np.pi * 0.62
    ripple = 1 - depth * (1 - np.abs(np.cos(t * notches * np.pi / 2)) ** 0.6)
    reach = length * (0.52 + 0.48 * np.cos(angle) * ripple)
    top = np.stack([np.sin(angle) * width / 2 * ripple, -reach], 1)
    return np.concatenate([[[0.0, 0.0]], top])


def peony_flower(rng: Generator) -> Drawing:
    """A full peony around the origin, radius about 0.5: ruffled petals, layer on layer."""
    drawing = Drawing()
    layers = ((0.5, 6, INK, 5), (0.4, 5, TINT, 5), (0.3, 5, INK, 4), (0.2, 4, TINT, 3))
    for layer, (size, times, role, notches) in enumerate(layers):
        start = layer * 0.37 + rng.uniform(-0.02, 0.02)
        for i in range(times):
            path = _ruffled(size * rng.uniform(0.95, 1.03), size * 7.2 / times, notches, 0.2)
            turn = start + i / times
            drawing.edged(move(path, turn=turn), role, 0.02, GROUND)
            fold = TINT if role == INK else INK
            for lean in (-0.05, 0.05) if layer else (-0.06, 0.0, 0.06):
                vein = points((0, -size * 0.66), (0, -size * 0.84))
                drawing.line(move(vein, turn=turn + lean), 0.01, fold)
    drawing.disc(0, 0, 0.1, GROUND)
    for x, y in np.concatenate([arc(0, 0, 0.06, 0, 1, 8)[:7], [[0, 0]]]):
        drawing.disc(x, y, 0.025, ACCENT)
    return drawing


def peony_leaf() -> Drawing:
    """A three-fingered leaf from the origin to the right, length about 1."""
    drawing = Drawing()
    for turn, size in ((-0.11, 0.74), (0.11, 0.74), (0.0, 1.0)):
        drawing.edged(move(leaf(size, size * 0.42), turn=turn), INK, 0.04, GROUND)
        drawing.line(move(points((0.1, 0), (size * 0.8, 0)), turn=turn), 0.03, GROUND)
    return drawing


def peony_tile(rng: Generator) -> Drawing:
    """Peonies half-dropped among leaves and buds."""
    drawing = Drawing()
    for x, y, lean in ((0.25, 0.27, 0.0), (0.75, 0.77, 0.5)):
        for turn in (0.02, 0.2, 0.4, 0.56, 0.75, 0.88):
            ex, ey = arc(x, y, 0.2, turn + lean, turn + lean, 1)[0]
            drawing.place(peony_leaf(), ex, ey, 0.2, turn + lean)
        drawing.place(peony_flower(rng), x, y, 0.56, lean)
    for x, y in ((0.75, 0.25), (0.25, 0.77)):
        for turn in (0.1, 0.4, 0.75):
            drawing.place(peony_leaf(), x, y, 0.15, turn)
        for lean in (-0.1, 0.1, 0.0):
            bud = move(petal(0.1, 0.065, 0.3), x, y + 0.04, turn=lean)
            drawing.edged(bud, ACCENT if lean == 0 else INK, 0.01, GROUND)
    return drawing


def peony_medallion(rng: Generator) -> Drawing:
    """One peony in a wreath of its leaves."""
    drawing = Drawing()
    for turn in np.arange(6) / 6 + 0.04:
        x, y = arc(0.5, 0.5, 0.22, turn, turn, 1)[0]
        drawing.place(peony_leaf(), x, y, 0.27, turn + rng.uniform(-0.02, 0.02))
    return drawing.place(peony_flower(rng), 0.5, 0.5, 0.74, rng.random())


def plum_blossom(role: int = INK) -> Drawing:
    """A plum blossom around the origin, radius 0.5: five round petals and their stamens."""
    drawing = Drawing()
    for i in range(5):
        x, y = arc(0, 0, 0.27, i / 5 - 0.25, i / 5 - 0.25, 1)[0]
        drawing.disc(x, y, 0.235, GROUND).disc(x, y, 0.212, role)
    for i in range(10):
        tip = arc(0, 0, 0.24 if i % 2 else 0.17, i / 10 - 0.25, i / 10 - 0.25, 1)[0]
        drawing.line(points((0, 0), tuple(tip)), 0.02, GROUND).disc(tip[0], tip[1], 0.03, GROUND)
    return drawing.disc(0, 0, 0.085, ACCENT)


def _branch(drawing: Drawing, path: Points, start: float, stop: float) -> None:
    drawing.fill(tapered(path, start, stop), INK)


def plum_tile(rng: Generator) -> Drawing:
    """Angular plum branches with blossoms and buds."""
    drawing = Drawing()
    main = points((0.0, 1.02), (0.17, 0.8), (0.24, 0.62), (0.45, 0.5), (0.55, 0.28), (0.78, 0.2),
                  (1.0, 0.02))  # fmt: skip
    _branch(drawing, main, 0.034, 0.034)
    for path in (
        points((0.22, 0.66), (0.1, 0.5), (0.12, 0.36), (0.05, 0.24)),
        points((0.45, 0.5), (0.66, 0.55), (0.78, 0.68), (0.9, 0.7)),
        points((0.55, 0.3), (0.46, 0.14), (0.36, 0.08)),
    ):
        _branch(drawing, path, 0.026, 0.008)
    blossoms = ((0.25, 0.58, 0.25), (0.6, 0.26, 0.23), (0.76, 0.62, 0.21), (0.11, 0.38, 0.17),
                (0.93, 0.12, 0.19), (0.42, 0.12, 0.15))  # fmt: skip
    for i, (x, y, size) in enumerate(blossoms):
        drawing.place(plum_blossom(TINT if i == 1 else INK), x, y, size, rng.random())
    for x, y in ((0.05, 0.24), (0.9, 0.71), (0.35, 0.07), (0.44, 0.43), (0.14, 0.86), (0.79, 0.27)):
        drawing.disc(x, y, 0.038, GROUND).disc(x, y, 0.028, ACCENT)
    for x, y, turn in ((0.5, 0.82, 0.1), (0.3, 0.93, 0.3), (0.75, 0.9, 0.6), (0.28, 0.26, 0.9)):
        drawing.fill(move(petal(0.05, 0.036, 0.3), x, y, turn=turn), TINT)
    return drawing


def plum_medallion(rng: Generator) -> Drawing:
    """A branch of plum before the full moon."""
    drawing = Drawing().disc(0.5, 0.5, 0.49, TINT).disc(0.5, 0.5, 0.475, GROUND)
    drawing.disc(0.56, 0.43, 0.3, TINT)
    main = points((0.13, 0.76), (0.3, 0.66), (0.38, 0.55), (0.56, 0.52), (0.66, 0.38), (0.83, 0.33))
    _branch(drawing, main, 0.05, 0.014)
    _branch(drawing, points((0.38, 0.56), (0.36, 0.38), (0.44, 0.27), (0.42, 0.17)), 0.03, 0.009)
    _branch(drawing, points((0.55, 0.52), (0.66, 0.6), (0.7, 0.72), (0.79, 0.76)), 0.026, 0.008)
    for x, y, size in ((0.38, 0.52, 0.25), (0.63, 0.43, 0.22), (0.68, 0.67, 0.2), (0.4, 0.28, 0.18),
                       (0.24, 0.69, 0.16), (0.54, 0.6, 0.13)):  # fmt: skip
        drawing.place(plum_blossom(), x, y, size, rng.random())
    for x, y in ((0.83, 0.33), (0.42, 0.15), (0.8, 0.765), (0.74, 0.34), (0.49, 0.23)):
        drawing.disc(x, y, 0.03, GROUND).disc(x, y, 0.022, ACCENT)
    return drawing.ring(0.5, 0.5, 0.485, 0.012, INK)


def _hooked(size: float) -> Drawing:
    """A baoxiang petal on the origin, pointing up: a pointed heart of two inward curls."""
    drawing = Drawing()
    half = bezier((0, 0), (0.34, -0.05), (0.5, -0.55), (0.2, -0.74), 16)
    tip = bezier((0.2, -0.74), (0.12, -0.78), (0.05, -0.86), (0, -1.0), 8)
    right = np.concatenate([half, tip])
    edge = np.concatenate([right, (right * [-1, 1])[::-1]])
    drawing.edged(edge, INK, 0.05, GROUND)
    drawing.fill(edge * [0.66, 0.66] + [0, -0.1], TINT)
    drawing.fill(edge * [0.36, 0.42] + [0, -0.16], GROUND)
    for mirror in (False, True):
        curl = spiral(0.17, -0.6, 0.12, 0.04, 1.1, -0.35)
        drawing.line(move(curl, mirror=mirror), 0.045, GROUND)
    drawing.fill(move(petal(0.34, 0.16, 0.5), 0, -0.24), ACCENT)
    return Drawing().place(drawing, 0, 0, size)


def baoxiang_flower(times: int = 8) -> Drawing:
    """The composed flower around the origin, radius 0.5."""
    drawing = Drawing()
    drawing.around(Drawing().place(_hooked(0.32), 0, -0.18), times)
    inner = Drawing().place(_hooked(0.2), 0, -0.13)
    drawing.disc(0, 0, 0.25, GROUND).around(inner, times, 0.5 / times)
    drawing.disc(0, 0, 0.165, GROUND).disc(0, 0, 0.15, INK)
    drawing.around(Drawing().edged(petal(0.13, 0.085, 0.2), TINT, 0.012, INK), times)
    return drawing.disc(0, 0, 0.055, ACCENT).disc(0, 0, 0.024, GROUND)


def baoxiang_tile(rng: Generator) -> Drawing:
    """Large and small composed flowers, each in the gaps of the other."""
    drawing = Drawing().place(baoxiang_flower(8), 0.5, 0.5, 0.98)
    small = Drawing().around(Drawing().place(_hooked(0.3), 0, -0.06), 4, 0.125)
    small.around(Drawing().fill(move(petal(0.24, 0.1, 0.8), 0, -0.1), INK), 4)
    drawing.place(small.disc(0, 0, 0.07, ACCENT), 0, 0, 0.72)
    return drawing


def baoxiang_medallion(rng: Generator) -> Drawing:
    """One great composed flower in a ring of pearls."""
    times = int(rng.choice([6, 8]))
    drawing = Drawing().place(baoxiang_flower(times), 0.5, 0.5, 0.84)
    for x, y in arc(0.5, 0.5, 0.465, 0, 1, 37)[:-1]:
        drawing.disc(x, y, 0.016, INK)
    return drawing


def vine_flower(radius: float) -> Drawing:
    """The small many-petalled flower that vines carry."""
    drawing = Drawing()
    one = Drawing().edged(petal(radius, radius * 0.8, 0.35), INK, radius * 0.09, GROUND)
    drawing.around(one, 7)
    inner = Drawing().edged(petal(radius * 0.6, radius * 0.5, 0.5), TINT, radius * 0.08, GROUND)
    drawing.around(inner, 7, 0.07)
    return drawing.disc(0, 0, radius * 0.2, ACCENT)


def curl_with_leaves(radius: float, start: float, direction: int) -> Drawing:
    """A tendril curling around the origin, leaves along its outer side."""
    path = spiral(0, 0, radius, radius * 0.5, 0.86 * direction, start)
    drawing = Drawing().line(path, radius * 0.085, INK)
    for k in (6, 13, 20, 27, 34):
        ahead = path[k + 1] - path[k]
        turn = np.arctan2(ahead[1], ahead[0]) / TAU
        blade = leaf(radius * 0.52, radius * 0.24, -0.35 * direction)
        drawing.fill(move(blade, path[k, 0], path[k, 1], turn=float(turn) - 0.1 * direction), INK)
    return drawing


def vine_tile(rng: Generator) -> Drawing:
    """A stem swinging up and down, a tendril curled round a flower in each bay."""
    drawing = Drawing()
    x = np.linspace(0, 1, 80)
    for y, phase in ((0.25, 0.0), (0.75, 0.5)):
        stem = np.stack([x, y - 0.2 * np.cos((x + phase) * TAU)], axis=1)
        drawing.line(stem, 0.03, INK)
        for k, side in ((0.0, 1), (0.5, -1)):
            cx = (k - phase) % 1
            drawing.place(curl_with_leaves(0.17, 0.25 * side + 0.6, side), cx, y + 0.02 * side)
            drawing.place(vine_flower(0.125), cx, y + 0.02 * side)
            for lean in (-0.14, 0.06, 0.3):
                at = (k - phase + 0.25 + lean * 0.4) % 1
                height = y - 0.2 * np.cos((at + phase) * TAU)
                blade = leaf(0.12, 0.06, 0.3 * side)
                drawing.fill(move(blade, at, height, turn=0.25 * side + lean), INK)
    return drawing


def vine_medallion(rng: Generator) -> Drawing:
    """Tendrils leaving a central flower, each curling round a flower of its own."""
    drawing, times = Drawing(), int(rng.integers(5, 7))
    size = 0.165 if times == 5 else 0.145
    one = Drawing().line(bezier((0, -0.1), (0.12, -0.14), (0.2, -0.22), (0.13, -0.33)), 0.02, INK)
    one.place(curl_with_leaves(size, 0.1, -1), 0, -0.315)
    one.place(vine_flower(size * 0.7), 0, -0.315)
    drawing.around(one, times)
    return Drawing().place(drawing.place(vine_flower(0.15)), 0.5, 0.5).ring(0.5, 0.5, 0.486, 0.014)
