"""What comes next on Amazon Games and Beauty: SASRec, alone and with its neighbours.

    python -m benchmarks.sequential [--shops games,beauty] [--seeds 1] [--test]

Each shopper's last item is the test, the one before it valid; the test history holds the
valid item as its newest, and nothing is learnt from it. Two protocols side by side: the
target among 100 items drawn uniformly and frozen ("1 + 100", as SASRec and CARCA report),
and among the whole catalogue. Settings were chosen on valid by "1 + 100"; the weights of
the fused form are chosen on 5,000 shoppers of valid in every run; ``--test`` opens test.
CPU seconds are those of all threads; one thread is used.

ZHIYIN_BENCH_RECBOLE names a Python that has recbole: one epoch of its SASRec is then
timed in the same run (``--peer-batches`` of it, 0: all). The data is not shipped:
ZHIYIN_TEST_DATA names the folder of ``amazon``.
"""

import argparse
import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.multimodal_data import folder
from benchmarks.record import in_child, peak_bytes, save, show
from zhiyin.core import DEFAULT_KINDS, derive
from zhiyin.data import Dataset, Exam, Interactions, Split
from zhiyin.evaluation import Candidates, evaluate
from zhiyin.models import Blend, Form
from zhiyin.models.collaborative import ItemKnn, Popularity
from zhiyin.models.sequential import SasRec

FILES = {"games": "Video.txt", "beauty": "beauty_chrono.tsv"}
SHOPS = {
    "games": SasRec.Config(),
    "beauty": SasRec.Config(dropout=0.5),
}
NEIGHBOURS = ItemKnn.Config(shrink=20.0, neighbours=300)
PUBLISHED = {  # HR@10 and NDCG@10 of 1 + 100, as printed by their authors
    "games": {"SASRec, published": (0.741, 0.536), "CARCA, published": (0.782, 0.573)},
    "beauty": {"SASRec, published": (0.485, 0.322), "CARCA, published": (0.579, 0.396)},
}
WEIGHTS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4)
KS = (1, 5, 10, 20)
FEW = [f"{name}@{k}" for k in KS for name in ("hr", "ndcg")]
FULL = [*FEW, "mrr@20", "coverage@10", "gini@10"]
CHOOSERS = 5_000
Row = dict[str, Any]


def read(shop: str) -> list[tuple[str, str]]:
    """Shopper and item of every event, in time order."""
    lines = (folder(shop) / FILES[shop]).read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines]
    return [(row[0], row[1]) for row in rows if row[0].isdigit()]


def split(shop: str) -> Split:
    """Leave the last out, and the last but one."""
    pairs = read(shop)
    events = pa.table(
        {
            "shopper": [shopper for shopper, _ in pairs],
            "item": [item for _, item in pairs],
            "kind": ["buy"] * len(pairs),
            "time": np.arange(len(pairs)),
            "value": pa.nulls(len(pairs), pa.float64()),
            "surface": pa.nulls(len(pairs), pa.string()),
        }
    )
    return Split.leave_one_out(
        Dataset(Interactions.from_events(events.to_batches(), DEFAULT_KINDS))
    )


def child(shop: str, seed: int, opened: bool) -> None:
    """Everything on one shop with one seed; the result as JSON on the last line."""
    import torch

    torch.set_num_threads(1)
    data = split(shop)
    start = time.process_time()
    popularity = Popularity().fit(data.train, derive(seed, "popularity")).compile()
    counted = time.process_time()
    neighbours = ItemKnn(NEIGHBOURS).fit(data.train, derive(seed, "item-kNN")).compile()
    paired = time.process_time()
    model = SasRec(SHOPS[shop]).fit(data.train, derive(seed, "SASRec"))
    learnt = time.process_time()
    sequence = model.compile()
    parts = (sequence, neighbours, popularity)
    weights, tried = chosen(parts, data.valid)
    forms: dict[str, Form] = {
        "popularity": popularity,
        "item-kNN": neighbours,
        "SASRec": sequence,
        "fused": Blend(parts, weights),
    }
    exam = data.open_test() if opened else few(data.valid)
    candidates = Candidates.draw(exam, 100, seed=2 if opened else 1)
    seconds = {
        "popularity": counted - start,
        "item-kNN": paired - counted,
        "SASRec": learnt - paired,
        "fused": learnt - start,
    }
    rows = []
    for name, form in forms.items():
        among = evaluate(form.score, exam, KS, candidates=candidates)
        began = time.process_time()
        whole = evaluate(form.score, exam, KS)
        row: Row = {"shop": shop, "model": name, "seed": seed, "fit_cpu_s": seconds[name]}
        row["rank_cpu_s"] = time.process_time() - began
        row["among"] = {metric: round(among[metric], 5) for metric in FEW}
        row["whole"] = {metric: round(whole[metric], 5) for metric in FULL}
        rows.append(row)
    epochs = model.trajectory.epochs
    found = {
        "shop": shop,
        "seed": seed,
        "part": "test" if opened else "valid",
        "shoppers": len(exam),
        "candidates": candidates.protocol,
        "settings": model.config.model_dump(),
        "neighbours": NEIGHBOURS.model_dump(exclude_defaults=True),
        "weights": [round(weight, 3) for weight in weights],
        "tried_on_valid": tried,
        "epochs": len(epochs),
        "epoch_cpu_s": seconds["SASRec"] / max(len(epochs), 1),
        "peak_bytes": peak_bytes(),
        "needed_bytes": model.memory_needed(data.train),
        "form_bytes": sequence.memory,
        "rows": rows,
    }
    print(json.dumps(found))


def few(exam: Exam) -> Exam:
    """At most ``CHOOSERS`` shoppers."""
    order = derive(5, "choosers").permutation(len(exam))
    return exam.take(np.sort(order[:CHOOSERS]))


def chosen(parts: Sequence[Form], exam: Exam) -> tuple[list[float], list[dict[str, float]]]:
    """The blend's weights that are best on valid by NDCG@10, and all that were tried."""
    exam = few(exam)
    candidates = Candidates.draw(exam, 100, seed=0).items
    asked = np.concatenate([exam.targets[:, None], candidates], axis=1)  # the target first
    scores = [standing(part, exam, asked) for part in parts]
    tried = []
    for near, fame in product(WEIGHTS, WEIGHTS):
        total = scores[0] + near * scores[1] + fame * scores[2]
        ahead = (total[:, 1:] > total[:, :1]).sum(axis=1)
        places = ahead + (total[:, 1:] == total[:, :1]).sum(axis=1) / 2
        hit = places < 10
        gain = float((hit / np.log2(places + 2)).mean())
        tried.append({"kNN": near, "fame": fame, "hr@10": float(hit.mean()), "ndcg@10": gain})
    best = max(tried, key=lambda row: row["ndcg@10"])
    return [1.0, best["kNN"], best["fame"]], tried


def standing(
    form: Form, exam: Exam, asked: npt.NDArray[np.integer[Any]]
) -> npt.NDArray[np.float32]:
    """(B, 101) the asked items' scores as a blend counts them: over their spread, less the mean."""
    found = np.zeros(asked.shape, np.float32)
    for start in range(0, len(exam), 512):
        some = np.arange(start, min(start + 512, len(exam)))
        histories = exam.histories.take(some)
        mean, spread = (moment[:, None] for moment in form.moments(histories))
        scores = np.take_along_axis(form.score(histories), asked[some], axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            found[some] = np.nan_to_num((scores - mean) / spread, posinf=0.0, neginf=0.0)
    return found


def peer(shop: str, batches: int) -> Row | None:
    """Seconds of an epoch of RecBole's SASRec; None where there is no RecBole."""
    python = os.environ.get("ZHIYIN_BENCH_RECBOLE")
    if not python:
        print("RecBole is not timed: ZHIYIN_BENCH_RECBOLE names no Python that has it")
        return None
    script = Path(__file__).with_name("peer_recbole.py")
    pairs = folder(shop) / FILES[shop]
    done = subprocess.run(
        [python, str(script), "SASRec", str(pairs), str(batches), str(SHOPS[shop].length)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    found: Row = json.loads(done.stdout.splitlines()[-1])
    return found


def tell(shop: str, runs: list[Row]) -> None:
    """Both tables of a shop: means over the seeds, ± their standard deviation."""
    part, shoppers = runs[0]["part"], runs[0]["shoppers"]
    for protocol, metrics in (("among", FEW), ("whole", FULL)):
        rows: list[list[Any]] = []
        for rows_of_model in by_model(runs):
            cells = [spread([row[protocol][metric] for row in rows_of_model]) for metric in metrics]
            seconds = float(np.mean([row["fit_cpu_s"] for row in rows_of_model]))
            rows.append([rows_of_model[0]["model"], *cells, seconds])
        if protocol == "among":
            for name, (hit, gain) in PUBLISHED[shop].items():
                told = {"hr@10": f"{hit:.3f}", "ndcg@10": f"{gain:.3f}"}
                rows.append([name, *(told.get(metric, "") for metric in metrics), ""])
        title = "1 + 100 uniform" if protocol == "among" else "the whole catalogue"
        heads = ["model", *metrics, "fit, CPU s"]
        show(f"Amazon {shop}, {part}, {shoppers:,} shoppers, {title}", heads, rows)


def by_model(runs: list[Row]) -> Iterator[list[Row]]:
    """The rows of each model, one a seed."""
    yield from (list(rows) for rows in zip(*(run["rows"] for run in runs), strict=True))


def spread(values: list[float]) -> str:
    """Mean, and the standard deviation where there are several."""
    mean = f"{np.mean(values):.4f}"
    return mean if len(values) == 1 else f"{mean} ± {np.std(values, ddof=1):.4f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shops", default="games", help="comma between: games, beauty")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--test", action="store_true", help="open the test part, once, at the end")
    parser.add_argument("--peer-batches", type=int, default=10, help="of RecBole's epoch; 0: all")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child[0], int(given.child[1]), given.test)
        return
    wanted = given.shops.split(",")
    shops = [shop for shop in wanted if (folder(shop) / FILES[shop]).is_file()]
    if not shops:
        print("no data; ZHIYIN_TEST_DATA names the folder of amazon/games")
        return
    record: Row = {"opened_test": given.test, "data_sha256": {}, "runs": [], "recbole": {}}
    for shop in shops:
        content = (folder(shop) / FILES[shop]).read_bytes()
        record["data_sha256"][shop] = sha256(content).hexdigest()
        runs = []
        for seed in range(1, given.seeds + 1):
            test = ["--test"] if given.test else []
            runs.append(in_child("benchmarks.sequential", *test, "--child", shop, str(seed)))
            record["runs"].append(runs[-1])
            save("sequential", record)
        tell(shop, runs)
        print(f"SASRec: {runs[0]['epoch_cpu_s']:.2f} CPU s an epoch, {runs[0]['epochs']} epochs")
        theirs = peer(shop, given.peer_batches)
        if theirs is not None:
            record["recbole"][shop] = theirs
            save("sequential", record)
            print(f"RecBole's SASRec: {theirs['epoch_cpu_s']:.0f} CPU s an epoch", end="")
            print(f" ({theirs['batches_timed']} of {theirs['batches_of_an_epoch']} batches timed)")


if __name__ == "__main__":
    main()
