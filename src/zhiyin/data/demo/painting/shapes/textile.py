"""Cloth: scarves, cushions, quilt covers, robes, horse-face skirts and bags."""

import numpy as np

from zhiyin.data.demo.painting.easel import Easel, Field, Form, Role, turned
from zhiyin.data.demo.painting.geometry import (
    Points,
    arc,
    circle,
    ellipse,
    move,
    points,
    rosette,
    spline,
)

WOOD = (116, 82, 58)


def _folds(x: Field, y: Field, turn: float, count: float, depth: float, phase: float = 0.0) -> Field:
    """Soft folds of cloth across a direction."""
    along = x * np.cos(turn) + y * np.sin(turn)
    wave = np.sin(2 * np.pi * (count * along + phase) + 0.9 * np.sin(5 * (x - y) + phase))
    return (1.0 + depth * (wave - 0.25 * np.abs(wave))).astype(np.float32)


def _weave(easel: Easel) -> Field:
    """The grain of woven cloth, one thread a pixel or so."""
    rows = np.arange(easel.size)
    grain = ((rows[:, None] + rows[None, :]) % 3 == 0) * 0.012 - ((rows[:, None] - rows) % 4 == 0) * 0.01
    return (1.0 + grain).astype(np.float32)


def scarf(size: int, variant: int) -> Form:
    """A silk square laid out at a slight angle, or a long scarf hanging over a rod."""
    if variant == 2:
        return _hung_scarf(size)
    side = 0.7
    easel = Easel(size, (side, side))
    turn = (-0.02, 0.125)[variant]
    reach = side / 2 * (1.0 if variant == 0 else 0.88)
    t = np.linspace(-1, 1, 40)
    ripple = 0.006 * np.sin(7 * t) * (1 - t**2)
    edge = np.stack([t, -1 + ripple / reach], 1) * reach
    outline = np.concatenate([move(edge, turn=k / 4) for k in range(4)])
    mask = easel.mask(move(outline, 0.5, 0.5, turn=turn))
    easel.cast(mask, 0.01, 0.016, 0.014, 0.5)
    u, v = _turned_back(easel.sub_x, easel.sub_y, turn, reach)
    shade = _folds(easel.x, easel.y, 0.9, 2.2, 0.045, 0.2) * _folds(easel.x, easel.y, -0.5, 1.4, 0.03)
    sheen = 0.1 * np.clip(np.sin(5.2 * (easel.x + 0.8 * easel.y)), 0, 1) ** 4
    easel.dress(mask, u, v, shade * _weave(easel), sheen)
    inner = easel.mask(move(outline * 0.975, 0.5, 0.5, turn=turn))
    easel.plain(np.clip(mask - inner, 0, 1), Role.ACCENT, shade)
    if variant == 0:
        # One corner turned over shows the paler back of the silk.
        a, b, c = (move(points(p), 0.5, 0.5, turn=turn) for p in
                   ((reach * 1.01, reach * 0.45), (reach * 0.45, reach * 1.01), (reach * 0.5, reach * 0.52)))  # fmt: skip
        gone = easel.mask(np.concatenate([a, b, move(points((reach * 1.2, reach * 1.2)), 0.5, 0.5, turn=turn)]))
        easel.erase(gone)
        flap = easel.mask(np.concatenate([a, b, c]))
        easel.darken(easel.soften(flap, 0.012), 0.25)
        easel.plain(flap, Role.PALE, 0.97 + 0.08 * np.sin(40 * (easel.x + easel.y)))
    return easel.finish()


def _turned_back(x: Field, y: Field, turn: float, reach: float) -> tuple[Field, Field]:
    """Panel coordinates of a square turned around the middle of the picture."""
    c, s = np.cos(turn * 2 * np.pi), np.sin(turn * 2 * np.pi)
    dx, dy = x - 0.5, y - 0.5
    return (dx * c + dy * s) / (2 * reach) + 0.5, (dy * c - dx * s) / (2 * reach) + 0.5


def _hung_scarf(size: int) -> Form:
    easel = Easel(size, (0.5, 0.72))
    rod = easel.mask(points((0.12, 0.13), (0.88, 0.13), (0.88, 0.152), (0.12, 0.152)))
    easel.cast(rod, 0.02, 0.03, 0.012, 0.3)
    easel.material(rod, WOOD, 1.1 - 0.3 * (easel.y - 0.13) / 0.02, 0.05)
    fall = spline([(0.29, 0.12), (0.275, 0.4), (0.265, 0.84)])
    right = spline([(0.7, 0.12), (0.725, 0.4), (0.735, 0.84)])
    outline = np.concatenate([fall, right[::-1]])
    mask = easel.mask(outline)
    for i in range(26):
        x = 0.27 + i * 0.0184
        fringe = easel.stroke(points((x, 0.84), (x + 0.004 * np.sin(i * 2.1), 0.89)), 0.006)
        easel.plain(fringe, Role.ACCENT, 0.95)
    easel.cast(mask, 0.02, 0.03, 0.022, 0.4)
    wave = np.sin(2 * np.pi * 3.2 * (easel.x - 0.5) / (1 + 0.25 * easel.y) + 0.6)
    shade = 1.0 + 0.13 * wave - 0.05 * np.abs(wave)
    shade *= 1.0 - 0.3 * np.exp(-(((easel.y - 0.165) / 0.018) ** 2))
    bend = 0.012 * np.sin(2 * np.pi * 3.2 * (easel.sub_x - 0.5) / (1 + 0.25 * easel.sub_y) + 0.6)
    easel.dress(mask, (easel.sub_x + bend - 0.25) / 0.5, (easel.sub_y - 0.12) / 0.72,
                shade * _weave(easel), 0.09 * np.clip(wave, 0, 1) ** 3)  # fmt: skip
    return easel.finish()


def cushion(size: int, variant: int) -> Form:
    """A plump cushion: square, or a round one."""
    easel = Easel(size, (0.74, 0.74))
    if variant == 0:
        t = np.linspace(-1, 1, 30)
        edge = np.stack([t * 0.37, -0.372 + 0.035 * np.cos(t * np.pi / 2) ** 0.8], 1)
        outline = np.concatenate([move(edge, 0.5, 0.5, turn=k / 4 + 0.004) for k in range(4)])
        away = np.maximum(np.abs(easel.x - 0.5), np.abs(easel.y - 0.5)) / 0.36
    else:
        outline = circle(0.5, 0.5, 0.37, 120)
        away = np.hypot(easel.x - 0.5, easel.y - 0.5) / 0.37
    mask = easel.mask(outline)
    easel.cast(mask, 0.012, 0.035, 0.026, 0.6)
    round_off = np.clip(away, 0, 1) ** 5
    light = (easel.x - 0.5) + 1.3 * (easel.y - 0.5)
    shade = 1.05 - 0.22 * light * (0.35 + round_off) - 0.2 * round_off
    bulge = 1 + 0.1 * (1 - np.clip(np.hypot(easel.sub_x - 0.5, easel.sub_y - 0.5) / 0.5, 0, 1) ** 2)
    u = (easel.sub_x - 0.5) / bulge / 0.7 + 0.5
    v = (easel.sub_y - 0.5) / bulge / 0.7 + 0.5
    easel.dress(mask, u, v, shade * _weave(easel), 0.07 * np.clip(1 - away, 0, 1))
    piping = easel.stroke(np.concatenate([outline, outline[:1]]), 0.014)
    easel.plain(piping, Role.ACCENT, 1.02 - 0.5 * light, 0.08)
    if variant == 0:
        for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            crease = spline([(0.5 + x * 0.35, 0.5 + y * 0.35), (0.5 + x * 0.28, 0.5 + y * 0.3),
                             (0.5 + x * 0.2, 0.5 + y * 0.22)])  # fmt: skip
            easel.darken(easel.soften(easel.stroke(crease, 0.012), 0.012) * mask, 0.22)
    return easel.finish()


def quilt(size: int, variant: int) -> Form:
    """A quilt cover: spread out with one corner turned down, or folded in a stack."""
    return _spread_quilt(size) if variant == 0 else _folded_quilt(size)


def _spread_quilt(size: int) -> Form:
    easel = Easel(size, (0.8, 0.78))
    outline = spline([(0.1, 0.12), (0.5, 0.11), (0.9, 0.12), (0.905, 0.5), (0.9, 0.89), (0.5, 0.9),
                      (0.1, 0.89), (0.095, 0.5)], closed=True)  # fmt: skip
    mask = easel.mask(outline)
    easel.cast(mask, 0.012, 0.02, 0.02, 0.5)
    # Quilting: stitched diamonds, each a little puffed.
    a, b = (easel.x + easel.y) * 5.5, (easel.x - easel.y) * 5.5
    puff = np.abs(np.sin(np.pi * a) * np.sin(np.pi * b)) ** 0.5
    shade = 0.93 + 0.1 * puff - 0.05 * (easel.x + easel.y - 1)
    easel.dress(mask, (easel.sub_x - 0.1) / 0.8, (easel.sub_y - 0.115) / 0.775, shade * _weave(easel))
    easel.plain(np.clip(mask - easel.mask((outline - 0.5) * 0.972 + 0.5), 0, 1), Role.ACCENT, shade)
    easel.erase(easel.mask(points((0.6, 0.0), (0.68, 0.1), (0.92, 0.34), (1.0, 0.4), (1.0, 0.0))))
    flap = points((0.665, 0.105), (0.915, 0.355), (0.8, 0.33), (0.7, 0.25))
    easel.darken(easel.soften(easel.mask(flap + [-0.012, 0.014]), 0.014), 0.3)
    tone = 1.0 - 0.9 * np.clip(easel.x - easel.y - 0.5, -0.1, 0.08)
    easel.plain(easel.mask(flap), Role.PALE, tone)
    return easel.finish()


def _folded_quilt(size: int) -> Form:
    easel = Easel(size, (0.76, 0.66))
    easel.stand(0.5, 0.8, 0.44)
    for k, y in enumerate((0.73, 0.64, 0.55)):
        layer = spline([(0.14, y), (0.11, y + 0.045), (0.14, y + 0.09), (0.5, y + 0.097), (0.86, y + 0.09),
                        (0.89, y + 0.045), (0.86, y), (0.5, y - 0.005)], closed=True)  # fmt: skip
        roll = 1.02 - 0.34 * ((easel.y - y - 0.03) / 0.06) ** 2 - 0.12 * np.clip(easel.x - 0.5, 0, 1)
        easel.plain(easel.mask(layer), (Role.PALE, Role.ACCENT, Role.GROUND)[k], np.clip(roll, 0.6, 1.05))
    top = points((0.22, 0.2), (0.78, 0.2), (0.875, 0.56), (0.86, 0.6), (0.5, 0.612), (0.14, 0.6), (0.125, 0.56))
    mask = easel.mask(top)
    depth = np.clip((easel.sub_y - 0.2) / 0.41, 0, 1)
    half = 0.28 + 0.1 * depth
    puff = np.abs(np.sin(np.pi * (easel.x - 0.5) * 9) * np.sin(np.pi * easel.y * 11)) ** 0.5
    shade = 0.97 + 0.06 * puff - 0.24 * np.clip((easel.y - 0.555) / 0.05, 0, 1) - 0.08 * (easel.x - 0.5)
    easel.dress(mask, (easel.sub_x - 0.5) / (2 * half) + 0.5, depth**1.15, shade * _weave(easel))
    ribbon = easel.mask(points((0.47, 0.195), (0.53, 0.195), (0.535, 0.6), (0.465, 0.6)))
    front = easel.mask(points((0.465, 0.6), (0.535, 0.6), (0.535, 0.825), (0.465, 0.825)))
    easel.plain(ribbon, Role.ACCENT, 1.02)
    easel.plain(front, Role.ACCENT, 0.84)
    return easel.finish()


def robe(size: int, variant: int) -> Form:
    """A cross-collared robe on a rod, or a short round-collared jacket."""
    short = variant == 1
    easel = Easel(size, (0.84, 0.74))
    foot = 0.78 if short else 0.9
    rod = easel.mask(points((0.06, 0.205), (0.94, 0.205), (0.94, 0.222), (0.06, 0.222)))
    easel.material(rod, WOOD, 1.0)
    mirror = [2, 0]
    sleeve = points((0.42, 0.17), (0.09, 0.225), (0.075, 0.52 if not short else 0.44),
                    (0.2, 0.545 if not short else 0.46), (0.36, 0.4))  # fmt: skip
    sleeves = [sleeve, (sleeve * [-1, 1] + [mirror[0] * 0.5, 0])]
    body = points((0.42, 0.165), (0.34, 0.23), (0.335, 0.5), (0.27 if not short else 0.31, foot),
                  (0.5, foot + 0.012), (0.73 if not short else 0.69, foot), (0.665, 0.5), (0.66, 0.23),
                  (0.58, 0.165))  # fmt: skip
    whole = easel.mask(body, *sleeves)
    easel.cast(whole, 0.014, 0.026, 0.02, 0.45)
    u, v = (easel.sub_x - 0.08) / 0.84, (easel.sub_y - 0.17) / (foot + 0.01 - 0.17)
    hang = 1.0 + 0.06 * np.sin(26 * easel.x + 1.2) * np.clip((easel.y - 0.25) / 0.3, 0, 1)
    drape = 0.97 + 0.07 * np.sin(18 * (easel.y + 0.9 * np.abs(easel.x - 0.5)))
    easel.dress(easel.mask(*sleeves), u, v, drape * _weave(easel) * 0.97)
    for side in (-1, 1):
        cuff = points((0.09, 0.22), (0.13, 0.213), (0.118, 0.53 if not short else 0.45), (0.074, 0.525 if not short else 0.445))
        cuff = cuff if side < 0 else cuff * [-1, 1] + [1, 0]
        easel.plain(easel.mask(cuff) * easel.mask(*sleeves), Role.ACCENT, drape)
    mask = easel.mask(body)
    easel.darken(easel.soften(mask, 0.014), 0.2)
    easel.dress(mask, u, v, hang * _weave(easel))
    if short:
        _round_collar(easel, foot)
    else:
        _crossed_collar(easel, mask, foot)
    return easel.finish()


def _crossed_collar(easel: Easel, mask: Field, foot: float) -> None:
    """Left over right, as on every robe for the living, and a sash below."""
    inner = easel.mask(points((0.44, 0.15), (0.56, 0.15), (0.5, 0.27)))
    easel.plain(inner, Role.DEEP, 0.8)
    under = spline([(0.43, 0.15), (0.47, 0.24), (0.53, 0.33)])
    over = spline([(0.57, 0.15), (0.53, 0.24), (0.44, 0.4), (0.37, 0.5)])
    for path in (under, over):
        easel.darken(easel.soften(easel.stroke(path + [0.006, 0.008], 0.05), 0.008) * mask, 0.22)
        easel.plain(easel.stroke(path, 0.044) * (easel.y > 0.145), Role.PALE, 0.98)
        easel.plain(easel.stroke(path, 0.03) * (easel.y > 0.145), Role.ACCENT, 1.0)
    sash = easel.mask(points((0.333, 0.475), (0.667, 0.475), (0.668, 0.53), (0.332, 0.53)))
    easel.plain(sash, Role.ACCENT, 1.03 - 3 * np.abs(easel.y - 0.5))
    for x, tip in ((0.47, 0.73), (0.5, 0.78)):
        tail = points((x - 0.012, 0.52), (x + 0.016, 0.52), (x + 0.022, tip), (x - 0.018, tip))
        easel.darken(easel.soften(easel.mask(tail + 0.006), 0.006), 0.2)
        easel.plain(easel.mask(tail), Role.ACCENT, 0.94)
    easel.darken(easel.stroke(points((0.545, 0.53), (0.56, foot)), 0.005), 0.25)


def _round_collar(easel: Easel, foot: float) -> None:
    """A standing collar, a front seam and knotted buttons."""
    easel.plain(easel.mask(ellipse(0.5, 0.165, 0.075, 0.034)), Role.DEEP, 0.72)
    easel.plain(easel.stroke(arc(0.5, 0.165, 0.075, 0.0, 0.5) * [1, 0.62] + [0, 0.063], 0.03), Role.ACCENT)
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
    jump = np.where(np.abs(sub_s) > 0.36, (folded - 0.5) * 0.02 + np.floor(np.abs(sub_s) * 9.0) * 0.011, 0)
    u = 0.5 + np.sign(sub_s) * (np.abs(sub_s) * 0.44 + jump)
    sag = 0.02 * (1 - np.clip(sub_s, -1, 1) ** 2)
    easel.dress(mask, u, (easel.sub_y - top) / (foot + sag - top), shade * _weave(easel))
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
        ribbon = spline([(0.5 + side * 0.17, 0.15), (0.5 + side * 0.235, 0.17), (0.5 + side * 0.225, 0.3)])
        easel.plain(easel.stroke(ribbon, 0.014), Role.ACCENT, 0.95)
    return easel.finish()


def bag(size: int, variant: int) -> Form:
    """A canvas tote, or a small clasped handbag."""
    return _tote(size) if variant == 0 else _clasped_bag(size)


def _tote(size: int) -> Form:
    easel = Easel(size, (0.6, 0.52))
    easel.stand(0.5, 0.885, 0.32)
    back = spline([(0.36, 0.38), (0.37, 0.2), (0.43, 0.12), (0.57, 0.12), (0.63, 0.2), (0.64, 0.38)])
    easel.plain(easel.stroke(back + [0.012, 0.012], 0.022), Role.ACCENT, 0.66)
    outline = points((0.215, 0.36), (0.785, 0.36), (0.81, 0.86), (0.79, 0.885), (0.21, 0.885), (0.19, 0.86))
    mask = easel.mask(outline)
    shade = 1.02 - 0.1 * np.clip((easel.y - 0.36) / 0.52, 0, 1) - 0.14 * np.clip(easel.x - 0.55, 0, 1)
    shade = shade * _folds(easel.x, easel.y, 0.25, 2.3, 0.025)
    easel.dress(mask, (easel.sub_x - 0.2) / 0.6, (easel.sub_y - 0.36) / 0.525, shade * _weave(easel))
    for k in (0.36, 0.4):
        easel.darken(easel.stroke(points((0.21, k + 0.006), (0.79, k + 0.006)), 0.003), 0.3)
    easel.plain(easel.mask(points((0.215, 0.355), (0.785, 0.355), (0.788, 0.392), (0.213, 0.392))), Role.ACCENT, shade)
    easel.plain(easel.stroke(back, 0.024), Role.ACCENT, 0.98, 0.05)
    for x in (0.36, 0.64):
        patch = easel.mask(points((x - 0.022, 0.36), (x + 0.022, 0.36), (x + 0.022, 0.43), (x - 0.022, 0.43)))
        easel.darken(easel.soften(patch, 0.006), 0.18)
        easel.plain(patch, Role.ACCENT, 0.94)
    return easel.finish()


def _clasped_bag(size: int) -> Form:
    easel = Easel(size, (0.72, 0.46))
    easel.stand(0.5, 0.835, 0.36)
    chain = arc(0.5, 0.42, 0.27, 0.53, 0.97, 60)
    for k, (x, y) in enumerate(chain[::2]):
        easel.plain(easel.mask(circle(x, y, 0.0115, 14)), Role.ACCENT, 1.05 - 0.3 * (k % 2), 0.15)
    body = turned(0.5, (0.4, 0.27), (0.44, 0.3), (0.56, 0.348), (0.7, 0.35), (0.79, 0.32), (0.83, 0.27))
    mask = easel.mask(body.outline())
    s = body.around(easel.x, easel.y)
    shade = 1.03 - 0.3 * np.abs(s + 0.15) ** 3 - 0.16 * np.clip((easel.y - 0.6) / 0.25, 0, 1) ** 2
    gather = 1 + 0.09 * np.sin(34 * s) * np.clip(1 - (easel.y - 0.4) / 0.12, 0, 1)
    easel.dress(mask, (easel.sub_x - 0.14) / 0.72, (easel.sub_y - 0.41) / 0.44, shade * gather * _weave(easel))
    frame = easel.mask(points((0.225, 0.39), (0.775, 0.39), (0.785, 0.43), (0.215, 0.43)))
    easel.plain(frame, Role.ACCENT, 1.12 - 9 * np.abs(easel.y - 0.402), 0.12)
    for x in (0.485, 0.515):
        easel.plain(easel.mask(circle(x, 0.38, 0.02)), Role.ACCENT, 1.0, 0.25)
    return easel.finish()


def tassel(easel: Easel, x: float, y: float, length: float) -> None:
    """A silk tassel hanging from a point."""
    easel.plain(easel.stroke(points((x, y - 0.02), (x, y)), 0.007), Role.ACCENT, 0.9)
    head = rosette(lambda a: 0.017 + 0 * a, 20) + [x, y + 0.01]
    strands: Points = points((x - 0.013, y + 0.02), (x + 0.013, y + 0.02), (x + 0.024, y + length), (x - 0.024, y + length))
    silk = 0.95 + 0.16 * np.sin(900 * (easel.x - x) / (1 + 12 * np.clip(easel.y - y, 0, 1)))
    easel.plain(easel.mask(strands), Role.ACCENT, silk)
    easel.plain(easel.mask(head), Role.ACCENT, 1.0, 0.15)
