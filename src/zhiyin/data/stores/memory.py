"""The store in memory: the plain reference that the databases are compared with.

For tests, and for a shop that may be forgotten when the process ends.
"""

from collections.abc import Collection, Iterator, Sequence
from threading import RLock
from typing import Any

import pyarrow as pa

from zhiyin.core import (
    EVENT_SCHEMA,
    Act,
    Change,
    Event,
    Item,
    Key,
    Receipt,
    Refusal,
    from_row,
    item_from_json,
    shorten,
)
from zhiyin.data.stores.admission import admit, check_note, event_columns
from zhiyin.data.stores.documents import patched, to_document, unknown
from zhiyin.data.stores.keys import check_act, check_key, in_order

PAGE = 65_536
_SHOPPER, _TIME = EVENT_SCHEMA.names.index("shopper"), EVENT_SCHEMA.names.index("time")
_KIND = EVENT_SCHEMA.names.index("kind")
Row = tuple[Any, ...]


class MemoryCatalogue:
    """Items as documents in a dictionary; a deleted one keeps its place, as None."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._stored: dict[str, tuple[int, str | None]] = {}  # id -> (change number, document)
        self._last = 0

    def upsert(self, items: Sequence[Item]) -> Receipt:
        documents = [(item.id, to_document(item)) for item in items]
        with self._lock:
            new = sum(self._put(id, document) for id, document in documents)
        return Receipt(new=new, seen=len(documents) - new)

    def patch(self, id: str, changes: dict[str, Any]) -> Item:
        with self._lock:
            (item,) = self.get([id])
            if item is None:
                raise unknown(id)
            after = patched(item, changes)
            self._put(id, to_document(after))
        return after

    def delete(self, ids: Sequence[str]) -> int:
        with self._lock:
            return sum(self._put(id, None) for id in ids if id in self._stored)

    def get(self, ids: Sequence[str]) -> list[Item | None]:
        documents = [self._stored.get(id, (0, None))[1] for id in ids]
        return [None if text is None else item_from_json(text) for text in documents]

    def changes(self, since: int = 0) -> Iterator[Change]:
        with self._lock:
            steps = sorted((n, id, text) for id, (n, text) in self._stored.items() if n > since)
        for number, id, text in steps:
            yield Change(number, id, None if text is None else item_from_json(text))

    def count(self) -> int:
        with self._lock:
            return sum(text is not None for _, text in self._stored.values())

    def _put(self, id: str, document: str | None) -> bool:
        if self._stored.get(id, (0, None))[1] == document:
            return False
        self._last += 1
        self._stored[id] = self._last, document
        return True


class MemoryEventLog:
    """Events as tuples in a list; an event's number is its place."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._rows: list[Row] = []
        self._by_id: dict[str, Row] = {}
        self._by_shopper: dict[str, list[Row]] = {}

    def append(self, batch: pa.RecordBatch) -> Receipt:
        admitted = admit(batch)
        columns = [column.to_pylist() for column in admitted.rows.columns]
        new, refused = 0, []
        with self._lock:
            for place, row in enumerate(zip(*columns, strict=True), 1):
                known = self._by_id.setdefault(row[0], row)
                if known is row:
                    new += 1
                    self._rows.append(row)
                    self._by_shopper.setdefault(row[_SHOPPER], []).append(row)
                elif known != row:
                    refused.append(Refusal("other_content", place, "id", shorten(row[0])))
        seen = admitted.rows.num_rows - new - len(refused)
        return admitted.receipt(Receipt(new, seen, tuple(refused)))

    def cut(self) -> int:
        return len(self._rows)

    def count(self) -> int:
        return len(self._rows)

    def read(
        self, since: int = 0, until: int | None = None, columns: Sequence[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        names = event_columns(columns)
        schema = pa.schema([EVENT_SCHEMA.field(name) for name in names])
        places = [EVENT_SCHEMA.names.index(name) for name in names]
        end = self.cut() if until is None else min(until, self.cut())
        for low in range(max(since, 0), end, PAGE):
            rows = self._rows[low : min(low + PAGE, end)]
            arrays = [
                pa.array([row[place] for row in rows], EVENT_SCHEMA[place].type) for place in places
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def recent(
        self, shopper: str, limit: int = 200, kinds: Collection[str] | None = None
    ) -> list[Event]:
        with self._lock:
            rows = self._by_shopper.get(shopper, [])
            told = [row for row in rows if kinds is None or row[_KIND] in kinds]
        history = sorted(told, key=lambda row: row[_TIME])
        # Reversed after a stable sort: of two at the same time, the later stored is newer.
        return [from_row(row) for row in history[::-1][: max(limit, 0)]]


class MemoryCheckpoints:
    """Notes in a dictionary."""

    def __init__(self) -> None:
        self._notes: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self._notes.get(key)

    def put(self, key: str, value: str | None) -> None:
        check_note(key, value)
        if value is None:
            self._notes.pop(key, None)
        else:
            self._notes[key] = value


class MemoryKeys:
    """Keys and the audit log in a dictionary and a list."""

    def __init__(self) -> None:
        self._keys: dict[str, Key] = {}
        self._acts: list[Act] = []

    def put(self, key: Key) -> None:
        check_key(key)
        self._keys[key.id] = key

    def get(self, id: str) -> Key | None:
        return self._keys.get(id)

    def all(self) -> list[Key]:
        return in_order(self._keys.values())

    def note(self, act: Act) -> None:
        check_act(act)
        self._acts.append(act)

    def acts(self, limit: int = 100) -> list[Act]:
        return self._acts[::-1][: max(limit, 0)]


class MemoryStore:
    """All of one shop, for as long as the process lives."""

    def __init__(self) -> None:
        self.catalogue = MemoryCatalogue()
        self.events = MemoryEventLog()
        self.checkpoints = MemoryCheckpoints()
        self.keys = MemoryKeys()

    def close(self) -> None:
        """Nothing to give back."""
