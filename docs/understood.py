"""The tables of docs/why/goods.md and their lines in the READMEs, from benchmarks/results."""

from statistics import fmean
from typing import Any

from records import load, spread, table

Row = dict[str, Any]
Line = tuple[str, str, str, str]
NOTHING = "Not measured yet.\n"


def goods() -> dict[str, str]:
    """Every mark of docs/why/goods.md and what stands between."""
    written = {"alignment": _alignment, "words": _words, "engines": _engines, "search": _search}
    written |= {"languages": _languages, "latency": _latency, "motifs": _motifs}
    written |= {"colours": _colours, "index": _index, "encoding": _encoding, "shelf": _shelf}
    return {name: write() or NOTHING for name, write in written.items()}


def _when(found: Row) -> str:
    return f"Commit {found['commit']}, {found['when']}."


def _motifs() -> str:
    found = load("motifs")
    if not found:
        return ""
    parts = {"colours": "colours never seen with the motif", "wares": "kinds of goods never seen"}
    results = found["results"]
    names = [row["features"] for row in results["colours"]["rows"]]
    of = {part: {r["features"]: r for r in results[part]["rows"]} for part in parts}
    rows = []
    for name in names:
        cells = [name]
        cells += [f"{of[p][name]['test']:.3f} ± {of[p][name]['error']:.3f}" for p in parts]
        cost = [found["cpu_seconds_a_picture"].get(part, 0.0) for part in name.split(" + ")]
        rows.append([*cells, f"{1000 * sum(cost):.0f}" if any(cost) else "–"])
    sizes = " and ".join(str(results[part]["sizes"][2]) for part in parts)
    foot = f"{found['items']:,} painted goods, of which {sizes} are for the test. {_when(found)}"
    return table(["features", *parts.values(), "CPU ms a picture"], rows) + f"\n{foot}\n"


def _colours() -> str:
    found = load("colours")
    if not found:
        return ""
    test, demo = found["results"]["test"], found["results"]["demo"]
    rows = [
        [
            way,
            f"{test[way]['first']:.3f}",
            f"{test[way]['any']:.3f}",
            f"{demo[way]['ground']:.3f}",
            f"{demo[way]['ink']:.3f}",
            f"{test[way]['cpu_ms']:.0f}",
        ]
        for way in test
    ]
    heads = ["way", "fashion: first", "fashion: any", "demo: ground", "demo: ink", "CPU ms"]
    count = next(iter(test.values()))["products"]
    return table(heads, rows) + f"\n{count:,} fashion products. {_when(found)}\n"


def _index() -> str:
    parts = load("index").get("results", {})
    told = []
    for size, contenders in parts.items():
        filters = list(next(iter(contenders.values()))["asked"])
        heads = ["index", *filters, "build, CPU s", "held, MB", "installed, MB"]
        rows = [
            [
                name,
                *(
                    f"{r['asked'][f]['recall']:.3f} / {r['asked'][f]['cpu_ms']:.2f}"
                    for f in filters
                ),
                f"{r['build_cpu_s']:.0f}",
                f"{r['held_mb']:.0f}",
                f"{r['installed_mb']:.0f}",
            ]
            for name, r in contenders.items()
        ]
        told.append(f"**{size}**\n\n{table(heads, rows)}")
    return "\n".join(told) and "\n".join(told) + f"\n{_when(load('index'))}\n"


def _words() -> str:
    found = load("words")
    rows = [
        [
            r["set"],
            r["way"],
            f"{r['ndcg@10']:.3f}",
            f"{r['mrr']:.3f}",
            f"{r['queries_per_cpu_second']:,.0f}",
            f"{r['queries']:,}",
        ]
        for r in found.get("results", [])
    ]
    if not rows:
        return ""
    heads = ["queries", "way", "NDCG@10", "MRR", "per CPU second", "number"]
    return table(heads, rows, left=2) + f"\n{_when(found)}\n"


def _engines() -> str:
    found = load("words_speed")
    rows = [
        [
            r["engine"],
            f"{r['goods']:,}",
            *(f"{r[key]['p50']:.2f} / {r[key]['p99']:.1f}" for key in ("top", "masked", "all")),
            f"{r['live']['p50']:.1f}",
            f"{r['build_cpu_seconds']:.0f}" if "build_cpu_seconds" in r else "–",
            f"{r['disk_bytes'] / 1e6:.0f}",
            f"{r['peak_bytes'] / 1e6:.0f}",
        ]
        for r in found.get("results", [])
    ]
    if not rows:
        return ""
    heads = ["engine", "goods", "ten best, ms", "under a mask", "all keys", "a change is found, ms"]
    heads += ["build, CPU s", "disk, MB", "memory, MB"]
    copies = [
        f"{r['goods']:,} goods are {r['copies']} copies"
        for r in found["results"]
        if r.get("copies")
    ]
    foot = "; ".join(["CPU, p50 / p99", *copies])
    return table(heads, rows) + f"\n{foot}. {_when(found)}\n"


def _encoding() -> str:
    found = load("encoding")
    rows = [
        [r["way"], r["kind"], f"{r['per_cpu_s']:,.0f}", f"{r['per_s']:,.0f}", _mb(r)]
        for r in found.get("speed", [])
    ]
    if not rows:
        return ""
    heads = ["way", "of", "a CPU second", "a second", "peak, MB"]
    flat = [f"{r['way']}, {r['items']:,} items: {_mb(r)} MB" for r in found.get("memory", [])]
    foot = f"Memory does not grow with the items: {'; '.join(flat)}. {_when(found)}"
    return table(heads, rows, left=2) + f"\n{foot}\n"


def _mb(row: Row) -> str:
    return f"{row['peak_bytes'] / 1e6:.0f}"


def _shelf() -> str:
    found = load("shelf")
    rows = [
        [
            r["what"],
            f"{r['goods']:,}",
            *(_ms(r[key]) for key in ("first ms", "again ms", "pandas ms")),
        ]
        for r in found.get("milliseconds", [])
    ]
    if not rows:
        return ""
    heads = ["what", "goods", "first, CPU ms", "again", "pandas"]
    foot = (
        f"{found['items']:,} goods; opened in {found['opened_ms']:.0f} ms, "
        f"{found['disk_bytes'] / 1e6:.0f} MB on disk. {_when(found)}"
    )
    return table(heads, rows) + f"\n{foot}\n"


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


WAYS = ("image→text", "text→image")


def _alignment() -> str:
    told = []
    for shop, title in (("fashion", "Fashion"), ("demo", "The demo shop's goods, painted by code")):
        found = load(f"alignment-{shop}")
        rows = [_aligned(row) for row in found.get("rows", []) if _held_out(row)]
        if rows:
            heads = ["", *(f"{way} R@1 / 5 / 10" for way in WAYS), "median rank", "MRR", "CPU s"]
            pairs = ", ".join(f"{name} {count:,}" for name, count in found["pairs"].items())
            foot = f"Pairs: {pairs}. {_when(found)}"
            told.append(f"**{title}**\n\n{table(heads, rows)}\n{foot}\n")
    return "\n".join(told)


def _held_out(row: Row) -> list[Row]:
    """The figures of each seed on what was held out; none where it was not opened."""
    return [part[name] for part in row["seeds"] for name in part if name != "valid"]


def _aligned(row: Row) -> list[str]:
    seeds = _held_out(row)
    cells = [
        " / ".join(f"{fmean(s[f'{way} recall@{k}'] for s in seeds):.3f}" for k in (1, 5, 10))
        for way in WAYS
    ]
    ranks = " · ".join(f"{fmean(s[f'{way} median rank'] for s in seeds):.0f}" for way in WAYS)
    mrr = spread(s["mrr"] for s in seeds)
    return [row["row"].strip(), *cells, ranks, mrr, f"{fmean(row['cpu_s']):.0f}"]


def _search() -> str:
    found = load("search").get("quality", {})
    rows = [[r["set"], *_way(r)] for r in found.get("rows", [])]
    heads = ["queries", "way", "NDCG@10", "MRR", "recall@10", "a second", "number"]
    return table(heads, rows, left=2) + f"\n{_when(found)}\n" if rows else ""


def _languages() -> str:
    found = load("search").get("languages", {})
    rows = [
        [f"{r['queries in']} → {r['goods']}, {r['kind']}", *_way(r)] for r in found.get("rows", [])
    ]
    heads = ["queries → texts", "way", "NDCG@10", "MRR", "recall@10", "a second", "number"]
    return table(heads, rows, left=2) + f"\n{_when(found)}\n" if rows else ""


def _way(row: Row) -> list[str]:
    figures = [f"{row[key]:.3f}" for key in ("ndcg@10", "mrr", "recall@10")]
    return [row["way"], *figures, f"{row['per second']:,.0f}", f"{row['queries']:,}"]


def _latency() -> str:
    found = load("search")
    told = []
    for size in ("100k", "1m"):
        asked = found.get(size, {}).get("rows", {})
        if not asked:
            continue
        rows = [
            [what, *(f"{value:,.1f}" for value in row.values())]
            for what, row in asked["ms"].items()
        ]
        begin = "; ".join(f"{k}: {v}" for k, v in [*asked["build"].items(), *asked["open"].items()])
        heads = [f"search among {size}", "p50, ms", "p99, ms", "mean, CPU ms"]
        told.append(f"{table(heads, rows)}\n{begin}. {_when(found[size])}\n")
    return "\n".join(told)


def lines(t: Any) -> list[Line]:
    """The lines of the READMEs; what was not measured is left out."""
    return [*_pairs(t), *_typed(t), *_abroad(t), *_drawn(t), *_near(t), *_page(t)]


def _pairs(t: Any) -> list[Line]:
    rows = {r["row"].strip(): _held_out(r) for r in load("alignment-fashion").get("rows", [])}
    closed = "cca: use · efficientnet"
    if not rows.get("linear heads") or not rows.get(closed):
        return []

    def figures(seeds: list[Row]) -> str:
        return ", ".join(
            f"{fmean(s[f'image→text recall@{k}'] for s in seeds):.3f}" for k in (1, 10)
        )

    what = t(
        "fashion, a picture finds its title among 1,000 held out: recall@1, @10",
        "fashion，图片在 1,000 个未见标题中找到自己的：recall@1、@10",
    )
    beside = t("closed form on plain vectors", "普通向量上的闭式解")
    chance = t("chance", "随机")
    return [
        (
            what,
            figures(rows["linear heads"]),
            f"{beside} {figures(rows[closed])}; {chance} {figures(rows['chance'])}",
            "alignment --test",
        )
    ]


def _typed(t: Any) -> list[Line]:
    rows = {(r["set"], r["way"]): r["ndcg@10"] for r in load("words").get("results", [])}
    names = {
        "fashion known": t("fashion, known products by words", "fashion，按词找已知商品"),
        "fashion typos": t("the same with typing errors", "同上，带拼写错误"),
    }
    found = []
    for key, what in names.items():
        if (key, "zhiyin") in rows:
            peers = [
                f"{w.split(',')[0]} {v:.3f}"
                for (k, w), v in rows.items()
                if k == key and "bm25" in w
            ]
            ours = f"{rows[key, 'zhiyin']:.3f}"
            found.append((f"{what}: NDCG@10", ours, "; ".join(peers), "words"))
    return found


def _abroad(t: Any) -> list[Line]:
    rows = load("search").get("languages", {}).get("rows", [])
    found = {r["way"]: r for r in rows if (r["goods"], r["kind"]) == ("en", "known")}
    if not {"search", "words"} <= set(found):
        return []
    what = t(
        "demo, Chinese queries, English texts only, known goods: recall@10",
        "演示商店，中文查询、仅有英文文本、找已知商品：recall@10",
    )
    beside = t("words alone", "仅全文")
    ours, words = (f"{found[way]['recall@10']:.3f}" for way in ("search", "words"))
    return [(what, ours, f"{beside} {words}", "search")]


def _drawn(t: Any) -> list[Line]:
    rows = load("motifs").get("results", {}).get("colours", {}).get("rows", [])
    found = {r["features"]: r["test"] for r in rows}
    if "texture" not in found:
        return []
    what = t(
        "painted goods, motifs on colours never seen with them: accuracy",
        "绘制的商品，识别从未与该配色同现的纹样：准确率",
    )
    chance = t("chance", "随机")
    beside = f"EfficientNet {found['efficientnet']:.3f}; {chance} {found['chance']:.3f}"
    return [(what, f"{found['texture']:.3f}", beside, "motifs")]


def _near(t: Any) -> list[Line]:
    found = load("index").get("results", {}).get("1m", {})
    if not {"ours", "faiss lists"} <= set(found):
        return []
    what = t(
        "nearest ten of 1 M × 128, one thread; under a filter of 5 %: recall, CPU ms",
        "100 万 × 128 中最近的十个，单线程；以及 5% 过滤：recall、CPU 毫秒",
    )
    ours, peer = (
        "; ".join(
            f"{found[name]['asked'][f]['recall']:.3f}, {found[name]['asked'][f]['cpu_ms']:.1f}"
            for f in ("all", "any 5.0%")
        )
        for name in ("ours", "faiss lists")
    )
    return [(what, ours, t(f"faiss {peer}", f"faiss {peer}"), "index")]


def _page(t: Any) -> list[Line]:
    found = []
    for size, said in (("100k", t("100,000", "10 万")), ("1m", t("1 M", "100 万"))):
        rows = load("search").get(size, {}).get("rows", {}).get("ms", {})
        if not rows:
            continue
        first = next(iter(rows.values()))
        what = t(
            f"a search among {said} goods, facets and reasons included: p50, p99",
            f"在 {said} 件商品中搜索，含分面与理由：p50、p99",
        )
        found.append(
            (what, f"{first['p50']:.0f} ms, {first['p99']:.0f} ms", "–", f"search --only {size}")
        )
    return found
