"""Curves and transforms the motifs and the goods are drawn from.

Every curve is an ``(N, 2)`` float array of points in a unit square with y pointing down,
so a figure can be designed once and placed, turned and mirrored anywhere.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]

TAU = 2 * np.pi


def points(*pairs: tuple[float, float]) -> Points:
    """A polyline from its corners."""
    return np.array(pairs, dtype=np.float64)


def arc(cx: float, cy: float, r: float, start: float, stop: float, n: int = 24) -> Points:
    """Part of a circle; angles in turns, 0 to the right, growing clockwise on screen."""
    a = np.linspace(start, stop, n) * TAU
    return np.stack([cx + r * np.cos(a), cy + r * np.sin(a)], axis=1)


def circle(cx: float, cy: float, r: float, n: int = 40) -> Points:
    """A whole circle."""
    return arc(cx, cy, r, 0.0, 1.0, n + 1)[:-1]


def ellipse(cx: float, cy: float, rx: float, ry: float, n: int = 64) -> Points:
    """A whole ellipse along the axes."""
    return circle(0, 0, 1, n) * [rx, ry] + [cx, cy]


def polygon(sides: int, r: float = 1.0, turn: float = 0.0) -> Points:
    """A regular polygon around the origin, its first corner at ``turn``."""
    return arc(0, 0, r, turn, turn + 1, sides + 1)[:-1]


def bezier(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, n: int = 20) -> Points:
    """A cubic Bezier curve from ``a`` to ``d``."""
    t = np.linspace(0, 1, n)[:, None]
    p, q, r, s = (np.asarray(x, dtype=np.float64) for x in (a, b, c, d))
    curve: Points = (1 - t) ** 3 * p + 3 * (1 - t) ** 2 * t * q + 3 * (1 - t) * t**2 * r + t**3 * s
    return curve


def spline(corners: ArrayLike, closed: bool = False, n: int = 10) -> Points:
    """A smooth curve through every corner (Catmull-Rom), ``n`` points a span."""
    p = np.asarray(corners, dtype=np.float64)
    ring = (
        np.concatenate([p[-1:], p, p[:2]])
        if closed
        else np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    )
    t = np.linspace(0, 1, n, endpoint=False)[None, :, None]
    a, b, c, d = (ring[i : len(ring) - 3 + i, None, :] for i in range(4))
    spans = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    curve: Points = spans.reshape(-1, 2)
    return curve if closed else np.concatenate([curve, p[-1:]])


def spiral(
    cx: float, cy: float, outer: float, inner: float, turns: float, start: float = 0.0, n: int = 48
) -> Points:
    """A curl from radius ``outer`` into ``inner``; negative ``turns`` curls the other way."""
    t = np.linspace(0, 1, n)
    r = outer + (inner - outer) * t**0.85
    a = (start + turns * t) * TAU
    return np.stack([cx + r * np.cos(a), cy + r * np.sin(a)], axis=1)


def rosette(radius: Callable[[Points], Points], n: int = 180) -> Points:
    """A closed curve around the origin from its radius as a function of the angle."""
    a = np.linspace(0, TAU, n, endpoint=False)
    r = radius(a)
    return np.stack([r * np.cos(a), r * np.sin(a)], axis=1)


def petal(length: float, width: float, tip: float = 1.0, base: float = 0.2, n: int = 14) -> Points:
    """A petal standing on the origin and pointing up; ``tip`` 0 is round, 1 pointed."""
    w = width / 2
    side = bezier(
        (w * base, 0),
        (w * 1.25, -length * 0.28),
        (w * (1.3 - 0.55 * tip), -length * (1.02 - 0.24 * tip)),
        (0, -length),
        n,
    )
    return np.concatenate([side, (side * [-1, 1])[::-1]])


def leaf(length: float, width: float, bend: float = 0.0, n: int = 14) -> Points:
    """A slim leaf from the origin to the right, bent by ``bend``."""
    t = np.linspace(0, 1, n)
    half = width / 2 * np.sin(np.pi * t**0.8)
    spine = np.stack([length * t, bend * length * np.sin(np.pi * t / 2) ** 2], axis=1)
    return np.concatenate(
        [spine - np.stack([0 * t, half], 1), (spine + np.stack([0 * t, half], 1))[::-1]]
    )


def tapered(path: Points, start: float, stop: float, swell: float = 0.0) -> Points:
    """The outline of a brush stroke along ``path``, from one width to another."""
    step = np.gradient(path, axis=0)
    step /= np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
    normal = step[:, ::-1] * [-1, 1]
    t = np.linspace(0, 1, len(path))
    half = ((start + (stop - start) * t) / 2 + swell * np.sin(np.pi * t))[:, None]
    return np.concatenate([path + normal * half, (path - normal * half)[::-1]])


def move(
    path: Points, x: float = 0.0, y: float = 0.0, scale: float = 1.0, turn: float = 0.0,
    mirror: bool = False,
) -> Points:  # fmt: skip
    """Scale, mirror left-right, turn (in turns, clockwise) and shift, in that order."""
    c, s = scale * np.cos(turn * TAU), scale * np.sin(turn * TAU)
    px = -path[:, 0] if mirror else path[:, 0]
    return np.stack([x + c * px - s * path[:, 1], y + s * px + c * path[:, 1]], axis=1)


def joined(parts: Sequence[Points]) -> Points:
    """One path out of several, end to end."""
    return np.concatenate(list(parts))
