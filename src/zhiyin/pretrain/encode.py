"""Encode: the catalogue becomes a row of numbers per item and modality.

The catalogue is read in pages and rows go to a file, so memory does not grow with it. A
page is read again from where the last one ended: no reader stands on the store while
encoders work, and what changed meanwhile comes again and takes the place of the old row.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Self

import numpy as np
import numpy.typing as npt

from zhiyin.core import Catalogue, Change, Step
from zhiyin.pretrain.contents import Floats, Source, Tally, Tell

PAGE = 128
"""Items read at a time; whoever interrupts waits for as many."""


class Raw:
    """Rows as the encoders gave them, in a file that is gone with the process."""

    def __init__(self, folder: Path, width: int) -> None:
        self.width, self.count = width, 0
        # Without a name: whoever is killed leaves nothing behind.
        self._file: IO[bytes] = TemporaryFile(dir=folder)  # noqa: SIM115 - see close

    def add(self, rows: Floats) -> None:
        """Append rows (n, D)."""
        self._file.write(np.ascontiguousarray(rows, np.float32).data)
        self.count += len(rows)

    def rows(self, numbers: npt.NDArray[np.int64]) -> Floats:
        """(n, D) the rows of these numbers."""
        return np.asarray(self._whole()[numbers])

    def _whole(self) -> Floats:
        self._file.flush()
        if not self.count:
            return np.empty((0, self.width), np.float32)
        return np.memmap(self._file, np.float32, "r", shape=(self.count, self.width))

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


@dataclass(slots=True)
class Encodings:
    """Every item of a catalogue as raw rows; items by id, in order."""

    raw: Mapping[str, Raw]
    tallies: Mapping[str, Tally]
    upto: int = 0
    """Number of the newest change that was read."""
    _rows: dict[str, int] = field(default_factory=dict)

    def put(self, change: Change, row: int) -> None:
        """An item has this row now; one that was deleted has none."""
        self.upto = max(self.upto, change.number)
        if change.item is None:
            self._rows.pop(change.id, None)
        else:
            self._rows[change.id] = row

    def ids(self) -> list[str]:
        """The items there are, by id: the same goods give the same order."""
        return sorted(self._rows)

    def blocks(self, modality: str, ids: Sequence[str], size: int = 4_096) -> Iterator[Floats]:
        """The raw rows of these items, some at a time."""
        numbers = np.array([self._rows[id] for id in ids], np.int64)
        for start in range(0, len(numbers), size):
            yield self.raw[modality].rows(numbers[start : start + size])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for raw in self.raw.values():
            raw.close()


def encode(
    catalogue: Catalogue, sources: Mapping[str, Source], folder: Path, step: Step, tell: Tell
) -> Encodings:
    """All items through all encoders; raw rows go to a file in ``folder``."""
    found = Encodings(
        {name: Raw(folder, each.encoder.width) for name, each in sources.items()},
        {name: Tally(each.encoder.name) for name, each in sources.items()},
    )
    count = 0
    with ExitStack() as stack:
        stack.enter_context(found)
        pool = stack.enter_context(ThreadPoolExecutor(max(1, len(sources))))
        for page in pages(catalogue, 0):
            there = [change.item for change in page if change.item is not None]
            # Words and pictures at the same time: most of the work is done outside of Python.
            work = {
                name: pool.submit(each.rows, there, found.tallies[name], tell)
                for name, each in sources.items()
            }
            for name, rows in work.items():
                found.raw[name].add(rows.result())
            for change in page:
                found.put(change, count)
                count += change.item is not None
            step.advance(len(there))
        pool.shutdown()
        stack.pop_all()  # the files stay open
    return found


def pages(catalogue: Catalogue, since: int) -> Iterator[list[Change]]:
    """The changes after number ``since`` in lists, each read at once and let go of."""
    while page := list(islice(catalogue.changes(since), PAGE)):
        since = page[-1].number
        yield page
