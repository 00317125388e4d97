"""The files of an index: plain arrays that are mapped into memory, and a header that vouches.

The header is written last, so a folder without one is no index. What is read back is checked
against it before an array is touched: a damaged or foreign folder is a sentence, never a
crash and never a wrong answer. Whoever keeps the folder in an artifact has checked every
byte already and may leave the hashes out.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from zhiyin.core import BadInput, Config, Conflict, Damaged, NotFound

HEADER = "index.json"
FORMAT = 1
_CHUNK = 1 << 20

Arrays = dict[str, npt.NDArray[Any]]
# name -> (type, dimensions); "centres" and after only where the rows are in lists.
_KNOWN: dict[str, tuple[type[np.generic], int]] = {
    "keys": (np.int64, 1),
    "vectors": (np.float32, 2),
    "centres": (np.float32, 2),
    "starts": (np.int64, 1),
    "reach": (np.int64, 1),
}


class FileFacts(Config):
    """What one file must look like."""

    size: int
    sha256: str


class Header(Config):
    """What the folder holds."""

    format: int
    width: int
    files: dict[str, FileFacts]


def write_arrays(folder: Path, width: int, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write the arrays and then the header, each on disk before the next."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Conflict(
            kind="folder",
            kind_zh="文件夹",
            name=str(folder),
            remedy="give an empty folder",
            remedy_zh="请给一个空文件夹",
        )
    files = {}
    for name, array in arrays.items():
        file = folder / f"{name}.npy"
        with file.open("wb") as handle:
            np.save(handle, np.ascontiguousarray(array), allow_pickle=False)
            handle.flush()
            os.fsync(handle.fileno())
        files[name] = FileFacts(size=file.stat().st_size, sha256=_sha256(file))
    header = Header(format=FORMAT, width=width, files=files)
    part = folder / f".{HEADER}.part"
    with part.open("w", encoding="utf-8") as handle:
        handle.write(header.model_dump_json(indent=2))
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(folder / HEADER)


def read_arrays(folder: Path, *, check: bool) -> tuple[int, Arrays]:
    """The width and the arrays, mapped; ``check`` reads all bytes and compares their hashes."""
    header = _header(folder)
    arrays = {name: _mapped(folder, name, facts, check) for name, facts in header.files.items()}
    _agree(folder, header.width, arrays)
    return header.width, arrays


def _header(folder: Path) -> Header:
    file = folder / HEADER
    if not file.is_file():
        raise NotFound(
            kind="index",
            kind_zh="索引",
            name=str(folder),
            remedy="build it with: zhiyin pretrain",
            remedy_zh="请先建立：zhiyin pretrain",
        )
    try:
        header = Header.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise _damaged(folder, "its header cannot be read", "索引头无法读取") from error
    if header.format != FORMAT:
        raise BadInput(
            what=str(folder),
            problem=f"an index of format {header.format}, this version reads {FORMAT}",
            problem_zh=f"索引格式为 {header.format}，本版本只读 {FORMAT}",
            remedy="build it again",
            remedy_zh="请重新建立",
        )
    lists = {"centres", "starts", "reach"}
    if (
        header.files.keys() - lists != {"keys", "vectors"}
        or 0 < len(lists & header.files.keys()) < 3
    ):
        raise _damaged(folder, f"it names the files {sorted(header.files)}", "文件清单不对")
    return header


def _mapped(folder: Path, name: str, facts: FileFacts, check: bool) -> npt.NDArray[Any]:
    file = folder / f"{name}.npy"
    if not file.is_file():
        raise _damaged(folder, f"{file.name} is missing", f"缺少 {file.name}")
    if file.stat().st_size != facts.size:
        raise _damaged(
            folder, f"{file.name} has another size than was written", f"{file.name} 大小不符"
        )
    if check and _sha256(file) != facts.sha256:
        raise _damaged(
            folder, f"{file.name} has other bytes than were written", f"{file.name} 内容不符"
        )
    try:
        # As a plain array: a slice of numpy's own class for mapped files costs ten times more.
        array = np.asarray(np.load(file, mmap_mode="r", allow_pickle=False))
    except (ValueError, OSError, EOFError, TypeError, OverflowError) as error:
        raise _damaged(folder, f"{file.name} is no array", f"{file.name} 不是数组") from error
    kind, dimensions = _KNOWN[name]
    if array.dtype != kind or array.ndim != dimensions or not array.flags.c_contiguous:
        raise _damaged(
            folder, f"{file.name} holds {array.dtype} {array.shape}", f"{file.name} 类型不符"
        )
    return array


def _agree(folder: Path, width: int, arrays: Arrays) -> None:
    """Refuse arrays that do not fit each other."""
    keys, vectors = arrays["keys"], arrays["vectors"]
    fits = vectors.shape == (len(keys), width) and (not len(keys) or keys.min() >= 0)
    if "starts" in arrays:
        starts, centres = arrays["starts"], arrays["centres"]
        fits = (
            fits
            and centres.shape == (len(starts) - 1, width)
            and len(centres) > 0
            and len(arrays["reach"]) > 0
            and starts[0] == 0
            and starts[-1] == len(keys)
            and bool((np.diff(starts) >= 0).all())
        )
    if not fits:
        raise _damaged(folder, "its arrays do not fit each other", "各数组互不相符")


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _damaged(folder: Path, problem: str, problem_zh: str) -> Damaged:
    return Damaged(
        what=f"the index in {folder}",
        what_zh=f"索引 {folder}",
        problem=problem,
        problem_zh=problem_zh,
        remedy="build it again, or roll back to an earlier artifact",
        remedy_zh="请重新建立，或回退到更早的产物",
    )
