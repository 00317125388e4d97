"""Clothes: cross-collared robes, round-collared jackets and horse-face skirts."""

import numpy as np

from zhiyin.data.demo.painting.easel import Easel, Field, Form, Role
from zhiyin.data.demo.painting.geometry import arc, circle, ellipse, points, spline
from zhiyin.data.demo.painting.shapes.textile import WOOD, woven


def robe(size: int, variant: int) -> Form:
    """A cross-collared robe on a rod, or a short round-collared jacket."""
    short = variant == 1
    easel = Easel(size, (0.84, 0.74))
    foot = 0.78 if short else 0.9
    rod = easel.mask(points((0.06, 0.205), (0.94, 0.205), (0.94, 0.222), (0.06, 0.222)))
    easel.material(rod, WOOD, 1.0)
    reach = 0.44 if short else 0.53
    under = spline([(0.07, reach), (0.16, reach + 0.03), (0.26, reach - 0.02), (0.35, 0.38)])
    sleeve = np.concatenate([points((0.42, 0.17), (0.25, 0.188), (0.085, 0.222)), under])
    sleeves = [sleeve, sleeve * [-1, 1] + [1, 0]]
    flare = 0.31 if short else 0.265
    seam = spline([(0.42, 0.165), (0.35, 0.2), (0.338, 0.36), (0.334, 0.52), (flare, foot)])
    hem = spline([(flare, foot), (0.5, foot + 0.014), (1 - flare, foot)])
    body = np.concatenate([seam, hem, (seam * [-1, 1] + [1, 0])[::-1]])
    whole = easel.mask(body, *sleeves)
    easel.cast(whole, 0.014, 0.026, 0.02, 0.45)
    u, v = (easel.sub_x - 0.08) / 0.84, (easel.sub_y - 0.17) / (foot + 0.01 - 0.17)
    # Folds fan out towards the hem, as cloth hangs from the shoulders.
    fall = 27 * (easel.x - 0.5) / (0.6 + 0.5 * easel.y) + 1.2
    hang = 1.0 + 0.09 * np.sin(fall) * np.clip((easel.y - 0.25) / 0.4, 0, 1)
    drape = 0.96 + 0.09 * np.sin(17 * (easel.y + 0.9 * np.abs(easel.x - 0.5)))
    easel.dress(easel.mask(*sleeves), u, v, drape * woven(easel) * 0.97)
    for side in (-1, 1):
        cuff = points((0.06, 0.2), (0.128, 0.2), (0.114, reach + 0.05), (0.05, reach + 0.05))
        cuff = cuff if side < 0 else cuff * [-1, 1] + [1, 0]
        easel.plain(easel.mask(cuff) * easel.mask(*sleeves), Role.ACCENT, drape)
    mask = easel.mask(body)
    easel.darken(easel.soften(mask, 0.014), 0.2)
    easel.dress(mask, u, v, hang * woven(easel))
    easel.plain(easel.stroke(hem, 0.014) * mask, Role.ACCENT, hang)
    if short:
        _round_collar(easel, foot)
    else:
        _crossed_collar(easel, mask, foot)
    return easel.finish()


def _crossed_collar(easel: Easel, mask: Field, foot: float) -> None:
    """Left over right, as on every robe for the living, and a sash below."""
    inner = easel.mask(points((0.44, 0.15), (0.56, 0.15), (0.5, 0.27)))
    easel.plain(inner, Role.DEEP, 0.8)
    under = spline([(0.43, 0.15), (0.455, 0.215), (0.5, 0.285)])
    over = spline([(0.57, 0.15), (0.53, 0.24), (0.44, 0.4), (0.37, 0.5)])
    for path in (under, over):
        easel.darken(easel.soften(easel.stroke(path + [0.006, 0.008], 0.05), 0.008) * mask, 0.22)
        easel.plain(easel.stroke(path, 0.044) * (easel.y > 0.145), Role.PALE, 0.98)
        easel.plain(easel.stroke(path, 0.03) * (easel.y > 0.145), Role.ACCENT, 1.0)
    sash = easel.mask(points((0.333, 0.475), (0.667, 0.475), (0.668, 0.53), (0.332, 0.53)))
    easel.plain(sash, Role.ACCENT, 1.03 - 3 * np.abs(easel.y - 0.5))
    for x, lean, tip in ((0.487, -0.03, 0.74), (0.505, 0.02, 0.79)):
        hem = x + lean
        tail = points(
            (x - 0.014, 0.52), (x + 0.014, 0.52), (hem + 0.026, tip), (hem - 0.022, tip - 0.016)
        )  # fmt: skip
        easel.darken(easel.soften(easel.mask(tail + 0.006), 0.006) * mask, 0.2)
        easel.plain(easel.mask(tail), Role.ACCENT, 0.94 + 0.05 * np.sin(60 * (easel.x - hem)))
    easel.plain(easel.mask(ellipse(0.497, 0.505, 0.026, 0.03)), Role.ACCENT, 0.9, 0.05)
    easel.darken(easel.stroke(points((0.545, 0.53), (0.56, foot)), 0.005), 0.25)


def _round_collar(easel: Easel, foot: float) -> None:
    """A standing collar, a front seam and knotted buttons."""
    easel.plain(easel.mask(ellipse(0.5, 0.165, 0.075, 0.034)), Role.DEEP, 0.72)
    easel.plain(
        easel.stroke(arc(0.5, 0.165, 0.075, 0.0, 0.5) * [1, 0.62] + [0, 0.063], 0.03), Role.ACCENT
    )
    easel.plain(easel.stroke(points((0.5, 0.215), (0.5, foot)), 0.022), Role.ACCENT, 0.98)
    easel.darken(easel.stroke(points((0.512, 0.22), (0.512, foot)), 0.004), 0.35)
    for k in range(4):
        y = 0.29 + k * 0.11
        easel.plain(easel.stroke(points((0.45, y), (0.55, y)), 0.014), Role.ACCENT, 0.82)
        easel.plain(easel.mask(circle(0.5, y, 0.014)), Role.INK, 1.0, 0.2)


def skirt(size: int, variant: int) -> Form:
    """A horse-face skirt: a flat panel in front, pleats to either side."""
    easel = Easel(size, (0.86, 0.68))
    spread = (0.36, 0.42)[variant]
    top, foot = 0.2, 0.88
    a = np.linspace(-1, 1, 60)
    hem = np.stack([0.5 + spread * a, foot + 0.02 * (1 - a**2) + 0.006 * np.sin(26 * a)], 1)
    outline = np.concatenate([points((0.66, top), (0.34, top)), hem])
    mask = easel.mask(outline)
    easel.cast(mask, 0.012, 0.026, 0.022, 0.42)
    drop = np.clip((easel.y - top) / (foot - top), 0, 1)
    s = (easel.x - 0.5) / (0.16 + (spread - 0.16) * drop)
    pleat = (np.abs(s) * 9.0) % 1
    outside = np.abs(s) > 0.36
    shade = np.where(outside, 1.06 - 0.34 * pleat**1.4, 1.0 + 0.02 * np.cos(4 * s))
    shade = shade * (1.02 - 0.1 * np.clip(s, 0, 1))
    depth = np.clip((easel.sub_y - top) / (foot - top), 0, 1)
    sub_s = (easel.sub_x - 0.5) / (0.16 + (spread - 0.16) * depth)
    folded = (np.abs(sub_s) * 9.0) % 1
    # A pleat hides part of the cloth: the pattern jumps from fold to fold.
    jump = np.where(
        np.abs(sub_s) > 0.36, (folded - 0.5) * 0.02 + np.floor(np.abs(sub_s) * 9.0) * 0.011, 0
    )
    u = 0.5 + np.sign(sub_s) * (np.abs(sub_s) * 0.44 + jump)
    sag = 0.02 * (1 - np.clip(sub_s, -1, 1) ** 2)
    easel.dress(mask, u, (easel.sub_y - top) / (foot + sag - top), shade * woven(easel))
    for side in (-1, 1):
        seam = points((0.5 + side * 0.16 * 0.36, top), (0.5 + side * spread * 0.36, foot + 0.02))
        easel.plain(easel.stroke(seam, 0.012) * mask, Role.ACCENT, 0.97)
        shadow = easel.soften(easel.stroke(seam + [side * 0.012, 0], 0.01), 0.005)
        easel.darken(shadow * mask, 0.35)
    waist = points((0.33, 0.13), (0.67, 0.13), (0.672, 0.21), (0.328, 0.21))
    easel.plain(easel.mask(waist), Role.PALE, 1.02 - 0.5 * np.abs(easel.x - 0.46))
    line = easel.mask(points((0.328, 0.2), (0.672, 0.2), (0.672, 0.212), (0.328, 0.212)))
    easel.plain(line, Role.ACCENT, 0.95)
    for side in (-1, 1):
        ribbon = spline(
            [(0.5 + side * 0.17, 0.15), (0.5 + side * 0.235, 0.17), (0.5 + side * 0.225, 0.3)]
        )
        easel.plain(easel.stroke(ribbon, 0.014), Role.ACCENT, 0.95)
    return easel.finish()
