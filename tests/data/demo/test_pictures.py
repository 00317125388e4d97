"""The pictures of the goods."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from zhiyin.data.demo import DemoSize, demo_contact_sheet, demo_items, demo_pictures
from zhiyin.data.demo.pictures import Painted

FEW = DemoSize(items=6, shoppers=1, days=1)


def test_every_good_gets_a_small_square_jpeg_named_after_it(tmp_path: Path) -> None:
    assert demo_pictures(FEW, tmp_path) == Painted(painted=6, present=0, left_out=0)
    for item in demo_items(FEW):
        with Image.open(tmp_path / item.images[0]) as picture:
            assert picture.size == (360, 360)
        assert (tmp_path / item.images[0]).stat().st_size < 80_000


def test_what_is_there_is_not_painted_again(tmp_path: Path) -> None:
    demo_pictures(FEW, tmp_path)
    (tmp_path / "yj000003.jpg").unlink()
    kept = (tmp_path / "yj000001.jpg").stat().st_mtime_ns
    assert demo_pictures(FEW, tmp_path) == Painted(painted=1, present=5, left_out=0)
    assert (tmp_path / "yj000001.jpg").stat().st_mtime_ns == kept


def test_pictures_of_another_seed_are_painted_over_and_other_files_stay(tmp_path: Path) -> None:
    demo_pictures(FEW, tmp_path)
    before = (tmp_path / "yj000001.jpg").read_bytes()
    (tmp_path / "logo.jpg").write_bytes(b"mine")
    assert demo_pictures(replace(FEW, seed=9), tmp_path).painted == 6
    assert (tmp_path / "yj000001.jpg").read_bytes() != before
    assert (tmp_path / "logo.jpg").read_bytes() == b"mine"


def test_the_same_good_is_painted_the_same(tmp_path: Path) -> None:
    demo_pictures(FEW, tmp_path / "a")
    demo_pictures(replace(FEW, items=3), tmp_path / "b")
    assert (tmp_path / "a/yj000002.jpg").read_bytes() == (tmp_path / "b/yj000002.jpg").read_bytes()


def test_past_the_limit_goods_are_left_out_and_counted(tmp_path: Path) -> None:
    assert demo_pictures(FEW, tmp_path, limit=2) == Painted(2, 0, 4)
    assert demo_pictures(FEW, tmp_path, limit=None) == Painted(4, 2, 0)


@pytest.mark.slow
def test_two_processes_paint_the_same_pictures(tmp_path: Path) -> None:
    demo_pictures(FEW, tmp_path / "one")
    demo_pictures(FEW, tmp_path / "two", processes=2)
    for file in (tmp_path / "one").glob("*.jpg"):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_a_contact_sheet_shows_the_goods_that_have_pictures(tmp_path: Path) -> None:
    demo_pictures(FEW, tmp_path, limit=4)
    sheet = tmp_path / "sheets/all.png"
    assert demo_contact_sheet(demo_items(FEW), tmp_path, sheet, columns=2) == 4
    with Image.open(sheet) as picture:
        assert picture.height > picture.width
