"""Vectors kept on disk: what was encoded once is not encoded again.

One SQLite file for any number of encoders, keyed by the encoder's name and the hash of
the content, so the same text in a hundred goods costs one row, and a changed content or
encoder finds nothing old. Every portion is committed when it is done: a run that is
killed goes on where it was. Several processes may share the file.

Only vectors are kept. What could not be encoded is tried again next time, which is
quick, and gives its reason again. The file is no more than a saving: it may be deleted.
"""

import sqlite3
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from threading import RLock
from typing import Any, Self

import numpy as np

from zhiyin.core import Conflict, Damaged, Encoded, Encoder, Modality, Unavailable
from zhiyin.encoders.rows import Rows

PORTION = 256
"""Contents that are encoded and committed at a time, and so may be lost."""
_MARK = 0x7A685676  # "zhVv", by which the file is known
_FORM = 1
_WAIT = 60.0  # seconds for another process that writes
_ASKED = 500  # keys per query; SQLite's oldest limit is 999
_TABLES = (
    "CREATE TABLE encoders (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
    "modality TEXT NOT NULL, width INTEGER NOT NULL, UNIQUE (name, modality))",
    "CREATE TABLE vectors (encoder INTEGER NOT NULL, content BLOB NOT NULL, "
    "vector BLOB NOT NULL, UNIQUE (encoder, content))",
)


class Kept:
    """An encoder that remembers, in ``file``, what the encoder inside it made."""

    def __init__(self, encoder: Encoder, file: Path, portion: int = PORTION) -> None:
        self.inner = encoder
        self.file = file
        self.portion = portion
        self.found = 0
        """Contents that had not to be encoded, so far."""
        self._connection: sqlite3.Connection | None = None
        self._number = 0
        self._lock = RLock()

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def modality(self) -> Modality:
        return self.inner.modality

    @property
    def width(self) -> int:
        return self.inner.width

    def encode(self, contents: Sequence[Any]) -> Encoded:
        vectors = np.full((len(contents), self.width), np.nan, np.float32)
        troubles = []
        for start in range(0, len(contents), self.portion):
            part = contents[start : start + self.portion]
            encoded = self._portion(part)
            vectors[start : start + len(part)] = encoded.vectors
            troubles += [replace(t, row=t.row + start) for t in encoded.troubles]
        return Encoded(vectors, tuple(troubles))

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _portion(self, contents: Sequence[Any]) -> Encoded:
        keys = [_key(content) for content in contents]
        known = self._read(set(keys))
        self.found += sum(key in known for key in keys)
        fresh = {key: n for n, key in enumerate(keys) if key not in known}  # one of each
        wanted = [*fresh.items()]
        encoded = self.inner.encode([contents[n] for _, n in wanted])
        troubles = {wanted[t.row - 1][0]: t for t in encoded.troubles}
        made = dict(zip(fresh, encoded.vectors, strict=True))
        self._write({key: row for key, row in made.items() if np.isfinite(row).all()})
        known.update(made)
        rows = [known[key] for key in keys]
        return Encoded(
            np.stack(rows) if rows else np.empty((0, self.width), np.float32),
            tuple(replace(troubles[k], row=n + 1) for n, k in enumerate(keys) if k in troubles),
        )

    def _read(self, keys: set[bytes]) -> dict[bytes, Rows]:
        found: dict[bytes, Rows] = {}
        asked = sorted(keys)
        with self._opened() as connection:
            for start in range(0, len(asked), _ASKED):
                part = asked[start : start + _ASKED]
                places = ",".join("?" * len(part))
                rows = connection.execute(
                    "SELECT content, vector FROM vectors "
                    f"WHERE encoder = ? AND content IN ({places})",
                    (self._number, *part),
                )
                found.update((key, self._unpacked(blob)) for key, blob in rows)
        return found

    def _write(self, rows: dict[bytes, Rows]) -> None:
        if not rows:
            return
        packed = [(self._number, key, _packed(row)) for key, row in rows.items()]
        with self._opened() as connection, connection:
            # Another process may have been quicker; its vector is as good.
            connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)", packed)

    def _unpacked(self, blob: Any) -> Rows:
        good = isinstance(blob, bytes) and len(blob) == 4 * self.width + 4
        if not good or zlib.crc32(blob[:-4]) != int.from_bytes(blob[-4:], "little"):
            raise self._damaged("a vector has other bytes than were written")
        return np.frombuffer(blob[:-4], "<f4").astype(np.float32)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._connect()
                yield self._connection
            except (sqlite3.OperationalError, OSError) as error:  # full, locked, not allowed
                raise Unavailable(
                    what=f"the vectors kept in {self.file}",
                    what_zh=f"存放向量的文件 {self.file}",
                    problem=str(error),
                    remedy="make room or let it be written, or name another file",
                    remedy_zh="请腾出空间或允许写入，或换一个文件",
                ) from error
            except sqlite3.DatabaseError as error:
                # Never advise to delete what may be somebody's own file.
                if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                    raise self._foreign("no database") from error
                raise self._damaged(str(error)) from error

    def _connect(self) -> sqlite3.Connection:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.file, timeout=_WAIT, check_same_thread=False)
        try:
            self._prepare(connection)
            self._number = self._registered(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables in an empty file; refuse a file that is anything else."""
        with connection:
            connection.execute("BEGIN IMMEDIATE")  # one process makes the tables
            mark = connection.execute("PRAGMA application_id").fetchone()[0]
            form = connection.execute("PRAGMA user_version").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not tables and not mark:
                for statement in _TABLES:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {_MARK}")
                connection.execute(f"PRAGMA user_version = {_FORM}")
            elif mark != _MARK:
                raise self._foreign("a database of something else")
            elif form != _FORM:
                raise self._foreign(f"of form {form}, this version reads {_FORM}")
        _write_ahead(connection)

    def _registered(self, connection: sqlite3.Connection) -> int:
        own = (self.name, self.modality, self.width)
        with connection:
            connection.execute(
                "INSERT OR IGNORE INTO encoders (name, modality, width) VALUES (?, ?, ?)", own
            )
        number, width = connection.execute(
            "SELECT number, width FROM encoders WHERE name = ? AND modality = ?", own[:2]
        ).fetchone()
        if width != self.width:
            raise Conflict(
                kind="encoder",
                kind_zh="编码器",
                name=self.name,
                remedy=f"it had width {width} and has {self.width} now: "
                f"name the other model, or delete {self.file}",
                remedy_zh=f"原来的宽度是 {width}，现在是 {self.width}："
                f"请写明模型名，或删除 {self.file}",
            )
        return int(number)

    def _foreign(self, problem: str) -> Conflict:
        return Conflict(
            kind="file",
            kind_zh="文件",
            name=str(self.file),
            remedy=f"it is {problem}; name another file",
            remedy_zh="它不是向量文件；请换一个文件名",
        )

    def _damaged(self, problem: str) -> Damaged:
        return Damaged(
            what=f"the file of vectors {self.file}",
            what_zh=f"向量文件 {self.file}",
            problem=problem,
            remedy="delete it: everything is encoded again",
            remedy_zh="请删除它：所有内容会重新编码",
        )


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Committed means safe from a kill, and readers do not wait for a writer."""
    end = time.monotonic() + _WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError:  # two who turn it on at once do not wait by themselves
            if time.monotonic() > end:
                raise
            time.sleep(0.01)
    connection.execute("PRAGMA synchronous = NORMAL")


def _key(content: Any) -> bytes:
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    return blake2b(content, digest_size=16).digest()


def _packed(row: Rows) -> bytes:
    numbers = row.astype("<f4").tobytes()
    return numbers + zlib.crc32(numbers).to_bytes(4, "little")
