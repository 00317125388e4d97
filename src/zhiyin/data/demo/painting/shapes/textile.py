"""Cloth: scarves, cushions, quilt covers and bags."""

import numpy as np

from zhiyin.data.demo.painting.easel import Easel, Field, Form, Role, turned
from zhiyin.data.demo.painting.geometry import (
    arc,
    circle,
    move,
    points,
    spline,
)

WOOD = (116, 82, 58)


def _folds(
    x: Field, y: Field, turn: float, count: float, depth: float, phase: float = 0.0
) -> Field:
    """Soft folds of cloth across a direction."""
    along = x * np.cos(turn) + y * np.sin(turn)
    wave = np.sin(2 * np.pi * (count * along + phase) + 0.9 * np.sin(5 * (x - y) + phase))
    folds: Field = (1.0 + depth * (wave - 0.25 * np.abs(wave))).astype(np.float32)
    return folds


def woven(easel: Easel) -> Field:
    """The grain of woven cloth, one thread a pixel or so."""
    rows = np.arange(easel.size)
    grain = ((rows[:, None] + rows[None, :]) % 3 == 0) * 0.012 - (
        (rows[:, None] - rows) % 4 == 0
    ) * 0.01
    weave: Field = (1.0 + grain).astype(np.float32)
    return weave


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
    if variant == 0:
        corner = points(
            (reach * 1.02, reach * 0.45), (reach * 1.3, reach * 1.3), (reach * 0.45, reach * 1.02)
        )
        mask *= 1 - easel.mask(move(corner, 0.5, 0.5, turn=turn))
    easel.cast(mask, 0.01, 0.016, 0.014, 0.5)
    u, v = _turned_back(easel.sub_x, easel.sub_y, turn, reach)
    shade = _folds(easel.x, easel.y, 0.9, 2.2, 0.045, 0.2) * _folds(
        easel.x, easel.y, -0.5, 1.4, 0.03
    )
    sheen = 0.1 * np.clip(np.sin(5.2 * (easel.x + 0.8 * easel.y)), 0, 1) ** 4
    easel.dress(mask, u, v, shade * woven(easel), sheen)
    inner = easel.mask(move(outline * 0.975, 0.5, 0.5, turn=turn))
    easel.plain(mask * (1 - inner), Role.ACCENT, shade)
    if variant == 0:
        # One corner turned over shows the paler back of the silk.
        fold = points(
            (reach * 1.0, reach * 0.45), (reach * 0.45, reach * 1.0), (reach * 0.5, reach * 0.52)
        )
        flap = easel.mask(move(fold, 0.5, 0.5, turn=turn))
        easel.darken(easel.soften(flap, 0.012) * mask, 0.3)
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
                shade * woven(easel), 0.09 * np.clip(wave, 0, 1) ** 3)  # fmt: skip
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
    easel.dress(mask, u, v, shade * woven(easel), 0.07 * np.clip(1 - away, 0, 1))
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
    side = np.stack(
        [np.linspace(-1, 1, 30), -1 - 0.02 * np.cos(np.linspace(-1, 1, 30) * np.pi / 2)], 1
    )
    outline = np.concatenate([move(side, turn=k / 4) for k in range(4)]) * [0.4, 0.385] + 0.505
    mask = easel.mask(outline)
    mask *= 1 - easel.mask(
        points((0.56, 0.0), (0.665, 0.105), (0.915, 0.355), (1.0, 0.44), (1.0, 0.0))
    )
    easel.cast(mask, 0.012, 0.02, 0.02, 0.5)
    # Quilting: stitched diamonds, each a little puffed.
    a, b = (easel.x + easel.y) * 5.5, (easel.x - easel.y) * 5.5
    puff = np.abs(np.sin(np.pi * a) * np.sin(np.pi * b)) ** 0.5
    shade = 0.93 + 0.1 * puff - 0.05 * (easel.x + easel.y - 1)
    easel.dress(
        mask, (easel.sub_x - 0.1) / 0.8, (easel.sub_y - 0.115) / 0.775, shade * woven(easel)
    )
    easel.plain(mask * (1 - easel.mask((outline - 0.5) * 0.972 + 0.5)), Role.ACCENT, shade)
    flap = points((0.665, 0.105), (0.915, 0.355), (0.8, 0.33), (0.7, 0.25))
    easel.darken(easel.soften(easel.mask(flap + [-0.012, 0.014]), 0.014) * mask, 0.3)
    tone = 1.0 - 0.9 * np.clip(easel.x - easel.y - 0.5, -0.1, 0.08)
    easel.plain(easel.mask(flap), Role.PALE, tone)
    return easel.finish()


def _folded_quilt(size: int) -> Form:
    easel = Easel(size, (0.76, 0.66))
    easel.stand(0.5, 0.8, 0.44)
    for k, y in enumerate((0.73, 0.64, 0.55)):
        layer = spline([(0.14, y), (0.11, y + 0.045), (0.14, y + 0.09), (0.5, y + 0.097),
                        (0.86, y + 0.09),
                        (0.89, y + 0.045), (0.86, y), (0.5, y - 0.005)], closed=True)  # fmt: skip
        roll = (
            1.02 - 0.34 * ((easel.y - y - 0.03) / 0.06) ** 2 - 0.12 * np.clip(easel.x - 0.5, 0, 1)
        )
        easel.plain(
            easel.mask(layer), (Role.PALE, Role.ACCENT, Role.GROUND)[k], np.clip(roll, 0.6, 1.05)
        )
    top = points(
        (0.22, 0.2),
        (0.78, 0.2),
        (0.875, 0.56),
        (0.86, 0.6),
        (0.5, 0.612),
        (0.14, 0.6),
        (0.125, 0.56),
    )
    mask = easel.mask(top)
    depth = np.clip((easel.sub_y - 0.2) / 0.41, 0, 1)
    half = 0.28 + 0.1 * depth
    puff = np.abs(np.sin(np.pi * (easel.x - 0.5) * 9) * np.sin(np.pi * easel.y * 11)) ** 0.5
    shade = (
        0.97 + 0.06 * puff - 0.24 * np.clip((easel.y - 0.555) / 0.05, 0, 1) - 0.08 * (easel.x - 0.5)
    )
    easel.dress(mask, (easel.sub_x - 0.5) / (2 * half) + 0.5, depth**1.15, shade * woven(easel))
    ribbon = easel.mask(points((0.47, 0.195), (0.53, 0.195), (0.535, 0.6), (0.465, 0.6)))
    front = easel.mask(points((0.465, 0.6), (0.535, 0.6), (0.535, 0.825), (0.465, 0.825)))
    easel.plain(ribbon, Role.ACCENT, 1.02)
    easel.plain(front, Role.ACCENT, 0.84)
    return easel.finish()


def bag(size: int, variant: int) -> Form:
    """A canvas tote, or a small clasped handbag."""
    return _tote(size) if variant == 0 else _clasped_bag(size)


def _tote(size: int) -> Form:
    easel = Easel(size, (0.6, 0.52))
    easel.stand(0.5, 0.885, 0.4, 0.3)
    under = points((0.21, 0.7), (0.8, 0.7), (0.8, 0.89), (0.21, 0.89))
    easel.cast(easel.mask(under), 0.006, 0.004, 0.012, 0.5)
    back = spline(
        [(0.36, 0.38), (0.37, 0.2), (0.43, 0.12), (0.57, 0.12), (0.63, 0.2), (0.64, 0.38)]
    )
    easel.plain(easel.stroke(back + [0.012, 0.012], 0.022), Role.ACCENT, 0.66)
    outline = points(
        (0.215, 0.36), (0.785, 0.36), (0.81, 0.86), (0.79, 0.885), (0.21, 0.885), (0.19, 0.86)
    )
    mask = easel.mask(outline)
    shade = (
        1.02 - 0.1 * np.clip((easel.y - 0.36) / 0.52, 0, 1) - 0.14 * np.clip(easel.x - 0.55, 0, 1)
    )
    shade = shade * _folds(easel.x, easel.y, 0.25, 2.3, 0.025)
    easel.dress(mask, (easel.sub_x - 0.2) / 0.6, (easel.sub_y - 0.36) / 0.525, shade * woven(easel))
    for k in (0.36, 0.4):
        easel.darken(easel.stroke(points((0.21, k + 0.006), (0.79, k + 0.006)), 0.003), 0.3)
    easel.plain(
        easel.mask(points((0.215, 0.355), (0.785, 0.355), (0.788, 0.392), (0.213, 0.392))),
        Role.ACCENT,
        shade,
    )
    easel.plain(easel.stroke(back, 0.024), Role.ACCENT, 0.98, 0.05)
    for x in (0.36, 0.64):
        patch = easel.mask(
            points((x - 0.022, 0.36), (x + 0.022, 0.36), (x + 0.022, 0.43), (x - 0.022, 0.43))
        )
        easel.darken(easel.soften(patch, 0.006), 0.18)
        easel.plain(patch, Role.ACCENT, 0.94)
    return easel.finish()


def _clasped_bag(size: int) -> Form:
    easel = Easel(size, (0.72, 0.46))
    easel.stand(0.5, 0.835, 0.36)
    chain = arc(0.5, 0.42, 0.27, 0.53, 0.97, 60)
    for k, (x, y) in enumerate(chain[::2]):
        easel.plain(easel.mask(circle(x, y, 0.0115, 14)), Role.ACCENT, 1.05 - 0.3 * (k % 2), 0.15)
    body = turned(
        0.5, (0.4, 0.27), (0.44, 0.3), (0.56, 0.348), (0.7, 0.35), (0.79, 0.32), (0.83, 0.27)
    )
    mask = easel.mask(body.outline())
    s = body.around(easel.x, easel.y)
    shade = 1.03 - 0.3 * np.abs(s + 0.15) ** 3 - 0.16 * np.clip((easel.y - 0.6) / 0.25, 0, 1) ** 2
    gather = 1 + 0.09 * np.sin(34 * s) * np.clip(1 - (easel.y - 0.4) / 0.12, 0, 1)
    easel.dress(
        mask,
        (easel.sub_x - 0.14) / 0.72,
        (easel.sub_y - 0.41) / 0.44,
        shade * gather * woven(easel),
    )
    frame = easel.mask(points((0.225, 0.39), (0.775, 0.39), (0.785, 0.43), (0.215, 0.43)))
    easel.plain(frame, Role.ACCENT, 1.12 - 9 * np.abs(easel.y - 0.402), 0.12)
    for x in (0.485, 0.515):
        easel.plain(easel.mask(circle(x, 0.38, 0.02)), Role.ACCENT, 1.0, 0.25)
    return easel.finish()
