"""Glazed ware: vases, teapots, covered cups, plates and censers."""

import numpy as np

from zhiyin.data.demo.painting.easel import (
    Easel,
    Field,
    Form,
    Role,
    Turned,
    glaze,
    lit,
    sphere,
    turned,
)
from zhiyin.data.demo.painting.geometry import (
    TAU,
    circle,
    ellipse,
    points,
    rosette,
    spline,
    tapered,
)


def throw(easel: Easel, body: Turned, start: float, stop: float, depth: float = 0.45) -> Field:
    """Lay a glazed body of revolution wearing the motif between two heights; gives its mask."""
    mask = easel.mask(body.outline())
    s = body.around(easel.x, easel.y)
    sky = 1.03 - 0.1 * np.clip((easel.y - body.top) / (body.foot - body.top), 0, 1)
    u, v = body.wrap(easel.sub_x, easel.sub_y, start, stop)
    easel.dress(mask, u, v, lit(s, depth) * sky, glaze(s))
    for above, edge in ((True, start), (False, stop)):
        sag = 0.1 * body.half(easel.y) * np.sqrt(1 - s * s)
        beyond = easel.y - sag < edge if above else easel.y - sag > edge
        easel.plain(mask * beyond, Role.GROUND, lit(s, depth) * sky, glaze(s))
    return mask


def band(easel: Easel, body: Turned, y: float, height: float, role: Role = Role.ACCENT) -> None:
    """A ring of colour around a body."""
    half = float(body.half(y + height / 2))
    a = np.linspace(0, np.pi, 24)
    front = np.stack([body.cx + half * np.cos(a), y + 0.1 * half * np.sin(a)], 1)
    mask = easel.mask(np.concatenate([front, (front + [0, height])[::-1]]))
    s = body.around(easel.x, easel.y)
    easel.plain(mask, role, lit(s), glaze(s))


def mouth(easel: Easel, body: Turned, wall: float = 0.012) -> None:
    """The open mouth: a rim of accent and the dark inside."""
    half = float(body.halves[0])
    rim = easel.mask(ellipse(body.cx, body.top, half, half * 0.13))
    s = body.around(easel.x, easel.y)
    easel.plain(rim, Role.ACCENT, 1.05 - 0.15 * np.clip(s, 0, 1))
    inside = easel.mask(ellipse(body.cx, body.top, half - wall, half * 0.13 - wall * 0.35))
    easel.plain(inside, Role.DEEP, 0.62 + 0.2 * np.clip((easel.x - body.cx) / half, -1, 1))


_VASES = (
    # meiping, pear bottle, gourd, straight jar
    ((0.13, 0.062), (0.155, 0.05), (0.18, 0.052), (0.23, 0.15), (0.32, 0.2), (0.45, 0.192),
     (0.62, 0.13), (0.76, 0.105), (0.86, 0.115)),
    ((0.1, 0.075), (0.15, 0.05), (0.28, 0.04), (0.4, 0.06), (0.54, 0.155), (0.66, 0.198),
     (0.77, 0.175), (0.845, 0.105), (0.865, 0.11)),
    ((0.11, 0.045), (0.16, 0.04), (0.24, 0.09), (0.33, 0.122), (0.42, 0.09), (0.455, 0.075),
     (0.53, 0.14), (0.66, 0.2), (0.79, 0.16), (0.85, 0.1), (0.865, 0.102)),
    ((0.16, 0.12), (0.195, 0.105), (0.22, 0.11), (0.27, 0.19), (0.36, 0.225), (0.55, 0.215),
     (0.72, 0.165), (0.83, 0.14), (0.86, 0.145)),
)  # fmt: skip


def vase(size: int, variant: int) -> Form:
    """A vase on a table."""
    easel = Easel(size, (0.64, 0.7), 1.06)
    body = turned(0.5, *_VASES[variant])
    easel.stand(0.5, 0.87, float(body.halves[-1]) * 1.7)
    start = body.top + 0.05
    throw(easel, body, start, 0.85)
    band(easel, body, 0.838, 0.018)
    mouth(easel, body)
    return easel.finish()


def teapot(size: int, variant: int) -> Form:
    """A teapot: round-bellied, or tall with an overhead handle."""
    tall = variant == 1
    easel = Easel(size, (0.78, 0.44), 1.08)
    profile = (
        ((0.34, 0.11), (0.38, 0.165), (0.48, 0.205), (0.62, 0.215), (0.74, 0.18), (0.8, 0.14))
        if tall
        else ((0.37, 0.12), (0.4, 0.19), (0.48, 0.245), (0.58, 0.262), (0.69, 0.225), (0.77, 0.14))
    )
    body = turned(0.5, *profile)
    left, right = 0.5 - float(body.half(0.58)), 0.5 + float(body.half(0.55))
    easel.stand(0.5, body.foot + 0.012, 0.21)
    spout = spline(
        [(left + 0.05, 0.64), (left - 0.04, 0.6), (left - 0.07, 0.5), (left - 0.13, 0.42)]
    )
    shade = 1.0 - 0.35 * np.clip((easel.y - 0.44) / 0.22, 0, 1)
    easel.plain(easel.mask(tapered(spout, 0.13, 0.04)), Role.GROUND, shade, 0.05)
    easel.plain(easel.stroke(tapered(spout[-2:], 0.045, 0.04)[[1, 2]], 0.012), Role.ACCENT)
    if tall:
        loop = spline(
            [(0.36, 0.4), (0.335, 0.24), (0.42, 0.145), (0.58, 0.145), (0.665, 0.24), (0.64, 0.4)]
        )
    else:
        loop = spline([(right - 0.04, 0.46), (right + 0.08, 0.42), (right + 0.125, 0.53),
                       (right + 0.06, 0.65), (right - 0.04, 0.68)])  # fmt: skip
    easel.plain(easel.stroke(loop, 0.042), Role.GROUND, 0.78)
    easel.plain(easel.stroke(loop - [0.004, 0.006], 0.024), Role.GROUND, 0.98, 0.1)
    throw(easel, body, body.top + 0.01, body.foot - 0.005)
    band(easel, body, body.foot - 0.012, 0.016)
    top = body.top
    lid = turned(0.5, (top - 0.062, 0.02), (top - 0.055, 0.05), (top - 0.035, 0.1),
                 (top - 0.004, float(body.halves[0]) + 0.012))  # fmt: skip
    s = lid.around(easel.x, easel.y)
    easel.plain(easel.mask(lid.outline()), Role.GROUND, lit(s), glaze(s, strength=0.4))
    band(easel, lid, top - 0.008, 0.014)
    knob = easel.mask(circle(0.5, top - 0.088, 0.034))
    easel.plain(knob, Role.ACCENT, *sphere(easel.x, easel.y, 0.5, top - 0.088, 0.034))
    return easel.finish()


def cup(size: int, variant: int) -> Form:
    """A covered cup on its saucer, or a cup alone."""
    easel = Easel(size, (0.8, 0.36), 1.22)
    easel.stand(0.5, 0.8 if variant == 0 else 0.75, 0.3 if variant == 0 else 0.2)
    if variant == 0:
        saucer = turned(0.5, (0.715, 0.3), (0.745, 0.26), (0.775, 0.13), (0.8, 0.115))
        s = saucer.around(easel.x, easel.y)
        easel.plain(easel.mask(saucer.outline()), Role.GROUND, lit(s) * 0.94, glaze(s))
        easel.plain(easel.mask(ellipse(0.5, 0.715, 0.3, 0.042)), Role.ACCENT, 1.02)
        easel.plain(easel.mask(ellipse(0.5, 0.715, 0.288, 0.036)), Role.PALE, 0.97)
        easel.darken(easel.soften(easel.mask(ellipse(0.52, 0.725, 0.17, 0.024)), 0.012), 0.4)
    body = turned(0.5, (0.4, 0.255), (0.44, 0.25), (0.52, 0.232), (0.62, 0.175), (0.69, 0.105),
                  (0.71, 0.1), (0.735, 0.105))  # fmt: skip
    throw(easel, body, 0.41, 0.71)
    band(easel, body, 0.722, 0.012)
    if variant == 1:
        mouth(easel, body, 0.01)
        tea = easel.mask(ellipse(0.5, 0.405, 0.232, 0.021))
        easel.material(tea, (158, 112, 58), 1.0, 0.12)
        return easel.finish()
    easel.plain(easel.mask(ellipse(0.5, 0.4, 0.255, 0.034)), Role.ACCENT, 1.0)
    lid = turned(0.5, (0.282, 0.04), (0.29, 0.085), (0.325, 0.17), (0.37, 0.222), (0.392, 0.236))
    s = lid.around(easel.x, easel.y)
    u, v = lid.wrap(easel.sub_x, easel.sub_y, 0.2, 0.56)
    easel.dress(easel.mask(lid.outline()), u, v, lit(s) * 1.02, glaze(s, strength=0.4))
    band(easel, lid, 0.386, 0.01)
    knob = turned(0.5, (0.232, 0.06), (0.245, 0.05), (0.27, 0.036), (0.29, 0.045))
    k = knob.around(easel.x, easel.y)
    easel.plain(easel.mask(knob.outline()), Role.GROUND, lit(k), glaze(k))
    easel.plain(easel.mask(ellipse(0.5, 0.232, 0.06, 0.011)), Role.ACCENT, 1.05)
    return easel.finish()


def plate(size: int, variant: int) -> Form:
    """A plate seen from the front: round, or with a foliate edge."""
    easel = Easel(size, (0.78, 0.78), 1.06)
    scallop = 0.012 if variant else 0.0
    outline = rosette(lambda a: 0.385 + scallop * np.abs(np.cos(6 * a)) - scallop, 360) + 0.5
    mask = easel.mask(outline)
    easel.cast(mask, 0.012, 0.022, 0.022, 0.55)
    dx, dy = easel.x - 0.5, easel.y - 0.5
    away = np.hypot(dx, dy) / 0.385
    facing = (-0.6 * dx - 0.8 * dy) / np.maximum(np.hypot(dx, dy), 1e-4)
    slope = np.exp(-(((away - 0.71) / 0.05) ** 2)) - 0.6 * np.exp(-(((away - 0.98) / 0.04) ** 2))
    shade = 1.0 - 0.11 * slope * facing - 0.05 * (dx + dy)
    gloss = 0.22 * np.exp(-(((away - 0.86) / 0.05) ** 2)) * np.clip(facing, 0, 1) ** 6
    easel.dress(mask, (easel.sub_x - 0.11) / 0.78, (easel.sub_y - 0.11) / 0.78, shade, gloss)
    ring = mask - easel.mask((outline - 0.5) * 0.972 + 0.5)
    easel.plain(np.clip(ring, 0, 1), Role.ACCENT, 1.0 + 0.12 * facing)
    return easel.finish()


def incense(size: int, variant: int) -> Form:
    """A censer: three-legged with ears, or a lidded boshan burner; a thread of smoke above."""
    easel = Easel(size, (0.74, 0.3), 1.12)
    easel.stand(0.5, 0.845, 0.26)
    smoke = spline([(0.5, 0.3), (0.47, 0.22), (0.525, 0.17), (0.49, 0.12), (0.51, 0.08)])
    easel.cast(easel.stroke(smoke, 0.012), 0.0, 0.0, 0.008, 0.22)
    for cx in (0.36, 0.64, 0.5):
        leg = turned(cx, (0.7, 0.045), (0.76, 0.036), (0.81, 0.024), (0.845, 0.03))
        s = leg.around(easel.x, easel.y)
        easel.plain(easel.mask(leg.outline()), Role.ACCENT, lit(s) * 0.9, glaze(s, strength=0.2))
    for side in (-1, 1):
        x = 0.5 + side * 0.205
        ear = spline([(x, 0.47), (x + side * 0.01, 0.36), (x + side * 0.07, 0.33),
                      (x + side * 0.095, 0.39),
                      (x + side * 0.04, 0.52)])  # fmt: skip
        easel.plain(easel.stroke(ear, 0.034), Role.ACCENT, 0.9 if side < 0 else 0.7, 0.06)
    body = turned(0.5, (0.42, 0.21), (0.45, 0.215), (0.475, 0.2), (0.53, 0.232), (0.62, 0.25),
                  (0.7, 0.215), (0.76, 0.12))  # fmt: skip
    throw(easel, body, 0.48, 0.75, 0.52)
    band(easel, body, 0.466, 0.012)
    if variant == 0:
        mouth(easel, body, 0.02)
        easel.material(easel.mask(ellipse(0.5, 0.425, 0.16, 0.012)), (150, 146, 140))
        for lean in (-0.03, 0.005, 0.035):
            stick = points((0.5 + lean, 0.42), (0.5 + lean * 2.4, 0.26))
            easel.material(easel.stroke(stick, 0.008), (122, 62, 48))
        return easel.finish()
    lid = turned(0.5, (0.27, 0.02), (0.3, 0.07), (0.35, 0.15), (0.4, 0.2), (0.42, 0.215))
    s = lid.around(easel.x, easel.y)
    mask = easel.mask(lid.outline())
    easel.plain(mask, Role.GROUND, lit(s, 0.52), glaze(s))
    for k, y in ((4, 0.33), (6, 0.38)):
        for i in range(k):
            across = -0.75 + 1.5 * i / (k - 1)
            at = 0.5 + float(lid.half(y)) * across * 0.9
            hole = ellipse(at, y + 0.012 * np.cos(across * TAU / 4), 0.016 * np.cos(across), 0.012)
            easel.plain(easel.mask(hole), Role.DEEP, 0.55)
    band(easel, lid, 0.412, 0.014)
    easel.plain(
        easel.mask(circle(0.5, 0.262, 0.028)),
        Role.ACCENT,
        *sphere(easel.x, easel.y, 0.5, 0.262, 0.028),
    )
    return easel.finish()
