"""Small worked things: powder compacts, lipsticks, pendants, bracelets."""

import numpy as np

from zhiyin.data.demo.painting.easel import Easel, Form, Role, glaze, lit, sphere, turned
from zhiyin.data.demo.painting.geometry import (
    arc,
    circle,
    ellipse,
    polygon,
    rosette,
    spline,
)
from zhiyin.data.demo.painting.shapes.trimmings import tassel

ROUGE = (168, 48, 54)


def compact(size: int, variant: int) -> Form:
    """A powder compact, closed: round, octagonal or lobed, in a metal rim."""
    easel = Easel(size, (0.68, 0.68), 1.08)
    r = 0.36
    outline = (
        circle(0, 0, r, 160),
        polygon(8, r * 1.05, 1 / 16),
        rosette(lambda a: r * (0.955 + 0.06 * np.abs(np.cos(4 * a))), 300),
    )[variant]
    whole = easel.mask(outline + [0.5, 0.5])
    easel.cast(whole, 0.014, 0.03, 0.022, 0.65)
    side = easel.mask(outline + [0.5, 0.518])
    easel.plain(side, Role.ACCENT, 0.68)
    dx, dy = easel.x - 0.5, easel.y - 0.5
    facing = (-0.6 * dx - 0.8 * dy) / r
    turn = np.arctan2(dy, dx)
    metal = 1.0 + 0.16 * np.cos(2 * turn + 1.2) + 0.08 * facing
    easel.plain(whole, Role.ACCENT, metal, 0.12 * np.clip(np.cos(2 * turn + 1.2), 0, 1) ** 3)
    lid = easel.mask(outline * 0.925 + [0.5, 0.5])
    away = np.hypot(dx, dy) / r
    dome = 1.02 + 0.12 * facing * away**2
    crescent = (
        np.exp(-(((away - 0.74) / 0.09) ** 2)) * np.clip(facing / np.maximum(away, 0.1), 0, 1) ** 5
    )
    easel.dress(
        lid,
        (easel.sub_x - 0.5) / 0.68 + 0.5,
        (easel.sub_y - 0.5) / 0.68 + 0.5,
        dome,
        0.28 * crescent,
    )
    easel.darken(np.clip(lid - easel.mask(outline * 0.905 + [0.5, 0.5]), 0, 1), 0.3)
    clasp = easel.mask(ellipse(0.5, 0.5 + r * 0.985, 0.04, 0.017))
    easel.plain(clasp, Role.ACCENT, 0.86, 0.2)
    return easel.finish()


def lipstick(size: int, variant: int) -> Form:
    """A lipstick open beside its cap, or closed and standing alone."""
    easel = Easel(size, (0.42, 0.62), 1.08)
    if variant == 1:
        easel.stand(0.5, 0.885, 0.14)
        _tube(easel, 0.5, 0.13, 0.1, 0.58)
        return easel.finish()
    easel.stand(0.35, 0.885, 0.15)
    easel.stand(0.66, 0.885, 0.14)
    _tube(easel, 0.345, 0.26, 0.118, 0.78)
    collar = turned(0.66, (0.4, 0.078), (0.62, 0.078))
    s = collar.around(easel.x, easel.y)
    tip = spline([(0.6, 0.4), (0.6, 0.28), (0.64, 0.2), (0.7, 0.17), (0.72, 0.22), (0.72, 0.4)])
    k = np.clip((easel.x - 0.66) / 0.06, -1, 1)
    easel.material(easel.mask(tip), ROUGE, lit(k, 0.4), glaze(k, -0.4, 0.16, 0.25))
    cut = ellipse(0.0, 0.0, 0.024, 0.075, 40)
    lean = np.stack(
        [0.668 + cut[:, 0] * 0.8 - cut[:, 1] * 0.62, 0.235 + cut[:, 0] * 0.6 + cut[:, 1] * 0.6], 1
    )
    easel.material(easel.mask(lean) * easel.mask(tip), ROUGE, 1.12, 0.12)
    easel.plain(easel.mask(collar.outline()), Role.ACCENT, lit(s, 0.55), glaze(s, -0.4, 0.14, 0.5))
    base = turned(0.66, (0.6, 0.105), (0.88, 0.105))
    b = base.around(easel.x, easel.y)
    u, v = base.wrap(easel.sub_x, easel.sub_y, 0.3, 0.92)
    easel.dress(easel.mask(base.outline()), u, v, lit(b, 0.5), glaze(b))
    _ring(easel, 0.66, 0.6, 0.105, 0.014)
    _ring(easel, 0.66, 0.868, 0.105, 0.014)
    return easel.finish()


def _tube(easel: Easel, cx: float, top: float, half: float, split: float) -> None:
    """A closed tube wearing the motif, metal rings at its ends and where it opens."""
    body = turned(cx, (top, half), (0.88, half))
    s = body.around(easel.x, easel.y)
    mask = easel.mask(body.outline(), ellipse(cx, top, half, half * 0.13))
    u, v = body.wrap(easel.sub_x, easel.sub_y, top, 0.88)
    easel.dress(mask, u, v, lit(s, 0.5), glaze(s, strength=0.4))
    easel.plain(easel.mask(ellipse(cx, top, half, half * 0.13)), Role.ACCENT, 1.04, 0.1)
    easel.plain(easel.mask(ellipse(cx, top, half * 0.9, half * 0.1)), Role.GROUND, 1.02, 0.08)
    for y, height in ((top + 0.006, 0.012), (split, 0.022), (0.862, 0.018)):
        _ring(easel, cx, y, half, height)


def _ring(easel: Easel, cx: float, y: float, half: float, height: float) -> None:
    """A polished metal ring around a tube."""
    a = np.linspace(0, np.pi, 24)
    front = np.stack([cx + half * 1.015 * np.cos(a), y + 0.1 * half * np.sin(a)], 1)
    s = np.clip((easel.x - cx) / half, -1, 1)
    mask = easel.mask(np.concatenate([front, (front + [0, height])[::-1]]))
    easel.plain(mask, Role.ACCENT, lit(s, 0.6), glaze(s, -0.45, 0.13, 0.55))


def pendant(size: int, variant: int) -> Form:
    """A pendant on a cord: a disc, a longevity lock, or a gourd-waisted plaque."""
    easel = Easel(size, (0.52, 0.52), 1.16)
    cx, cy = 0.5, 0.48
    half = spline([(0, -0.2), (0.07, -0.17), (0.15, -0.185), (0.24, -0.14), (0.265, -0.04),
                   (0.235, 0.05),
                   (0.17, 0.085), (0.165, 0.15), (0.09, 0.2), (0, 0.215)])  # fmt: skip
    lock = np.concatenate([half, (half * [-1, 1])[::-1]])
    outline = (
        circle(0, 0, 0.235, 120),
        lock,
        rosette(lambda a: 0.215 + 0.028 * np.cos(4 * a), 200),
    )[variant] + [cx, cy]
    cord = [
        spline([(cx + side * 0.16, 0.0), (cx + side * 0.12, 0.1), (cx, 0.2)]) for side in (-1, 1)
    ]
    ropes = np.maximum(*(easel.stroke(path, 0.011) for path in cord))
    whole = easel.mask(outline)
    easel.cast(np.maximum(whole, ropes), 0.016, 0.028, 0.02, 0.55)
    twist = 0.9 + 0.16 * np.sin(420 * (easel.x * 0.6 + easel.y))
    easel.plain(ropes, Role.ACCENT, twist)
    tassel(easel, cx, cy + 0.25, 0.14)
    dx, dy = easel.x - cx, easel.y - cy
    turn = np.arctan2(dy, dx)
    metal = 1.0 + 0.2 * np.cos(2 * turn + 1.2)
    easel.plain(whole, Role.ACCENT, metal, 0.16 * np.clip(np.cos(2 * turn + 1.2), 0, 1) ** 3)
    inner = (outline - [cx, cy]) * 0.9 + [cx, cy]
    face = easel.mask(inner)
    facing = (-0.6 * dx - 0.8 * dy) / 0.235
    gloss = np.exp(-((dx + 0.09) ** 2 + (dy + 0.11) ** 2) / 0.006) * 0.3
    easel.dress(
        face,
        (easel.sub_x - cx) / 0.46 + 0.5,
        (easel.sub_y - cy) / 0.46 + 0.5,
        1.0 + 0.14 * facing,
        gloss,
    )
    easel.darken(np.clip(face - easel.mask((outline - [cx, cy]) * 0.87 + [cx, cy]), 0, 1), 0.28)
    for y, r in ((0.214, 0.027), (cy + 0.248, 0.02)):
        easel.plain(easel.mask(circle(cx, y, r)), Role.INK, *sphere(easel.x, easel.y, cx, y, r))
    return easel.finish()


def bracelet(size: int, variant: int) -> Form:
    """A broad bangle lying tilted, or a string of painted beads."""
    return _bangle(size) if variant == 0 else _beads(size)


def _bangle(size: int) -> Form:
    easel = Easel(size, (1.06, 0.22))
    cx, cy, rx, ry, tall = 0.5, 0.42, 0.37, 0.17, 0.2
    easel.stand(cx, cy + tall + ry * 0.9, 0.4, 0.5)
    outer = ellipse(cx, cy, rx, ry, 120)
    s = np.clip((easel.x - cx) / rx, -1, 1)
    inside = easel.mask(ellipse(cx, cy, rx * 0.95, ry * 0.93, 120))
    wall = np.concatenate(
        [
            arc(cx, 0, rx, 0, 0.5, 60) * [1, ry / rx] + [0, cy + tall],
            arc(cx, 0, rx, 0.5, 0, 60) * [1, ry / rx] + [0, cy],
        ]
    )
    full = easel.mask(outer, wall)
    floor = easel.mask(ellipse(cx, cy + tall, rx * 0.93, ry * 0.9, 120)) * inside
    easel.plain(full, Role.ACCENT, lit(s, 0.5))
    easel.plain(
        inside, Role.ACCENT, 0.55 + 0.25 * (s + 1) / 2, 0.1 * np.exp(-(((s - 0.5) / 0.1) ** 2))
    )
    easel.erase(floor)
    sag = ry * np.sqrt(1 - np.clip((easel.sub_x - cx) / rx, -1, 1) ** 2)
    u = 0.5 + np.arcsin(np.clip((easel.sub_x - cx) / rx, -1, 1)) / np.pi
    v = (easel.sub_y - cy - sag - 0.008) / (tall - 0.016)
    bulge = 1.05 - 0.35 * np.abs((easel.y - cy - ry * np.sqrt(1 - s * s)) / tall - 0.45) ** 2
    easel.dress(easel.mask(wall), u, v, lit(s, 0.5) * bulge, glaze(s, -0.5, 0.09, 0.35))
    for y in (cy, cy + tall):
        front = arc(cx, 0, rx - 0.006, 0.004, 0.496, 80) * [1, ry / rx] + [0, y]
        easel.plain(
            easel.stroke(front, 0.016), Role.ACCENT, lit(s, 0.5) * 1.04, glaze(s, -0.5, 0.12, 0.5)
        )
    back = arc(cx, 0, rx, 0.5, 1.0, 80) * [1, ry / rx] + [0, cy]
    easel.plain(easel.stroke(back, 0.012), Role.ACCENT, 1.05, 0.12)
    return easel.finish()


def _beads(size: int) -> Form:
    easel = Easel(size, (0.7, 0.7))
    cx, cy, r = 0.5, 0.5, 0.29
    count, bead = 14, 0.064
    order = sorted(range(count), key=lambda i: np.sin(i / count * 2 * np.pi))
    for i in order:
        turn = i / count * 2 * np.pi
        x, y = cx + r * np.cos(turn), cy + r * np.sin(turn)
        big = bead * (1.14 if i % 7 == 0 else 1.0)
        mask = easel.mask(circle(x, y, big))
        easel.cast(mask, 0.012, 0.026, 0.016, 0.5)
        shade, gloss = sphere(easel.x, easel.y, x, y, big)
        if i % 7 == 0:
            easel.plain(mask, Role.ACCENT, shade, gloss)
            continue
        dx, dy = (easel.sub_x - x) / big, (easel.sub_y - y) / big
        swell = 1 + 0.35 * (dx * dx + dy * dy)
        easel.dress(mask, x - 0.15 + dx * big * swell, y - 0.15 + dy * big * swell, shade, gloss)
    for i in range(count):
        turn = (i + 0.5) / count * 2 * np.pi
        x, y = cx + r * np.cos(turn), cy + r * np.sin(turn)
        easel.plain(
            easel.mask(circle(x, y, 0.013)), Role.ACCENT, *sphere(easel.x, easel.y, x, y, 0.013)
        )
    return easel.finish()
