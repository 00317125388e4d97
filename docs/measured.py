"""The numbers of the READMEs, taken from the files under benchmarks/results and nowhere else.

What is not measured yet, or not on the test part, is left out: the line of it, and no more.
"""

from typing import Any

from reached import models
from records import load
from understood import lines

Row = tuple[str, str, str, str]


def numbers(lang: str) -> str:
    """A table: what, measured, beside what, and the command that measures it again."""
    heads = {
        "en": ("what", "measured", "limit, peer or published", "again: `python -m benchmarks.…`"),
        "zh": ("项目", "实测", "上限、对照或论文数值", "重测：`python -m benchmarks.…`"),
    }[lang]
    rows = [heads, ("---", "--:", "--:", "---"), *_rows(lang)]
    lines = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    machine = load("newcomer")["machine"]
    foot = {
        "en": f"{machine}, shared and noisy: trust the ratios. Peers ran beside ours in the same "
        "run. What is called published was reported by authors who had all features of the goods; "
        "ours saw the ten nearest of each, by words and by pictures. "
        "[All of it, and what it does not show](docs/why/models.md#what-was-measured). Raw files "
        "with commit and time: [benchmarks/results](benchmarks/results/).",
        "zh": f"{machine}，与他人共用、时快时慢，请以比值为准。对照与我们的方法在同一次运行中测得；"
        "论文数值由作者报告，他们用了商品的全部特征，我们只用文字与图片各自最相近的十件商品。"
        "[全部结果及其局限](docs/why/models.md#what-was-measured)。带提交号与时间的原始文件："
        "[benchmarks/results](benchmarks/results/)。",
    }[lang]
    return f"{lines}\n\n{foot}\n"


def _rows(lang: str) -> list[Row]:
    def t(english: str, chinese: str) -> str:
        return chinese if lang == "zh" else english

    return [
        *_newcomer(t),
        *_ingest(t),
        *_arrays(t),
        *_ranking(t),
        *_quality(t),
        *lines(t),
        *models(t),
    ]


def _newcomer(t: Any) -> list[Row]:
    found = {row[0]: row for row in load("newcomer")["rows"]}
    _, seconds, _, most = found["make demo, everything included"]
    _, weight, _, heaviest = found["on disk afterwards"]
    demo = t("`make demo` from a clean clone, install included", "从干净克隆起 `make demo`，含安装")
    disk = t("on disk afterwards, the shop included", "之后占用磁盘，含演示商店")
    return [
        (demo, f"{seconds:.0f} s", f"{most} s", "newcomer"),
        (disk, f"{weight:.0f} MB", f"{heaviest} MB", "newcomer"),
    ]


def _ingest(t: Any) -> list[Row]:
    tools, rows = {}, []
    for line in load("ingest")["table"]:
        key = (line["store"], line["events"])
        if line["way"] != "zhiyin ingest":
            tools[key] = line
            continue
        tool, millions = tools[key], line["events"] // 1_000_000
        store = {"sqlite": "SQLite", "postgres": "Postgres"}[line["store"]]
        what = t(
            f"{millions} M events from CSV into {store}, every row checked",
            f"{millions * 100} 万条行为从 CSV 进 {store}，逐行检查",
        )
        beside = f"`{tool['way']}` {tool['rows/s']:,}/s; {line['times the tool']:.2f}×"
        rows.append((what, f"{line['rows/s']:,}/s, {line['peak MB']} MB", beside, "ingest"))
    return rows


def _arrays(t: Any) -> list[Row]:
    largest = [r for r in load("interactions")["results"] if r["drawn"] == 20_000_000]
    ours, pandas = (next(r for r in largest if r["way"] == way) for way in ("zhiyin", "pandas"))
    what = t("20 M events to histories and a matrix", "2000 万条行为变成历史与矩阵")
    return [(what, _size(ours), f"pandas {_size(pandas)}", "interactions")]


def _size(result: dict[str, Any]) -> str:
    seconds = result["arrays_s"] + result["matrix_s"]
    return f"{seconds:.0f} s, {result['peak_bytes'] / 1e9:.1f} GB"


def _quality(t: Any) -> list[Row]:
    demo = load("newcomer")["demo"]
    trials = {trial["name"]: trial["test"]["ndcg@10"] for trial in demo["trials"]}
    popular = trials["popularity"]
    best = trials[demo["best"]]
    what = t(
        f"demo shop (simulated), NDCG@10 of {demo['shoppers']:,} shoppers' next wants",
        f"演示商店（模拟），预测 {demo['shoppers']:,} 位顾客接下来想要什么，NDCG@10",
    )
    beside = t(f"popularity {popular:.4f}", f"热门 {popular:.4f}")
    return [(what, f"{demo['best']}: {best:.4f}", beside, "newcomer")]


def _ranking(t: Any) -> list[Row]:
    rows = load("ranking").get("results", [])
    large = [r for r in rows if r["scorer"] == "random" and r["items"] > 10_000]
    ways = {row["way"]: row for row in large}
    if not {"ranking", "loop"} <= set(ways):
        return []
    ours, loop = ways["ranking"], ways["loop"]
    size = f"{ours['shoppers']:,} × {ours['items']:,}"
    what = t(
        f"six metrics at 5, 10, 20, all items ranked, {size}",
        f"全量排序 {size}，六种指标 × 三个截断",
    )
    beside = t("`numpy.argsort` per shopper", "逐人 `numpy.argsort`")
    measured = f"{ours['cpu_seconds']:.1f} CPU s, {ours['peak_bytes'] / 1e6:.0f} MB"
    return [(what, measured, f"{beside} {loop['cpu_seconds']:.1f} CPU s", "ranking")]
