"""The catalogue in a database: items as documents, every change numbered."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from zhiyin.core import Change, Item, Receipt, item_from_json
from zhiyin.data.stores.admission import storable
from zhiyin.data.stores.counters import Counter
from zhiyin.data.stores.database import Database
from zhiyin.data.stores.documents import patched, to_document, unknown
from zhiyin.data.stores.schema import CHANGES, ITEM

_CHUNK = 1_000  # items written at a time
_STREAM = 500  # documents held at a time


class SqlCatalogue:
    """The items of one shop in one database."""

    def __init__(self, database: Database, shop: int) -> None:
        self._database = database
        self._shop = shop
        self._counter = Counter(shop, CHANGES)

    def upsert(self, items: Sequence[Item]) -> Receipt:
        wanted = [(item.id, to_document(item)) for item in items]
        with self._database.writing() as connection:
            new = self._change(connection, wanted)
        return Receipt(new=new, seen=len(wanted) - new)

    def patch(self, id: str, changes: dict[str, Any]) -> Item:
        with self._database.writing() as connection:
            # The lock comes before the look: two patches at once both take effect.
            self._counter.lock(connection)
            document = self._documents(connection, [id]).get(id)
            if document is None:
                raise unknown(id)
            after = patched(item_from_json(document), changes)
            self._change(connection, [(id, to_document(after))])
        return after

    def delete(self, ids: Sequence[str]) -> int:
        wanted = [(id, None) for id in ids if storable(id)]
        with self._database.writing() as connection:
            return self._change(connection, wanted)

    def get(self, ids: Sequence[str]) -> list[Item | None]:
        with self._database.reading() as connection:
            documents = self._documents(connection, [id for id in ids if storable(id)])
        return [None if (text := documents.get(id)) is None else item_from_json(text) for id in ids]

    def changes(self, since: int = 0) -> Iterator[Change]:
        steps = (
            select(ITEM.c.number, ITEM.c.id, ITEM.c.document)
            .where(ITEM.c.shop == self._shop, ITEM.c.number > since)
            .order_by(ITEM.c.number)
        )
        # One statement sees one state of the catalogue, however long the reader takes.
        with self._database.reading() as connection:
            connection.execution_options(stream_results=True, yield_per=_STREAM)
            with connection.execute(steps) as rows:
                for number, id, text in rows:
                    yield Change(number, id, None if text is None else item_from_json(text))

    def count(self) -> int:
        with self._database.reading() as connection:
            return self._counter.read(connection)[1]

    def _change(self, connection: Connection, wanted: Sequence[tuple[str, str | None]]) -> int:
        """Give each id its document, None to delete it; how many were not so already."""
        last, total = self._counter.lock(connection)
        changed = 0
        for low in range(0, len(wanted), _CHUNK):
            chunk = wanted[low : low + _CHUNK]
            now = self._documents(connection, [id for id, _ in chunk])
            rows: dict[str, tuple[int, str, int, str | None]] = {}
            for id, document in chunk:
                before = now.get(id)
                if before != document:
                    changed, last = changed + 1, last + 1
                    total += (document is not None) - (before is not None)
                    now[id] = document
                    rows[id] = (self._shop, id, last, document)
            self._store(connection, list(rows.values()))
        if changed:
            self._counter.write(connection, last, total)
        return changed

    def _documents(self, connection: Connection, ids: Sequence[str]) -> dict[str, str | None]:
        rows = self._database.backend.look_up(connection, ITEM, self._shop, ids)
        return {id: document for id, _, document in rows}

    def _store(self, connection: Connection, rows: list[tuple[int, str, int, str | None]]) -> None:
        if not rows:
            return
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        statement = insert(ITEM)
        fresh = {name: statement.excluded[name] for name in ("number", "document")}
        statement = statement.on_conflict_do_update(index_elements=["shop", "id"], set_=fresh)
        names = ITEM.columns.keys()
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])
