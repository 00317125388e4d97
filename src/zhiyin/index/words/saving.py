"""Saving: the arrays of an index in a folder, whole or not at all, mapped when opened.

The header is written last and names every file with its size and checksum; a folder without
it is no index. Damage is told before anything is looked up.
"""

import os
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zhiyin.core import Config, Damaged
from zhiyin.index.folders import FORMAT, Vouching, begin, damaged, finish
from zhiyin.index.folders import header as read_header
from zhiyin.index.words.config import WordsConfig
from zhiyin.index.words.segment import ARRAYS, Segment
from zhiyin.index.words.vocabulary import Vocabulary

HEADER = "words.json"
_CALLED = "index of words", "词语索引"
_CHUNK = 1 << 22
Arrays = Mapping[str, npt.NDArray[np.generic]]
_TYPES = {
    "keys": "int64",
    "terms": "int32",
    "starts": "int64",
    "rows": "int32",
    "impacts": "uint16",
    "counts": "uint8",
    "places": "int64",
    "positions": "uint16",
    "alive": "bool",
    "blob": "uint8",
    "ends": "int64",
    "order": "int64",
    "codes": "int64",
}
_VOCABULARY = ("blob", "ends", "order", "codes")


class FileFacts(Config):
    """What one file must look like."""

    size: int
    crc32: int


class Header(Vouching):
    """What the folder holds."""

    config: WordsConfig
    segments: int
    past: dict[str, int]
    """Past queries, for completion."""
    files: dict[str, FileFacts]


def write(
    folder: Path,
    config: WordsConfig,
    vocabulary: Vocabulary,
    segments: tuple[Segment, ...],
    past: Mapping[str, int],
) -> None:
    """Write it all into an empty folder."""
    begin(folder)
    files = {}
    for name, array in _named(vocabulary, segments).items():
        files[name] = _written(folder / name, array)
    header = Header(
        format=FORMAT, config=config, segments=len(segments), past=dict(past), files=files
    )
    finish(folder, HEADER, header)


def read(folder: Path, *, check: bool) -> tuple[Header, Vocabulary, tuple[Segment, ...]]:
    """What ``write`` wrote, mapped; ``check`` reads every byte and compares checksums."""
    header = read_header(folder, HEADER, Header, *_CALLED)
    arrays = {name: _mapped(folder, name, facts, check) for name, facts in header.files.items()}
    wanted = {f"{name}.npy" for name in _VOCABULARY}
    wanted |= {f"{n}.{name}.npy" for n in range(header.segments) for name in ARRAYS}
    if arrays.keys() != wanted:
        raise _damaged(folder, f"it names the files {sorted(arrays)[:9]}", "文件清单不对")
    segments = tuple(
        _segment(folder, {name: arrays[f"{n}.{name}.npy"] for name in ARRAYS})
        for n in range(header.segments)
    )
    parts = [arrays[f"{name}.npy"] for name in _VOCABULARY]
    blob, ends, order, codes = parts
    if not len(ends) == len(order) == len(codes) or len(blob) != (ends[-1] if len(ends) else 0):
        raise _damaged(folder, "its arrays do not fit each other", "各数组互不相符")
    return header, Vocabulary(*parts), segments  # type: ignore[arg-type]


def _named(vocabulary: Vocabulary, segments: tuple[Segment, ...]) -> Arrays:
    named = {f"{name}.npy": array for name, array in vocabulary.arrays().items()}
    for number, segment in enumerate(segments):
        named |= {f"{number}.{name}.npy": array for name, array in segment.arrays().items()}
    return named


def _written(file: Path, array: npt.NDArray[np.generic]) -> FileFacts:
    with file.open("wb") as handle:
        np.save(handle, np.ascontiguousarray(array), allow_pickle=False)
        handle.flush()
        os.fsync(handle.fileno())
    return FileFacts(size=file.stat().st_size, crc32=_crc32(file))


def _mapped(folder: Path, name: str, facts: FileFacts, check: bool) -> npt.NDArray[np.generic]:
    file = folder / name
    if Path(name).name != name or not file.is_file():
        raise _damaged(folder, f"{name} is missing", f"缺少 {name}")
    if file.stat().st_size != facts.size:
        raise _damaged(folder, f"{name} has another size than was written", f"{name} 大小不符")
    if check and _crc32(file) != facts.crc32:
        raise _damaged(folder, f"{name} has other bytes than were written", f"{name} 内容不符")
    try:
        # As a plain array: a slice of numpy's own class for mapped files costs ten times more.
        array = np.asarray(np.load(file, mmap_mode="r", allow_pickle=False))
    except (ValueError, OSError, EOFError, TypeError, OverflowError, SyntaxError) as error:
        raise _damaged(folder, f"{name} is no array", f"{name} 不是数组") from error
    if array.dtype.name != _TYPES.get(name.split(".")[-2]) or array.ndim != 1:
        raise _damaged(folder, f"{name} holds {array.dtype} {array.shape}", f"{name} 类型不符")
    return array


def _segment(folder: Path, arrays: dict[str, npt.NDArray[np.generic]]) -> Segment:
    segment = Segment(**arrays, living=int(np.count_nonzero(arrays["alive"])))  # type: ignore[arg-type]
    sizes = len(segment.terms) + 1, len(segment.rows), len(segment.positions)
    fits = (
        len(segment.starts) == len(segment.places) == sizes[0]
        and len(segment.impacts) == len(segment.counts) == sizes[1] == segment.starts[-1]
        and sizes[2] == segment.places[-1]
        and len(segment.alive) == len(segment.keys)
    )
    if not fits:
        raise _damaged(folder, "its arrays do not fit each other", "各数组互不相符")
    return segment


def _crc32(file: Path) -> int:
    found = 0
    with file.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            found = zlib.crc32(chunk, found)
    return found


def _damaged(folder: Path, problem: str, problem_zh: str) -> Damaged:
    return damaged(folder, *_CALLED, problem, problem_zh)
