"""Block: some rows of a file as they were read, each with its number, before any check."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from zhiyin.core import Refusal, ZhiyinError

Ints = npt.NDArray[np.int64]
Row = dict[str, Any]

# What an empty cell looks like in exports of databases and spreadsheets. "nan" is not
# here: a price of nan is a fault to be told, not a gap.
EMPTY = ("", r"\N", "NULL", "null")


class Place(NamedTuple):
    """How far a file was read: where the next row starts, and its number."""

    offset: int = 0
    """Bytes of decompressed text; 0 where rows are counted instead."""
    row: int = 1


class Reject(NamedTuple):
    """A row that was not taken in, with what it looked like."""

    refusal: Refusal
    raw: str


@dataclass(slots=True)
class Block:
    """Rows as columns (``pa.RecordBatch``) or as dictionaries (JSON)."""

    rows: pa.RecordBatch | list[Row]
    numbers: Ints
    """Line of each row in text files (the header is line 1), else its count from 1."""
    after: Place
    """Where to go on when these rows are stored."""
    broken: list[Reject] = field(default_factory=list)
    """Rows that could not even be parsed."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of their columns, in the order met."""
        if isinstance(self.rows, pa.RecordBatch):
            return tuple(self.rows.schema.names)
        return tuple(dict.fromkeys(name for row in self.rows for name in row))

    def row(self, index: int) -> Row:
        """One row as a dictionary, for messages."""
        if isinstance(self.rows, pa.RecordBatch):
            found: Row = self.rows.slice(index, 1).to_pylist()[0]
            return found
        return self.rows[index]


class Reader(Protocol):
    """A file taken apart by its format."""

    def blocks(self, start: Place) -> Iterator[Block]:
        """The rows from ``start`` on, in bounded blocks."""
        ...

    @property
    def problem(self) -> ZhiyinError | None:
        """What ended the file before its end, when that happened."""
        ...


def malformed(number: int, expected: str, raw: str) -> Reject:
    """A row that cannot be parsed at all."""
    return Reject(Refusal("malformed", number, expected=expected), raw)
