"""Paper, silk on frames, and boxes: notebooks, fans, lanterns, cake boxes, phone cases."""

import numpy as np

from zhiyin.data.demo.painting.easel import Easel, Field, Form, Role, lit, turned
from zhiyin.data.demo.painting.geometry import arc, circle, ellipse, points, rosette, spline
from zhiyin.data.demo.painting.shapes.trimmings import rounded, tassel

WOOD = (110, 76, 54)
PAPER = (244, 239, 228)


def notebook(size: int, variant: int) -> Form:
    """A thread-bound book, or a cased one with a band and a ribbon."""
    easel = Easel(size, (0.54, 0.74))
    left, top, right, foot = 0.23, 0.12, 0.77, 0.86
    pages = easel.mask(rounded(left + 0.01, top + 0.012, right + 0.018, foot + 0.016, 0.008))
    easel.cast(pages, 0.014, 0.02, 0.018, 0.6)
    lines = 0.94 + 0.06 * np.sin(easel.y * size * 1.3)
    easel.material(pages, PAPER, lines - 0.1 * (easel.y > foot + 0.006))
    cover = easel.mask(rounded(left, top, right, foot, 0.012))
    shade = 1.02 - 0.1 * (easel.x - left) - 0.05 * (easel.y - top)
    spine = np.exp(-(((easel.x - left - 0.05) / 0.006) ** 2))
    easel.dress(
        cover, (easel.sub_x - left) / 0.54, (easel.sub_y - top) / 0.74, shade - 0.16 * spine
    )
    if variant == 0:
        strip = easel.mask(
            points((left, top), (left + 0.045, top), (left + 0.045, foot), (left, foot))
        )
        easel.plain(strip * cover, Role.DEEP, 1.0)
        for y in np.linspace(top + 0.06, foot - 0.06, 5):
            easel.material(easel.stroke(points((left - 0.002, y), (left + 0.045, y)), 0.006), PAPER)
        easel.material(
            easel.stroke(points((left + 0.045, top), (left + 0.045, foot)), 0.006), PAPER
        )
        return easel.finish()
    strip = easel.mask(rounded(left, top, left + 0.07, foot, 0.012))
    easel.plain(strip, Role.ACCENT, 1.04 - 6 * np.abs(easel.x - left - 0.03))
    elastic = points(
        (right - 0.075, top - 0.002),
        (right - 0.055, top - 0.002),
        (right - 0.055, foot + 0.002),
        (right - 0.075, foot + 0.002),
    )
    easel.darken(easel.soften(easel.mask(elastic + [0.005, 0]), 0.005) * cover, 0.25)
    easel.plain(easel.mask(elastic), Role.ACCENT, 0.9)
    ribbon = points(
        (0.46, foot + 0.01),
        (0.485, foot + 0.01),
        (0.49, foot + 0.075),
        (0.475, foot + 0.06),
        (0.46, foot + 0.078),
    )
    easel.plain(easel.mask(ribbon), Role.ACCENT, 0.86)
    return easel.finish()


def fan(size: int, variant: int) -> Form:
    """A palace fan: round, begonia-shaped or six-lobed, with a handle and a tassel."""
    easel = Easel(size, (0.66, 0.66))
    cx, cy, r = 0.5, 0.39, 0.335
    shapes = (
        lambda a: r + 0 * a,
        lambda a: r * (0.93 + 0.07 * np.abs(np.cos(2 * a))),
        lambda a: r * (0.9 + 0.1 * np.abs(np.cos(3 * a)) ** 0.7),
    )
    outline = rosette(shapes[variant], 240) + [cx, cy]
    face = easel.mask(outline)
    handle = points((cx - 0.012, cy), (cx + 0.012, cy), (cx + 0.016, 0.93), (cx - 0.016, 0.93))
    stick = easel.mask(handle)
    easel.cast(np.maximum(face, stick), 0.014, 0.024, 0.02, 0.5)
    easel.material(stick, WOOD, 1.12 - 14 * np.abs(easel.x - cx + 0.006), 0.05)
    shade = 1.03 - 0.12 * (easel.x - cx) - 0.12 * (easel.y - cy)
    # Silk gauze lets the stick behind it show.
    shade = shade - 0.05 * np.exp(-(((easel.x - cx) / 0.012) ** 2)) * (easel.y > cy - 0.2)
    easel.dress(face, (easel.sub_x - cx) / 0.66 + 0.5, (easel.sub_y - cy) / 0.66 + 0.5, shade)
    hoop = np.concatenate([outline, outline[:1]])
    easel.plain(
        easel.stroke(hoop, 0.02), Role.ACCENT, 1.03 - 0.4 * (easel.x - cx + easel.y - cy), 0.08
    )
    easel.darken(easel.stroke(hoop + 0.006, 0.004) * face, 0.2)
    clasp = spline([(cx - 0.035, cy + r - 0.005), (cx, cy + r - 0.06), (cx + 0.035, cy + r - 0.005),
                    (cx, cy + r + 0.04)], closed=True)  # fmt: skip
    easel.plain(easel.mask(clasp), Role.ACCENT, 0.92, 0.1)
    tassel(easel, cx, 0.905, 0.075)
    return easel.finish()


def lantern(size: int, variant: int) -> Form:
    """A hanging lantern: a ribbed globe, or a straight palace lantern; lit from inside."""
    easel = Easel(size, (0.86, 0.46), 1.12)
    profile = (
        ((0.22, 0.11), (0.26, 0.2), (0.34, 0.275), (0.43, 0.3), (0.52, 0.275), (0.6, 0.2),
        (0.64, 0.11)),
        ((0.2, 0.17), (0.22, 0.19), (0.43, 0.2), (0.64, 0.19), (0.66, 0.17)),
    )[variant]  # fmt: skip
    body = turned(0.5, *profile)
    top, foot = body.top, body.foot
    easel.plain(easel.stroke(arc(0.5, top - 0.1, 0.05, -0.5, 0.02), 0.008), Role.ACCENT, 0.9)
    easel.plain(easel.stroke(points((0.5, 0.03), (0.5, top - 0.03)), 0.007), Role.ACCENT, 0.85)
    mask = easel.mask(body.outline())
    easel.cast(mask, 0.02, 0.05, 0.045, 0.3)
    s = body.around(easel.x, easel.y)
    middle = np.exp(-((s / 0.55) ** 2) - ((easel.y - 0.45) / 0.2) ** 2)
    ribs = np.cos(np.arcsin(np.clip(s, -0.999, 0.999)) * (18 if variant == 0 else 8))
    shade = lit(s, 0.35) * (0.985 + 0.035 * ribs - 0.04 * (ribs > 0.97))
    u, v = body.wrap(easel.sub_x, easel.sub_y, top, foot)
    easel.dress(mask, u, v, shade, 0.16 * middle)
    for y, half, height in ((top - 0.028, 0.12, 0.036), (foot + 0.002, 0.12, 0.036)):
        cap = turned(
            0.5, (y, half if variant == 0 else 0.18), (y + height, half if variant == 0 else 0.18)
        )
        k = cap.around(easel.x, easel.y)
        easel.plain(
            easel.mask(cap.outline()),
            Role.ACCENT,
            lit(k, 0.5),
            0.12 * np.exp(-(((k + 0.4) / 0.12) ** 2)),
        )
    if variant == 1:
        for across in (-0.88, -0.42, 0.42, 0.88):
            x = 0.5 + 0.19 * across
            easel.plain(
                easel.stroke(points((x, top + 0.01), (x, foot + 0.012)), 0.009), Role.ACCENT, 0.9
            )
    easel.plain(
        easel.stroke(points((0.5, foot + 0.05), (0.5, foot + 0.09)), 0.007), Role.ACCENT, 0.85
    )
    easel.plain(easel.mask(circle(0.5, foot + 0.095, 0.022)), Role.PALE, 0.98, 0.15)
    tassel(easel, 0.5, foot + 0.115, 0.16)
    return easel.finish()


def pastry_box(size: int, variant: int) -> Form:
    """A cake box seen from above its front: square with a ribbon, or round."""
    return _square_box(size) if variant == 0 else _round_box(size)


def _square_box(size: int) -> Form:
    easel = Easel(size, (0.74, 0.7))
    easel.stand(0.5, 0.83, 0.5, 0.3)
    easel.cast(easel.mask(rounded(0.13, 0.7, 0.88, 0.835, 0.01)), 0.008, 0.004, 0.014, 0.6)
    front = easel.mask(points((0.11, 0.62), (0.89, 0.62), (0.875, 0.825), (0.125, 0.825)))
    easel.plain(front, Role.GROUND, 0.84 - 0.25 * (easel.y - 0.62) - 0.06 * (easel.x - 0.5))
    lip = easel.mask(points((0.1, 0.615), (0.9, 0.615), (0.893, 0.7), (0.107, 0.7)))
    easel.plain(lip, Role.GROUND, 0.9)
    easel.darken(easel.mask(points((0.11, 0.7), (0.89, 0.7), (0.889, 0.715), (0.111, 0.715))), 0.28)
    easel.plain(
        easel.mask(points((0.1, 0.69), (0.9, 0.69), (0.899, 0.7), (0.101, 0.7))), Role.ACCENT, 0.92
    )
    top = points((0.21, 0.17), (0.79, 0.17), (0.9, 0.615), (0.1, 0.615))
    depth = np.clip((easel.sub_y - 0.17) / 0.445, 0, 1)
    half = 0.29 + 0.11 * depth
    shade = 1.03 - 0.06 * (easel.x - 0.3) - 0.05 * (easel.y - 0.17)
    far = 1.16 * depth / (0.16 * depth + 1)
    easel.dress(easel.mask(top), (easel.sub_x - 0.5) / (2 * half) + 0.5, far, shade, 0.03)
    edge = easel.stroke(points((0.1, 0.615), (0.9, 0.615)), 0.006)
    easel.shine(edge, 0.2)
    ribbon = easel.mask(points((0.7, 0.17), (0.735, 0.17), (0.825, 0.615), (0.777, 0.615)),
                        points((0.777, 0.615), (0.825, 0.615), (0.812, 0.825),
                            (0.766, 0.825)))  # fmt: skip
    easel.plain(ribbon, Role.ACCENT, np.where(easel.y < 0.615, 1.03, 0.84), 0.05)
    knot_x, knot_y = 0.765, 0.4
    for side in (-1, 1):
        loop = spline([(knot_x, knot_y), (knot_x + side * 0.05, knot_y - 0.055),
                       (knot_x + side * 0.105, knot_y - 0.03),
                       (knot_x + side * 0.07, knot_y + 0.02)], closed=True)  # fmt: skip
        easel.darken(easel.soften(easel.mask(loop + [0.006, 0.012]), 0.008), 0.25)
        easel.plain(easel.mask(loop), Role.ACCENT, 1.0 - 0.25 * (side > 0), 0.05)
    easel.plain(easel.mask(circle(knot_x, knot_y, 0.022)), Role.ACCENT, 0.85, 0.08)
    return easel.finish()


def _round_box(size: int) -> Form:
    easel = Easel(size, (0.76, 0.76))
    easel.stand(0.5, 0.8, 0.42, 0.5)
    side = turned(0.5, (0.45, 0.375), (0.72, 0.365))
    s = side.around(easel.x, easel.y)
    wall = np.concatenate(
        [
            points((0.875, 0.45)),
            arc(0.5, 0.68, 0.365, 0, 0.5, 40) * [1, 0.55] + [0, 0.306],
            points((0.125, 0.45)),
        ]
    )
    easel.plain(
        easel.mask(wall), Role.GROUND, lit(s, 0.4) * 0.9, 0.1 * np.exp(-(((s + 0.5) / 0.12) ** 2))
    )
    for y, width in ((0.56, 0.016), (0.68, 0.012)):
        ring = arc(0.5, 0, 0.372, 0, 0.5, 40) * [1, 0.55] + [0, y - 0.01]
        easel.plain(easel.stroke(ring, width), Role.ACCENT, lit(s, 0.4))
    lid = easel.mask(ellipse(0.5, 0.45, 0.385, 0.275, 120))
    shade = 1.03 - 0.08 * (easel.x - 0.4) - 0.08 * (easel.y - 0.3)
    easel.dress(
        lid, (easel.sub_x - 0.5) / 0.77 + 0.5, (easel.sub_y - 0.45) / 0.55 + 0.5, shade, 0.03
    )
    edge = np.concatenate([ellipse(0.5, 0.45, 0.38, 0.27, 120), [[0.88, 0.45]]])
    easel.plain(easel.stroke(edge, 0.012), Role.ACCENT, 1.05 - 0.3 * (easel.x - 0.3), 0.12)
    return easel.finish()


def phone_case(size: int, variant: int) -> Form:
    """The back of a phone case; the camera window in one of two places."""
    easel = Easel(size, (0.42, 0.8))
    left, top, right, foot = 0.295, 0.1, 0.705, 0.9
    outline = rounded(left, top, right, foot, 0.062)
    case = easel.mask(outline)
    easel.cast(case, 0.016, 0.024, 0.02, 0.6)
    easel.plain(case, Role.DEEP, 1.0, 0.1)
    face = easel.mask(rounded(left + 0.008, top + 0.008, right - 0.008, foot - 0.008, 0.055))
    shade = 1.02 - 0.12 * (easel.x - 0.5) - 0.06 * (easel.y - 0.5)
    sweep: Field = np.clip(1 - np.abs(easel.x - 0.62 + 0.45 * (easel.y - 0.3)) / 0.07, 0, 1)
    easel.dress(face, (easel.sub_x - left) / 0.41, (easel.sub_y - top) / 0.8, shade, 0.09 * sweep)
    window = (left + 0.035, top + 0.035) if variant == 0 else (0.5 - 0.115, top + 0.035)
    wide = 0.16 if variant == 0 else 0.23
    tall = 0.16 if variant == 0 else 0.075
    x, y = window
    easel.plain(
        easel.mask(rounded(x - 0.006, y - 0.006, x + wide + 0.006, y + tall + 0.006, 0.036)),
        Role.ACCENT,
        1.0,
        0.1,
    )
    easel.material(
        easel.mask(rounded(x, y, x + wide, y + tall, 0.031)),
        (44, 46, 50),
        1.0 - 0.8 * (easel.y - y),
    )
    lenses = (
        ((0.047, 0.047), (0.047, 0.113), (0.113, 0.08))
        if variant == 0
        else ((0.045, 0.0375), (0.115, 0.0375), (0.185, 0.0375))
    )
    for dx, dy in lenses:
        easel.material(easel.mask(circle(x + dx, y + dy, 0.029)), (78, 80, 84))
        easel.material(easel.mask(circle(x + dx, y + dy, 0.023)), (22, 24, 30))
        easel.material(easel.mask(circle(x + dx - 0.006, y + dy - 0.007, 0.006)), (150, 165, 190))
    return easel.finish()
