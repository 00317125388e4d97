"""Where rows come from: one file, a folder of files, standard input, or an open stream."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from zhiyin.core import BadInput, NotFound, Unavailable, ZhiyinError
from zhiyin.data.ingest.wording import CHECK_DISK, problem, remedy

STDIN = "-"
# Left beside data by people and systems; never data themselves.
_ASIDE = {".md", ".py", ".log", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".pdf", ".toml", ".crc"}


@dataclass(frozen=True)
class Input:
    """One thing to read, not opened yet."""

    name: str
    """As the user would write it; goes into messages and rejects."""
    label: str
    """Its name inside what was given: stays the same when the folder moves."""
    open: Callable[[], BinaryIO]
    path: Path | None = None
    size: int | None = None


def inputs_of(source: str | Path | BinaryIO) -> list[Input]:
    """The files behind ``source``, in the order of their names.

    Raises:
        NotFound: there is no such file.
        BadInput: a folder without a file that could hold rows.
    """
    if not isinstance(source, str | Path):
        return [_stream(source)]
    if str(source) == STDIN:
        return [_stream(sys.stdin.buffer)]
    path = Path(source)
    try:
        if path.is_dir():
            return _folder(path)
        return [_file(path, path.name)]
    except OSError as error:
        raise not_opened(str(path), error) from error


def _stream(stream: BinaryIO) -> Input:
    name = getattr(stream, "name", None)
    shown = name if isinstance(name, str) and not name.startswith("<") else "standard input"
    return Input(shown, shown, lambda: stream)


def _file(path: Path, label: str) -> Input:
    status = path.stat()
    return Input(str(path), label, lambda: path.open("rb"), path, status.st_size)


def _folder(folder: Path) -> list[Input]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and _may_hold(path)]
    if not files:
        raise BadInput(
            what=str(folder),
            **problem("the folder holds no file that could be read", "该文件夹中没有可读取的文件"),
            **remedy(
                "put CSV, TSV, JSON, JSONL or Parquet files there (.gz and .zst are fine)",
                "请放入 CSV、TSV、JSON、JSONL 或 Parquet 文件（可用 .gz、.zst 压缩）",
            ),
        )
    return [_file(path, path.relative_to(folder).as_posix()) for path in files]


def _may_hold(path: Path) -> bool:
    hidden = path.name.startswith((".", "_"))
    rejects = path.name.endswith("rejects.jsonl")
    return not hidden and not rejects and path.suffix.lower() not in _ASIDE


def not_opened(name: str, error: OSError) -> ZhiyinError:
    """The error of a file that cannot be opened, in the words of its owner."""
    if isinstance(error, FileNotFoundError):
        return NotFound(
            kind="file",
            kind_zh="文件",
            name=name,
            **remedy("check the path; was it moved meanwhile?", "请检查路径；它是否已被移走？"),
        )
    if isinstance(error, PermissionError):
        return BadInput(
            what=name,
            **problem("reading it is not permitted", "没有读取权限"),
            **remedy(
                "give this user read permission (chmod u+r)", "请给当前用户读取权限（chmod u+r）"
            ),
        )
    return Unavailable(what=name, problem=str(error), **CHECK_DISK)


def total(inputs: Iterable[Input]) -> int | None:
    """All bytes to be read, or None where a stream does not tell."""
    sizes = [each.size for each in inputs]
    return None if any(size is None for size in sizes) else sum(size or 0 for size in sizes)
