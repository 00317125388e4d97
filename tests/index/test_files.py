"""The files of an index: whole, checked, mapped, and never a way to crash."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zhiyin.core import BadInput, Conflict, Damaged, NotFound
from zhiyin.index import new_index, open_index
from zhiyin.index.files import HEADER, read_arrays, write_arrays
from zhiyin.testing.index import clustered


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A saved index of twenty vectors."""
    index = new_index(8)
    index.put(np.arange(20), clustered(20, 8, 1))
    index.save(tmp_path / "index")
    return tmp_path / "index"


def listed(folder: Path, **changes: Any) -> Path:
    """Arrays of an index in two lists, some exchanged; their header vouches for them."""
    arrays = {
        "keys": np.arange(20),
        "vectors": clustered(20, 8, 1),
        "centres": clustered(2, 8, 2),
        "starts": np.array([0, 12, 20]),
        "reach": np.array([1, 2]),
    }
    write_arrays(folder, 8, {**arrays, **changes})
    return folder


def test_arrays_come_back_mapped(folder: Path) -> None:
    width, arrays = read_arrays(folder, check=True)
    assert width == 8
    assert set(arrays) == {"keys", "vectors"}
    assert type(arrays["vectors"]) is np.ndarray
    assert not arrays["vectors"].flags.owndata
    assert not arrays["vectors"].flags.writeable


def test_a_folder_with_anything_in_it_is_not_written_to(folder: Path) -> None:
    before = sorted(folder.iterdir())
    with pytest.raises(Conflict, match="empty folder"):
        new_index(8).save(folder)
    assert sorted(folder.iterdir()) == before


def test_a_folder_whose_writing_was_cut_short_is_no_index(folder: Path) -> None:
    (folder / HEADER).unlink()
    with pytest.raises(NotFound, match="index"):
        open_index(folder)


def test_without_a_folder_there_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        open_index(tmp_path / "nowhere")
    assert "索引" in caught.value.text("zh")


@pytest.mark.parametrize(
    "header",
    [b"", b"\x80\x04N.", b"[]", b"{}", b'{"format": 1}', b'{"format":1,"width":8,"files":{}}'],
)
def test_a_header_that_is_none_is_damage(folder: Path, header: bytes) -> None:
    (folder / HEADER).write_bytes(header)
    with pytest.raises(Damaged):
        open_index(folder)


def test_a_later_format_is_refused_by_its_number(folder: Path) -> None:
    change_header(folder, lambda header: header.update(format=2))
    with pytest.raises(BadInput, match="format 2"):
        open_index(folder)


@pytest.mark.parametrize("name", ["../../secret", "/etc/passwd", "keys.bin", "more"])
def test_a_header_names_no_files_but_those_of_an_index(folder: Path, name: str) -> None:
    def change(header: dict[str, Any]) -> None:
        header["files"][name] = header["files"].pop("keys")

    change_header(folder, change)
    with pytest.raises(Damaged, match="names the files"):
        open_index(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "vectors.bin").unlink()
    with pytest.raises(Damaged, match=r"vectors\.bin is missing"):
        open_index(folder)


def test_the_hashes_may_be_left_out_and_the_sizes_may_not(folder: Path) -> None:
    file = folder / "vectors.bin"
    good = file.read_bytes()
    file.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    assert len(open_index(folder, check=False)) == 20
    with pytest.raises(Damaged, match="other bytes"):
        open_index(folder)
    file.write_bytes(good[:-1])
    with pytest.raises(Damaged, match="another size"):
        open_index(folder, check=False)


@pytest.mark.parametrize("shape", [[19], [21], [20, 1], [], [-20], [10**30], ["x"], None])
def test_a_shape_that_the_file_cannot_have_is_damage(folder: Path, shape: Any) -> None:
    change_header(folder, lambda header: header["files"]["keys"].update(shape=shape))
    with pytest.raises(Damaged):
        open_index(folder)


@pytest.mark.parametrize("content", [b"", b"\x80\x04N.", b"\xff" * 160, b"\x93NUMPY" + b" " * 154])
def test_other_bytes_are_damage_even_if_the_header_vouches(folder: Path, content: bytes) -> None:
    (folder / "keys.bin").write_bytes(content)
    facts = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    change_header(folder, lambda header: header["files"]["keys"].update(facts))
    if len(content) == 160 and content[7] < 128:
        assert len(open_index(folder)) == 20  # any numbers are keys; they find what they find
        return
    with pytest.raises(Damaged):
        open_index(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"keys": np.arange(19)},
        {"keys": np.arange(20) - 1},
        {"vectors": clustered(20, 9, 1)},
        {"vectors": clustered(20, 8, 1)[0]},
        {"centres": clustered(3, 8, 1)},
        {"centres": clustered(2, 9, 1)},
        {"starts": np.array([0, 25, 20])},
        {"starts": np.array([1, 12, 20])},
        {"starts": np.array([0, 12, 21])},
        {"starts": np.array([20])},
        {"reach": np.empty(0, np.int64)},
        {"reach": np.array([0, 1])},
        {"reach": np.array([-5, 1])},
        {"reach": np.ones(64, np.int64)},
    ],
)
def test_arrays_that_do_not_fit_each_other_are_damage(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    with pytest.raises(Damaged):
        open_index(listed(tmp_path / "index", **changes))


def test_arrays_that_fit_are_an_index(tmp_path: Path) -> None:
    index = open_index(listed(tmp_path / "index", reach=np.array([2, 2])))
    assert index.search(clustered(20, 8, 1), 1).keys[:, 0].tolist() == list(range(20))


def test_a_reach_out_of_all_bounds_harms_nothing(tmp_path: Path) -> None:
    index = open_index(listed(tmp_path / "index", reach=np.array([1, 10**15])))
    found = index.search(clustered(1, 8, 1), 20).keys[0]
    assert sorted(found.tolist()) == list(range(20))


def test_half_of_the_lists_without_the_rest_is_damage(tmp_path: Path) -> None:
    folder = listed(tmp_path / "index")
    change_header(folder, lambda header: header["files"].pop("starts"))
    with pytest.raises(Damaged):
        open_index(folder)


def change_header(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Read the header, change it, write it."""
    header = json.loads((folder / HEADER).read_text("utf-8"))
    change(header)
    (folder / HEADER).write_text(json.dumps(header), "utf-8")
