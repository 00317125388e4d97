"""The demo goods: the same picture is the same pixels, and a motif can be seen on every shape."""

import subprocess
import sys
from itertools import pairwise
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from zhiyin.core import BadRequest, NotFound
from zhiyin.data.demo.painting import COLOURS, MOTIFS, SHAPES, Picture, contact_sheet, paint
from zhiyin.data.demo.painting.contrast import lab

SMALL = 96

PROMISED_MOTIFS = """
cloud ruyi key_fret lotus scrolling_vine sea_cliff caisson baoxiang ice_crackle dragon_scale
peony crane plum bamboo landscape coins tortoiseshell blue_and_white
"""
PROMISED_SHAPES = """
scarf teapot cup vase plate cushion quilt compact lipstick robe skirt notebook fan pendant
bracelet pastry_box bag lantern incense phone_case
"""


def picture(
    shape: str = "vase", motif: str = "cloud", ground: str = "yuebai", seed: int = 7
) -> Picture:
    return Picture(shape, motif, ground, "jilan", "gujin", seed)


def pixels(image: Image.Image) -> NDArray[np.float64]:
    return np.asarray(image, dtype=np.float64)


def test_the_promised_keys_are_there() -> None:
    assert set(MOTIFS) == set(PROMISED_MOTIFS.split())
    assert set(SHAPES) == set(PROMISED_SHAPES.split())
    assert all(thing.zh and thing.en for thing in [*MOTIFS.values(), *SHAPES.values()])


def test_the_same_picture_gives_the_same_bytes_twice() -> None:
    assert paint(picture(), SMALL).tobytes() == paint(picture(), SMALL).tobytes()


def test_the_same_picture_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "from zhiyin.data.demo.painting import Picture, paint; import zlib;"
        "p = Picture('vase', 'cloud', 'yuebai', 'jilan', 'gujin', 7);"
        "import sys; sys.stdout.write(str(zlib.crc32(paint(p, 96).tobytes())))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": "5"},
    )  # fmt: skip
    assert int(told.stdout) == crc32(paint(picture(), SMALL).tobytes())


@pytest.mark.parametrize("shape", SHAPES)
def test_every_motif_is_seen_on_every_shape(shape: str) -> None:
    painted = [pixels(paint(picture(shape, motif), SMALL)) for motif in MOTIFS]
    for one, other in pairwise([*painted, painted[0]]):
        differ = np.abs(one - other).max(axis=2) > 40
        assert differ.mean() > 0.02


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("ground", ["zhusha", "yuebai", "dianlan", "zhuqing"])
def test_the_body_has_the_colour_asked_for(shape: str, ground: str) -> None:
    # Bamboo leaves much ground bare; a bangle shows least of its body.
    image = pixels(paint(picture(shape, "bamboo", ground), 128))
    distance = np.linalg.norm(lab(image) - lab(COLOURS[ground].rgb), axis=2)
    assert (distance < 16).mean() > 0.04


def test_seeds_vary_the_picture() -> None:
    seen = {paint(picture(seed=seed), SMALL).tobytes() for seed in range(8)}
    assert len(seen) >= 7


def test_any_seed_is_welcome() -> None:
    for seed in (0, -1, 2**70):
        assert paint(picture(seed=seed), 64).size == (64, 64)


@pytest.mark.parametrize("size", [64, 97, 360, 512])
def test_a_picture_is_square_and_of_the_size_asked_for(size: int) -> None:
    image = paint(picture("plate", "caisson"), size)
    assert image.size == (size, size)
    assert image.mode == "RGB"


@pytest.mark.parametrize("shape", SHAPES)
def test_every_form_of_a_shape_stands_on_a_quiet_backdrop(shape: str) -> None:
    for seed in range(4):
        image = pixels(paint(picture(shape, seed=seed), SMALL))
        corners = image[[2, 2, -3, -3], [2, -3, 2, -3]]
        assert corners.min() > 190
        assert np.ptp(corners, axis=1).max() < 30


def test_blue_and_white_is_cobalt_whatever_is_asked() -> None:
    image = pixels(paint(Picture("plate", "blue_and_white", "zhusha", "mose", "gujin", 1), 128))
    middle = image[40:88, 40:88].reshape(-1, 3).mean(axis=0)
    assert middle[2] > middle[0] + 15


def test_an_unknown_motif_is_refused_by_name() -> None:
    with pytest.raises(NotFound, match=r"motif named 'clowd'.*cloud"):
        paint(picture(motif="clowd"))


def test_an_unknown_shape_or_colour_is_refused() -> None:
    with pytest.raises(NotFound, match="shape"):
        paint(picture(shape="spoon"))
    with pytest.raises(NotFound, match="colour"):
        paint(picture(ground="puce"))


@pytest.mark.parametrize("size", [0, 63, 1025])
def test_a_size_we_cannot_paint_is_refused(size: int) -> None:
    with pytest.raises(BadRequest, match="64 to 1024"):
        paint(picture(), size)


def test_the_motif_stays_where_it_is_when_only_colours_change() -> None:
    one = pixels(paint(Picture("plate", "coins", "yuebai", "jilan", "gujin", 3), SMALL))
    other = pixels(paint(Picture("plate", "coins", "yabai", "mose", "gujin", 3), SMALL))
    dark_one, dark_other = one.mean(axis=2) < 140, other.mean(axis=2) < 140
    assert (dark_one == dark_other).mean() > 0.9


def test_a_contact_sheet_has_room_for_every_picture() -> None:
    image = paint(picture(), 64)
    three = contact_sheet([(image, "瓷瓶 vase")] * 3, columns=2, title="云间集 clouds")
    two = contact_sheet([(image, "")] * 2, columns=2)
    assert three.width == two.width > 128
    assert three.height > two.height + 64
    assert three.mode == "RGB"


def test_a_contact_sheet_of_nothing_is_an_empty_page() -> None:
    assert contact_sheet([]).width > 0


def test_captions_fall_back_to_latin_without_a_chinese_font(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from zhiyin.data.demo.painting import sheet

    monkeypatch.setattr(sheet, "_chinese_font", lambda: None)
    sheet._font.cache_clear()
    page = contact_sheet([(paint(picture(), 64), "云纹 cloud")], columns=1)
    assert np.asarray(page)[-16:].min() < 200
    sheet._font.cache_clear()
