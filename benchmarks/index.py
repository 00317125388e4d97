"""Which index: recall against time, build and memory, beside faiss, usearch and hnswlib.

    pip install faiss-cpu usearch hnswlib     # hnswlib needs a compiler
    python -m benchmarks.index --only 100k
    python -m benchmarks.index --only 1m --contender ours

One thread, one query at a time, k = 10, over ``benchmarks.vectors``. Each contender gets the
cheapest of its settings that finds 95 % of the ten nearest of the tuning queries, chosen anew
for every filter, and is then measured with other queries; ours sets itself. Filters allow
50 %, 5 % and 0.5 % of the vectors: *any* by lot, *kind* whole kinds of things. How they are kept:
ours inside; faiss by its bitmap selector; hnswlib by a Python function per vector; usearch
has none in Python, so it is asked for more and the rest is thrown away.

Each contender runs in a process of its own; results are joined to those that are there, so
parts can be run apart. ``held`` is the memory of the process beyond the mapped data.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from benchmarks.record import RESULTS, in_child, save, show
from benchmarks.vectors import TUNING, WIDTH, Heap, K, load
from zhiyin.index import ExactIndex, new_index

SIZES = {"10k": 10_000, "25k": 25_000, "50k": 50_000, "100k": 100_000, "1m": 1_000_000}
WANTED = 0.95
TOO_SLOW = 0.02
"""Seconds of CPU a query from which no costlier setting is tried."""
Keys = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Vector = npt.NDArray[np.float32]


class Contender(Protocol):
    """An index to be measured: built, then asked with one of its settings."""

    settings: tuple[float, ...]

    def build(self, vectors: Vector) -> None: ...
    def prepare(self, among: Mask | None) -> None:
        """Note a filter: what is done once per filter and not per query."""
        ...

    def ask(self, query: Vector, setting: float) -> Keys: ...


class Ours:
    """An index of the house; it has no settings."""

    settings = (0.0,)

    def __init__(self, exact: bool) -> None:
        self.index = ExactIndex(WIDTH) if exact else new_index(WIDTH)

    def build(self, vectors: Vector) -> None:
        self.index.put(np.arange(len(vectors)), vectors)

    def prepare(self, among: Mask | None) -> None:
        self.among = among

    def ask(self, query: Vector, setting: float) -> Keys:
        return self.index.search(query[None], K, self.among).keys[0]


class Faiss:
    """faiss: a graph (M 16, 100 while building) or inverted lists (4 √N of them)."""

    def __init__(self, graph: bool) -> None:
        import faiss

        self.faiss, self.graph = faiss, graph
        faiss.omp_set_num_threads(1)
        self.settings = _doubling(16, 2048) if graph else _doubling(4, 4096)

    def build(self, vectors: Vector) -> None:
        metric = self.faiss.METRIC_INNER_PRODUCT
        if self.graph:
            self.index = self.faiss.IndexHNSWFlat(WIDTH, 16, metric)
            self.index.hnsw.efConstruction = 100
        else:
            lists = int(4 * np.sqrt(len(vectors)))
            self.index = self.faiss.index_factory(WIDTH, f"IVF{lists},Flat", metric)
            self.index.train(vectors[:: max(1, len(vectors) // (40 * lists))])
        self.index.add(vectors)

    def prepare(self, among: Mask | None) -> None:
        self.bits = None if among is None else np.packbits(among, bitorder="little")
        self.chosen = None if self.bits is None else self.faiss.IDSelectorBitmap(self.bits)

    def ask(self, query: Vector, setting: float) -> Keys:
        kind = self.faiss.SearchParametersHNSW if self.graph else self.faiss.SearchParametersIVF
        given = {"efSearch" if self.graph else "nprobe": int(setting)}
        if self.chosen is not None:
            given["sel"] = self.chosen
        return self.index.search(query[None], K, params=kind(**given))[1][0]


class Usearch:
    """usearch: a graph (16, 128 while building) over whole or 8-bit numbers."""

    def __init__(self, numbers: str) -> None:
        from usearch.index import Index

        self.settings = _doubling(16, 4096)
        self.index = Index(ndim=WIDTH, metric="ip", dtype=numbers, connectivity=16)

    def build(self, vectors: Vector) -> None:
        self.index.add(np.arange(len(vectors)), vectors, threads=1)

    def prepare(self, among: Mask | None) -> None:
        self.among = among
        self.more = 1 if among is None else max(1, round(len(among) / among.sum()))

    def ask(self, query: Vector, setting: float) -> Keys:
        self.index.expansion_search = int(setting)
        if self.among is None:
            return self.index.search(query, K, threads=1).keys.astype(np.int64)
        found = self.index.search(query, max(int(setting), K * self.more), threads=1).keys
        found = found.astype(np.int64)
        return found[self.among[found]][:K]


class Hnswlib:
    """hnswlib: a graph (M 16, 100 while building)."""

    def __init__(self) -> None:
        import hnswlib

        self.settings = _doubling(16, 1024)
        self.index = hnswlib.Index(space="ip", dim=WIDTH)

    def build(self, vectors: Vector) -> None:
        self.index.init_index(max_elements=len(vectors), ef_construction=100, M=16)
        self.index.set_num_threads(1)
        self.index.add_items(vectors, np.arange(len(vectors)))

    def prepare(self, among: Mask | None) -> None:
        allowed = None if among is None else among.tolist()
        self.allows = None if allowed is None else allowed.__getitem__

    def ask(self, query: Vector, setting: float) -> Keys:
        self.index.set_ef(int(setting))
        try:
            return self.index.knn_query(query, K, filter=self.allows)[0][0].astype(np.int64)
        except RuntimeError:  # fewer than k were met
            return np.empty(0, np.int64)


def _doubling(first: int, last: int) -> tuple[float, ...]:
    return tuple(first * 2**n for n in range(int(np.log2(last // first)) + 1))


CONTENDERS: dict[str, tuple[Callable[[], Contender], tuple[str, ...]]] = {
    "exact": (lambda: Ours(exact=True), ()),
    "ours": (lambda: Ours(exact=False), ()),
    "faiss lists": (lambda: Faiss(graph=False), ("faiss-cpu",)),
    "faiss graph": (lambda: Faiss(graph=True), ("faiss-cpu",)),
    "usearch": (lambda: Usearch("f32"), ("usearch", "numkong")),
    "usearch i8": (lambda: Usearch("i8"), ("usearch", "numkong")),
    "hnswlib": (lambda: Hnswlib(), ("hnswlib",)),
}


def measure(name: str, size: int) -> dict[str, Any]:
    """Build one contender and ask it, in this process."""
    heap = load(size)
    contender = CONTENDERS[name][0]()
    before, clock, start = _held(), time.process_time(), time.perf_counter()
    contender.build(heap.vectors)
    result: dict[str, Any] = {
        "build_cpu_s": round(time.process_time() - clock, 2),
        "build_s": round(time.perf_counter() - start, 2),
        "held_mb": round((_held() - before) / 1e6),
        "installed_mb": round(sum(map(_installed, CONTENDERS[name][1])) / 1e6),
        "asked": {},
    }
    for filter_name, among in heap.filters.items():
        contender.prepare(None if filter_name == "all" else among)
        result["asked"][filter_name] = _asked(contender, heap, filter_name)
        print(name, size, filter_name, result["asked"][filter_name], file=sys.stderr, flush=True)
    return result


def _asked(contender: Contender, heap: Heap, filter_name: str) -> dict[str, float]:
    truth = heap.truth[filter_name]
    for setting in contender.settings:  # the cheapest that is good enough, else the last
        clock = time.process_time()
        if _recall(contender, heap.queries[:TUNING], truth[:TUNING], setting) >= WANTED:
            break
        if (time.process_time() - clock) / TUNING > TOO_SLOW:
            break
    queries, wanted = heap.queries[TUNING:], truth[TUNING:]
    times, clock = [], time.process_time()
    for query in queries:
        start = time.perf_counter()
        contender.ask(query, setting)
        times.append((time.perf_counter() - start) * 1e3)
    spent = time.process_time() - clock
    return {
        "setting": setting,
        "recall": round(_recall(contender, queries, wanted, setting), 4),
        "p50_ms": round(float(np.percentile(times, 50)), 3),
        "p99_ms": round(float(np.percentile(times, 99)), 3),
        "cpu_ms": round(spent / len(queries) * 1e3, 3),
        "per_second": round(len(times) / (sum(times) / 1e3)),
    }


def _recall(contender: Contender, queries: Vector, truth: Keys, setting: float) -> float:
    pairs = zip(queries, truth.tolist(), strict=True)
    found = [len(set(contender.ask(q, setting).tolist()) & set(t)) / K for q, t in pairs]
    return float(np.mean(found))


def _held() -> int:
    """Bytes of this process that belong to no file."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


def _installed(package: str) -> int:
    """Bytes that a package puts on the disk, its libraries included."""
    try:
        files = distribution(package).files or []
    except PackageNotFoundError:
        return 0
    return sum(file.locate().stat().st_size for file in files if file.locate().is_file())


def report(results: dict[str, dict[str, Any]]) -> None:
    """A table for building, one for asking."""
    for part, contenders in results.items():
        show(
            f"{part} vectors of {WIDTH}: building, one thread",
            ["", "CPU s", "held MB", "installed MB"],
            [
                [name, float(r["build_cpu_s"]), r["held_mb"], r["installed_mb"]]
                for name, r in contenders.items()
            ],
        )
        show(
            f"{part} vectors of {WIDTH}: the ten nearest, one query at a time, one thread",
            ["", "filter", "setting", "recall", "p50 ms", "p99 ms", "CPU ms", "a second"],
            [
                [name, among, int(a["setting"]), f"{a['recall']:.3f}"]
                + [float(a[key]) for key in ("p50_ms", "p99_ms", "cpu_ms")]
                + [a["per_second"]]
                for name, r in contenders.items()
                for among, a in r["asked"].items()
            ],
        )


def main(arguments: Iterable[str] | None = None) -> int:
    """Measure what is asked for, keep what was measured before, show all of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=SIZES, action="append", help="how many vectors")
    parser.add_argument("--contender", choices=CONTENDERS, action="append")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--show", action="store_true", help="only show what was measured")
    given = parser.parse_args(None if arguments is None else list(arguments))
    sizes, names = given.only or ["100k", "1m"], given.contender or list(CONTENDERS)
    if given.child:
        print(json.dumps(measure(names[0], SIZES[sizes[0]])))
        return 0
    file = RESULTS / "index.json"
    results = json.loads(file.read_text("utf-8"))["results"] if file.exists() else {}
    for part in [] if given.show else sizes:
        load(SIZES[part])
        for name in names:
            missing = [p for p in CONTENDERS[name][1] if not _installed(p)]
            if missing:
                print(f"{name} left out: pip install {' '.join(missing)}")
                continue
            options = ["--child", "--only", part, "--contender", name]
            results.setdefault(part, {})[name] = in_child("benchmarks.index", *options)
            save("index", {"k": K, "width": WIDTH, "wanted": WANTED, "results": results})
    report(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
