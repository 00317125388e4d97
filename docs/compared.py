"""The tables of docs/why/models.md, from the files under benchmarks/results.

What is not measured yet is left out: a row, or a whole table. ``–`` is what does not exist.
"""

from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import Any

from benchmarks import champion as champions
from benchmarks.contenders import CONTENDERS, PUBLISHED, Contender
from benchmarks.sequential import PUBLISHED as NEXT
from records import load, spread, table

SHOPS = ("baby", "sports")
COLUMNS = ("R@10", "R@20", "N@10", "N@20")
FOUR = ("recall@10", "recall@20", "ndcg@10", "ndcg@20")
SAW = {"behaviour": "behaviour", "graphs": "graphs", "stand-in": "stand-in features"}
Row = dict[str, Any]


def tables() -> dict[str, str]:
    """Every mark of docs/why/models.md and what stands between."""
    found = {shop: _shop(shop) for shop in SHOPS}
    written = {"champion": _champion, "sequential": _sequential, "implicit": _implicit}
    written |= {"epochs": _epochs, "growth": _growth}
    return found | {name: write() for name, write in written.items()}


def tested(shop: str) -> dict[str, list[Row]]:
    """Model → its runs on that shop whose test was opened, in the order of the contenders."""
    rows = [row for row in load("models").get("results", []) if row["shop"] == shop]
    runs = {c.name: [r for r in rows if r["model"] == c.name and "test" in r] for c in CONTENDERS}
    return {name: found for name, found in runs.items() if found}


def _shop(shop: str) -> str:
    runs = tested(shop)
    if not runs:
        return "Not measured yet.\n"
    heads = ["model", "saw", *COLUMNS]
    heads += ["published R@20 / N@20", "fit, CPU s", "rank, CPU s", "peak, GB", "form, MB"]
    rows = []
    for contender in CONTENDERS:
        own = runs.get(contender.name, [])
        if own:
            many = f" ({len(own)} seeds)" if len(own) > 1 else ""
            cells = [contender.name + many, SAW[contender.sees]]
            cells += [spread(run["test"][metric] for run in own) for metric in FOUR]
            cells += [_beside(contender, shop)]
            cells += [
                f"{fmean(run[key] for run in own):.1f}" for key in ("fit_cpu_s", "rank_cpu_s")
            ]
            cells += [f"{max(run['peak_bytes'] for run in own) / 1e9:.2f}"]
            rows.append([*cells, f"{max(run['form_bytes'] for run in own) / 1e6:.0f}"])
    best = [f"{name}: {_pair(four)}" for name, four in PUBLISHED[shop].items() if "best" in name]
    who = {"baby": "19,445 shoppers, 7,050 items", "sports": "35,598 shoppers, 18,357 items"}[shop]
    every = [run for own in runs.values() for run in own]
    foot = f"{who}. R@20 / N@20, {'; '.join(best)}. {_when(every)}"
    return table(heads, rows, left=2) + f"\n{foot}\n"


def _champion() -> str:
    found = []
    for shop in SHOPS:
        runs = [run for run in load(f"champion-{shop}").get("runs", []) if "test" in run]
        if runs:
            found.append(_of_champion(shop, runs))
    return "\n".join(found) or "Not measured yet.\n"


def _of_champion(shop: str, runs: list[Row]) -> str:
    heads = ["on test", *COLUMNS, "weight in the blend", "CPU s"]
    names = ["blend", *runs[0]["parts"]]
    rows = []
    for name in names:
        cells = [f"**{name}**" if name == "blend" else name]
        cells += [spread(run["test"][name][metric] for run in runs) for metric in FOUR]
        if name == "blend":
            cells += ["", spread((run["cpu_s"] for run in runs), 0)]
        else:
            cells += [f"{fmean(run['weights'][name] for run in runs):.2f}"]
            cells += [spread((run["parts"][name]["fit_cpu_s"] for run in runs), 0)]
        rows.append(cells)
    recall, ndcg = champions.TO_BEAT[shop]
    beside = ["best published", "–", f"{recall:.4f}", "–", f"{ndcg:.4f}"]
    rows.append([*beside, "", f"limit {champions.LIMITS[shop]}"])
    told = "1 seed" if len(runs) == 1 else f"{len(runs)} seeds, mean ± standard deviation"
    lines = [f"**Amazon {shop.title()}**, {told}; CPU seconds of everything, weighing included."]
    lines += ["", table(heads, rows), _luck(runs[0]), _when(runs), ""]
    return "\n".join(lines)


def _luck(run: Row) -> str:
    parts = [
        f"{metric} {found['difference']:+.4f} (95 % from {found['low']:+.4f} to "
        f"{found['high']:+.4f}, p = {found['p']:.4f})"
        for metric, found in run["against_best_part"].items()
    ]
    return (
        f"The blend against {run['best_part']}, its best part on valid, first seed, paired "
        f"bootstrap over shoppers: {'; '.join(parts)}. Ranking all test shoppers: "
        f"{run['rank_cpu_s']:.0f} CPU s; peak memory {run['peak_bytes'] / 1e9:.1f} GB."
    )


def _sequential() -> str:
    record = load("sequential")
    runs = [run for run in record.get("runs", []) if run["part"] == "test"]
    found = [_of_sequence(record, [r for r in runs if r["shop"] == shop]) for shop in _shops(runs)]
    return "\n".join(found) or "Not measured yet.\n"


def _shops(runs: Iterable[Row]) -> list[str]:
    return [*dict.fromkeys(run["shop"] for run in runs)]


def _of_sequence(record: Row, runs: list[Row]) -> str:
    shop = runs[0]["shop"]
    heads = ["model", "HR@10 of 101", "NDCG@10 of 101", "HR@10 of all", "NDCG@10 of all"]
    heads += ["coverage@10", "fit, CPU s", "rank all, CPU s"]
    rows = []
    for own in zip(*(run["rows"] for run in runs), strict=True):
        cells = [own[0]["model"]]
        cells += [spread(r["among"][metric] for r in own) for metric in ("hr@10", "ndcg@10")]
        whole = ("hr@10", "ndcg@10", "coverage@10")
        cells += [spread(r["whole"][metric] for r in own) for metric in whole]
        rows.append(cells + [f"{fmean(r[key] for r in own):.1f}" for key in _COSTS])
    for name, (hit, gain) in NEXT[shop].items():
        rows.append([name, f"{hit:.3f}", f"{gain:.3f}", *["–"] * 5])
    first = runs[0]
    seeds = f"{len(runs)} {'seeds' if len(runs) > 1 else 'seed'}"
    foot = (
        f"{first['shoppers']:,} shoppers, {seeds}. “Of 101”: the target among 100 items drawn "
        f"uniformly and frozen. An epoch of SASRec: {first['epoch_cpu_s']:.1f} CPU s"
    )
    if theirs := record.get("recbole", {}).get(shop):
        part = f"{theirs['batches_timed']} of {theirs['batches_of_an_epoch']} batches timed"
        foot += f"; of RecBole's, same run: {theirs['epoch_cpu_s']:.0f} ({part})"
    head = f"**Amazon {shop.title()}**, test"
    return f"{head}\n\n{table(heads, rows)}\n{foot}. {_when([record])}\n"


_COSTS = ("fit_cpu_s", "rank_cpu_s")


def _implicit() -> str:
    record = load("implicit")
    part = "test" if record.get("opened_test") else "valid"
    found = []
    for shop in _shops(record.get("results", [])):
        results = [r for r in record["results"] if r["shop"] == shop]
        heads = ["model", *COLUMNS, "fit, CPU s", "rank, CPU s"]
        rows = [
            [r["model"], *(f"{r[part][metric]:.4f}" for metric in FOUR)]
            + [f"{r[cost]:.1f}" for cost in _COSTS]
            for r in results
        ]
        found.append(f"**Amazon {shop.title()}**, {part}\n\n{table(heads, rows)}")
    if not found:
        return "Not measured yet.\n"
    tried = ", ".join(f"{name} {count}" for name, count in record["tried"].items())
    return "\n".join(
        [*found, f"Settings tried on Baby's valid part: {tried}. {_when([record])}", ""]
    )


def _epochs() -> str:
    record = load("epochs")
    if not record:
        return "Not measured yet.\n"
    heads = ["an epoch on Amazon Baby", "batch", "CPU s", "RecBole, same run", "MMRec, before"]
    rows = [
        [f"{r['model']}, {r['how']}", f"{r['batch']:,}", f"{r['epoch_cpu_s']:.2f}"]
        + [_or_none(r.get("recbole_epoch_cpu_s")), _or_none(r.get("mmrec_epoch_cpu_s_before"))]
        for r in record["rows"]
    ]
    return table(heads, rows) + f"\n{_when([record])}\n"


def _or_none(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _growth() -> str:
    record = load("growth")
    if not record:
        return "Not measured yet.\n"
    heads = ["items", "events", "fit, CPU s", "rank one, ms", "peak, GB", "of it data, GB"]
    heads += ["form, MB", "tried", "NDCG@10", "popularity", "chosen"]
    rows = [
        [f"{r['items']:,}", f"{r['events']:,}", f"{r['fit_cpu_s']:.0f}", f"{r['rank_ms']:.1f}"]
        + [f"{r[key] / 1e9:.2f}" for key in ("peak_bytes", "data_bytes")]
        + [f"{r['form_bytes'] / 1e6:.0f}", str(len(r["tried"]))]
        + [f"{r[key]:.4f}" for key in ("ndcg@10", "popularity ndcg@10")]
        + [r["chosen"]]
        for r in record["results"]
    ]
    budget = record["results"][0]["budget"]
    return table(heads, rows, left=0) + f"\nBudget {budget} of CPU time. {_when([record])}\n"


def _beside(contender: Contender, shop: str) -> str:
    four = PUBLISHED[shop].get(contender.beside or "")
    if four is None:
        return "–"
    same = f"{contender.name} ".startswith(f"{contender.beside} ")
    return _pair(four) if same else f"{contender.beside}: {_pair(four)}"


def _pair(four: Sequence[float]) -> str:
    return f"{four[1]:.4f} / {four[3]:.4f}"


def _when(rows: Sequence[Row]) -> str:
    """Commits and days of measurements; a plus says that something was not committed yet."""
    commits = list(dict.fromkeys(row["commit"] for row in rows if "commit" in row))
    days = sorted({row["when"][:10] for row in rows if "when" in row})
    return f"Measured at {', '.join(commits)}; {' to '.join(dict.fromkeys((days[0], days[-1])))}."
