"""What an importer is: a name, the files it knows, and the steps that read them."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import pyarrow as pa

from zhiyin.core import BadInput, NotFound
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.mapping import Row

Rows = Callable[[], Iterable[Row]]
PACKED = ("", ".gz", ".zst")


@dataclass(frozen=True, slots=True)
class Step:
    """One pass over one source: a file as it is, or rows put together from several."""

    source: Path | Rows
    """A file, or a function that yields rows: the same ones every time it is called."""
    mapping: Mapping
    name: str = ""
    """What the rows of a function are called in messages; a file has its own name."""


@dataclass(frozen=True, slots=True)
class Importer:
    """How one public layout becomes items and events.

    Example:
        >>> Importer("mine", "My shop", "我的店", "orders.csv", "ask me", lambda path: [])
    """

    name: str
    title: str
    """The data set or system, in English."""
    title_zh: str
    files: str
    """Which files it looks for, in words."""
    home: str
    """Where the data set or the export comes from."""
    steps: Callable[[Path], Sequence[Step]]
    """The steps for a file or folder: items before events; none where nothing fits."""

    def plan(self, path: Path) -> Sequence[Step]:
        """The steps for ``path``; NotFound says what was looked for and where it is had."""
        if not path.exists():
            raise self._not_found(str(path), "file or folder", "文件或目录")
        steps = self.steps(path)
        if not steps:
            wanted = f"{self.files} in {path}" if path.is_dir() else f"{self.files}: {path}"
            raise self._not_found(wanted, "file", "文件")
        return steps

    def _not_found(self, name: str, kind: str, kind_zh: str) -> NotFound:
        return NotFound(
            kind=kind,
            kind_zh=kind_zh,
            name=name,
            remedy=f"{self.title} comes from {self.home}; unpack it and give its folder",
            remedy_zh=f"{self.title_zh} 的来源：{self.home}；请解压后给出其目录",
        )


def matching(path: Path, *patterns: str) -> list[Path]:
    """The files that fit a pattern, plain or packed: ``path`` itself, or inside it."""
    wanted = [pattern + packed for pattern in patterns for packed in PACKED]
    if path.is_file():
        return [path] if any(path.match(pattern) for pattern in wanted) else []
    found = {file for pattern in wanted for file in path.glob(pattern) if file.is_file()}
    return sorted(found)


def first(path: Path, *patterns: str) -> Path | None:
    """The first file that fits, in the order of the patterns."""
    return next((file for pattern in patterns for file in matching(path, pattern)), None)


def opened(file: Path) -> TextIO:
    """A text file to be looked into, plain or packed; what is no UTF-8 shows as �."""
    raw = pa.input_stream(str(file), compression="detect")
    return io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="")


def table(file: Path, *needed: str, delimiter: str = ",") -> Iterator[Row]:
    """The rows of a small table that is read beside another; BadInput names the column."""
    with opened(file) as lines:
        rows = csv.DictReader(lines, delimiter=delimiter)
        try:
            for column in needed:
                if column not in (rows.fieldnames or ()):
                    raise _unusable(file, f"no column {column!r}", f"没有列 {column!r}")
            yield from (row for row in rows if None not in row and None not in row.values())
        except (csv.Error, OSError) as error:
            raise _unusable(file, str(error), str(error)) from error


def _unusable(file: Path, problem: str, problem_zh: str) -> BadInput:
    return BadInput(
        what=str(file),
        problem=problem,
        problem_zh=problem_zh,
        remedy="fetch the file again, or leave it out",
        remedy_zh="请重新获取该文件，或将其移走",
    )
