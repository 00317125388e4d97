"""Image paths stay inside their folder, whatever is tried."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.data.ingest.checking.images import ImageFolder, Outside


@pytest.mark.parametrize(
    "image", ["a.png", "scarves/a.png", "./a.png", "云纹/丝巾.png", "a..b.png", "a b.png"]
)
def test_paths_inside_are_kept(image: str, tmp_path: Path) -> None:
    assert ImageFolder(tmp_path).checked(image) == image.removeprefix("./")


@pytest.mark.parametrize("image", ["https://a.cn/x.png", "HTTP://a.cn/x.png?y=..#z"])
def test_web_addresses_are_kept(image: str, tmp_path: Path) -> None:
    assert ImageFolder(tmp_path, "prefix/").checked(image) == image


@pytest.mark.parametrize(
    "image",
    [
        "../a.png",
        "a/../../b.png",
        "a/..",
        "/etc/passwd",
        "//host/share",
        "~/a.png",
        "..\\a.png",
        "C:\\a.png",
        "c:a.png",
        "file:///etc/passwd",
        "ftp://a.cn/x.png",
        "data:image/png;base64,xx",
        "javascript:alert(1)",
        "https:///x.png",
        "a\0.png",
    ],
)
def test_paths_outside_are_refused(image: str, tmp_path: Path) -> None:
    with pytest.raises(Outside):
        ImageFolder(tmp_path).checked(image)


def test_links_count_as_where_they_lead(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    (folder / "in").mkdir(parents=True)
    (folder / "out").symlink_to(tmp_path)
    (folder / "round").symlink_to(folder / "round")
    (folder / "alias").symlink_to(folder / "in")
    images = ImageFolder(folder)
    assert images.checked("alias/a.png") == "alias/a.png"
    for image in ("out/a.png", "round/a.png"):
        with pytest.raises(Outside):
            images.checked(image)


def test_a_prefix_cannot_climb_either(tmp_path: Path) -> None:
    with pytest.raises(Outside):
        ImageFolder(tmp_path, "../").checked("a.png")


@given(st.text(st.sampled_from("a./\\~:\0é "), max_size=12))
def test_what_is_let_through_is_inside(image: str) -> None:
    folder = Path("/nowhere/images")
    try:
        kept = ImageFolder(folder).checked(image)
    except Outside:
        return
    assert (folder / kept).resolve().is_relative_to(folder)
