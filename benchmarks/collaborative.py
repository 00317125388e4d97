"""The closed-form models of behaviour on Amazon Baby and Sports, by MMRec's protocol.

    python -m benchmarks.collaborative [--shops baby,sports] [--test]

Learnt from x_label 0, judged on 1, and with ``--test`` also on 2: the whole catalogue is
ranked and only what was learnt from is masked. The settings below were chosen on valid;
docs/log.md says what else was tried. Every model has a process of its own: CPU seconds
of all threads to learn and to rank all shoppers, and the most memory it held, with the
data in it. The data is not shipped: ZHIYIN_TEST_DATA names the folder of ``amazon``.
"""

import argparse
import json
import time
from typing import Any

from benchmarks.multimodal_data import load, missing, sha
from benchmarks.record import in_child, peak_bytes, save, show
from zhiyin.core import derive
from zhiyin.evaluation import evaluate
from zhiyin.models.collaborative import (
    Ease,
    GfCf,
    ItemKnn,
    Popularity,
    Slim,
    SparseEase,
    TurboCf,
)

MODELS: dict[str, Any] = {
    "popularity": Popularity(),
    "item-kNN": ItemKnn(ItemKnn.Config(shrink=300)),
    "GF-CF": GfCf(GfCf.Config(smooth=0)),
    "Turbo-CF": TurboCf(TurboCf.Config(shopper_power=0.89, power=0.67)),
    "SLIM": Slim(Slim.Config(candidates=200)),
    "sparse EASE": SparseEase(SparseEase.Config(candidates=200)),
    "EASE": Ease(),
}
METRICS = ("recall@10", "recall@20", "ndcg@10", "ndcg@20", "coverage@20")


def child(shop: str, name: str, parts: list[str]) -> None:
    """One model on one shop; the result as JSON on the last line."""
    data = load(shop, graphs=False)
    before, start = peak_bytes(), time.process_time()
    model = MODELS[name].fit(data.train, derive(7, "benchmark", name))
    learnt = time.process_time()
    peak, kept = peak_bytes(), model.compile().memory
    reports = {"valid": evaluate(model.score, data.valid, (10, 20))}
    if "test" in parts:
        reports["test"] = evaluate(model.score, data.open_test(), (10, 20))
    ranked = (time.process_time() - learnt) / len(parts)
    result = {
        "shop": shop,
        "model": name,
        "settings": model.config.model_dump(exclude_defaults=True),
        "fit_cpu_s": round(learnt - start, 2),
        "rank_cpu_s": round(ranked, 2),
        "peak_bytes": peak,
        "peak_before_bytes": before,
        "needed_bytes": model.memory_needed(data.train),
        "table_bytes": kept,
    }
    for part, report in reports.items():
        result[part] = {name: round(report[name], 5) for name in METRICS}
    print(json.dumps(result))


def tell(shop: str, results: list[dict[str, Any]], part: str) -> None:
    """The table of one shop and part."""
    heads = ["model", *METRICS, "fit, CPU s", "rank, CPU s", "peak, GB", "table, MB"]
    rows = [
        [
            r["model"],
            *(f"{r[part][name]:.4f}" for name in METRICS),
            r["fit_cpu_s"],
            r["rank_cpu_s"],
            r["peak_bytes"] / 1e9,
            r["table_bytes"] / 1e6,
        ]
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
    shops = [shop for shop in given.shops.split(",") if not missing(shop)]
    if not shops:
        print(missing(given.shops.split(",")[0]))
        return
    opened = ["--test"] if given.test else []
    record: dict[str, Any] = {"opened_test": given.test, "data_sha256": {}, "results": []}
    for shop in shops:
        record["data_sha256"][shop] = sha(shop)
        results = []
        for name in MODELS:
            command = ("benchmarks.collaborative", *opened, "--child", shop, name)
            results.append(in_child(*command))
            record["results"].append(results[-1])
            save("collaborative", record)  # after each: the large ones take minutes
        for part in parts:
            tell(shop, results, part)


if __name__ == "__main__":
    main()
