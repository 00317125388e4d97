"""Colours of goods are found, whatever they lie on, and called by their names."""

import json
import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageDraw

from zhiyin.core import Encoder, Refusal
from zhiyin.data.demo.painting import COLOURS, Picture, paint
from zhiyin.encoders import open_encoder
from zhiyin.encoders.oklab import oklab, srgb
from zhiyin.encoders.palette import NamedColour, PaletteEncoder, colours, dominant
from zhiyin.encoders.subject import subject
from zhiyin.encoders.traditional import WORDS, everyday, nearest, traditional
from zhiyin.testing import EncoderContract

ENCODER = PaletteEncoder()
CHINESE = (
    Path(os.environ.get("ZHIYIN_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
    / "chinese"
)


def as_bytes(image: Image.Image, kind: str = "PNG") -> bytes:
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()


def painted(ground: str, ink: str = "yabai", shape: str = "teapot") -> bytes:
    return as_bytes(paint(Picture(shape, "plum", ground, ink, "gujin", 1), 240))


def disc(colour: str, behind: str = "white", edge: int = 200) -> Image.Image:
    image = Image.new("RGB", (edge, edge), behind)
    ImageDraw.Draw(image).ellipse((edge // 4, edge // 4, edge * 3 // 4, edge * 3 // 4), colour)
    return image


def found(content: bytes) -> tuple[NamedColour, ...]:
    told = colours(content)
    assert not isinstance(told, Refusal)
    return told


class TestPaletteEncoder(EncoderContract):
    pairs = tuple(
        (painted(ground), painted(ground, shape="vase"))
        for ground in ("zhusha", "dianlan", "songbailv", "xianghuang")
    )

    def make(self) -> Encoder:
        return ENCODER


def test_it_is_opened_by_its_name() -> None:
    assert open_encoder("palette", "image").name == ENCODER.name


def test_known_values_of_oklab() -> None:
    # Ottosson's own examples, within what 8 bits of sRGB can say.
    known = {
        (255, 255, 255): (1.0, 0.0, 0.0),
        (255, 0, 0): (0.62796, 0.22486, 0.12585),
        (0, 255, 0): (0.86644, -0.23389, 0.17950),
        (0, 0, 255): (0.45201, -0.03246, -0.31153),
        (0, 0, 0): (0.0, 0.0, 0.0),
    }
    np.testing.assert_allclose(oklab(list(known)), list(known.values()), atol=1e-3)


@given(arrays.arrays(np.uint8, (4, 3)))
def test_oklab_and_back_is_the_same_colour(rgb: np.ndarray) -> None:
    np.testing.assert_array_equal(srgb(oklab(rgb)), rgb)


@pytest.mark.parametrize("behind", ["white", "#f0ece4", "#d8d8d8", "#101010"])
def test_a_plain_background_is_no_colour_of_the_goods(behind: str) -> None:
    told = found(as_bytes(disc("#b8382b", behind)))
    assert [(colour.name, colour.word) for colour in told] == [("朱砂", "red")]
    assert told[0].share == 1.0
    assert told[0].distance < 1.0


def test_a_background_that_fades_is_still_background() -> None:
    shade = np.linspace(255, 205, 200).astype(np.uint8)
    image = Image.fromarray(np.repeat(np.tile(shade, (200, 1))[..., None], 3, axis=2))
    image.paste(disc("#2c4a6e"), mask=disc("white", "black").convert("L"))
    assert {colour.word for colour in found(as_bytes(image))} == {"blue"}


def test_white_goods_on_white_are_white() -> None:
    image = disc("#f7f7f7")
    ImageDraw.Draw(image).ellipse((50, 50, 150, 150), outline="#b5b5b5", width=3)
    assert found(as_bytes(image))[0].word == "white"


def test_a_picture_full_of_goods_has_no_background() -> None:
    image = Image.new("RGB", (200, 100), "#b8382b")
    image.paste((44, 74, 110), (100, 0, 200, 100))
    told = found(as_bytes(image))
    assert {colour.word for colour in told} == {"red", "blue"}
    assert all(abs(colour.share - 0.5) < 0.05 for colour in told)


def test_one_plain_colour_is_told_though_nothing_stands_before_it() -> None:
    assert [colour.name for colour in found(as_bytes(Image.new("RGB", (50, 50), "#9fc0c1")))] == [
        "天青"
    ]


def test_the_largest_share_comes_first_and_shares_add_up() -> None:
    image = Image.new("RGB", (300, 300), "white")
    for place, (colour, width) in enumerate((("#b8382b", 90), ("#2c4a6e", 60), ("#3f5f4a", 30))):
        ImageDraw.Draw(image).rectangle(
            (30, 30 + 80 * place, 30 + 2 * width, 100 + 80 * place), colour
        )
    told = found(as_bytes(image))
    assert [colour.word for colour in told] == ["red", "blue", "green"]
    assert abs(sum(colour.share for colour in told) - 1) < 1e-3


def test_the_dye_of_painted_goods_is_found_with_any_shape() -> None:
    for ground in ("zhusha", "dianlan", "songbailv", "xianghuang", "qinglian", "tuose"):
        told = found(painted(ground, shape="cushion"))
        away = np.linalg.norm(
            oklab([tuple(bytes.fromhex(colour.value)) for colour in told])
            - oklab(COLOURS[ground].rgb),
            axis=1,
        )
        assert 100 * away.min() < 5.0, ground


def test_the_same_picture_has_the_same_colours_in_any_size_and_format() -> None:
    one, other = disc("#b8382b", edge=400), disc("#b8382b", edge=220)
    told = [found(as_bytes(one)), found(as_bytes(other, "JPEG")), found(as_bytes(one))]
    assert told[0] == told[2]
    assert told[0][0].name == told[1][0].name


def test_what_is_no_picture_is_refused() -> None:
    told = colours(b"no picture")
    assert isinstance(told, Refusal)
    assert told.code == "no_picture"


@settings(max_examples=60)
@given(
    arrays.arrays(np.uint8, some.tuples(some.integers(1, 40), some.integers(1, 40), some.just(3)))
)
def test_any_picture_has_colours(pixels: np.ndarray) -> None:
    lab = oklab(pixels)
    weights = subject(lab)
    assert weights.shape == pixels.shape[:2]
    assert weights.max() > 0
    centres, shares = dominant(lab.reshape(-1, 3), weights.ravel())
    assert 1 <= len(centres) == len(shares)
    assert abs(float(shares.sum()) - 1) < 1e-4
    assert (np.diff(shares) <= 0).all()


def test_the_table_of_names_is_whole() -> None:
    table = traditional()
    assert len(table) >= 150
    assert {colour.word for colour in table} == set(WORDS)
    assert len({colour.name for colour in table}) == len(table)
    assert len({colour.rgb for colour in table}) == len(table)
    assert all(colour.pinyin and colour.english for colour in table)


def test_each_name_is_nearest_to_its_own_value() -> None:
    for colour in traditional():
        known, distance = nearest(oklab(colour.rgb))
        assert known is colour
        assert distance < 1e-3


def test_the_everyday_word_is_mostly_that_of_the_table() -> None:
    same = [everyday(oklab(colour.rgb)) == colour.word for colour in traditional()]
    assert np.mean(same) > 0.9


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ((255, 0, 0), "red"),
        ((0, 0, 255), "blue"),
        ((20, 25, 60), "blue"),
        ((0, 128, 0), "green"),
        ((255, 255, 0), "yellow"),
        ((255, 140, 0), "orange"),
        ((255, 182, 193), "pink"),
        ((128, 0, 128), "purple"),
        ((100, 60, 30), "brown"),
        ((128, 128, 128), "grey"),
        ((0, 0, 0), "black"),
        ((255, 255, 255), "white"),
        ((64, 190, 185), "cyan"),
    ],
)
def test_plain_colours_have_their_everyday_word(value: tuple[int, int, int], word: str) -> None:
    assert everyday(oklab(value)) == word


def test_the_demo_calls_the_same_value_by_the_same_name() -> None:
    ours = {colour.name: colour.rgb for colour in traditional()}
    for colour in COLOURS.values():
        assert ours[colour.zh] == colour.rgb, colour.zh


def test_values_are_near_those_of_other_tables() -> None:
    files = [CHINESE / "colors_320.json", CHINESE / "colors_527.json"]
    if not all(file.is_file() for file in files):
        pytest.skip("the colour tables are not here; ZHIYIN_TEST_DATA names the folder of chinese")
    rows = [row for file in files for row in json.loads(file.read_bytes())]
    theirs = {row["name"]: bytes.fromhex((row.get("hex") or row["value"])[1:]) for row in rows}
    shared = [colour for colour in traditional() if colour.name in theirs]
    ours = oklab([colour.rgb for colour in shared])
    away = np.linalg.norm(ours - oklab([tuple(theirs[colour.name]) for colour in shared]), axis=1)
    assert len(shared) >= 60
    # Tables differ from each other as much: the same name is another dye in each.
    assert np.median(away) * 100 < 10
