"""What the models reach, as lines of the READMEs' table, and what stands beside."""

from statistics import fmean
from typing import Any

from benchmarks.champion import LIMITS, TO_BEAT
from benchmarks.contenders import PUBLISHED
from benchmarks.sequential import PUBLISHED as NEXT
from records import load, spread

Row = tuple[str, str, str, str]


def models(t: Any) -> list[Row]:
    """The lines; ``t(english, chinese)`` chooses the language."""
    return [*_champion(t), *_closed(t), *_next(t), *_epoch(t), *_als(t)]


def _champion(t: Any) -> list[Row]:
    found = []
    for shop, (recall, ndcg) in TO_BEAT.items():
        runs = [run for run in load(f"champion-{shop}").get("runs", []) if "test" in run]
        if not runs:
            continue
        what = t(
            f"Amazon {shop.title()}, blend of {len(runs[0]['parts'])}, "
            f"{len(runs)} {'seed' if len(runs) == 1 else 'seeds'}: "
            "recall@20, NDCG@20",
            f"Amazon {shop.title()}，{len(runs[0]['parts'])} 个模型的融合，{len(runs)} 个种子："
            "recall@20、NDCG@20",
        )
        both = [
            spread(run["test"]["blend"][name] for run in runs) for name in ("recall@20", "ndcg@20")
        ]
        cost = f"{fmean(run['cpu_s'] for run in runs):.0f} CPU s"
        best = t("best published", "已发表最好")
        beside = f"{best} {recall:.4f}, {ndcg:.4f}; ≤ {LIMITS[shop]} CPU s"
        found.append((what, f"{both[0]}, {both[1]}; {cost}", beside, "champion --test"))
    return found


def _closed(t: Any) -> list[Row]:
    found = []
    for shop in TO_BEAT:
        for row in load("models").get("results", []):
            name = row["model"]
            if row["shop"] != shop or name not in ("smooth GF", "smooth EASE") or "test" not in row:
                continue
            what = t(
                f"Amazon {shop.title()}, {name} alone: recall@20, NDCG@20",
                f"Amazon {shop.title()}，仅 {name}：recall@20、NDCG@20",
            )
            test = row["test"]
            measured = f"{test['recall@20']:.4f}, {test['ndcg@20']:.4f}; "
            published = PUBLISHED[shop]["FREEDOM"]
            word = t("FREEDOM, published", "FREEDOM 论文")
            beside = f"{word} {published[1]:.4f}, {published[3]:.4f}"
            cost = f"{row['fit_cpu_s']:.1f} CPU s"
            found.append((what, measured + cost, beside, "models --test"))
    return found


def _next(t: Any) -> list[Row]:
    record, found = load("sequential"), []
    runs = [r for r in record.get("runs", []) if r["shop"] == "games" and r["part"] == "test"]
    for model in ("SASRec", "fused") if runs else ():
        own = [row for run in runs for row in run["rows"] if row["model"] == model]
        both = [spread((row["among"][name] for row in own), 3) for name in ("hr@10", "ndcg@10")]
        name = "SASRec + item-kNN" if model == "fused" else model
        what = t(
            f"Amazon Games, next item among 101, {name}: HR@10, NDCG@10",
            f"Amazon Games，101 选一，{name}：HR@10、NDCG@10",
        )
        word = t("published", "论文")
        told = [f"{each.split(',')[0]} {h:.3f}, {n:.3f}" for each, (h, n) in NEXT["games"].items()]
        cost = f"{fmean(row['fit_cpu_s'] for row in own):.0f} CPU s"
        measured = f"{both[0]}, {both[1]}; {cost}"
        found.append((what, measured, f"{word}: {'; '.join(told)}", "sequential --test"))
    if runs and (theirs := record.get("recbole", {}).get("games")):
        what = t("an epoch of SASRec on Games", "SASRec 在 Games 上训练一轮")
        measured = f"{fmean(run['epoch_cpu_s'] for run in runs):.1f} CPU s"
        beside = f"RecBole {theirs['epoch_cpu_s']:.0f} CPU s"
        found.append((what, measured, beside, "sequential"))
    return found


_BUT = {
    "LightGCN": ("", ""),
    "FREEDOM": (", features left out of the loss", "，损失不含特征部分"),
}


def _epoch(t: Any) -> list[Row]:
    found = []
    for row in load("epochs").get("rows", []):
        if row["how"] != "as published":
            continue  # other batches are another epoch
        but = t(*_BUT[row["model"]])
        what = t(
            f"an epoch of {row['model']} on Baby, batches of {row['batch']:,}{but}",
            f"{row['model']} 在 Baby 上训练一轮，每批 {row['batch']:,}{but}",
        )
        if theirs := row["recbole_epoch_cpu_s"]:
            beside = f"RecBole {theirs:.1f} CPU s"
        else:
            before = t("MMRec, measured before,", "MMRec（先前测得）")
            beside = f"{before} {row['mmrec_epoch_cpu_s_before']:.0f} CPU s"
        found.append((what, f"{row['epoch_cpu_s']:.2f} CPU s", beside, "epochs"))
    return found


def _als(t: Any) -> list[Row]:
    """Our iALS beside implicit's, each as it was best on Baby's valid part."""
    record = load("implicit")
    results = record.get("results", [])
    part = "test" if record.get("opened_test") else "valid"
    on = "" if part == "test" else t(" (on valid)", "（valid 上）")
    found = []
    for shop in TO_BEAT:
        both = []
        for kind in ("iALS", "implicit ALS"):
            own = [r for r in results if r["model"].startswith(kind)]
            chosen = max((r for r in own if r["shop"] == "baby"), key=_on_valid, default=None)
            model = chosen and chosen["model"]
            both += [r for r in own if r["shop"] == shop and r["model"] == model]
        if len(both) < 2:
            continue
        ours, theirs = (
            f"{r[part]['recall@20']:.4f}, {r[part]['ndcg@20']:.4f}; "
            f"{r['fit_cpu_s'] + r['rank_cpu_s']:.1f} CPU s"
            for r in both
        )
        who = f"Amazon {shop.title()}{on}", both[0]["model"]
        what = t(
            f"{', '.join(who)}: recall@20, NDCG@20; to learn and rank all",
            f"{'，'.join(who)}：recall@20、NDCG@20；训练并全量排序",
        )
        again = "implicit --test" if part == "test" else "implicit"
        found.append((what, ours, f"{both[1]['model']} {theirs}", again))
    return found


def _on_valid(row: dict[str, Any]) -> float:
    value: float = row["valid"]["recall@20"]
    return value
