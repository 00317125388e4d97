"""Drawings for the page: points of quality against cost as SVG, whiskers and bars as HTML.

Bars and whiskers are boxes placed by percent, so that they fit any width and their words
keep their size. Points need two axes: they are drawn once for wide screens and once for
narrow ones. Colours come from the style sheet (classes c0 … c7) and follow its light and
dark face; numbers stand beside them, for who cannot tell colours apart and where there
are more models than colours.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from unicodedata import east_asian_width

COLOURS = 8
LEFT, RIGHT, TOP, BOTTOM = 56, 20, 14, 46
LETTER, LINE = 7.2, 15.0  # how much room a label takes, at 13 px


@dataclass(frozen=True, slots=True)
class Mark:
    """One model in a drawing."""

    name: str
    number: int
    """Its place in the order given, from 0."""
    quality: float
    cost: float = math.nan
    low: float = math.nan
    high: float = math.nan


def badge(number: int) -> str:
    """The sign of a model: its number, in its colour."""
    return f'<i class="badge c{number % COLOURS}">{number + 1}</i>'


def ticks(low: float, high: float, most: int = 5) -> dict[float, str]:
    """Round numbers from low to high, at most so many (1, 2 or 5 times a power of ten), as text."""
    power = math.floor(math.log10((high - low) / most))
    times = next(n for n in (1, 2, 5, 10) if (high - low) / (n * 10.0**power) <= most)
    step, digits = times * 10.0**power, max(0, -power - (times == 10))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return {n * step: f"{n * step:,.{digits}f}" for n in range(first, last + 1)}


def spoken(cost: float) -> str:
    """A tick of a logarithmic axis as text: 0.05, 3, 12,000, 2M."""
    if cost >= 1e6:
        return f"{cost / 1e6:,g}M"
    return f"{cost:,.0f}" if cost >= 10 else f"{cost:.6g}"


def around(values: Sequence[float]) -> tuple[float, float]:
    """Somewhat wider than the values, and never empty."""
    low, high = min(values), max(values)
    spare = 0.06 * (high - low) or 0.1 * abs(high) or 0.1
    return low - spare, high + spare


# ---- whiskers and bars


def whisker(mark: Mark, low: float, high: float) -> str:
    """A dot, and a line as long as its interval, on a track from low to high."""
    there = [_share(value, low, high) for value in (mark.quality, mark.low, mark.high)]
    line = ""
    if not math.isnan(mark.low):
        line = f'<i class="line" style="left:{there[1]:.2f}%;width:{there[2] - there[1]:.2f}%"></i>'
    dot = f'<i class="dot" style="left:{there[0]:.2f}%"></i>'
    return f'<div class="track k{mark.number % COLOURS}">{line}{dot}</div>'


def scale(low: float, high: float) -> str:
    """The ticks below whiskers."""
    places = [(said, _share(value, low, high)) for value, said in ticks(low, high, 4).items()]
    marks = "".join(f'<i style="left:{at:.2f}%">{said}</i>' for said, at in places)
    return f'<div class="scale" aria-hidden="true">{marks}</div>'


def bar(mark: Mark, high: float) -> str:
    """A bar from 0; NaN draws none."""
    value = 0.0 if math.isnan(mark.quality) else max(mark.quality, 0.0)
    long = f"width:{_share(value, 0.0, high or 1.0):.2f}%"
    return f'<div class="bar"><i class="c{mark.number % COLOURS}" style="{long}"></i></div>'


def _share(value: float, low: float, high: float) -> float:
    return min(max(100.0 * (value - low) / (high - low), 0.0), 100.0)


# ---- points


@dataclass(slots=True)
class _Frame:
    """A drawing under way: its size, its axes, and the room that is taken."""

    width: float
    height: float
    across: tuple[float, float]  # the cost, by its logarithm
    up: tuple[float, float]
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def x(self, cost: float) -> float:
        low, high = self.across
        share = (math.log10(cost) - low) / (high - low)
        return LEFT + share * (self.width - LEFT - RIGHT)

    def y(self, quality: float) -> float:
        low, high = self.up
        return TOP + (high - quality) / (high - low) * (self.height - TOP - BOTTOM)

    def place(self, mark: Mark, words: str, steps: int) -> tuple[float, float, str] | None:
        """Where a label may stand without covering another, or a point; None: nowhere."""
        x, y = self.x(mark.cost), self.y(mark.quality)
        room = LETTER * sum(1.8 if east_asian_width(c) in "WF" else 1.0 for c in words)
        for step in range(steps):
            for side in (1, -1):
                down = y + 4.5 + side * LINE * step
                for anchor, start in (("start", x + 10), ("end", x - 10 - room)):
                    box = (start, down - 11, start + room, down + 3)
                    if self._free(box):
                        self.taken.append(box)
                        return (x + 10 if anchor == "start" else x - 10), down, anchor
        return None

    def _free(self, box: tuple[float, float, float, float]) -> bool:
        left, top, right, bottom = box
        if left < LEFT or right > self.width or top < 0 or bottom > self.height - BOTTOM:
            return False
        return not any(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for other in self.taken
        )


def points(marks: Sequence[Mark], across: str, up: str, *, width: int, front: bool) -> str:
    """Points (cost, quality), the cost on a logarithmic axis, labelled where there is room.

    ``front`` draws the line of those that nothing cheaper beats.
    """
    frame = _Frame(width, 360 if width > 500 else 280, _decades(marks), _heights(marks))
    for mark in marks:
        x, y = frame.x(mark.cost), frame.y(mark.quality)
        frame.taken.append((x - 7, y - 7, x + 7, y + 7))
    drawn = [_axes(frame, across, up)]
    if front:
        drawn.append(_front(frame, marks))
    for mark in marks:
        tip = f"{mark.name}: {mark.quality:.4f}, {mark.cost:g}"
        drawn.append(
            f'<circle class="c{mark.number % COLOURS}" cx="{frame.x(mark.cost):.1f}" '
            f'cy="{frame.y(mark.quality):.1f}" r="6"><title>{escape(tip)}</title></circle>'
        )
        drawn.append(_label(frame, mark))
    size = f"0 0 {frame.width:g} {frame.height:g}"
    said = escape(f"{up} / {across}")
    return f'<svg viewBox="{size}" role="img" aria-label="{said}">{"".join(drawn)}</svg>'


def _label(frame: _Frame, mark: Mark) -> str:
    """Number and name where there is room beside the point, or the number, or nothing."""
    short = f"{mark.number + 1}"
    full = f"{short} {mark.name if len(mark.name) <= 28 else mark.name[:27] + '…'}"
    for words, steps in ((full, 3), (short, 24)):
        found = frame.place(mark, words, steps)
        if found is not None:
            return _text(*found[:2], words, found[2])
    return ""  # the list below the drawing has them all


def _decades(marks: Sequence[Mark]) -> tuple[float, float]:
    costs = [math.log10(mark.cost) for mark in marks]
    spare = max(0.08 * (max(costs) - min(costs)), 0.15)
    return min(costs) - spare, max(costs) + spare


def _heights(marks: Sequence[Mark]) -> tuple[float, float]:
    return around([mark.quality for mark in marks])


def _axes(frame: _Frame, across: str, up: str) -> str:
    low, high = frame.up
    lines = []
    for value, said in ticks(low, high).items():
        y = frame.y(value)
        lines.append(_line(LEFT, y, frame.width - RIGHT, y))
        lines.append(_text(LEFT - 8, y + 4.5, said, "end", "axis"))
    bottom = frame.height - BOTTOM
    for cost in _costs(*frame.across):
        x = frame.x(cost)
        lines.append(_line(x, TOP, x, bottom))
        lines.append(_text(x, bottom + 18, spoken(cost), "middle", "axis"))
    lines.append(_text((LEFT + frame.width - RIGHT) / 2, frame.height - 6, across, "middle"))
    lines.append(f'<g transform="translate(13 {(TOP + bottom) / 2:.1f}) rotate(-90)">')
    return "".join(lines) + _text(0, 0, up, "middle") + "</g>"


def _costs(low: float, high: float) -> list[float]:
    """Ticks of a logarithmic axis: 1, 2, 5, 10 where there is room, else every so many powers."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    steps = (1, 2, 5) if high - low <= 2 else (1,)
    apart = max(1, math.ceil((high - low) / 6))
    found = [n * 10.0**power for power in powers if power % apart == 0 for n in steps]
    return [cost for cost in found if low <= math.log10(cost) <= high]


def _front(frame: _Frame, marks: Sequence[Mark]) -> str:
    """Steps along the points that nothing cheaper beats, dearer ones to the right."""
    path, best = "", -math.inf
    for mark in sorted(marks, key=lambda mark: (mark.cost, -mark.quality)):
        if mark.quality > best:
            best, x, y = mark.quality, frame.x(mark.cost), frame.y(mark.quality)
            path += f"H{x:.1f}V{y:.1f}" if path else f"M{x:.1f} {y:.1f}"
    return f'<path class="front" d="{path}H{frame.width - RIGHT:.1f}"/>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, words: str, anchor: str, kind: str = "") -> str:
    said = f' class="{kind}"' if kind else ""
    return f'<text{said} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
