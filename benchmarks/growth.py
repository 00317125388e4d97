"""How the default choice grows with the shop: time to fit, time to rank, peak memory.

    python -m benchmarks.growth [--items 10000,100000,1000000] [--budget 2m]

As many shoppers as items, ten events each, drawn from tastes: a shopper has two of
I / 100 groups of goods, seven of ten events fall into those, popular goods first. Each
size has a process of its own: ``fit`` within the budget (counted here in CPU seconds of
all threads, so that a busy machine does not change what is tried), which is trying,
tuning, judging and learning from everything; then the form that serves is opened again
and names ten items for each of 1,000 shoppers, one by one. Peak is of the whole process.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.record import in_child, peak_bytes, save, show
from zhiyin.core import DEFAULT_KINDS, ArtifactStore, Histories, Vocabulary, derive
from zhiyin.data import Dataset, Interactions, Strengths
from zhiyin.models import load_form
from zhiyin.posttrain import Limits, fit
from zhiyin.posttrain.limits import seconds

PER_SHOPPER = 10
GROUP = 100
OWN = 0.7
DAYS = 90
ASKED = 1_000
START = 1_767_225_600_000_000  # 2026-01-01 UTC
DAY = 86_400_000_000


def shop(items: int) -> Dataset:
    """``items`` goods, as many shoppers, ten events of each."""
    rng = derive(7, "growth", str(items))
    groups, events = max(items // GROUP, 2), items * PER_SHOPPER
    tastes = rng.integers(0, groups, (items, 2))
    mine = tastes[np.repeat(np.arange(items), PER_SHOPPER), rng.integers(0, 2, events)]
    drawn = _popular(rng, items // groups, events) * groups + mine
    strange = rng.random(events) > OWN
    drawn[strange] = _popular(rng, items, int(strange.sum()))
    times = np.sort(rng.integers(0, DAYS * DAY, (items, PER_SHOPPER)), axis=1).ravel()
    strengths = Strengths(DEFAULT_KINDS)
    kinds = rng.choice([strengths.names.index("view"), strengths.names.index("buy")], events)
    histories = Histories(
        drawn.astype(np.int32),
        kinds.astype(np.int16),
        START + times,
        strengths.of(kinds.astype(np.int16), np.ones(events)),
        np.arange(items + 1) * PER_SHOPPER,
        strengths.names,
    )
    names = [f"{n:07}" for n in range(items)]
    return Dataset(Interactions(Vocabulary(names), Vocabulary(names), histories, strengths))


def _popular(rng: np.random.Generator, kinds: int, count: int) -> Any:
    """Numbers below ``kinds``, the first of them most often: 1 / place^0.8."""
    shares = np.cumsum(np.arange(1, kinds + 1) ** -0.8)
    return np.searchsorted(shares / shares[-1], rng.random(count))


def child(items: int, budget: str) -> None:
    """One size; the result as JSON on the last line."""
    data = shop(items)
    before, start, wall = peak_bytes(), time.process_time(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        artifacts = ArtifactStore(Path(folder))
        limits = Limits(budget=seconds(budget))
        report = fit(data, artifacts, cut=0, seed=7, limits=limits, clock=time.process_time)
        fitted, passed = time.process_time() - start, time.monotonic() - wall
        live = artifacts.live("recommend")
        assert live is not None
        form = load_form(live.path)
        asked = derive(7, "asked").choice(items, min(ASKED, items), replace=False)
        histories = data.interactions.histories
        start = time.process_time()
        for shopper in asked:
            form.top(histories.take([shopper]), 10)
        ranked = (time.process_time() - start) / len(asked)
    families = [row.name for row in report.rows]
    result = {
        "items": items,
        "events": len(data.interactions),
        "chosen": report.best,
        "fit_cpu_s": round(fitted, 1),
        "fit_wall_s": round(passed, 1),
        "rank_ms": round(1000 * ranked, 3),
        "peak_bytes": peak_bytes(),
        "data_bytes": before,
        "form_bytes": form.memory,
        "ndcg@10": round(report.chosen.metrics["ndcg@10"], 4),
        "popularity ndcg@10": round(_popularity(report), 4),
        "judged": report.shoppers,
        "tried": families,
        "refused": {name: str(error) for name, error in report.refused.items()},
        "budget": budget,
        "planned_s": report.planned,
    }
    print(json.dumps(result))


def _popularity(report: Any) -> float:
    found = [row.metrics["ndcg@10"] for row in report.judged if row.name == "popularity"]
    return float(found[0]) if found else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", default="10000,100000,1000000", help="comma between")
    parser.add_argument("--budget", default="2m", help="CPU time of one fit")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.budget)
        return
    results: list[dict[str, Any]] = []
    for items in given.items.split(","):
        command = ("benchmarks.growth", "--budget", given.budget, "--child", items)
        results.append(in_child(*command))
        save("growth", {"results": results})  # after each: the large ones take minutes
    heads = ["items", "events", "fit, CPU s", "rank one, ms", "peak, GB", "of it data, GB"]
    heads += ["form, MB", "tried", "ndcg@10", "popularity", "chosen"]
    rows = [
        [
            r["items"],
            r["events"],
            r["fit_cpu_s"],
            r["rank_ms"],
            r["peak_bytes"] / 1e9,
            r["data_bytes"] / 1e9,
            r["form_bytes"] / 1e6,
            len(r["tried"]),
            f"{r['ndcg@10']:.4f}",
            f"{r['popularity ndcg@10']:.4f}",
            r["chosen"],
        ]
        for r in results
    ]
    show(f"the default choice within {given.budget}, as the shop grows", heads, rows)


if __name__ == "__main__":
    main()
