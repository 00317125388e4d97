"""Small parts that several goods share: silk tassels and round-cornered plates."""

import numpy as np

from zhiyin.data.demo.painting.easel import Easel, Role
from zhiyin.data.demo.painting.geometry import Points, arc, circle, points


def rounded(left: float, top: float, right: float, foot: float, r: float) -> Points:
    """A rectangle with round corners."""
    return np.concatenate(
        [
            arc(right - r, top + r, r, -0.25, 0, 8), arc(right - r, foot - r, r, 0, 0.25, 8),
            arc(left + r, foot - r, r, 0.25, 0.5, 8), arc(left + r, top + r, r, 0.5, 0.75, 8),
        ]
    )  # fmt: skip


def tassel(easel: Easel, x: float, y: float, length: float) -> None:
    """A silk tassel hanging from a point."""
    easel.plain(easel.stroke(points((x, y - 0.02), (x, y)), 0.007), Role.ACCENT, 0.9)
    head = circle(x, y + 0.01, 0.017, 20)
    strands = points(
        (x - 0.013, y + 0.02),
        (x + 0.013, y + 0.02),
        (x + 0.024, y + length),
        (x - 0.024, y + length),
    )
    silk = 0.95 + 0.16 * np.sin(900 * (easel.x - x) / (1 + 12 * np.clip(easel.y - y, 0, 1)))
    easel.plain(easel.mask(strands), Role.ACCENT, silk)
    easel.plain(easel.mask(head), Role.ACCENT, 1.0, 0.15)
