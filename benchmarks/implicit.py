"""Ours beside the library ``implicit`` on Amazon Baby and Sports: quality, and CPU seconds.

    python -m benchmarks.implicit [--shops baby,sports] [--test]

Matrix factorisation by least squares of both, item neighbours of both, in one run. Learnt
from x_label 0, judged on 1, and with ``--test`` also on 2: the whole catalogue is ranked
and only what was learnt from is masked. Settings were chosen on Baby's valid part, of
implicit's the default is shown as well; ``TRIED`` says among how many. On Sports nothing
was tuned but the scale in which our ``absent`` is said (9 settings looked at). Every model has
a process of its own and one thread; ranking folds the shopper's history in, with both.

``implicit`` is no part of zhiyin: ``pip install implicit``. The data is not shipped:
ZHIYIN_TEST_DATA names the folder of ``amazon``.
"""

import argparse
import importlib.util
import json
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from benchmarks.multimodal_data import load, missing, sha
from benchmarks.record import in_child, peak_bytes, save, show
from zhiyin.core import Histories, derive
from zhiyin.data import Dataset
from zhiyin.evaluation import evaluate
from zhiyin.models.collaborative import Ials, ItemKnn

Score = Callable[[Histories], Any]
METRICS = ("recall@10", "recall@20", "ndcg@10", "ndcg@20", "coverage@20")
TRIED = {"iALS": 62, "item-kNN": 5, "implicit ALS": 38, "implicit BM25": 8, "implicit cosine": 1}
"""Settings that were tried on Baby's valid part."""
OURS: dict[str, Any] = {
    "iALS width=64, 6 epochs": Ials(Ials.Config(width=64, epochs=6)),
    "iALS width=64": Ials(Ials.Config(width=64)),
    "iALS width=128": Ials(Ials.Config(width=128)),
    "iALS width=256": Ials(Ials.Config(width=256)),
    "item-kNN shrink=300": ItemKnn(ItemKnn.Config(shrink=300)),
}
THEIRS: dict[str, dict[str, Any]] = {
    "implicit ALS factors=64": {"factors": 64, "alpha": 200.0, "regularization": 1000.0},
    "implicit ALS factors=256": {"factors": 256, "alpha": 200.0, "regularization": 1000.0},
    "implicit ALS by default": {},
    "implicit BM25 K=500": {"K": 500, "K1": 0.5, "B": 0.2},
    "implicit BM25 by default": {},
    "implicit cosine K=200": {"K": 200},
}


def learn(name: str, data: Dataset) -> tuple[Score, dict[str, Any]]:
    """A model that has learnt, as a function that scores, and its settings."""
    if name in OURS:
        model = OURS[name].fit(data, derive(7, "benchmark", name))
        settings: dict[str, Any] = model.config.model_dump(exclude_defaults=True)
        return model.score, settings
    return learn_implicit(name, data), THEIRS[name]


def learn_implicit(name: str, data: Dataset) -> Score:
    """One of implicit's models on the same pairs, each counting 1."""
    from implicit.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender

    pairs = csr_matrix(data.interactions.matrix(fade=False))
    pairs.data[:] = 1.0

    def rows(histories: Histories) -> csr_matrix:
        ones = np.ones(len(histories.items), np.float32)
        shape = (len(histories), pairs.shape[1])
        return csr_matrix((ones, histories.items, histories.offsets), shape=shape)

    if "ALS" in name:
        als = AlternatingLeastSquares(**THEIRS[name], num_threads=1, random_state=7)
        als.fit(pairs, show_progress=False)
        return lambda h: als.recalculate_user(np.arange(len(h)), rows(h)) @ als.item_factors.T
    kind = BM25Recommender if "BM25" in name else CosineRecommender
    knn = kind(**THEIRS[name], num_threads=1)
    knn.fit(pairs, show_progress=False)
    return lambda h: (rows(h) @ knn.similarity).toarray().astype(np.float32)


def child(shop: str, name: str, parts: list[str]) -> None:
    """One model on one shop; the result as JSON on the last line."""
    split = load(shop, graphs=False)
    start = time.process_time()
    score, settings = learn(name, split.train)
    learnt = time.process_time()
    reports = {"valid": evaluate(score, split.valid, (10, 20))}
    if "test" in parts:
        reports["test"] = evaluate(score, split.open_test(), (10, 20))
    result = {
        "shop": shop,
        "model": name,
        "settings": settings,
        "fit_cpu_s": round(learnt - start, 2),
        "rank_cpu_s": round((time.process_time() - learnt) / len(parts), 2),
        "peak_bytes": peak_bytes(),
    }
    for part, report in reports.items():
        result[part] = {metric: round(report[metric], 5) for metric in METRICS}
    print(json.dumps(result))


def tell(shop: str, results: list[dict[str, Any]], part: str) -> None:
    """The table of one shop and part."""
    heads = ["model", *METRICS, "fit, CPU s", "rank, CPU s"]
    rows = [
        [r["model"], *(f"{r[part][m]:.4f}" for m in METRICS), r["fit_cpu_s"], r["rank_cpu_s"]]
        for r in results
    ]
    show(f"Amazon {shop}, {part}", heads, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shops", default="baby,sports", help="comma between")
    parser.add_argument("--test", action="store_true", help="open the test part, once, at the end")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    parts = ["valid", "test"] if given.test else ["valid"]
    if given.child:
        child(*given.child, parts)
        return
    if importlib.util.find_spec("implicit") is None:
        print(
            "implicit is not installed, so there is nothing to compare with: pip install implicit"
        )
        return
    # implicit asks for one BLAS thread beside its own; both sides get one in all.
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    record: dict[str, Any] = {"opened_test": given.test, "tried": TRIED, "data_sha256": {}}
    record["results"] = []
    for shop in given.shops.split(","):
        if why := missing(shop):
            print(why)
            continue
        record["data_sha256"][shop] = sha(shop)
        opened = ["--test"] if given.test else []
        results = []
        for name in [*OURS, *THEIRS]:
            results.append(in_child("benchmarks.implicit", *opened, "--child", shop, name))
            record["results"].append(results[-1])
            save("implicit", record)
        for part in parts:
            tell(shop, results, part)


if __name__ == "__main__":
    main()
