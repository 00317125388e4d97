"""Paints one product: form, motif, colours, light, and the backdrop it stands before."""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from zhiyin.core import BadRequest, NotFound, derive
from zhiyin.data.demo.painting.colours import COLOURS, Rgb
from zhiyin.data.demo.painting.contrast import Palette, legible, mixed, palette
from zhiyin.data.demo.painting.drawing import Codes
from zhiyin.data.demo.painting.easel import SHADE_UNIT, Bytes, Form
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
    form: int | None = None
    """Which of the shape's forms, from 0; None: the seed chooses."""


def paint(picture: Picture, size: int = 360) -> Image.Image:
    """Paint a product as a square RGB image.

    Raises:
        NotFound: a key is not in SHAPES, MOTIFS or COLOURS.
        BadRequest: the size is not one we can paint.
    """
    _check(picture, size)
    shape, motif = SHAPES[picture.shape], MOTIFS[picture.motif]
    rng = derive(picture.seed % 2**63, picture.shape, picture.motif)
    chosen = int(rng.integers(shape.forms))
    variant = chosen if picture.form is None else picture.form
    styles = shape.styles[variant]
    style = styles[int(rng.integers(len(styles)))]
    form = _form(picture.shape, variant, size)
    asked = palette(*(COLOURS[key].rgb for key in (picture.ground, picture.ink, picture.accent)))
    worn = motif.dyes or asked
    codes = style(weave(picture.motif, motif, rng, size), *form.panel)
    if rng.random() < 0.5 and not motif.upright:
        codes = codes[:, ::-1]
    goods = _plain(form, worn, asked.accent)
    goods[form.window] += _dressed(form, codes, worn)
    scene = _backdrop(worn.ground, size, rng)
    scene[form.extent] = _lit(goods, form, scene[form.extent])
    return Image.fromarray(np.clip(scene + 0.5, 0, 255).astype(np.uint8))


def _check(picture: Picture, size: int) -> None:
    for kind, key, table, door in (
        ("shape", picture.shape, SHAPES, "SHAPES"),
        ("motif", picture.motif, MOTIFS, "MOTIFS"),
        ("colour", picture.ground, COLOURS, "COLOURS"),
        ("colour", picture.ink, COLOURS, "COLOURS"),
        ("colour", picture.accent, COLOURS, "COLOURS"),
    ):
        if key not in table:
            near = get_close_matches(key, table, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else f"{door} lists them"
            raise NotFound(kind=kind, name=key, remedy=hint)
    forms = SHAPES[picture.shape].forms
    if picture.form is not None and not 0 <= picture.form < forms:
        raise BadRequest(
            what=f"cannot paint form {picture.form} of {picture.shape!r}",
            remedy=f"choose 0 to {forms - 1}",
        )
    if size not in SIZES:
        raise BadRequest(
            what=f"cannot paint a picture {size} pixels wide",
            remedy=f"choose {SIZES.start} to {SIZES.stop - 1}",
        )


@lru_cache(maxsize=56)
def _form(shape: str, variant: int, size: int) -> Form:
    return SHAPES[shape].build(size, variant)


def _dressed(form: Form, codes: Codes, colours: Palette) -> Pixels:
    """The motif's part of the goods, each pixel the mean of its subpixels."""
    cloth = _colour_table(colours)[codes].ravel()
    subpixels = np.take(cloth, form.texels).view(np.uint8)
    subpixels = subpixels.reshape(*form.texels.shape, 4)
    total = np.zeros((*form.dressed.shape, 3), dtype=np.uint16)
    for down in range(PANEL_SCALE):
        for across in range(PANEL_SCALE):
            total += subpixels[down::PANEL_SCALE, across::PANEL_SCALE, :3]
    goods: Pixels = total * _share(form.dressed, 1 / PANEL_SCALE**2)
    return goods


def _share(field: Bytes, unit: float = 1.0) -> Pixels:
    """A stored field as a factor for each pixel."""
    share: Pixels = field.astype(np.float32)[..., None]
    share *= np.float32(unit / 255)
    return share


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
    deep = mixed(colours.ground, (24, 20, 24), 0.34)
    pale = mixed(colours.ground, (250, 247, 240), 0.62)
    trims = legible(colours.ground, trim, 12.0)
    table = np.array([colours.ground, deep, pale, colours.ink, trims], dtype=np.float32) / 255
    plain = form.roles.astype(np.float32) @ table
    plain += form.fixed
    return np.asarray(plain, dtype=np.float32)


def _lit(goods: Pixels, form: Form, backdrop: Pixels) -> Pixels:
    """Light the goods and stand them before the backdrop."""
    alpha = _share(form.alpha)
    goods *= _share(form.shade, 255 / SHADE_UNIT)
    goods += (255 * alpha - goods) * _share(form.gloss)
    # Shadows on paper are cool and never black.
    veil = 1 - _share(form.shadow) * np.array([0.6, 0.58, 0.52], dtype=np.float32)
    goods += backdrop * veil * (1 - alpha)
    return goods


def _backdrop(ground: Rgb, size: int, rng: Generator) -> Pixels:
    """Soft paper, a breath of the body's own colour in it, lighter where the light falls."""
    paper = _BACKDROPS[int(rng.integers(len(_BACKDROPS)))]
    tone = np.array(mixed(paper, ground, float(rng.uniform(0.02, 0.075))), dtype=np.float32)
    backdrop: Pixels = tone * _glow(size)
    return backdrop


@lru_cache(maxsize=4)
def _glow(size: int) -> Pixels:
    steps = (np.arange(size, dtype=np.float32) + 0.5) / size
    x, y = np.meshgrid(steps, steps)
    glow = 1.04 - 0.085 * np.hypot(x - 0.4, y - 0.36) - 0.02 * np.clip(y - 0.78, 0, 1) / 0.2
    pixels: Pixels = glow[..., None].astype(np.float32)
    return pixels
