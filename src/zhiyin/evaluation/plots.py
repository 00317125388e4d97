"""Drawings for the page, as inline SVG: points of quality against cost, and bars.

Colours come from the page's style sheet (classes c0 … c7), so that they follow its light
and dark face. Every mark carries a title, which a browser shows and reads aloud.
"""

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 16, 48
COLOURS = 8
Series = Mapping[str, Sequence[float]]


def points(places: Mapping[str, tuple[float, float]], across: str, up: str) -> str:
    """Named points (cost, quality); the cost on a logarithmic axis."""
    costs = [cost for cost, _ in places.values()]
    first = math.floor(math.log10(min(costs)))
    last = max(math.ceil(math.log10(max(costs))), first + 1)
    low, high = _range([quality for _, quality in places.values()])
    marks = [
        _text(x := _x((step - first) / (last - first)), HEIGHT - BOTTOM + 18, f"{10.0**step:g}")
        + _line(x, TOP, x, HEIGHT - BOTTOM)
        for step in range(first, last + 1)
    ]
    free = 0.0  # where the next label down may stand without covering one before it
    order = sorted(range(len(places)), key=lambda n: -list(places.values())[n][1])
    for number in order:
        name, (cost, quality) = list(places.items())[number]
        x, y = _x((math.log10(cost) - first) / (last - first)), _y(quality, low, high)
        tip = f"<title>{escape(name)}: {quality:.4f}, {cost:g}</title>"
        colour = f"c{number % COLOURS}"
        marks.append(f'<circle class="{colour}" cx="{x:.1f}" cy="{y:.1f}" r="6">{tip}</circle>')
        label = max(y + 4, free)
        free = label + 13
        marks.append(_text(x + 10, label, name, "start"))
    drawn = _scale(low, high) + "".join(marks) + _axes(across, up)
    return _drawing(f"{up} / {across}", drawn, int(free))


def bars(groups: Sequence[str], series: Series, up: str) -> str:
    """For each group one bar per series, from 0; NaN draws none."""
    there = [value for values in series.values() for value in values if not math.isnan(value)]
    high = _range([0.0, *there])[1]
    wide = (WIDTH - LEFT - RIGHT) / max(len(groups), 1)
    thin = 0.8 * wide / max(len(series), 1)
    marks = [
        _text(LEFT + (n + 0.5) * wide, HEIGHT - BOTTOM + 18, group)
        for n, group in enumerate(groups)
    ]
    for number, (name, values) in enumerate(series.items()):
        colour = f"c{number % COLOURS}"
        for n, value in enumerate(values):
            if not math.isnan(value):
                x, y = LEFT + (n + 0.1) * wide + number * thin, _y(value, 0.0, high)
                tip = f"<title>{escape(name)}, {escape(groups[n])}: {value:.4f}</title>"
                marks.append(_box(x, y, 0.94 * thin, HEIGHT - BOTTOM - y, colour, tip))
        marks.append(_box(WIDTH - RIGHT + 14, TOP + 20 * number, 12, 12, colour))
        marks.append(_text(WIDTH - RIGHT + 32, TOP + 20 * number + 10, name, "start"))
    return _drawing(up, _scale(0.0, high) + "".join(marks) + _axes("", up), 20 * len(series))


def _drawing(label: str, marks: str, need: int = 0) -> str:
    height = max(HEIGHT, need + TOP)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">{marks}</svg>'
    )


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Somewhat wider than the values, and never empty."""
    low, high = min(values), max(values)
    spare = 0.08 * (high - low) or 0.1 * abs(high) or 0.1
    return low - spare, high + spare


def _scale(low: float, high: float) -> str:
    """Four horizontal lines with their values."""
    lines = []
    for part in range(5):
        value = low + part / 4 * (high - low)
        y = _y(value, low, high)
        lines.append(
            _line(LEFT, y, WIDTH - RIGHT, y) + _text(LEFT - 8, y + 4, f"{value:.3f}", "end")
        )
    return "".join(lines)


def _axes(across: str, up: str) -> str:
    middle = (LEFT + WIDTH - RIGHT) / 2
    turned = f'<g transform="translate(14 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)">'
    return _text(middle, HEIGHT - 8, across) + turned + _text(0, 0, up) + "</g>"


def _x(share: float) -> float:
    return LEFT + 16 + share * (WIDTH - LEFT - RIGHT - 32)


def _y(value: float, low: float, high: float) -> float:
    return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _box(x: float, y: float, w: float, h: float, colour: str, tip: str = "") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{max(h, 0):.1f}"'
    return f'<rect class="{colour}" {place}>{tip}</rect>'


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
