"""Paints one product: form, motif, colours, light, and the backdrop it stands before."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn
from zlib import crc32

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from zhiyin.data.demo.painting.colours import COLOURS, Rgb
from zhiyin.data.demo.painting.contrast import Palette, legible, mixed, palette
from zhiyin.data.demo.painting.drawing import Codes
from zhiyin.data.demo.painting.easel import SHADE_UNIT, Form
from zhiyin.data.demo.painting.layout import PANEL_SCALE, weave
from zhiyin.data.demo.painting.motifs import MOTIFS
from zhiyin.data.demo.painting.shapes import SHAPES

Pixels = NDArray[np.float32]

SIZES = range(64, 1025)
"""Edges a picture can have, in pixels."""

_BACKDROPS: tuple[Rgb, ...] = (
    (246, 243, 237), (243, 240, 236), (240, 241, 238), (244, 239, 232), (237, 240, 241),
    (241, 237, 236), (238, 240, 233), (245, 241, 229),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that decides a picture: the same Picture gives the same pixels."""

    shape: str
    """Key of SHAPES."""
    motif: str
    """Key of MOTIFS."""
    ground: str
    """Key of COLOURS: the body."""
    ink: str
    """Key of COLOURS: the motif."""
    accent: str
    """Key of COLOURS: trims, and the motif's second colour."""
    seed: int
    """Small variations: form, layout, scale, phase, backdrop."""


def paint(picture: Picture, size: int = 360) -> Image.Image:
    """Paint a product as a square RGB image.

    Raises:
        BadRequest: a key or the size is not one we can paint.
    """
    _check(picture, size)
    shape, motif = SHAPES[picture.shape], MOTIFS[picture.motif]
    rng = np.random.default_rng(
        [picture.seed % 2**63, crc32(picture.shape.encode()), crc32(picture.motif.encode())]
    )
    form = _form(picture.shape, int(rng.integers(shape.forms)), size)
    style = shape.styles[int(rng.integers(len(shape.styles)))]
    asked = palette(*(COLOURS[key].rgb for key in (picture.ground, picture.ink, picture.accent)))
    worn = motif.dyes or asked
    codes = style(weave(picture.motif, motif, rng, size), *form.panel)
    if rng.random() < 0.5 and not motif.upright:
        codes = codes[:, ::-1]
    goods = _dressed(form, codes, worn, size)
    goods += _plain(form, worn, asked.accent)
    return _lit(goods, form, _backdrop(worn.ground, size, rng))


def _check(picture: Picture, size: int) -> None:
    for name, table in (("shape", SHAPES), ("motif", MOTIFS)):
        if getattr(picture, name) not in table:
            _refuse(f"no {name} {getattr(picture, name)!r}: choose one of {', '.join(table)}")
    for name in ("ground", "ink", "accent"):
        if getattr(picture, name) not in COLOURS:
            _refuse(f"no colour {getattr(picture, name)!r} for the {name}: see COLOURS")
    if size not in SIZES:
        _refuse(f"a picture {size} pixels wide: choose {SIZES.start} to {SIZES.stop - 1}")


def _refuse(sentence: str) -> NoReturn:
    raise ValueError(sentence)


@lru_cache(maxsize=56)
def _form(shape: str, variant: int, size: int) -> Form:
    return SHAPES[shape].build(size, variant)


def _dressed(form: Form, codes: Codes, colours: Palette, size: int) -> Pixels:
    """The motif's part of the goods, each pixel the mean of its subpixels."""
    cloth = _colour_table(colours)[codes].ravel()
    subpixels = np.take(cloth, form.texels).view(np.uint8)
    subpixels = subpixels.reshape(*form.texels.shape, 4)
    total = sum(
        subpixels[i::PANEL_SCALE, j::PANEL_SCALE, :3].astype(np.uint16)
        for i in range(PANEL_SCALE)
        for j in range(PANEL_SCALE)
    )
    goods = np.zeros((size, size, 3), dtype=np.float32)
    share = form.dressed.astype(np.float32)[..., None] / np.float32(255 * PANEL_SCALE**2)
    np.multiply(total, share, out=goods[form.window])
    return goods


@lru_cache(maxsize=64)
def _colour_table(colours: Palette) -> NDArray[np.uint32]:
    """The colour of every code, as four bytes."""
    code = np.arange(4096)
    shares = np.stack([code & 15, code >> 4 & 15, code >> 8], 1) / 15
    shares = np.concatenate([np.clip(1 - shares.sum(1, keepdims=True), 0, 1), shares], 1)
    shares /= shares.sum(axis=1, keepdims=True)
    rgb = shares @ np.array([colours.ground, colours.tint, colours.ink, colours.accent])
    table = np.zeros((4096, 4), dtype=np.uint8)
    table[:, :3] = np.round(rgb)
    return table.view(np.uint32).ravel()


def _plain(form: Form, colours: Palette, trim: Rgb) -> Pixels:
    """The parts of the goods in one colour."""
    deep, pale = mixed(colours.ground, (24, 20, 24), 0.34), mixed(colours.ground, (250, 247, 240), 0.62)
    trims = legible(colours.ground, trim, 12.0)
    table = np.array([colours.ground, deep, pale, colours.ink, trims], dtype=np.float32) / 255
    plain: Pixels = form.roles.astype(np.float32) @ table
    plain += form.fixed
    return plain


def _lit(goods: Pixels, form: Form, backdrop: Pixels) -> Image.Image:
    """Light the goods and stand them before the backdrop."""
    goods *= form.shade.astype(np.float32)[..., None] * np.float32(1 / SHADE_UNIT)
    gloss = form.gloss.astype(np.float32)[..., None] * np.float32(1 / 255)
    alpha = form.alpha.astype(np.float32)[..., None] * np.float32(1 / 255)
    goods += (255 * alpha - goods) * gloss
    shadow = form.shadow.astype(np.float32)[..., None] * np.float32(1 / 255)
    # Shadows on paper are cool and never black.
    backdrop = backdrop * (1 - shadow * np.array([0.6, 0.58, 0.52], dtype=np.float32))
    goods += backdrop * (1 - alpha)
    return Image.fromarray(np.clip(goods + 0.5, 0, 255).astype(np.uint8))


def _backdrop(ground: Rgb, size: int, rng: Generator) -> Pixels:
    """Soft paper, a breath of the body's own colour in it, lighter where the light falls."""
    paper = _BACKDROPS[int(rng.integers(len(_BACKDROPS)))]
    tone = np.array(mixed(paper, ground, float(rng.uniform(0.03, 0.1))), dtype=np.float32)
    return np.clip(tone * _glow(size), 0, 255)


@lru_cache(maxsize=4)
def _glow(size: int) -> Pixels:
    steps = (np.arange(size, dtype=np.float32) + 0.5) / size
    x, y = np.meshgrid(steps, steps)
    glow = 1.035 - 0.1 * np.hypot(x - 0.4, y - 0.36) - 0.02 * np.clip(y - 0.78, 0, 1) / 0.2
    pixels: Pixels = glow[..., None].astype(np.float32)
    return pixels
