"""Full-ranking evaluation at the sizes of Amazon Baby and Sports, beside a plain loop.

    python -m benchmarks.ranking [--sizes 19445x7050,35598x18357]

Made-up shoppers (six events, one or two targets each) and two scorers: ``random`` draws
its scores, ``dense`` is a product of 64-wide vectors. ``evaluate`` finds six metrics at
5, 10 and 20, coverage, Gini and three segments; ``all`` adds novelty, tail share, variety,
diversity (64-wide features) and the segments head and tail. The seconds that the scorer
takes alone are taken off, and told. Beside it, in the same run, ``loop``: for each shopper
one ``numpy.argsort`` of all scores, and from it the same six metrics and coverage; it
judges every tenth shopper, its time is multiplied by ten, and its numbers must agree.
All of it on one thread, BLAS included.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.record import in_child, peak_bytes, save, show
from zhiyin.core import Histories, derive
from zhiyin.data import Exam
from zhiyin.evaluation import Goods, evaluate

KS = (5, 10, 20)
WIDTH = 64
TENTH = 10
WAYS = ("ranking", "all", "loop")
HEADS = ["scorer", "shoppers × items", "way", "s", "CPU s", "scoring alone, s", "peak, MB"]
Score = Callable[[Histories], np.ndarray]


def exam_of(shoppers: int, items: int) -> Exam:
    """Distinct items per shopper: six in the history, one or two wanted."""
    rng = derive(7, "benchmark", "ranking", str(shoppers))
    # Small steps: what is wanted stands amid the history, for ``dense`` to find.
    start = rng.integers(0, items, shoppers)
    steps = rng.integers(1, 10, (shoppers, 7))
    drawn = (
        start[:, None] + np.concatenate([np.zeros((shoppers, 1), int), steps.cumsum(1)], 1)
    ) % items
    wants = rng.integers(1, 3, shoppers)
    size = 6 * shoppers
    past = Histories(
        drawn[:, [0, 1, 2, 4, 6, 7]].reshape(-1).astype(np.int32),
        np.zeros(size, np.int16),
        np.arange(size, dtype=np.int64),
        np.ones(size, np.float32),
        6 * np.arange(shoppers + 1),
        ("view",),
    )
    targets = np.sort(drawn[:, [3, 5]], axis=1)
    both = np.arange(2)[None] < wants[:, None]
    offsets = np.concatenate([[0], np.cumsum(wants)])
    return Exam(np.arange(shoppers), past, targets[both].astype(np.int64), offsets, items)


def scorer(kind: str, items: int) -> Score:
    """Scores that depend on the history alone, so that both ways see the same."""
    # Random Fourier features: items with numbers near each other are like each other.
    rng = derive(7, "benchmark", kind)
    waves, shift = rng.normal(0, 1 / 50, WIDTH), rng.uniform(0, 2 * np.pi, WIDTH)
    vectors = np.cos(np.arange(items)[:, None] * waves + shift).astype(np.float32)

    def dense(histories: Histories) -> np.ndarray:
        own = vectors[histories.items].reshape(len(histories), -1, WIDTH).sum(axis=1)
        scores: np.ndarray = own @ vectors.T
        return scores

    def random(histories: Histories) -> np.ndarray:
        found = np.empty((len(histories), items), np.float32)
        for row, place in enumerate(histories.offsets[:-1]):
            seed = int(histories.times[place])
            np.random.Generator(np.random.SFC64(seed)).random(out=found[row], dtype=np.float32)
        return found

    return {"dense": dense, "random": random}[kind]


def loop(score: Score, exam: Exam) -> dict[str, float]:
    """Shopper by shopper: sort everything, look where the targets stand."""
    sums: dict[str, float] = {}
    shown: dict[int, set[int]] = {k: set() for k in KS}
    for row in range(len(exam)):
        own = exam.take(np.array([row]))
        scores = score(own.histories)[0].copy()
        scores[own.histories.items] = -np.inf
        order = np.argsort(-scores)
        hits = np.isin(order[: max(KS)], own.targets)
        for k in KS:
            shown[k].update(order[:k].tolist())
            for name, value in _metrics(hits[:k], len(own.targets), k).items():
                sums[f"{name}@{k}"] = sums.get(f"{name}@{k}", 0.0) + value
    means = {name: value / len(exam) for name, value in sums.items()}
    return {**means, **{f"coverage@{k}": len(shown[k]) / exam.items for k in KS}}


def _metrics(hits: np.ndarray, wanted: int, k: int) -> dict[str, float]:
    at = np.flatnonzero(hits)
    ideal = (1 / np.log2(np.arange(min(wanted, k)) + 2)).sum()
    return {
        "recall": len(at) / wanted,
        "precision": len(at) / k,
        "hr": float(len(at) > 0),
        "ndcg": float((1 / np.log2(at + 2)).sum() / ideal),
        "mrr": 1 / (1 + at[0]) if len(at) else 0.0,
        "map": float(((np.arange(len(at)) + 1) / (at + 1)).sum() / min(wanted, k)),
    }


def child(kind: str, shoppers: int, items: int, way: str) -> None:
    """One scorer, size and way; the result as JSON on the last line."""
    exam, score = exam_of(shoppers, items), scorer(kind, items)
    tenth = exam.take(np.arange(0, shoppers, TENTH))
    asked, times = (tenth, TENTH) if way == "loop" else (exam, 1)
    alone = _alone(score, asked, 1 if way == "loop" else max(1, (1 << 23) // (4 * items)))
    goods = _goods(items) if way == "all" else None
    wall, cpu = time.perf_counter(), time.process_time()
    if way == "loop":
        means = loop(score, asked)
    else:
        means = evaluate(score, asked, KS, goods=goods).means
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = peak_bytes()  # before the tenth is judged once more, to compare
    same = means if way == "loop" else evaluate(score, tenth, KS).means
    names = [f"{name}@{k}" for name in ("recall", "ndcg", "mrr", "map", "coverage") for k in KS]
    result = {
        "scorer": kind,
        "shoppers": shoppers,
        "items": items,
        "way": way,
        "seconds": round(times * (wall - alone[0]), 2),
        "cpu_seconds": round(times * (cpu - alone[1]), 2),
        "scoring_seconds": round(times * alone[0], 2),
        "peak_bytes": peak,
        "judged": len(asked),
        "tenth": {name: round(same[name], 6) for name in names},
    }
    print(json.dumps(result))


def _alone(score: Score, exam: Exam, size: int) -> tuple[float, float]:
    """Seconds and CPU seconds that the scorer itself takes, in blocks of that many."""
    wall, cpu = time.perf_counter(), time.process_time()
    for start in range(0, len(exam), size):
        score(exam.take(np.arange(start, min(start + size, len(exam)))).histories)
    return time.perf_counter() - wall, time.process_time() - cpu


def _goods(items: int) -> Goods:
    rng = derive(7, "benchmark", "goods")
    popularity = (1000 / (1 + np.arange(items))).astype(np.int64)
    features = rng.standard_normal((items, WIDTH), np.float32)
    return Goods(popularity, 1000, rng.integers(0, 50, items), features)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="19445x7050,35598x18357", help="comma between")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        kind, shoppers, items, way = given.child
        child(kind, int(shoppers), int(items), way)
        return
    for library in ("OPENBLAS", "OMP", "MKL"):  # for the child processes
        os.environ[f"{library}_NUM_THREADS"] = "1"
    results: list[dict[str, Any]] = []
    for size in given.sizes.split(","):
        shoppers, items = size.split("x")
        for kind in ("random", "dense"):
            rows = [
                in_child("benchmarks.ranking", "--child", kind, shoppers, items, way)
                for way in WAYS
            ]
            for name, value in rows[-1]["tenth"].items():
                # A product for one shopper rounds otherwise than one for many.
                if any(abs(row["tenth"][name] - value) > 5e-4 for row in rows):
                    raise RuntimeError(f"{kind} {size}: the loop finds another {name}")
            results += rows
            save("ranking", {"threads": 1, "results": results})
    table = [
        [
            r["scorer"],
            f"{r['shoppers']:,} × {r['items']:,}",
            r["way"] if r["judged"] == r["shoppers"] else f"{r['way']} (a tenth, × 10)",
            r["seconds"],
            r["cpu_seconds"],
            r["scoring_seconds"],
            round(r["peak_bytes"] / 1e6),
        ]
        for r in results
    ]
    show("full ranking, the scorer's own time taken off", HEADS, table)


if __name__ == "__main__":
    main()
