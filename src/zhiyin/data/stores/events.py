"""The event log in a database: append once, read a cut, look up a shopper."""

from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate, pairwise

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, bindparam, select

from zhiyin.core import EVENT_SCHEMA, Event, Receipt, Refusal, from_row, shorten
from zhiyin.data.stores.admission import admit, event_columns, storable
from zhiyin.data.stores.counters import Counter
from zhiyin.data.stores.database import Database
from zhiyin.data.stores.schema import EVENT, EVENTS
from zhiyin.data.stores.together import Together

PAGE = 65_536  # rows of one batch read
LARGEST_COMMIT = 200_000  # rows of several callers written together

_COLUMNS = [EVENT.c[name] for name in EVENT_SCHEMA.names]
_RECENT = (
    select(*_COLUMNS)
    .where(EVENT.c.shop == bindparam("shop_key"), EVENT.c.shopper == bindparam("who"))
    .order_by(EVENT.c.time.desc(), EVENT.c.number.desc())
    .limit(bindparam("most"))
)
_RECENT_OF = _RECENT.where(EVENT.c.kind.in_(bindparam("kinds", expanding=True)))


class SqlEventLog:
    """The events of one shop in one database."""

    def __init__(self, database: Database, shop: int) -> None:
        self._database = database
        self._shop = shop
        self._counter = Counter(shop, EVENTS)
        self._together: Together[pa.RecordBatch, Receipt] = Together(self._write, LARGEST_COMMIT)

    def append(self, batch: pa.RecordBatch) -> Receipt:
        admitted = admit(batch)
        rows = admitted.rows
        if not rows.num_rows:
            return admitted.receipt(Receipt())
        return admitted.receipt(self._together.submit(rows, rows.num_rows))

    def cut(self) -> int:
        with self._database.reading() as connection:
            return self._counter.read(connection)[0]

    def count(self) -> int:
        with self._database.reading() as connection:
            return self._counter.read(connection)[1]

    def read(
        self, since: int = 0, until: int | None = None, columns: Sequence[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        names = event_columns(columns)
        end = self.cut() if until is None else min(until, self.cut())
        # A page is a transaction: nothing stays open while the reader works.
        for low in range(max(since, 0), end, PAGE):
            with self._database.reading() as connection:
                page = self._database.backend.page(
                    connection, self._shop, low, min(low + PAGE, end), names
                )
            if page.num_rows:
                yield page

    def recent(
        self, shopper: str, limit: int = 200, kinds: Collection[str] | None = None
    ) -> list[Event]:
        if not storable(shopper):
            return []
        place: dict[str, object] = {"shop_key": self._shop, "who": shopper, "most": max(limit, 0)}
        query = _RECENT
        if kinds is not None:
            query, place["kinds"] = _RECENT_OF, [kind for kind in kinds if storable(kind)]
        with self._database.reading() as connection:
            return [from_row(row) for row in connection.execute(query, place)]

    def _write(self, batches: list[pa.RecordBatch]) -> list[Receipt]:
        rows = pa.Table.from_batches(batches)
        with self._database.writing() as connection:
            before, total = self._counter.lock(connection)
            new = self._database.backend.insert(connection, self._numbered(rows, before))
            old = np.array([], np.int64)
            if new < rows.num_rows:
                stored = self._numbers_after(connection, before)
                old = np.setdiff1d(np.arange(rows.num_rows), stored - before - 1)
            refused = self._other_content(connection, rows.take(old)) if len(old) else {}
            if new:
                last = before + rows.num_rows if not len(old) else int(stored[-1])
                self._counter.write(connection, last, total + new)
        return _receipts(batches, old, refused)

    def _numbered(self, rows: pa.Table, before: int) -> pa.Table:
        """The rows as the table has them: shop and number first."""
        numbers = pa.array(np.arange(before + 1, before + 1 + rows.num_rows))
        shop = pa.repeat(pa.scalar(self._shop, pa.int32()), rows.num_rows)
        return rows.add_column(0, "number", numbers).add_column(0, "shop", shop)

    def _numbers_after(self, connection: Connection, before: int) -> np.ndarray:
        numbers = select(EVENT.c.number).where(EVENT.c.shop == self._shop, EVENT.c.number > before)
        return np.array(sorted(connection.execute(numbers).scalars()), np.int64)

    def _other_content(self, connection: Connection, rows: pa.Table) -> dict[int, str]:
        """Of rows whose ids are stored: place and id of those that say something else."""
        ids = rows.column("id").to_pylist()
        look_up = self._database.backend.look_up
        # A stored row begins with its number; what was given has none.
        known = {row[1]: row[1:] for row in look_up(connection, EVENT, self._shop, ids)}
        columns = [column.to_pylist() for column in rows.columns]
        given = enumerate(zip(*columns, strict=True))
        return {place: row[0] for place, row in given if known[row[0]] != row}


def _receipts(
    batches: list[pa.RecordBatch], old: np.ndarray, refused: dict[int, str]
) -> list[Receipt]:
    """Each caller's own receipt; ``refused`` speaks of places in ``old``."""
    bounds = [0, *accumulate(batch.num_rows for batch in batches)]
    receipts = []
    for low, high in pairwise(bounds):
        first, last = np.searchsorted(old, [low, high])
        own = tuple(
            _other(int(old[place]) - low + 1, refused[place])
            for place in range(first, last)
            if place in refused
        )
        kept = int(last - first)
        receipts.append(Receipt(high - low - kept, kept - len(own), own))
    return receipts


def _other(row: int, id: str) -> Refusal:
    return Refusal("other_content", row, "id", shorten(id))
