"""The promises that adapters keep: few methods each, one contract suite each.

Implementations live at the rim (``zhiyin.data.stores`` …) and are joined to their
users in ``zhiyin.app`` alone. ``zhiyin.testing`` holds the contract suites.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from zhiyin.core.event import Event
from zhiyin.core.item import Change, Item
from zhiyin.core.keys import KeyRing
from zhiyin.core.refusals import Refusal

T = TypeVar("T")


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """The time, in UTC, with its zone."""
        ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch. Everything counted here is on disk."""

    new: int = 0
    """Rows stored, or items changed."""
    seen: int = 0
    """Rows that were there already, the same: nothing was done."""
    refused: tuple[Refusal, ...] = ()
    """Rows not taken; ``row`` counts from 1 within the batch."""

    def __add__(self, other: "Receipt") -> "Receipt":
        return Receipt(self.new + other.new, self.seen + other.seen, self.refused + other.refused)


class Catalogue(Protocol):
    """The items of one shop, with a number for every change."""

    def upsert(self, items: Sequence[Item]) -> Receipt:
        """Store or replace items, all or nothing; equal items are ``seen``."""
        ...

    def patch(self, id: str, changes: dict[str, Any]) -> Item:
        """Change some fields of one item; NotFound, or BadInput naming the field."""
        ...

    def delete(self, ids: Sequence[str]) -> int:
        """Remove items; how many were there. The change is numbered too."""
        ...

    def get(self, ids: Sequence[str]) -> list[Item | None]:
        """The items in the order asked, None where there is none."""
        ...

    def changes(self, since: int = 0) -> Iterator[Change]:
        """Items changed after change number ``since``, in order, each once at its last.

        Streams: memory does not grow with the catalogue.
        """
        ...

    def count(self) -> int:
        """How many items there are."""
        ...


class EventLog(Protocol):
    """The events of one shop, append only."""

    def append(self, batch: pa.RecordBatch) -> Receipt:
        """Store events (columns of EVENT_SCHEMA); returns when they are on disk.

        Idempotent by id: the same event again is ``seen``; the same id with other
        content is refused (``other_content``). Many threads may call at once and
        share one commit.
        """
        ...

    def cut(self) -> int:
        """The number of the newest event; 0 for an empty log."""
        ...

    def read(
        self, since: int = 0, until: int | None = None, columns: Sequence[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Events numbered ``since < n <= until`` in that order, in bounded batches."""
        ...

    def recent(
        self, shopper: str, limit: int = 200, kinds: Collection[str] | None = None
    ) -> list[Event]:
        """The newest events of one shopper by time, newest first; None: of all kinds."""
        ...

    def count(self) -> int:
        """How many events there are."""
        ...


class Checkpoints(Protocol):
    """Small named notes that survive a crash, such as how far a file was read."""

    def get(self, key: str) -> str | None:
        """The note, or None."""
        ...

    def put(self, key: str, value: str | None) -> None:
        """Write the note durably; None removes it."""
        ...


class Store(Protocol):
    """All that one shop keeps in one database."""

    @property
    def catalogue(self) -> Catalogue: ...
    @property
    def events(self) -> EventLog: ...
    @property
    def checkpoints(self) -> Checkpoints: ...
    @property
    def keys(self) -> KeyRing: ...

    def close(self) -> None:
        """Give connections back; safe to call twice."""
        ...


def in_batches(rows: Iterable[T], size: int = 1_000) -> Iterator[list[T]]:
    """Cut a stream into lists of at most ``size``."""
    batch: list[T] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
