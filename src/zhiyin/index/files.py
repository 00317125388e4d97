"""The files of an index: bare numbers that are mapped into memory, and a header that vouches.

The header is written last, so a folder without one is no index. What is read back is checked
against it before an array is touched: a damaged or foreign folder is a sentence, never a
crash and never a wrong answer. The numbers have no format of their own that a reader could
be tricked with: their type is known, their shape is in the header. Whoever keeps the folder
in an artifact has checked every byte already and may leave the hashes out.
"""

import hashlib
import os
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import NonNegativeInt

from zhiyin.core import Config, Damaged
from zhiyin.index.folders import FORMAT, Vouching, begin, damaged, finish
from zhiyin.index.folders import header as read_header

HEADER = "index.json"
_CALLED = "index", "索引"
_CHUNK = 1 << 20

Arrays = dict[str, npt.NDArray[Any]]
# name -> type, little-endian; "centres" and after only where the rows are in lists.
_KNOWN = {"keys": "<i8", "vectors": "<f4", "centres": "<f4", "starts": "<i8", "reach": "<i8"}
_LISTS = {"centres", "starts", "reach"}


class FileFacts(Config):
    """What one file must look like."""

    shape: tuple[NonNegativeInt, ...]
    size: int
    sha256: str


class Header(Vouching):
    """What the folder holds."""

    width: int
    files: dict[str, FileFacts]


def write_arrays(folder: Path, width: int, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write the arrays and then the header, each on disk before the next."""
    begin(folder)
    files = {}
    for name, array in arrays.items():
        file = folder / f"{name}.bin"
        with file.open("wb") as handle:
            np.ascontiguousarray(array, _KNOWN[name]).tofile(handle)
            handle.flush()
            os.fsync(handle.fileno())
        size = file.stat().st_size
        files[name] = FileFacts(shape=array.shape, size=size, sha256=_sha256(file))
    header = Header(format=FORMAT, width=width, files=files)
    finish(folder, HEADER, header)


def read_arrays(folder: Path, *, check: bool) -> tuple[int, Arrays]:
    """The width and the arrays, mapped; ``check`` reads all bytes and compares their hashes."""
    header = _header(folder)
    arrays = {name: _mapped(folder, name, facts, check) for name, facts in header.files.items()}
    _agree(folder, header.width, arrays)
    return header.width, arrays


def _header(folder: Path) -> Header:
    header = read_header(folder, HEADER, Header, *_CALLED)
    named = header.files.keys()
    if named - _LISTS != {"keys", "vectors"} or named & _LISTS not in (set(), _LISTS):
        raise _damaged(folder, f"it names the files {sorted(named)}", "文件清单不对")
    return header


def _mapped(folder: Path, name: str, facts: FileFacts, check: bool) -> npt.NDArray[Any]:
    file = folder / f"{name}.bin"
    kind = np.dtype(_KNOWN[name])
    if not file.is_file():
        raise _damaged(folder, f"{file.name} is missing", f"缺少 {file.name}")
    if file.stat().st_size != facts.size or facts.size != prod(facts.shape) * kind.itemsize:
        problem = f"{file.name} has another size than was written"
        raise _damaged(folder, problem, f"{file.name} 大小不符")
    if check and _sha256(file) != facts.sha256:
        problem = f"{file.name} has other bytes than were written"
        raise _damaged(folder, problem, f"{file.name} 内容不符")
    if not facts.size:  # nothing can be mapped
        return np.empty(facts.shape, kind)
    # As a plain array: a slice of numpy's own class for mapped files costs ten times more.
    return np.asarray(np.memmap(file, kind, "r", shape=facts.shape))


def _agree(folder: Path, width: int, arrays: Arrays) -> None:
    """Refuse arrays that do not fit each other."""
    keys, vectors = arrays["keys"], arrays["vectors"]
    fits = keys.ndim == 1 and vectors.shape == (len(keys), width)
    fits = fits and (not len(keys) or keys.min() >= 0)
    if "starts" in arrays:
        starts, centres = arrays["starts"], arrays["centres"]
        fits = (
            fits
            and starts.ndim == arrays["reach"].ndim == 1
            and centres.shape == (len(starts) - 1, width)
            and len(centres) > 0
            and len(keys) > 0
            and 0 < len(arrays["reach"]) < 64
            and arrays["reach"].min() > 0
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
    return damaged(folder, *_CALLED, problem, problem_zh)
