"""The last word about every item, out of more news than memory holds.

Some systems write items as a log: at this time, this field became that. The log is
put in order in a temporary SQLite file, so memory does not grow with it.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

News = tuple[str, str, int, Any]
"""Item, field, time, value."""


def latest(news: Iterable[News]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every item with the newest value of each field, in the order of the ids.

    Example:
        >>> list(latest([("a", "price", 1, 9), ("a", "price", 2, 8)]))
        [('a', {'price': 8})]
    """
    with TemporaryDirectory(prefix="zhiyin-import-") as folder:
        database = sqlite3.connect(Path(folder) / "latest.db", isolation_level=None)
        try:
            yield from _merged(database, news)
        finally:
            database.close()


def _merged(
    database: sqlite3.Connection, news: Iterable[News]
) -> Iterator[tuple[str, dict[str, Any]]]:
    # The file is thrown away in any case: speed before safety.
    database.executescript("""
        PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -131072;
        CREATE TABLE latest (item, field, time, value, PRIMARY KEY (item, field)) WITHOUT ROWID;
        BEGIN;
    """)
    database.executemany(
        "INSERT INTO latest VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET time = excluded.time, value = excluded.value WHERE excluded.time >= time",
        ((item, field, time, json.dumps(value)) for item, field, time, value in news),
    )
    rows = database.execute("SELECT item, field, value FROM latest ORDER BY item, field")
    for item, fields in groupby(rows, key=lambda row: str(row[0])):
        yield item, {field: json.loads(value) for _, field, value in fields}
