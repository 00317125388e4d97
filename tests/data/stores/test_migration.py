"""Tables are made once, by whoever comes first, and never by an older version."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from zhiyin.core import Act, Item, Unavailable
from zhiyin.data.stores import open_store
from zhiyin.data.stores.migration import VERSION_TABLE
from zhiyin.data.stores.schema import METADATA

_OPEN = """
import sys
from zhiyin.core import Item
from zhiyin.data.stores import open_store
store = open_store(sys.argv[1], "shop")
store.catalogue.upsert([Item(sys.argv[2])])
store.close()
print("alembic" in sys.modules)
"""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/shop.db"
    else:
        yield request.getfixturevalue("postgres_url")


def run(url: str, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _OPEN, url, name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_steps_lead_to_the_tables_of_the_code(url: str) -> None:
    open_store(url, "shop").close()
    engine = create_engine(make_url(url.replace("postgresql:", "postgresql+psycopg:")))
    with engine.connect() as connection:
        ours = {"include_name": lambda name, kind, _: kind != "table" or name != VERSION_TABLE}
        context = MigrationContext.configure(connection, opts={**ours, "compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_processes_that_open_at_once_make_the_tables_once(url: str) -> None:
    running = [run(url, f"item{n}") for n in range(4)]
    for process in running:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    store = open_store(url, "shop")
    assert store.catalogue.count() == 4
    store.close()


def test_an_up_to_date_database_opens_without_alembic(url: str) -> None:
    open_store(url, "other").close()
    output, errors = run(url, "item").communicate(timeout=60)
    assert output == "False\n", errors


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shop.db"
    open_store(url, "shop").close()
    connection = sqlite3.connect(tmp_path / "shop.db")
    with connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    connection.close()
    with pytest.raises(Unavailable, match=r"version 9999.*update zhiyin"):
        open_store(url, "shop")


def test_a_migration_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/shop.db"

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr("alembic.op.create_index", fail)
    with pytest.raises(RuntimeError, match="power"):
        open_store(url, "shop")
    connection = sqlite3.connect(tmp_path / "shop.db")
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()
    monkeypatch.undo()
    open_store(url, "shop").close()


def test_a_shop_of_the_first_step_is_brought_up_to_date(url: str) -> None:
    store = open_store(url, "shop")
    store.catalogue.upsert([Item("scarf")])
    store.close()
    engine = create_engine(make_url(url.replace("postgresql:", "postgresql+psycopg:")))
    with engine.begin() as connection:  # back to what the first step made
        connection.exec_driver_sql("DROP TABLE zhiyin_key")
        connection.exec_driver_sql("DROP TABLE zhiyin_act")
        connection.exec_driver_sql("DELETE FROM zhiyin_counter WHERE name = 'acts'")
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '0001'")
    engine.dispose()
    store = open_store(url, "shop")
    store.keys.note(Act(datetime(2026, 3, 1, tzinfo=UTC), "terminal", "key.create"))
    assert [act.what for act in store.keys.acts()] == ["key.create"]
    assert store.catalogue.get(["scarf"]) == [Item("scarf")]
    store.close()
