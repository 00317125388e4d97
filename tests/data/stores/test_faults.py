"""A database that fails says so; nothing is half done; afterwards all goes on."""

import os
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from zhiyin.core import Damaged, Event, Item, Store, Unavailable, to_batch
from zhiyin.data.stores import open_store, sqlite

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def views(count: int, start: int = 0) -> list[Event]:
    return [Event(f"e{n}", "lin", "view", NOON, "scarf") for n in range(start, start + count)]


def ids(store: Store) -> list[str]:
    return [id for batch in store.events.read(columns=["id"]) for id in batch["id"].to_pylist()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


@pytest.fixture
def store(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    store = open_store(f"sqlite:///{file}", "shop")
    yield store
    store.close()


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process may grow beyond ``size`` bytes: a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_said_and_loses_nothing(store: Store, file: Path) -> None:
    store.events.append(to_batch(views(10)))
    acknowledged = 10
    with largest_file(file.stat().st_size + 300_000):
        with pytest.raises(Unavailable, match="free space on the disk"):
            for start in range(10, 100_000, 500):
                store.events.append(to_batch(views(500, start)))
                acknowledged = start + 500
        with pytest.raises(Unavailable):
            store.catalogue.upsert([Item(f"i{n}", "title" * 100) for n in range(2_000)])
        assert len(ids(store)) == acknowledged
    assert store.events.append(to_batch(views(acknowledged + 500))).new == 500
    assert ids(store) == [event.id for event in views(acknowledged + 500)]
    assert store.catalogue.count() == 0
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_locked_database_is_said_and_works_again_afterwards(store: Store, file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for work in (
        lambda: store.events.append(to_batch(views(1))),
        lambda: store.catalogue.upsert([Item("a")]),
        lambda: store.checkpoints.put("k", "v"),
    ):
        with pytest.raises(Unavailable, match="let the other program finish"):
            work()
    assert store.events.count() == 0  # reading goes on beside a writer
    other.execute("COMMIT")
    other.close()
    assert store.events.append(to_batch(views(1))).new == 1


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "shop.db").write_text("id,shopper,item\n" * 1_000)
    with pytest.raises(Damaged, match="not a database"):
        open_store("sqlite:///shop.db", "shop", folder=tmp_path)
    assert (tmp_path / "shop.db").read_text().startswith("id,")


def test_overwritten_pages_are_damage(file: Path) -> None:
    store = open_store(f"sqlite:///{file}", "shop")
    store.catalogue.upsert([Item(f"i{n}", "title" * 50) for n in range(500)])
    store.close()
    size = file.stat().st_size
    with file.open("r+b") as handle:
        handle.seek(4096 * 3)
        handle.write(os.urandom(size - 4096 * 4))
    with pytest.raises(Damaged, match="restore a copy"):
        store = open_store(f"sqlite:///{file}", "shop")
        try:
            list(store.catalogue.changes())
        finally:
            store.close()


def test_a_forked_child_uses_connections_of_its_own(store: Store) -> None:
    store.events.append(to_batch(views(1)))
    child = os.fork()
    if child == 0:
        new = store.events.append(to_batch(views(2))).new
        os._exit(0 if new == 1 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    store.events.append(to_batch(views(3)))
    assert ids(store) == ["e0", "e1", "e2"]


@pytest.mark.postgres
def test_after_a_dropped_connection_the_next_call_connects_again(postgres_url: str) -> None:
    store = open_store(postgres_url, "shop")
    store.events.append(to_batch(views(1)))
    for round in range(1, 4):
        _drop_connections(postgres_url)
        with pytest.raises(Unavailable, match="check that the server runs"):
            store.events.append(to_batch(views(300 * round)))
        receipt = store.events.append(to_batch(views(300 * round)))
        assert receipt.new + receipt.seen == 300 * round
    _drop_connections(postgres_url)
    with pytest.raises(Unavailable):
        ids(store)
    assert ids(store) == [event.id for event in views(900)]
    store.close()


@pytest.mark.postgres
def test_a_connection_dropped_while_items_stream_is_said(postgres_url: str) -> None:
    store = open_store(postgres_url, "shop")
    store.catalogue.upsert([Item(f"i{n}") for n in range(2_000)])
    changes = store.catalogue.changes()
    next(changes)
    _drop_connections(postgres_url)
    with pytest.raises(Unavailable):
        list(changes)
    assert len(list(store.catalogue.changes())) == 2_000
    store.close()


def _drop_connections(url: str) -> None:
    """Cut this test's connections, as a server that restarts would."""
    import psycopg

    name = make_url(url).query["application_name"]
    with psycopg.connect(url.partition("?")[0], autocommit=True) as connection:
        cut = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE application_name = %s",
            [name],
        ).fetchall()
    connection.close()
    assert cut
