"""One database: its connections, its transactions, and its errors in our words."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import pyarrow as pa
from sqlalchemy import Connection, Engine, Table, exc

from zhiyin.core import Unavailable, ZhiyinError


class Backend(Protocol):
    """What SQLite and Postgres do each in their own way."""

    def engine(self) -> Engine:
        """A new engine; nothing is opened yet."""
        ...

    def lock_schema(self, connection: Connection) -> None:
        """Let nobody else change the tables until this transaction ends."""
        ...

    def insert(self, connection: Connection, rows: pa.Table) -> int:
        """Store events with columns in the order of the table; how many ids were new."""
        ...

    def look_up(
        self, connection: Connection, table: Table, shop: int, ids: Sequence[str]
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of ``table`` that have one of ``ids``, without their shop."""
        ...

    def page(
        self, connection: Connection, shop: int, low: int, high: int, columns: Sequence[str]
    ) -> pa.RecordBatch:
        """The events numbered ``low < n <= high``, in that order."""
        ...

    def explain(self, name: str, error: Exception) -> ZhiyinError | None:
        """The driver's error in our words; None where it is a mistake of ours."""
        ...


class Database:
    """Transactions on one database, safe for threads and after a fork."""

    def __init__(self, name: str, backend: Backend) -> None:
        self.name = name
        """The URL without its password, for messages."""
        self.backend = backend
        self.engine = backend.engine()
        driver: Any = self.engine.dialect.loaded_dbapi
        self._errors: tuple[type[Exception], ...] = (exc.DBAPIError, driver.Error)
        self._process = os.getpid()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database."""
        with self._translated(), self._open("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is on disk, whole, when the block has ended without an error."""
        with self._translated(), self._open("BEGIN IMMEDIATE") as connection:
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def _open(self, begin: str) -> Iterator[Connection]:
        if self._process != os.getpid():
            # A forked child must not speak on its parent's connections.
            self.engine.dispose(close=False)
            self._process = os.getpid()
        with self.engine.connect() as connection:
            connection.execution_options(zhiyin_begin=begin)
            with connection.begin():
                yield connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except exc.TimeoutError as error:
            raise Unavailable(
                what=self.name,
                problem="all its connections are in use",
                problem_zh="连接已全部占用",
                remedy="try again, or run fewer requests at a time",
                remedy_zh="请重试，或减少同时进行的请求",
            ) from error
        except self._errors as error:
            original = getattr(error, "orig", None) or error
            known = self.backend.explain(self.name, original)
            if known is None:
                raise
            # Idle connections may have died with this one; the next call makes new ones.
            self.engine.dispose()
            raise known from error
