"""Every model on Amazon Baby and Sports, by MMRec's protocol, beside what is published.

    python -m benchmarks.models [--shops baby,sports] [--models NAME,…] [--seeds 5]
                                [--test] [--afresh]

Learnt from x_label 0, judged on 1, and with ``--test`` also on 2: the whole catalogue is
ranked and only what was learnt from is masked. Test is for the settings that valid chose,
and the record says that it was opened. Who takes part stands in ``contenders.py``. Every
model has a process of its own: CPU seconds of all threads to learn and to rank all
shoppers once, and the most memory it held, with the data in it. Models that draw are run
with several seeds, mean and standard deviation told.

A model that was measured with the same settings on the same data is not measured again
unless ``--afresh``: an interrupted run goes on where it stopped. The data is not shipped:
ZHIYIN_TEST_DATA names the folder of ``amazon``.
"""

import argparse
import json
import math
import time
from dataclasses import replace
from inspect import signature
from typing import Any

import numpy as np

from benchmarks.contenders import CONTENDERS, PUBLISHED, Contender
from benchmarks.multimodal_data import MODALITIES, load, missing
from benchmarks.record import RESULTS, in_child, peak_bytes, save, show, where
from zhiyin.core import derive
from zhiyin.data import Dataset
from zhiyin.evaluation import evaluate
from zhiyin.models import graphs

METRICS = ("recall@10", "recall@20", "ndcg@10", "ndcg@20", "coverage@20")
STAND_IN_WIDTH = 128
WATCHED = 4_000  # valid shoppers asked while a model descends
Row = dict[str, Any]


def child(shop: str, name: str, seed: int, parts: list[str]) -> None:
    """One model on one shop; the result as JSON on the last line."""
    contender = next(c for c in CONTENDERS if c.name == name)
    split = load(shop, graphs=contender.sees != "behaviour")
    train = split.train
    if contender.sees == "stand-in":
        train = with_stand_in(train)
    before, start = peak_bytes(), time.process_time()
    model = contender.make(shop)
    more: dict[str, Any] = {}
    if "watch" in signature(model.fit).parameters:
        watched = split.valid.sample(WATCHED, derive(0, "watched"))
        more["watch"] = lambda score: evaluate(score, watched, (20,))["recall@20"]
    model.fit(train, derive(seed, "benchmark", name), **more)
    learnt = time.process_time()
    peak, form = peak_bytes(), model.compile()
    reports = {"valid": evaluate(model.score, split.valid, (10, 20))}
    if "test" in parts:
        reports["test"] = evaluate(model.score, split.open_test(), (10, 20))
    ranked = (time.process_time() - learnt) / len(parts)
    result: Row = {
        "fit_cpu_s": round(learnt - start, 2),
        "rank_cpu_s": round(ranked, 2),
        "peak_bytes": peak,
        "peak_before_bytes": before,
        "needed_bytes": model.memory_needed(train),
        "form_bytes": form.memory,
        "notes": [*getattr(model, "notes", ())],
    }
    trajectory = getattr(model, "trajectory", None)
    if trajectory is not None:
        result |= {"epochs": len(trajectory.epochs), "best_epoch": trajectory.best}
    for part, report in reports.items():
        result[part] = {metric: round(report[metric], 5) for metric in METRICS}
    print(json.dumps(result))


def with_stand_in(data: Dataset) -> Dataset:
    """Vectors from the graphs, for models that want features where none are at hand."""
    made = {m: graphs.spectral(data.graphs[m], STAND_IN_WIDTH) for m in MODALITIES}
    return replace(data, features=made)


def identity(shop: str, contender: Contender, seed: int, data_hash: str) -> Row:
    """What makes two measurements the same one."""
    config = contender.make(shop).config.model_dump(mode="json")
    settings = json.loads(json.dumps(config))  # as it is read back
    facts = {"shop": shop, "model": contender.name, "sees": contender.sees}
    return {**facts, "seed": seed, "settings": settings, "data_hash": data_hash}


def measured(identity: Row, parts: list[str], kept: list[Row]) -> Row:
    """The row of the record, or a new one from a process of its own."""
    for row in kept:
        same = all(row.get(key) == value for key, value in identity.items())
        if same and all(part in row for part in parts):
            return row
    names = ["--child", identity["shop"], identity["model"], str(identity["seed"])]
    opened = ["--test"] if "test" in parts else []
    found = in_child("benchmarks.models", *opened, *names)
    facts = where()
    return {**identity, **found, "commit": facts["commit"], "when": facts["when"]}


def tell(shop: str, rows: list[Row], part: str) -> None:
    """The table of one shop and part, the published values below."""
    heads = ["model", "sees", *METRICS, "fit, CPU s", "rank, CPU s", "peak, GB", "form, MB"]
    lines, beside = [], []
    for contender in CONTENDERS:
        own = [r for r in rows if r["model"] == contender.name and part in r]
        if own:
            lines.append(
                [
                    contender.name,
                    contender.sees,
                    *(_spread([r[part][metric] for r in own]) for metric in METRICS),
                    *(float(np.mean([r[key] for r in own])) for key in ("fit_cpu_s", "rank_cpu_s")),
                    max(r["peak_bytes"] for r in own) / 1e9,
                    max(r["form_bytes"] for r in own) / 1e6,
                ]
            )
            beside.append(contender.beside)
    empty = [""] * (len(heads) - len(METRICS) - 1)
    for name, four in PUBLISHED.get(shop, {}).items():
        if name in beside or name.startswith("best"):
            cells = ["–" if math.isnan(value) else f"{value:.4f}" for value in four]
            lines.append([f"({name})", "features", *cells, "", *empty[1:]])
    show(f"Amazon {shop}, {part}; in brackets: published, on test", heads, lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shops", default="baby,sports", help="comma between")
    parser.add_argument("--models", default="", help="comma between; all by default")
    parser.add_argument("--seeds", type=int, default=1, help="of models that draw")
    parser.add_argument("--test", action="store_true", help="open the test part, once, at the end")
    parser.add_argument("--afresh", action="store_true", help="measure again what is measured")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    parts = ["valid", "test"] if given.test else ["valid"]
    if given.child:
        shop, name, seed = given.child
        child(shop, name, int(seed), parts)
        return
    wanted = [c for c in CONTENDERS if not given.models or c.name in given.models.split(",")]
    for shop in given.shops.split(","):
        if why := missing(shop):
            print(why)
            continue
        run(shop, wanted, given.seeds, parts, afresh=given.afresh)


def run(shop: str, wanted: list[Contender], seeds: int, parts: list[str], *, afresh: bool) -> None:
    """All of one shop; the record is written after each, since the large ones take minutes."""
    data_hash = load(shop).train.data_hash
    for contender in wanted:
        for seed in range(7, 7 + (seeds if contender.random else 1)):
            kept = _kept()
            same = identity(shop, contender, seed, data_hash)
            row = measured(same, parts, [] if afresh else kept)
            place = ("shop", "model", "seed")
            others = [r for r in kept if any(r[key] != row[key] for key in place)]
            save("models", {"results": [*others, row]})
    rows = [r for r in _kept() if r["shop"] == shop]
    for part in parts:
        tell(shop, rows, part)


def _kept() -> list[Row]:
    """The rows of the record as it is now."""
    file = RESULTS / "models.json"
    rows: list[Row] = (
        json.loads(file.read_text(encoding="utf-8"))["results"] if file.is_file() else []
    )
    return rows


def _spread(values: list[float]) -> str:
    mean = float(np.mean(values))
    return (
        f"{mean:.4f}" if len(values) == 1 else f"{mean:.4f} ± {float(np.std(values, ddof=1)):.4f}"
    )


if __name__ == "__main__":
    main()
