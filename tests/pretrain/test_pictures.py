"""Pictures are read from the shop's own folder; whatever else a path leads to is told."""

import os
from pathlib import Path

import pytest

from zhiyin.core import Item, Refusal
from zhiyin.pretrain.pictures import LARGEST, PictureFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "shop" / "images"
    (place / "deep").mkdir(parents=True)
    (place / "deep" / "a.jpg").write_bytes(b"picture")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    return place


def read(folder: Path, *images: str) -> bytes | Refusal | None:
    return PictureFolder(folder).picture_of(Item("x", images=images))


def why(folder: Path, *images: str) -> str:
    found = read(folder, *images)
    assert isinstance(found, Refusal), found
    for language in ("en", "zh"):
        assert found.text(language)
    return found.code


def test_the_first_image_that_is_a_path_is_read(folder: Path) -> None:
    assert read(folder, "https://shop.example/1.jpg", "deep/a.jpg", "deep/b.jpg") == b"picture"


def test_an_item_without_images_has_none_and_no_trouble(folder: Path) -> None:
    assert read(folder) is None


@pytest.mark.parametrize("path", ["../../secret.txt", "deep/../../../secret.txt", "/etc/hostname"])
def test_a_path_does_not_leave_the_folder(folder: Path, path: str) -> None:
    assert why(folder, path) == "outside_folder"


def test_neither_does_a_link(folder: Path, tmp_path: Path) -> None:
    (folder / "link.jpg").symlink_to(tmp_path / "secret.txt")
    assert why(folder, "link.jpg") == "outside_folder"


def test_a_folder_that_is_a_link_itself_is_fine(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "pictures").symlink_to(folder)
    assert read(tmp_path / "pictures", "deep/a.jpg") == b"picture"


def test_what_is_not_there_is_told(folder: Path) -> None:
    assert why(folder, "none.jpg") == "absent_picture"
    assert why(folder / "nowhere", "a.jpg") == "absent_picture"


def test_an_address_is_not_fetched(folder: Path) -> None:
    assert why(folder, "http://127.0.0.1:1/a.jpg") == "web_picture"


@pytest.mark.parametrize("path", ["deep", "nul\0.jpg", "x" * 1_900])
def test_what_is_no_readable_file_is_told(folder: Path, path: str) -> None:
    assert why(folder, path) == "unreadable_picture"


def test_an_empty_file_is_no_picture(folder: Path) -> None:
    (folder / "empty.jpg").touch()
    assert why(folder, "empty.jpg") == "unreadable_picture"


def test_nobody_waits_for_a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.jpg")
    assert why(folder, "pipe.jpg") == "unreadable_picture"


def test_an_enormous_file_is_not_read(folder: Path) -> None:
    with (folder / "big.jpg").open("wb") as file:
        file.truncate(LARGEST + 1)
    assert why(folder, "big.jpg") == "too_long"
