"""A motif as geometry, and its rasterisation into coverage codes.

A drawing paints with four roles instead of colours, so that one raster serves every palette:
where two roles meet on an edge the raster keeps how much of each is there (16 levels), packed
into one ``uint16`` per texel. A look-up table then turns codes into any palette's colours.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from zhiyin.data.demo.painting.geometry import Points, arc, circle, joined, move

GROUND, TINT, INK, ACCENT = range(4)
"""What a stroke is painted with; TINT lies between ground and ink."""

Codes = NDArray[np.uint16]

_OVERSAMPLING = 3


@dataclass(slots=True)
class Drawing:
    """An ordered list of filled shapes and lines; later ones lie on top."""

    marks: list[tuple[Points, int, float]] = field(default_factory=list)
    """Points, role, and line width (0 for a filled shape)."""
    wraps: bool = True
    """Whether a repeat is closed by wrapping marks round; not where marks overlap in rows."""

    def fill(self, path: Points, role: int = INK) -> "Drawing":
        """Fill a closed shape."""
        self.marks.append((path, role, 0.0))
        return self

    def line(self, path: Points, width: float, role: int = INK) -> "Drawing":
        """Draw an open line with round ends."""
        self.marks.append((path, role, width))
        return self

    def outline(self, path: Points, width: float, role: int = INK) -> "Drawing":
        """Draw the edge of a closed shape."""
        return self.line(np.concatenate([path, path[:1]]), width, role)

    def edged(self, path: Points, role: int, width: float, edge: int) -> "Drawing":
        """Fill a shape and draw its edge."""
        return self.fill(path, role).outline(path, width, edge)

    def disc(self, x: float, y: float, r: float, role: int = INK) -> "Drawing":
        """Fill a circle."""
        return self.fill(circle(x, y, r, 96 if r > 0.1 else 32), role)

    def ring(self, x: float, y: float, r: float, width: float, role: int = INK) -> "Drawing":
        """Draw a circle's edge."""
        # One band, out around and back inside: a line of chords would be rough at its rim.
        band = [arc(x, y, r + width / 2, 0, 1, 97), arc(x, y, r - width / 2, 1, 0, 97)]
        return self.fill(joined(band), role)

    def place(
        self, other: "Drawing", x: float = 0.0, y: float = 0.0, scale: float = 1.0,
        turn: float = 0.0, mirror: bool = False,
    ) -> "Drawing":  # fmt: skip
        """Put a copy of another drawing here, scaled, turned and shifted."""
        for path, role, width in other.marks:
            self.marks.append((move(path, x, y, scale, turn, mirror), role, width * scale))
        return self

    def around(self, other: "Drawing", times: int, turn: float = 0.0) -> "Drawing":
        """Repeat another drawing around the origin."""
        for i in range(times):
            self.place(other, turn=turn + i / times)
        return self

    def recoloured(self, roles: dict[int, int]) -> "Drawing":
        """The same drawing with some roles exchanged."""
        return Drawing([(path, roles.get(role, role), width) for path, role, width in self.marks])


def rasterise(drawing: Drawing, side: int, periodic: bool, base: int = GROUND) -> Codes:
    """Paint a drawing over the unit square into ``(side, side)`` codes.

    Args:
        drawing: what to paint, in unit coordinates.
        side: texels along an edge.
        periodic: whether what leaves on one edge comes back on the opposite one.
        base: the role of the empty square.
    """
    big = side * _OVERSAMPLING
    image = Image.new("L", (big, big), base)
    pen = ImageDraw.Draw(image)
    for path, role, width in drawing.marks:
        for dx, dy in _copies(path, width) if periodic and drawing.wraps else ((0, 0),):
            _mark(pen, (path + [dx, dy]) * big, role, width * big)
    return _codes(image)


def _copies(path: Points, width: float) -> Iterable[tuple[int, int]]:
    """The shifts under which a mark touches the unit square."""
    (x0, y0), (x1, y1) = path.min(axis=0) - width, path.max(axis=0) + width
    return [
        (dx, dy)
        for dx in range(int(np.ceil(-x1)), int(np.floor(1 - x0)) + 1)
        for dy in range(int(np.ceil(-y1)), int(np.floor(1 - y0)) + 1)
    ]


def _mark(pen: ImageDraw.ImageDraw, path: Points, role: int, width: float) -> None:
    flat = path.ravel().tolist()
    if not width:
        pen.polygon(flat, fill=role)
        return
    pen.line(flat, fill=role, width=max(1, round(width)))
    if width > 2:
        r = width / 2
        for x, y in path[_corners(path, width)].tolist():
            pen.ellipse((x - r, y - r, x + r, y + r), fill=role)


def _corners(path: Points, width: float) -> NDArray[np.bool_]:
    """The ends of a line and its sharp bends: where it needs rounding off.

    Pillow can round every joint itself, at ten times the cost.
    """
    step = np.diff(path, axis=0)
    turn = step[:-1, 0] * step[1:, 1] - step[:-1, 1] * step[1:, 0]
    size = np.hypot(step[:, 0], step[:, 1])
    corners = np.ones(len(path), dtype=np.bool_)
    along = (step[:-1] * step[1:]).sum(axis=1)
    # A bend leaves a notch about as deep as half the width times the turn.
    corners[1:-1] = (np.abs(turn) * width > 1.2 * size[:-1] * size[1:]) | (along < 0)
    return corners


def _codes(roles: Image.Image) -> Codes:
    """How much of each role lies in each texel, packed four bits a role."""
    packed = np.zeros((roles.height // _OVERSAMPLING,) * 2, dtype=np.uint16)
    for shift, role in enumerate((TINT, INK, ACCENT)):
        only = roles.point([255 if value == role else 0 for value in range(256)])
        share = np.asarray(only.reduce(_OVERSAMPLING), dtype=np.uint16)
        packed |= (share + np.uint16(8)) // np.uint16(17) << np.uint16(4 * shift)
    return packed


def flat_code(role: int) -> int:
    """The code of a texel wholly covered by one role."""
    return 0 if role == GROUND else 15 << (4 * (role - 1))
