"""The blend that is to beat what is published, on Amazon Baby and Sports by MMRec's protocol.

    python -m benchmarks.champion [--shops baby,sports] [--seeds 5] [--test] [--afresh]

Models of two kinds err differently: two in closed form (smooth GF, smooth EASE) and some
that descend (FREEDOM, MSCA; on the smaller shop two of each). Each learns from x_label 0
alone; those that descend stop where recall@20 on x_label 1 (valid) is best. Their scores,
each by its spread per shopper (``Blend``), are added up with weights found on valid: from
even ones, a share goes from one part to another as long as that helps, in smaller and
smaller steps. With ``--test`` x_label 2 is opened once, after everything is chosen, for
the blend and for each of its parts.

A run is one seed in one process: CPU seconds of all threads for everything (learning,
stopping, weighing), the ranking of all test shoppers told apart, peak memory. Mean and
standard deviation over the seeds; the paired bootstrap of the first seed's blend against
the best of its parts on valid. Not measured again where it was, unless ``--afresh``.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.contenders import FREEDOM_AS_PUBLISHED, PUBLISHED
from benchmarks.multimodal_data import load, missing
from benchmarks.record import RESULTS, in_child, peak_bytes, save, show, where
from zhiyin.core import derive
from zhiyin.data import Split
from zhiyin.evaluation import compare, evaluate
from zhiyin.models import Blend, Form
from zhiyin.models.multimodal import Freedom, Msca, SmoothEase, SmoothGf
from zhiyin.posttrain.blending import Sheet

METRICS = ("recall@10", "recall@20", "ndcg@10", "ndcg@20", "coverage@20")
GOAL = "recall@20"
WATCHED = 3_000  # valid shoppers asked while a model descends
WEIGHED = 5_000  # and while the weights are looked for: their scores are held
STEPS = (0.3, 0.15, 0.07)
LIMITS = {"baby": 5 * 60, "sports": 15 * 60}  # CPU seconds that everything may take
TO_BEAT = {"baby": (0.1096, 0.0482), "sports": (0.1210, 0.0559)}  # recall@20, ndcg@20
Row = dict[str, Any]


def parts(shop: str) -> dict[str, Any]:
    """The models, by name. Settings were chosen on valid."""
    long = {"epochs": 40, "patience": 10}  # at most: each stops where valid is best
    found: dict[str, Any] = {
        "smooth GF": SmoothGf(),
        "smooth EASE": SmoothEase(),
        "FREEDOM": Freedom(Freedom.Config.model_validate({**long, "epochs": 60})),
        "MSCA": Msca(Msca.Config.model_validate(long)),
    }
    if shop == "baby":  # small: there is time for more
        found["FREEDOM, as published"] = Freedom(
            Freedom.Config.model_validate({**FREEDOM_AS_PUBLISHED, "batch": 4096})
        )
        found["MSCA, once more"] = Msca(Msca.Config.model_validate(long))
    return found


def child(shop: str, seed: int, opened: bool) -> None:
    """One seed on one shop; the result as JSON on the last line."""
    split = load(shop, graphs=True)
    start = time.process_time()
    forms: dict[str, Form] = {}
    told: dict[str, Row] = {}
    for name, model in parts(shop).items():
        began = time.process_time()
        forms[name] = learnt(name, model, split, seed)
        told[name] = {"fit_cpu_s": round(time.process_time() - began, 1)}
        if (trajectory := getattr(model, "trajectory", None)) is not None:
            told[name] |= {"epochs": len(trajectory.epochs), "best_epoch": trajectory.best}
        print(name, told[name], file=sys.stderr, flush=True)
    began = time.process_time()
    some = split.valid.sample(WEIGHED, derive(0, "champion"))
    weights = weighed(Sheet.of(some, [*forms.values()]))
    weighing = time.process_time() - began
    blend = Blend([*forms.values()], weights)
    everything = time.process_time() - start
    judged: dict[str, Form] = {"blend": blend, **forms}
    valid = {name: evaluate(form.score, split.valid, (10, 20)) for name, form in judged.items()}
    best = max(forms, key=lambda name: valid[name][GOAL])
    result: Row = {
        "cpu_s": round(everything, 1),
        "weighing_cpu_s": round(weighing, 1),
        "weights": dict(zip(forms, weights, strict=True)),
        "parts": told,
        "best_part": best,
        "valid": {name: numbers(report) for name, report in valid.items()},
    }
    if opened:
        exam = split.open_test()
        began = time.process_time()
        test = {"blend": evaluate(blend.score, exam, (10, 20))}
        result["rank_cpu_s"] = round(time.process_time() - began, 1)
        test |= {name: evaluate(form.score, exam, (10, 20)) for name, form in forms.items()}
        result["test"] = {name: numbers(report) for name, report in test.items()}
        result["against_best_part"] = {
            metric: bootstrap(test["blend"], test[best], metric) for metric in (GOAL, "ndcg@20")
        }
    result["peak_bytes"] = peak_bytes()
    print(json.dumps(result))


def learnt(name: str, model: Any, split: Split, seed: int) -> Form:
    """The served form of a model that stopped where valid was best."""
    watched = split.valid.sample(WATCHED, derive(0, "champion"))
    more: dict[str, Any] = {}
    if hasattr(model, "trajectory"):
        more["watch"] = lambda score: evaluate(score, watched, (20,))[GOAL]
    stream = derive(seed, "champion", name)
    form: Form = model.fit(split.train, stream, **more).compile()
    return form


def weighed(sheet: Sheet) -> list[float]:
    """Weights that add up to 1: a step from one part to another, as long as valid likes it."""
    count = len(sheet.scores)
    weights = np.full(count, 1 / count)
    worth = value(sheet, weights)
    for step in STEPS:
        moved = True
        while moved:
            moved = False
            for giver in range(count):
                for taker in range(count):
                    given = min(step, weights[giver])
                    if giver == taker or not given:
                        continue
                    other = weights.copy()
                    other[giver] -= given
                    other[taker] += given
                    if (gained := value(sheet, other)) > worth:
                        weights, worth, moved = other, gained, True
    return [round(float(weight), 4) for weight in weights]


def value(sheet: Sheet, weights: npt.NDArray[np.float64]) -> float:
    """Recall@20 of the weighted sum."""
    return sheet.judge([tuple(weights)], ks=(20,))[GOAL]


def numbers(report: Any) -> dict[str, float]:
    return {metric: round(report[metric], 5) for metric in METRICS}


def bootstrap(one: Any, other: Any, metric: str) -> dict[str, float]:
    found = compare(one, other, metric)
    return {
        "difference": round(found.difference, 5),
        "low": round(found.low, 5),
        "high": round(found.high, 5),
        "p": round(found.p, 5),
    }


def tell(shop: str, rows: Sequence[Row], part: str) -> None:
    """The table of one shop, what is to beat below."""
    heads = ["model", *METRICS, "all, CPU s"]
    lines: list[list[Any]] = []
    for name in rows[0][part]:
        cells = [spread([row[part][name][metric] for row in rows]) for metric in METRICS]
        cost: Callable[[Row], float] = (
            (lambda row: row["cpu_s"])
            if name == "blend"
            else (lambda row, name=name: row["parts"][name]["fit_cpu_s"])  # type: ignore[misc]
        )
        lines.append([name, *cells, float(np.mean([cost(row) for row in rows]))])
    recall, ndcg = TO_BEAT[shop]
    best = [""] * len(heads)
    best[0], best[2], best[4] = "(to beat, on test)", f"{recall:.4f}", f"{ndcg:.4f}"
    best[-1] = f"{LIMITS[shop]}"
    published = PUBLISHED[shop]["FREEDOM"]
    freedom = ["(FREEDOM as published)", *(f"{four:.4f}" for four in published), "", ""]
    show(f"Amazon {shop}, {part}, {len(rows)} seeds", heads, [*lines, freedom, best])


def spread(values: Sequence[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.4f}"
    return f"{np.mean(values):.4f} ± {np.std(values, ddof=1):.4f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shops", default="baby,sports", help="comma between")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--test", action="store_true", help="open the test part, once a run")
    parser.add_argument("--afresh", action="store_true", help="measure again what is measured")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child[0], int(given.child[1]), given.test)
        return
    for shop in given.shops.split(","):
        if why := missing(shop):
            print(why)
            continue
        run(shop, given.seeds, given.test, afresh=given.afresh)


def run(shop: str, seeds: int, opened: bool, *, afresh: bool) -> None:
    """All seeds on one shop; saved after each."""
    file = RESULTS / f"champion-{shop}.json"
    settings = {name: model.config.model_dump(mode="json") for name, model in parts(shop).items()}
    settings = json.loads(json.dumps(settings))
    kept: Sequence[Row] = []
    if file.is_file() and not afresh:
        record = json.loads(file.read_text(encoding="utf-8"))
        kept = record["runs"] if record["settings"] == settings else []
    rows: list[Row] = []
    for seed in range(seeds):
        there = [row for row in kept if row["seed"] == seed and (not opened or "test" in row)]
        if not there:
            flags = ["--test"] if opened else []
            found = in_child("benchmarks.champion", *flags, "--child", shop, str(seed))
            there = [{"seed": seed, **found, "commit": where()["commit"], "when": where()["when"]}]
        rows.append(there[0])
        record = {"shop": shop, "opened_test": opened, "settings": settings, "runs": rows}
        save(f"champion-{shop}", record)
    for part in ("valid", "test") if opened else ("valid",):
        tell(shop, rows, part)
    if opened:
        for metric, found in rows[0]["against_best_part"].items():
            print(
                f"{metric}: blend {found['difference']:+.4f} against {rows[0]['best_part']}, "
                f"95 % from {found['low']:+.4f} to {found['high']:+.4f}, p = {found['p']:.4f}"
            )


if __name__ == "__main__":
    main()
