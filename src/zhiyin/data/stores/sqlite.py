"""SQLite: the database in one file, which needs no server."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Engine, QueuePool, Table, create_engine, event

from zhiyin.core import Damaged, Unavailable, ZhiyinError
from zhiyin.data.stores import sqlitepages
from zhiyin.data.stores.schema import EVENT, names_of

OLDEST = (3, 35, 0)  # RETURNING, and upserts as we write them
BUSY_SECONDS = 30.0
# Memory of one connection. With the indexes' hot pages in it, bulk is a third faster; the
# many connections that only read must not each take as much.
_CACHE_KIB, _BULK_CACHE_KIB = 8_192, 65_536
# Pages of 4 KiB that wait in the write-ahead file. Random ids touch most pages of an index
# in every batch: moved every few batches, not after each, bulk is a quarter faster at 6 M.
_LOG_PAGES, _BULK_LOG_PAGES = 1_000, 100_000
_BULK = 1_000  # rows

_INSERT = (
    f"INSERT INTO {EVENT.name} VALUES ({', '.join('?' * len(EVENT.columns))}) "
    "ON CONFLICT DO NOTHING"
)
_WAIT = ("let the other program finish writing, then try again", "请等其他程序写完后重试")
_ALLOW = ("allow writing to the file and its folder", "请允许写入该文件及其文件夹")
_REMEDIES = {
    sqlite3.SQLITE_BUSY: _WAIT,
    sqlite3.SQLITE_LOCKED: _WAIT,
    sqlite3.SQLITE_READONLY: _ALLOW,
    sqlite3.SQLITE_PERM: _ALLOW,
    sqlite3.SQLITE_IOERR: (
        "free space on the disk or check it, then try again",
        "请清理或检查磁盘后重试",
    ),
    sqlite3.SQLITE_FULL: ("free space on the disk, then try again", "请清理磁盘后重试"),
    sqlite3.SQLITE_CANTOPEN: ("check the path and its permissions", "请检查路径与权限"),
}
_RESTORE = (
    "restore a copy, or name another file in store = sqlite:///…",
    "请恢复备份，或在 store = sqlite:///… 中指定别的文件",
)


class Sqlite:
    """A file in write-ahead mode; every commit is forced to disk."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def engine(self) -> Engine:
        if sqlite3.sqlite_version_info < OLDEST:
            raise Unavailable(
                what="SQLite",
                problem=f"Python's is {sqlite3.sqlite_version}, too old",
                problem_zh=f"此 Python 自带 {sqlite3.sqlite_version}，版本过旧",
                remedy="use a Python with SQLite 3.35 or newer, or store = postgresql://…",
                remedy_zh="请用带 SQLite 3.35 以上的 Python，或 store = postgresql://…",
            )
        engine = create_engine(
            "sqlite://",
            creator=self._connect,
            poolclass=QueuePool,
            pool_size=16,
            max_overflow=100,
            pool_use_lifo=True,
        )
        event.listen(engine, "begin", _begin)
        return engine

    def lock_schema(self, connection: Connection) -> None:
        """Nothing to do: a writing transaction is alone in the file."""

    def insert(self, connection: Connection, rows: pa.Table) -> int:
        bulk = rows.num_rows > _BULK
        if bulk:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{_BULK_CACHE_KIB}")
        pages = _BULK_LOG_PAGES if bulk else _LOG_PAGES
        connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint = {pages}")
        values = list(zip(*(column.to_pylist() for column in rows.columns), strict=True))
        return connection.exec_driver_sql(_INSERT, values).rowcount

    def look_up(
        self, connection: Connection, table: Table, shop: int, ids: Sequence[str]
    ) -> Iterator[tuple[Any, ...]]:
        # One by one: given a list, SQLite may choose to walk all rows of the shop instead.
        query = f"SELECT {names_of(table)} FROM {table.name} WHERE shop = ? AND id = ?"
        driver: Any = connection.connection.driver_connection
        for id in ids:
            yield from driver.execute(query, (shop, id))

    def page(
        self, connection: Connection, shop: int, low: int, high: int, columns: Sequence[str]
    ) -> pa.RecordBatch:
        driver: Any = connection.connection.driver_connection
        return sqlitepages.page(driver, shop, low, high, columns)

    def explain(self, name: str, error: Exception) -> ZhiyinError | None:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest is detail
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            english, chinese = _RESTORE
            return Damaged(what=name, problem=str(error), remedy=english, remedy_zh=chinese)
        if code in _REMEDIES:
            english, chinese = _REMEDIES[code]
            return Unavailable(what=name, problem=str(error), remedy=english, remedy_zh=chinese)
        return None

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = FULL")
            # After bulk the write-ahead file shrinks to this again.
            connection.execute(f"PRAGMA journal_size_limit = {64 * 1024 * 1024}")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        except BaseException:
            connection.close()
            raise
        return connection


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("zhiyin_begin", "BEGIN"))


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the file to write-ahead mode, which SQLite does not wait for a lock to do."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            locked = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not locked or time.monotonic() > end:
                raise
            time.sleep(0.01)
