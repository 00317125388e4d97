"""Encode: the catalogue becomes a row of numbers per item and modality, item by item.

The catalogue is read in pages and rows go to a file, so memory does not grow with it. A
page is read again from where the last one ended: no reader stands on the store while
encoders work, and what changed meanwhile comes again and takes the place of the old row.
Nothing an item says or shows stops the others: it has a row of NaN and its reason is told.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt

from zhiyin.core import Catalogue, Change, Encoder, Item, Refusal, Step
from zhiyin.pretrain.pictures import PictureFolder
from zhiyin.pretrain.wording import words_of

Floats = npt.NDArray[np.float32]
Content = str | bytes | Refusal | None
PAGE = 128
"""Items read at a time; whoever interrupts waits for as many."""
BATCH = 32
"""Contents given to an encoder at a time; of pictures, some hundred MB at the worst."""
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Trouble:
    """An item of which an encoder could make nothing, though there was something."""

    item: str
    modality: str
    refusal: Refusal

    def record(self) -> dict[str, object]:
        """The line of a report."""
        told = self.refusal.record()
        told.pop("row")  # of a batch, and nobody saw the batches
        told.pop("file")
        return {"item": self.item, "modality": self.modality, **told}


Tell = Callable[[Trouble], None]


@dataclass(slots=True)
class Tally:
    """What became of the items in one modality."""

    encoder: str
    encoded: int = 0
    """Items that have a vector."""
    kept: int = 0
    """Of these, how many the encoder remembered and had not to make again."""
    empty: int = 0
    """Items without anything to encode."""
    broken: Counter[str] = field(default_factory=Counter)
    """Items whose content could not be read or encoded, by code."""
    examples: dict[str, Trouble] = field(default_factory=dict)
    """The first of each code."""
    seconds: float = 0.0

    def record(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return {
            "encoder": self.encoder,
            "encoded": self.encoded,
            "kept": self.kept,
            "empty": self.empty,
            "broken": dict(self.broken),
            "examples": [each.record() for each in self.examples.values()],
            "seconds": round(self.seconds, 3),
        }


@runtime_checkable
class Remembering(Protocol):
    """An encoder that keeps what it made."""

    @property
    def found(self) -> int:
        """Contents that had not to be encoded, so far."""
        ...


class Source:
    """One modality: where its content is found in an item, and what encodes it."""

    def __init__(self, encoder: Encoder, content: Callable[[Item], Content]) -> None:
        self.encoder, self._content = encoder, content

    def rows(self, items: Sequence[Item], tally: Tally, tell: Tell) -> Floats:
        """(N, D) a vector per item, NaN where there is none; the tally is kept."""
        began, kept = time.monotonic(), self._remembered()
        found = np.full((len(items), self.encoder.width), np.nan, np.float32)
        contents: list[Any] = []
        places: list[int] = []
        for place, item in enumerate(items):
            content = self._content(item)
            if isinstance(content, Refusal):
                self._note(item, content, tally, tell)
            elif content:
                contents.append(content)
                places.append(place)
            else:
                tally.empty += 1
            if len(contents) == BATCH:
                self._encode(items, contents, places, found, tally, tell)
                contents, places = [], []
        self._encode(items, contents, places, found, tally, tell)
        tally.seconds += time.monotonic() - began
        tally.kept += self._remembered() - kept
        return found

    def _remembered(self) -> int:
        return self.encoder.found if isinstance(self.encoder, Remembering) else 0

    def _encode(
        self,
        items: Sequence[Item],
        contents: list[Any],
        places: list[int],
        found: Floats,
        tally: Tally,
        tell: Tell,
    ) -> None:
        if not contents:
            return
        result = self.encoder.encode(contents)
        found[places] = result.vectors
        there = int(np.isfinite(result.vectors).all(axis=1).sum())
        tally.encoded += there
        tally.empty += len(contents) - there - len(result.troubles)
        for refusal in result.troubles:
            self._note(items[places[refusal.row - 1]], refusal, tally, tell)

    def _note(self, item: Item, refusal: Refusal, tally: Tally, tell: Tell) -> None:
        trouble = Trouble(item.id, self.encoder.modality, refusal)
        tally.broken[refusal.code] += 1
        tally.examples.setdefault(refusal.code, trouble)
        tell(trouble)


def sources(encoders: Iterable[Encoder], images: Path) -> dict[str, Source]:
    """Modality → source; pictures lie in ``images``."""
    content: dict[str, Callable[[Item], Content]] = {
        "text": words_of,
        "image": PictureFolder(images).picture_of,
    }
    return {each.modality: Source(each, content[each.modality]) for each in encoders}


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
    with ThreadPoolExecutor(max(1, len(sources))) as pool:
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
    return found


def pages(catalogue: Catalogue, since: int) -> Iterator[list[Change]]:
    """The changes after number ``since`` in lists, each read at once and let go of."""
    while page := list(islice(catalogue.changes(since), PAGE)):
        since = page[-1].number
        yield page
