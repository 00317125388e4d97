"""Builds a product's form: where each colour goes, how light falls, where the motif lies.

A form knows no colours and no motif, so one form serves every picture of that product.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw, ImageFilter

from zhiyin.data.demo.painting.colours import Rgb
from zhiyin.data.demo.painting.geometry import Points, spline
from zhiyin.data.demo.painting.layout import PANEL_SCALE

Field = NDArray[np.floating[Any]]
Bytes = NDArray[np.uint8]

_SMOOTH = 4
"""Subpixels along an edge of a pixel when a mask is drawn."""

Window = tuple[slice, slice]

SHADE_UNIT = 160.0
"""A stored shade of this many steps leaves a colour as it is."""


class Role(IntEnum):
    """The colours of a picture that a plain part of a product can take."""

    GROUND = 0
    DEEP = 1
    PALE = 2
    INK = 3
    ACCENT = 4


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A product without its colours and motif; its fields, in bytes, cover ``extent``."""

    extent: Window
    """The pixels that the product and its shadow reach."""

    panel: tuple[int, int]
    """Height and width of the panel in texels."""
    window: Window
    """The pixels that the motif can reach, counted from the extent's corner."""
    texels: NDArray[np.int32]
    """Panel texel behind each subpixel of the window."""
    dressed: Bytes
    roles: Bytes
    fixed: Bytes
    alpha: Bytes
    shade: Bytes
    gloss: Bytes
    shadow: Bytes


class Easel:
    """Parts are laid one over another, from back to front, in a unit square with y down."""

    def __init__(self, size: int, panel: tuple[float, float], zoom: float = 1.0) -> None:
        """``panel`` is the width and height of the cloth; ``zoom`` enlarges about the middle."""
        self.size, self.zoom = size, zoom
        self.x, self.y = _grid(size, zoom)
        self.sub_x, self.sub_y = _grid(size * PANEL_SCALE, zoom)
        width, height = (round(side * zoom * size * PANEL_SCALE) for side in panel)
        self._panel = (height, width)
        self._texels = np.zeros((size * PANEL_SCALE, size * PANEL_SCALE), dtype=np.int32)
        blank = np.zeros((size, size), dtype=np.float32)
        self._dressed: Field = blank.copy()
        self._alpha: Field = blank.copy()
        self._gloss: Field = blank.copy()
        self._shadow: Field = blank.copy()
        self._shade: Field = blank + 1
        self._roles = np.zeros((size, size, len(Role)), dtype=np.float32)
        self._fixed = np.zeros((size, size, 3), dtype=np.float32)

    def mask(self, *paths: Points) -> Field:
        """Coverage of the union of closed shapes."""
        big = self.size * _SMOOTH
        image = Image.new("L", (big, big), 0)
        pen = ImageDraw.Draw(image)
        for path in paths:
            pen.polygon(self._on_canvas(path, big).ravel().tolist(), fill=255)
        return np.asarray(image.reduce(_SMOOTH), dtype=np.float32) / 255

    def stroke(self, path: Points, width: float) -> Field:
        """Coverage of a line with round ends."""
        big = self.size * _SMOOTH
        image = Image.new("L", (big, big), 0)
        pen = ImageDraw.Draw(image)
        line, thick = self._on_canvas(path, big), width * self.zoom * big
        pen.line(line.ravel().tolist(), fill=255, width=max(1, round(thick)), joint="curve")
        for x, y in (line[0], line[-1]):
            r = thick / 2
            pen.ellipse((x - r, y - r, x + r, y + r), fill=255)
        return np.asarray(image.reduce(_SMOOTH), dtype=np.float32) / 255

    def plain(
        self, mask: Field, role: Role, shade: ArrayLike = 1.0, gloss: ArrayLike = 0.0
    ) -> None:
        """Lay a part in one of the picture's colours."""
        self._lay(mask, shade, gloss)
        self._roles[..., role] += mask

    def material(
        self, mask: Field, rgb: Rgb, shade: ArrayLike = 1.0, gloss: ArrayLike = 0.0
    ) -> None:
        """Lay a part that has a colour of its own: wood, brass, thread."""
        self._lay(mask, shade, gloss)
        self._fixed += mask[..., None] * np.array(rgb, dtype=np.float32)

    def dress(
        self,
        mask: Field,
        u: ArrayLike,
        v: ArrayLike,
        shade: ArrayLike = 1.0,
        gloss: ArrayLike = 0.0,
    ) -> None:
        """Lay a part covered by the panel; ``u`` and ``v`` are given per subpixel, in 0..1."""
        self._lay(mask, shade, gloss)
        self._dressed += mask
        height, width = self._panel
        columns = np.clip(np.asarray(u) * width, 0, width - 1).astype(np.int32)
        rows = np.clip(np.asarray(v) * height, 0, height - 1).astype(np.int32)
        here = np.repeat(np.repeat(mask > 0.02, PANEL_SCALE, axis=0), PANEL_SCALE, axis=1)
        np.copyto(self._texels, rows * np.int32(width) + columns, where=here)

    def erase(self, mask: Field) -> None:
        """Cut away what lies there, down to the backdrop."""
        alpha = self._alpha * (1 - mask)
        self._lay(mask, 1.0, 0.0)
        self._alpha = alpha

    def darken(self, mask: Field, share: float) -> None:
        """Shade what already lies there: folds, seams, the shadow of one part on another."""
        self._shade *= 1 - share * mask

    def shine(self, mask: Field, share: float) -> None:
        """Add light to what already lies there."""
        self._gloss += share * mask

    def soften(self, mask: Field, radius: float) -> Field:
        """Blur a mask by a radius in widths of the picture."""
        image = Image.fromarray((np.clip(mask, 0, 1) * 255).astype(np.uint8))
        blurred = image.filter(ImageFilter.GaussianBlur(radius * self.size))
        return np.asarray(blurred, dtype=np.float32) / 255

    def cast(self, mask: Field, dx: float, dy: float, radius: float, strength: float) -> None:
        """Throw a soft shadow of a mask onto the backdrop."""
        shift = (round(dy * self.zoom * self.size), round(dx * self.zoom * self.size))
        soft = self.soften(np.roll(mask, shift, axis=(0, 1)), radius)
        self._shadow = np.maximum(self._shadow, soft * strength)

    def stand(self, cx: float, cy: float, rx: float, strength: float = 0.42) -> None:
        """The contact shadow of something standing on a table: a dark core and a wide veil."""
        for grow, flat, share in ((1.0, 0.16, 1.0), (1.35, 0.26, 0.45)):
            away = np.hypot((self.x - cx - 0.02) / (rx * grow), (self.y - cy) / (rx * flat))
            veil = np.clip(1.15 - away, 0, 1) ** 1.5 * strength * share
            self._shadow = np.maximum(self._shadow, veil.astype(np.float32))

    def finish(self) -> Form:
        """The form, packed into bytes."""
        reach = _window(np.maximum(self._alpha, self._shadow) > 0.002)
        worn = _window(self._dressed > 0)
        within = tuple(
            slice(part.start - whole.start, part.stop - whole.start)
            for part, whole in zip(worn, reach, strict=True)
        )
        rows, columns = (slice(p.start * PANEL_SCALE, p.stop * PANEL_SCALE) for p in worn)
        return Form(
            reach, self._panel, (within[0], within[1]), self._texels[rows, columns].copy(),
            _pack(self._dressed[worn]), _pack(self._roles[reach]), _pack(self._fixed[reach] / 255),
            _pack(self._alpha[reach]), _pack(self._shade[reach] * (SHADE_UNIT / 255)),
            _pack(self._gloss[reach]), _pack(self._shadow[reach]),
        )  # fmt: skip

    def _on_canvas(self, path: Points, big: int) -> Points:
        return ((path - 0.5) * self.zoom + 0.5) * big

    def _lay(self, mask: Field, shade: ArrayLike, gloss: ArrayLike) -> None:
        under = 1 - mask
        self._dressed *= under
        self._roles *= under[..., None]
        self._fixed *= under[..., None]
        self._alpha = self._alpha * under + mask
        self._shade = (self._shade * under + np.asarray(shade, dtype=np.float32) * mask).astype(
            np.float32
        )
        self._gloss = (self._gloss * under + np.asarray(gloss, dtype=np.float32) * mask).astype(
            np.float32
        )


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """A body of revolution: what a potter's wheel, a lathe or a lantern maker leaves."""

    cx: float
    top: float
    foot: float
    heights: Points
    halves: Points

    def half(self, y: ArrayLike) -> Field:
        """Half the width of the body at each height."""
        half: Field = np.interp(np.asarray(y), self.heights, self.halves).astype(np.float32)
        return half

    def outline(self) -> Points:
        """The silhouette, its foot and mouth rounded as seen from slightly above."""
        right = np.stack([self.cx + self.halves, self.heights], 1)
        left = np.stack([self.cx - self.halves, self.heights], 1)[::-1]
        return np.concatenate([right, self._lip(-1), left, self._lip(0)])

    def around(self, x: Field, y: Field) -> Field:
        """Where across the body a pixel is: -1 at the left edge, 1 at the right."""
        lifted = np.clip(y, self.top, self.foot)
        return np.clip((x - self.cx) / np.maximum(self.half(lifted), 1e-4), -1, 1)

    def wrap(self, x: Field, y: Field, start: float, stop: float) -> tuple[Field, Field]:
        """Panel coordinates of the visible half between two heights."""
        s = self.around(x, y)
        sag = 0.1 * self.half(np.clip(y, self.top, self.foot)) * np.sqrt(1 - s * s)
        u = 0.5 + np.arcsin(s) / np.pi
        return u.astype(np.float32), ((y - sag - start) / (stop - start)).astype(np.float32)

    def _lip(self, end: int) -> Points:
        half, y = self.halves[end], self.heights[end]
        a = np.linspace(0, np.pi, 20)
        bow = np.stack([self.cx + half * np.cos(a), y + 0.1 * half * np.sin(a)], 1)
        return bow if end else bow[::-1]


def turned(cx: float, *profile: tuple[float, float]) -> Turned:
    """A body from ``(height, half width)`` pairs, from top to foot."""
    curve = spline(np.array(profile), n=12)
    heights = np.maximum.accumulate(curve[:, 0])
    return Turned(cx, profile[0][0], profile[-1][0], heights, np.maximum(curve[:, 1], 0.002))


def lit(s: Field, depth: float = 0.45) -> Field:
    """Light from the upper left on something round; ``s`` runs from -1 to 1 across it."""
    facing = np.clip(-0.38 * s + 0.925 * np.sqrt(np.clip(1 - s * s, 0, 1)), 0, 1)
    # A little light comes back from the table on the shadow side.
    back = 0.1 * np.clip(s - 0.72, 0, 1)
    light: Field = (1.06 - depth + depth * facing + back).astype(np.float32)
    return light


def glaze(s: Field, at: float = -0.5, width: float = 0.1, strength: float = 0.32) -> Field:
    """A streak of window light down a glazed body."""
    streak = np.exp(-(((s - at) / width) ** 2)) * strength
    edge = np.exp(-(((s - 0.72) / 0.12) ** 2)) * strength * 0.22
    light: Field = (streak + edge).astype(np.float32)
    return light


def sphere(x: Field, y: Field, cx: float, cy: float, r: float) -> tuple[Field, Field]:
    """Shade and highlight of a ball."""
    dx, dy = (x - cx) / r, (y - cy) / r
    z = np.sqrt(np.clip(1 - dx * dx - dy * dy, 0, 1))
    facing = np.clip(-0.4 * dx - 0.5 * dy + 0.77 * z, 0, 1)
    spot = np.exp(-(((dx + 0.35) ** 2 + (dy + 0.42) ** 2) / 0.05))
    return (0.55 + 0.52 * facing).astype(np.float32), (0.5 * spot).astype(np.float32)


def _grid(size: int, zoom: float) -> tuple[Field, Field]:
    steps = ((np.arange(size, dtype=np.float32) + 0.5) / size - 0.5) / zoom + 0.5
    x, y = np.meshgrid(steps, steps)
    return x.astype(np.float32), y.astype(np.float32)


def _window(mask: NDArray[np.bool_]) -> Window:
    """The smallest rectangle that holds all of a mask."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _pack(field: Field) -> Bytes:
    packed: Bytes = np.clip(field * 255 + 0.5, 0, 255).astype(np.uint8)
    return packed
