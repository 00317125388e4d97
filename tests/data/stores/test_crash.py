"""Killed at any moment: every acknowledged event is there, none twice, nothing broken."""

import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from zhiyin.core import Store
from zhiyin.data.stores import open_store

# Several threads append batches of 40; an id is printed only when it is acknowledged.
# Every run begins again with the first events, as an interrupted import does.
_APPEND = """
import sys
from datetime import UTC, datetime
from threading import Lock, Thread
from zhiyin.core import Event, to_batch
from zhiyin.data.stores import open_store

store, run, printing = open_store(sys.argv[1], "shop"), int(sys.argv[2]), Lock()

def write(thread):
    for number in range(10_000):
        size = 40 if thread else 400
        first = number * size if number % 2 else (run * 10_000 + number) * size
        names = [f"{thread}-{n}" for n in range(first, first + size)]
        time = datetime(2026, 1, 1, tzinfo=UTC)
        receipt = store.events.append(
            to_batch([Event(name, f"u{name}", "view", time, "scarf") for name in names])
        )
        assert receipt.new + receipt.seen == size, receipt
        store.checkpoints.put(f"thread {thread}", str(number))
        with printing:
            print(*names, flush=True)

for thread in range(3):
    Thread(target=write, args=[thread]).start()
"""


def killed(url: str, run: int, seconds: float) -> set[str]:
    """Append in a child, kill it after so many seconds of work; what it had acknowledged."""
    child = subprocess.Popen(
        [sys.executable, "-c", _APPEND, url, str(run)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    first = child.stdout.readline()
    time.sleep(seconds)
    child.kill()
    rest, _ = child.communicate()
    # The last line may be cut short by the kill: its ids are not all told.
    lines = [first, *rest.splitlines(keepends=True)]
    return {name for line in lines if line.endswith("\n") for name in line.split()}


def stored(store: Store) -> Counter[str]:
    batches = store.events.read(columns=["id"])
    return Counter(id for batch in batches for id in batch["id"].to_pylist())


def survive(url: str, kills: int, seed: int) -> Iterator[Store]:
    """Kill so many times; after each, check what must hold and hand out the store."""
    rng, acknowledged = Random(seed), set[str]()
    for run in range(kills):
        acknowledged |= killed(url, run, rng.uniform(0, 0.25))
        store = open_store(url, "shop")
        there = stored(store)
        assert not acknowledged - there.keys(), f"lost after kill {run}"
        assert max(there.values()) == 1, f"twice after kill {run}"
        assert store.events.count() == there.total()
        yield store
        store.close()
    assert len(acknowledged) > kills * 40


@pytest.mark.slow
def test_sqlite_survives_fifty_kills(tmp_path: Path) -> None:
    for store in survive(f"sqlite:///{tmp_path}/shop.db", kills=50, seed=11):
        with closing(sqlite3.connect(tmp_path / "shop.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        one = store.events.recent("u0-0")
        assert len(one) <= 1


def test_sqlite_survives_a_kill(tmp_path: Path) -> None:
    for _ in survive(f"sqlite:///{tmp_path}/shop.db", kills=2, seed=12):
        pass


@pytest.mark.slow
@pytest.mark.postgres
def test_postgres_survives_the_kill_of_its_clients(postgres_url: str) -> None:
    for _ in survive(postgres_url, kills=8, seed=13):
        pass
