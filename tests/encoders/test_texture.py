"""Textures are told apart by their lines, repeats and figures, and never by their colours."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from zhiyin.core import Encoder
from zhiyin.data.demo.painting import Picture, paint
from zhiyin.encoders import open_encoder
from zhiyin.encoders.texture import TextureEncoder, measures
from zhiyin.testing import EncoderContract

ENCODER = TextureEncoder()
SIDE = 240


def as_bytes(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def painted(motif: str, ground: str, ink: str = "yabai", shape: str = "cushion") -> bytes:
    return as_bytes(paint(Picture(shape, motif, ground, ink, "gujin", 5), 300))


def picture(values: np.ndarray) -> Image.Image:
    """Values from 0 to 1 as a picture that is all goods."""
    grey = np.clip(values * 255, 0, 255).astype(np.uint8)
    return Image.fromarray(np.repeat(grey[..., None], 3, axis=2))


def plane() -> tuple[np.ndarray, np.ndarray]:
    return np.meshgrid(np.arange(SIDE) - SIDE / 2, np.arange(SIDE) - SIDE / 2, indexing="ij")


def stripes(length: float, turn: float) -> Image.Image:
    """Waves of ``length`` pixels whose crests lie across the direction ``turn`` (of π)."""
    y, x = plane()
    along = x * np.cos(np.pi * turn) + y * np.sin(np.pi * turn)
    return picture(0.5 + 0.45 * np.cos(2 * np.pi * along / length))


def flowers(petals: int) -> Image.Image:
    """Four whole ones and some cut by the edge, so that no plain rim is taken for background."""
    y, x = (each % 80 - 40 for each in plane())
    away, angle = np.hypot(x, y), np.arctan2(y, x)
    return picture((away < 23 * (1 + 0.4 * np.cos(petals * angle))).astype(float))


class TestTextureEncoder(EncoderContract):
    pairs = tuple(
        (painted(motif, "zhusha"), painted(motif, "dianlan", "xianghuang"))
        for motif in ("key_fret", "coins", "plum", "ice_crackle", "bamboo", "dragon_scale")
    )

    def make(self) -> Encoder:
        return ENCODER


def test_it_is_opened_by_its_name() -> None:
    assert open_encoder("texture", "image").name == ENCODER.name


@pytest.mark.parametrize("direction", range(6))
def test_the_direction_of_stripes_is_found(direction: int) -> None:
    first = measures(stripes(11.3, direction / 6))["first"]
    assert int(first.sum(axis=0).argmax()) == direction


@pytest.mark.parametrize("number", range(1, 7))
def test_the_length_of_stripes_is_found(number: int) -> None:
    length = 4 * 2 ** (number / 2) * SIDE / 224  # goods are brought to 224 pixels
    first = measures(stripes(length, 0.0))["first"]
    assert int(first[:, 0].argmax()) == number


@pytest.mark.parametrize("petals", [3, 4, 5, 6])
def test_the_petals_of_a_flower_are_counted(petals: int) -> None:
    strongest = measures(flowers(petals))["rings"][2, 2]  # a ring of their size, by folds
    others = np.delete(strongest[2:], petals - 3)
    assert strongest[petals - 1] > others.max()


def test_a_lattice_comes_back_to_itself_and_noise_does_not() -> None:
    y, x = plane()
    dots = np.cos(2 * np.pi * x / 30) * np.cos(2 * np.pi * y / 30)
    lattice = measures(picture(0.5 + 0.45 * dots))["repeats"][:, 0]
    noise = measures(picture(np.random.default_rng(3).random((SIDE, SIDE))))["repeats"][:, 0]
    assert lattice[10:].max() > 0.7
    assert noise[10:].max() < 0.2


def test_light_on_dark_is_like_dark_on_light() -> None:
    values = np.asarray(flowers(5))
    one, other = ENCODER.encode(
        [as_bytes(Image.fromarray(values)), as_bytes(Image.fromarray(255 - values))]
    ).vectors
    assert float(one @ other) > 0.98


def test_colours_do_not_matter_and_motifs_do() -> None:
    colours = [("zhusha", "yabai"), ("dianlan", "xianghuang"), ("yuebai", "mose")]
    motifs = ["key_fret", "coins", "plum", "bamboo"]
    vectors = ENCODER.encode(
        [painted(motif, *pair) for motif in motifs for pair in colours]
    ).vectors
    likeness = (vectors @ vectors.T).reshape(4, 3, 4, 3)
    for own in range(4):
        same = likeness[own, :, own].min()
        others = np.delete(likeness[own], own, axis=1).max()
        assert same > others


def test_a_flat_picture_has_a_texture_too() -> None:
    flat = ENCODER.encode([as_bytes(Image.new("RGB", (50, 90), "red"))]).vectors
    assert np.isfinite(flat).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (7, 9), (2_000, 40)])
def test_any_size_has_a_texture(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
    assert np.isfinite(ENCODER.encode([as_bytes(Image.fromarray(noise))]).vectors).all()
