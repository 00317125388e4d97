"""Postgres: the database for shops that outgrow a file, or share a server."""

import io
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, text

from zhiyin.core import EVENT_SCHEMA, Damaged, Unavailable, ZhiyinError
from zhiyin.data.stores.schema import EVENT, names_of

_IDS = 1_000  # looked up at a time
_NAMES = ", ".join(column.name for column in EVENT.columns)
# One lock for whoever changes the tables, whichever zhiyin it is: "zhiyin" in ASCII.
_SCHEMA_LOCK = 0x7A686979696E
_INCOMING = (
    f"CREATE TEMPORARY TABLE IF NOT EXISTS zhiyin_incoming (LIKE {EVENT.name}) "
    "ON COMMIT DELETE ROWS"
)
_COPY_IN = f"COPY zhiyin_incoming ({_NAMES}) FROM STDIN (FORMAT csv)"
_INSERT_MANY = (
    f"INSERT INTO {EVENT.name} ({_NAMES}) SELECT {_NAMES} FROM zhiyin_incoming ORDER BY number "
    "ON CONFLICT (shop, id) DO NOTHING"
)
_FEW = 200  # rows; for so few, emptying the temporary table costs more than it saves
_INSERT_ONE = (
    f"INSERT INTO {EVENT.name} ({_NAMES}) "
    f"VALUES ({', '.join(['%s'] * len(EVENT.columns))}) ON CONFLICT (shop, id) DO NOTHING"
)
# "Acknowledged means durable" is ours to keep, whatever the server's default is.
_DURABLE = (
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') = 'off'"
)


class Postgres:
    """A database on a server, reached through psycopg 3."""

    def __init__(self, url: URL) -> None:
        self.url = url

    def engine(self) -> Engine:
        if find_spec("psycopg") is None:
            raise Unavailable(
                what="Postgres",
                problem="psycopg is not installed",
                problem_zh="未安装 psycopg",
                remedy="pip install 'zhiyin[postgres]'",
            )
        # What the URL itself says goes before.
        usual = {"application_name": "zhiyin", "connect_timeout": 10}
        engine = create_engine(
            self.url.set(drivername="postgresql+psycopg"),
            connect_args={name: usual[name] for name in set(usual) - set(self.url.query)},
            pool_size=8,
            max_overflow=24,
        )
        event.listen(engine, "connect", _prepare)
        return engine

    def lock_schema(self, connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHEMA_LOCK})

    def insert(self, connection: Connection, rows: pa.Table) -> int:
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor:
            if rows.num_rows <= _FEW:
                columns = [column.to_pylist() for column in rows.columns]
                cursor.executemany(_INSERT_ONE, list(zip(*columns, strict=True)))
            else:
                cursor.execute(_INCOMING)
                with cursor.copy(_COPY_IN) as copy:
                    copy.write(_lines(rows))
                cursor.execute(_INSERT_MANY)
            new: int = cursor.rowcount
        return new

    def look_up(
        self, connection: Connection, table: Table, shop: int, ids: Sequence[str]
    ) -> Iterator[tuple[Any, ...]]:
        query = f"SELECT {names_of(table)} FROM {table.name} WHERE shop = %s AND id = ANY(%s)"
        driver: Any = connection.connection.driver_connection
        for low in range(0, len(ids), _IDS):
            yield from driver.execute(query, (shop, list(ids[low : low + _IDS])))

    def page(
        self, connection: Connection, shop: int, low: int, high: int, columns: Sequence[str]
    ) -> pa.RecordBatch:
        wanted = (
            f"SELECT {', '.join(columns)} FROM {EVENT.name} "
            "WHERE shop = %s AND number > %s AND number <= %s ORDER BY number"
        )
        driver: Any = connection.connection.driver_connection
        # Three times as fast as COPY, which psycopg hands out one Python object per line.
        with driver.cursor(binary=True) as cursor:
            rows = cursor.execute(wanted, (shop, low, high)).fetchall()
        values = zip(*rows, strict=True) if rows else [()] * len(columns)
        fields = [EVENT_SCHEMA.field(name) for name in columns]
        arrays = [pa.array(v, f.type) for v, f in zip(values, fields, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))

    def explain(self, name: str, error: Exception) -> ZhiyinError | None:
        from psycopg import InterfaceError, OperationalError, errors

        problem = str(error).strip()
        if isinstance(error, errors.DataCorrupted | errors.IndexCorrupted):
            remedy = ("restore a copy of the database", "请恢复数据库的备份")
            return Damaged(what=name, problem=problem, remedy=remedy[0], remedy_zh=remedy[1])
        if isinstance(error, errors.DiskFull):
            remedy = ("free space on the server's disk, then try again", "请清理服务器磁盘后重试")
        elif isinstance(error, errors.InsufficientPrivilege):
            remedy = ("let the user of the URL make and write tables", "请授权该用户建表与写入")
        elif isinstance(error, errors.ReadOnlySqlTransaction):
            remedy = ("name a server that takes writes", "请指定可写入的服务器")
        elif isinstance(error, OperationalError | InterfaceError):
            remedy = (
                "check that the server runs and that the URL is right, then try again",
                "请确认服务器在运行且 URL 正确，然后重试",
            )
        else:
            return None
        return Unavailable(what=name, problem=problem, remedy=remedy[0], remedy_zh=remedy[1])


def _prepare(connection: Any, record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_DURABLE)
    connection.commit()


def _lines(rows: pa.Table) -> memoryview:
    """The rows as CSV: text in quotes and null without, so that empty text stays text."""
    buffer = io.BytesIO()
    csv.write_csv(rows, buffer, csv.WriteOptions(include_header=False))
    return buffer.getbuffer()
