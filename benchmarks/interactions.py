"""Interactions from millions of events: seconds, peak memory, growth, and pandas beside it.

    python -m benchmarks.interactions [--events 2000000,20000000] [--repeat 3] [--sqlite]

Events are drawn once per size (shoppers and goods by Zipf, a twentieth and a
two-hundredth of the events many; 3 % arrive late) and written as Parquet. Then child
processes read the same file one after the other: ``zhiyin`` streams it into
Interactions and the faded matrix, ``pandas`` does the same with factorize, sort and
groupby on the whole table. Both must find the same events, shoppers, items and matrix.
With ``--sqlite`` the events are also stored in an SQLite shop and read from there.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.record import in_child, peak_bytes, save, show
from zhiyin.core import DEFAULT_KINDS, EVENT_SCHEMA, derive
from zhiyin.data import COLUMNS, Interactions
from zhiyin.data.stores import open_store

KINDS = np.array(["view", "click", "cart", "buy", "search"])
SHARES = [0.7, 0.15, 0.07, 0.05, 0.03]
DAY = 86_400_000_000
START = 1_767_225_600_000_000
ROWS = 1 << 18


def drawn(events: int) -> Iterator[pa.RecordBatch]:
    """Events of a made-up shop, about in time order, in batches."""
    rng = derive(7, "benchmark", str(events))
    shoppers, items = _zipf(events // 20), _zipf(events // 200)
    kinds = pa.array(KINDS)
    for first in range(0, events, ROWS):
        size = min(ROWS, events - first)
        kind = rng.choice(len(KINDS), size, p=SHARES)
        times = START + (90 * DAY * ((first + np.arange(size)) / events)).astype(np.int64)
        late = rng.random(size) < 0.03
        times[late] -= rng.integers(0, DAY, late.sum())
        bought = kind == 3
        columns = {
            "id": _named("e", np.arange(first, first + size)),
            "shopper": _named("shopper-", np.searchsorted(shoppers, rng.random(size))),
            "item": pa.compute.if_else(
                pa.array(kind == 4), None, _named("SKU", np.searchsorted(items, rng.random(size)))
            ),
            "kind": kinds.take(pa.array(kind)),
            "time": pa.array(times),
            "value": pa.array(np.where(bought, rng.integers(1, 4, size), np.nan), mask=~bought),
        }
        arrays = [columns.get(f.name, pa.nulls(size, f.type)).cast(f.type) for f in EVENT_SCHEMA]
        yield pa.RecordBatch.from_arrays(arrays, schema=EVENT_SCHEMA)


def _zipf(size: int) -> np.ndarray:
    weights = 1.0 / (np.arange(size) + 10.0) ** 0.8
    return np.cumsum(weights) / weights.sum()


def _named(prefix: str, numbers: np.ndarray) -> pa.Array:
    # Multiplied by a unit modulo 10^8, so that names of popular things are not neighbours.
    scattered = pa.array(numbers.astype(np.int64) * 48_271 % 100_000_000).cast(pa.string())
    digits = pa.compute.utf8_lpad(scattered, 8, "0")
    return pa.compute.binary_join_element_wise(prefix, digits, "")


def write(file: Path, events: int) -> dict[str, Any]:
    """Draw the events into a Parquet file."""
    with pq.ParquetWriter(file, EVENT_SCHEMA.remove_metadata()) as writer:
        for batch in drawn(events):
            writer.write_batch(batch)
    return {"bytes": file.stat().st_size}


def with_zhiyin(batches: Iterable[pa.RecordBatch]) -> dict[str, Any]:
    """Our way: one stream, small columns, counting sort."""
    start = time.perf_counter()
    data = Interactions.from_events(batches, DEFAULT_KINDS)
    read = time.perf_counter()
    matrix = data.matrix()
    done = time.perf_counter()
    return {
        "arrays_s": read - start,
        "matrix_s": done - read,
        "events": len(data),
        "shoppers": len(data.shoppers),
        "items": len(data.items),
        "entries": int(matrix.nnz),
        "sum": float(matrix.data.sum(dtype=np.float64)),
    }


def with_pandas(file: Path) -> dict[str, Any]:
    """The same with pandas: the whole table, factorize, sort, group by."""
    import pandas as pd
    from scipy.sparse import csr_array

    start = time.perf_counter()
    frame = pd.read_parquet(file, columns=list(COLUMNS))
    says = frame["kind"].map({n: k.weight for n, k in DEFAULT_KINDS.items()})
    keep = (says != 0) & frame["item"].notna()
    frame, says = frame[keep], says[keep]
    shopper, shoppers = pd.factorize(frame["shopper"], sort=True)
    item, items = pd.factorize(frame["item"], sort=True)
    factor = (1 + np.log2(frame["value"].clip(lower=1))).clip(upper=4).fillna(1)
    numbers = pd.DataFrame(
        {
            "shopper": shopper.astype(np.int32),
            "item": item.astype(np.int32),
            "kind": frame["kind"].astype("category"),
            "time": frame["time"],
            "weight": (says * factor).astype(np.float32),
        }
    )
    del frame
    numbers = numbers.sort_values(["shopper", "time"], kind="stable", ignore_index=True)
    offsets = np.concatenate([[0], numbers.groupby("shopper").size().cumsum()])
    read = time.perf_counter()
    half = numbers["kind"].map({n: k.half_life_days for n, k in DEFAULT_KINDS.items()})
    age = (numbers["time"].max() - numbers["time"]) / DAY
    numbers["faded"] = numbers["weight"] * 0.5 ** (age / half.astype(np.float64))
    sums = numbers.groupby(["shopper", "item"])["faded"].sum()
    rows, columns = (sums.index.get_level_values(n).to_numpy() for n in (0, 1))
    matrix = csr_array(
        (sums.to_numpy().astype(np.float32), (rows, columns)), shape=(len(shoppers), len(items))
    )
    done = time.perf_counter()
    return {
        "arrays_s": read - start,
        "matrix_s": done - read,
        "events": int(offsets[-1]),
        "shoppers": len(shoppers),
        "items": len(items),
        "entries": int(matrix.nnz),
        "sum": float(matrix.data.sum(dtype=np.float64)),
    }


def store(file: Path, folder: Path) -> dict[str, Any]:
    """Put the events into an SQLite shop."""
    shop = open_store(f"sqlite:///{folder / 'shop.db'}", "benchmark")
    for batch in pq.ParquetFile(file).iter_batches(50_000):
        shop.events.append(batch)
    shop.close()
    return {}


def from_sqlite(folder: Path) -> dict[str, Any]:
    """Our way, from the log of that shop."""
    shop = open_store(f"sqlite:///{folder / 'shop.db'}", "benchmark")
    try:
        return with_zhiyin(shop.events.read(columns=COLUMNS))
    finally:
        shop.close()


def child(way: str, file: Path, events: int) -> None:
    """One way, in this process alone; the last line is its result."""
    match way:
        case "write":
            result = write(file, events)
        case "zhiyin":
            result = with_zhiyin(pq.ParquetFile(file).iter_batches(1 << 16, columns=[*COLUMNS]))
        case "pandas":
            result = with_pandas(file)
        case "store":
            result = store(file, file.parent)
        case _:
            result = from_sqlite(file.parent)
    print(json.dumps({**result, "cpu_s": time.process_time(), "peak_bytes": peak_bytes()}))


def compare(events: int, ways: list[str], repeat: int) -> list[dict[str, Any]]:
    """All ways on one drawing of so many events, each the best of some runs."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "events.parquet"

        def run(way: str) -> dict[str, Any]:
            command = ("--child", way, str(file), str(events))
            return in_child("benchmarks.interactions", *command)

        run("write")
        if "sqlite" in ways:
            run("store")
        results = []
        for way in ways:
            # Others use the machine too, and that only ever adds: the best run counts.
            best = min((run(way) for _ in range(repeat)), key=lambda result: result["arrays_s"])
            results.append({"way": way, "drawn": events, "runs": repeat, **best})
    for result in results[1:]:
        agree(result, results[0])
    return results


def agree(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Stop unless both ways found the same arrays and matrix."""
    same = all(
        one[number] == other[number] for number in ("events", "shoppers", "items", "entries")
    )
    if not same or abs(one["sum"] / other["sum"] - 1) > 1e-4:
        raise SystemExit(f"{one['way']} and {other['way']} disagree: {one} {other}")


def growth(results: list[dict[str, Any]], way: str) -> dict[str, float]:
    """How many times more the largest size takes than the smallest."""
    mine = [result for result in results if result["way"] == way]
    names = ("drawn", "arrays_s", "cpu_s", "peak_bytes")
    return {name: round(mine[-1][name] / mine[0][name], 2) for name in names}


def tell(results: list[dict[str, Any]]) -> None:
    """The table."""
    heads = [
        "way",
        "events",
        "arrays, s",
        "matrix, s",
        "CPU, s",
        "Mevents/s",
        "peak, GB",
        "B/event",
    ]
    rows = [
        [
            r["way"],
            r["drawn"],
            r["arrays_s"],
            r["matrix_s"],
            r["cpu_s"],
            r["drawn"] / r["arrays_s"] / 1e6,
            r["peak_bytes"] / 1e9,
            r["peak_bytes"] // r["drawn"],
        ]
        for r in results
    ]
    show("Interactions from an event log", heads, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", default="2000000,20000000", help="sizes, comma between")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each; the best counts")
    parser.add_argument("--sqlite", action="store_true", help="also read from an SQLite shop")
    parser.add_argument("--no-pandas", action="store_true", help="without the peer")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        way, file, events = given.child
        child(way, Path(file), int(events))
        return
    ways = ["zhiyin", *([] if given.no_pandas else ["pandas"])]
    ways += ["sqlite"] if given.sqlite else []
    sizes = [int(float(size)) for size in given.events.split(",")]
    results = [result for size in sizes for result in compare(size, ways, given.repeat)]
    tell(results)
    grown = {way: growth(results, way) for way in ways}
    for way, times in grown.items():
        print(
            f"{way}: {times['drawn']:.0f}x the events take {times['arrays_s']:.1f}x the seconds, "
            f"{times['cpu_s']:.1f}x the CPU and {times['peak_bytes']:.1f}x the memory"
        )
    print(f"written to {save('interactions', {'results': results, 'growth': grown}).name}")


if __name__ == "__main__":
    main()
