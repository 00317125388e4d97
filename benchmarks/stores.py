"""How fast stores take events, beside the database's own tool in the same run.

    python -m benchmarks.stores --rows 1000000 --store sqlite

Appending: events as Arrow batches into an empty store, each batch on disk before the next,
beside ``sqlite3 .import`` or ``psql \\copy`` of the same rows into the same tables with the
same indexes, in one transaction. Then the newest events of a shopper, and single events
appended by many threads at once. Peak memory is that of a process which does nothing else.
"""

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass
from multiprocessing import get_context
from pathlib import Path
from threading import Thread
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
from sqlalchemy.engine import make_url

from benchmarks.record import peak_bytes, save, show
from zhiyin.core import EVENT_SCHEMA, Event, Store, moment, to_batch
from zhiyin.data.stores import open_store

SERVER = os.environ.get("ZHIYIN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
BATCH = 50_000
START = 1_767_225_600_000_000  # 2026
KINDS = np.array(["view", "click", "cart", "buy", "impression"])


@dataclass(frozen=True)
class Measured:
    """One line of the table."""

    what: str
    amount: float
    unit: str
    note: str = ""


def make_events(rows: int, ids: str = "random", seed: int = 7) -> Iterator[pa.RecordBatch]:
    """Events as a shop has them: skewed items and shoppers, in time order."""
    rng = np.random.default_rng(seed)
    for low in range(0, rows, BATCH):
        size = min(BATCH, rows - low)
        shopper = (rng.random(size) ** 2 * max(rows // 20, 10)).astype(np.int64)
        item = (rng.random(size) ** 3 * 50_000).astype(np.int64)
        kind = rng.choice(5, size, p=[0.6, 0.15, 0.1, 0.05, 0.1])
        shown = pa.array(kind == 4)
        number = np.arange(low, low + size)
        columns = {
            "id": _ids(rng, number) if ids == "random" else _named("e", number),
            "shopper": _named("u", shopper),
            "item": _named("item", item),
            "kind": pa.array(KINDS[kind]),
            "time": pa.array(START + number * 1_000_000 + rng.integers(0, 10**6, size)),
            "value": pa.array(rng.integers(1, 4, size).astype(float), mask=kind != 3),
            "session": _named("s", shopper * 7 + low // 200_000),
            "request": pc.if_else(shown, _named("r", number // 10), None),
            "surface": pc.if_else(shown, "home", None),
            "position": pa.array((number % 10).astype(np.int32), mask=kind != 4),
            "propensity": pa.array(rng.random(size), mask=kind != 4),
            "query": pa.nulls(size, pa.string()),
        }
        arrays = [columns[name].cast(EVENT_SCHEMA.field(name).type) for name in EVENT_SCHEMA.names]
        yield pa.RecordBatch.from_arrays(arrays, schema=EVENT_SCHEMA)


def append_events(url: str, folder: Path, rows: int, ids: str) -> tuple[float, float]:
    """Seconds to append ``rows`` events, and the peak memory of this process in MB."""
    store = open_store(url, "bench", folder=folder)
    seconds = 0.0
    for batch in make_events(rows, ids):
        start = time.perf_counter()
        store.events.append(batch)
        seconds += time.perf_counter() - start
    start = time.perf_counter()
    store.close()
    seconds += time.perf_counter() - start
    return seconds, peak_bytes() / 1e6


def read_events(url: str, folder: Path) -> tuple[float, float]:
    """Seconds to read what arrays are built from, and the peak memory in MB."""
    store = open_store(url, "bench", folder=folder)
    start = time.perf_counter()
    for _ in store.events.read(columns=["shopper", "item", "kind", "time", "value"]):
        pass
    seconds = time.perf_counter() - start
    store.close()
    return seconds, peak_bytes() / 1e6


def in_child(function: Callable[..., tuple[float, float]], *given: object) -> tuple[float, float]:
    """Run ``function`` in a fresh process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *given).result()


def write_csv(file: Path, rows: int, ids: str) -> None:
    """The same events as lines for the database's own tool, shop and number first."""
    number = 0
    with file.open("wb") as handle:
        for batch in make_events(rows, ids):
            numbers = pa.array(np.arange(number + 1, number + 1 + len(batch)))
            shop = pa.repeat(pa.scalar(1, pa.int32()), len(batch))
            table = pa.Table.from_batches([batch])
            table = table.add_column(0, "number", numbers).add_column(0, "shop", shop)
            csv.write_csv(table, handle, csv.WriteOptions(include_header=False))
            number += len(batch)


def tool_sqlite(folder: Path, lines: Path) -> float:
    """Seconds that ``sqlite3 .import`` takes, with our cache and our durability."""
    open_store("sqlite:///tool.db", "bench", folder=folder).close()
    script = (
        "PRAGMA synchronous = FULL;\nPRAGMA cache_size = -65536;\n"
        f".import --csv '{lines}' zhiyin_event\n"
    )
    start = time.perf_counter()
    subprocess.run(["sqlite3", folder / "tool.db"], input=script.encode(), check=True)
    return time.perf_counter() - start


def tool_postgres(url: str, lines: Path) -> float:
    r"""Seconds that ``psql \copy`` takes."""
    open_store(url, "bench").close()
    order = f"\\copy zhiyin_event FROM '{lines}' (FORMAT csv)"
    start = time.perf_counter()
    subprocess.run(["psql", "-q", "-d", url, "-c", order], check=True)
    return time.perf_counter() - start


def recent_latency(store: Store, looks: int = 2_000) -> tuple[float, float]:
    """Median and 99th percentile in microseconds of one shopper's newest 200 events."""
    rng = np.random.default_rng(1)
    shoppers = (rng.random(looks) ** 2 * max(store.events.count() // 20, 10)).astype(int)
    store.events.recent("warm")
    times = []
    for shopper in shoppers:
        start = time.perf_counter()
        store.events.recent(f"u{shopper}")
        times.append((time.perf_counter() - start) * 1e6)
    return float(np.percentile(times, 50)), float(np.percentile(times, 99))


def single_appends(store: Store, threads: int, seconds: float = 3.0) -> float:
    """Events a second, each appended alone and on disk before its thread sends the next."""
    end, done = time.perf_counter() + seconds, [0] * threads

    def write(thread: int) -> None:
        while time.perf_counter() < end:
            name = f"single-{uuid4()}"
            store.events.append(to_batch([Event(name, f"u{thread}", "view", moment(START))]))
            done[thread] += 1

    start = time.perf_counter()
    running = [Thread(target=write, args=[n]) for n in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(done) / (time.perf_counter() - start)


@contextmanager
def postgres_schema() -> Iterator[str]:
    """The URL of a schema of its own, dropped afterwards."""
    import psycopg

    name = f"zhiyin_bench_{uuid4().hex[:8]}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        url = make_url(SERVER).update_query_dict({"options": f"-csearch_path={name}"})
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            connection.execute(f"DROP SCHEMA {name} CASCADE")


def measure(kind: str, rows: int, ids: str, folder: Path) -> Iterator[Measured]:
    """Every line of the table for one kind of store."""
    lines = folder / "events.csv"
    write_csv(lines, rows, ids)
    if kind == "sqlite":
        tool, name = tool_sqlite(folder, lines), "sqlite3 .import"
        (folder / "tool.db").unlink()
        yield from _with_store("sqlite:///shop.db", folder, rows, ids, tool, name)
        return
    with postgres_schema() as url:
        tool, name = tool_postgres(url, lines), "psql \\copy"
    with postgres_schema() as url:
        yield from _with_store(url, folder, rows, ids, tool, name)


def _with_store(
    url: str, folder: Path, rows: int, ids: str, tool: float, name: str
) -> Iterator[Measured]:
    seconds, memory = in_child(append_events, url, folder, rows, ids)
    yield Measured(name, rows / tool, "rows/s", f"{tool:.1f} s, one transaction")
    yield Measured("append", rows / seconds, "rows/s", f"{seconds:.1f} s, peak {memory:.0f} MB")
    yield Measured("append, times the tool", seconds / tool, "x", "aim: under 3")
    seconds, memory = in_child(read_events, url, folder)
    yield Measured("read, 5 columns", rows / seconds, "rows/s", f"peak {memory:.0f} MB")
    store = open_store(url, "bench", folder=folder)
    half, most = recent_latency(store)
    yield Measured("recent(shopper), median", half, "µs", f"99 %: {most:.0f} µs")
    for threads in (1, 8, 32):
        rate = single_appends(store, threads)
        yield Measured(f"single events, {threads} threads", rate, "rows/s", "each on disk")
    store.close()


def _named(start: str, numbers: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(start, pa.array(numbers).cast(pa.string()), "")


def _ids(rng: np.random.Generator, numbers: np.ndarray) -> pa.Array:
    """Names in no order, as random identifiers are: the hard case for an index."""
    return _named("e", rng.integers(2**62, 2**63 - 1, len(numbers)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--store", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--ids", choices=["random", "ordered"], default="random")
    given = parser.parse_args()
    for kind in ("sqlite", "postgres") if given.store == "both" else (given.store,):
        with tempfile.TemporaryDirectory() as folder:
            table = list(measure(kind, given.rows, given.ids, Path(folder)))
        title = f"{kind}, {given.rows:,} events, {given.ids} ids"
        show(title, ["what", "amount", "unit", "note"], [[*astuple(line)] for line in table])
        lines = [asdict(line) for line in table]
        save(f"stores-{kind}-{given.rows}-{given.ids}", {"title": title, "table": lines})


if __name__ == "__main__":
    main()
