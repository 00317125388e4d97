"""The numbers of the READMEs, taken from the files under benchmarks/results and nowhere else."""

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent.parent / "benchmarks" / "results"
Row = tuple[str, str, str, str]


def numbers(lang: str) -> str:
    """A table: what, measured, beside what, and the command that measures it again."""
    heads = {
        "en": ("what", "measured", "limit or peer, same run", "again with `make bench ARGS=…`"),
        "zh": ("项目", "实测", "上限或对照（同一次运行）", "用 `make bench ARGS=…` 重测"),
    }[lang]
    rows = [heads, ("---", "--:", "--:", "---"), *_rows(lang)]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    machine = _load("newcomer")["machine"]
    foot = {
        "en": f"{machine}, shared and noisy: trust the ratios. Raw files with commit and time: "
        "[benchmarks/results](benchmarks/results/).",
        "zh": f"{machine}，与他人共用、时快时慢，请以比值为准。带提交号与时间的原始文件："
        "[benchmarks/results](benchmarks/results/)。",
    }[lang]
    return f"{table}\n\n{foot}\n"


def _rows(lang: str) -> list[Row]:
    def t(english: str, chinese: str) -> str:
        return chinese if lang == "zh" else english

    return [*_newcomer(t), *_ingest(t), *_arrays(t), *_quality(t)]


def _newcomer(t: Any) -> list[Row]:
    found = {row[0]: row for row in _load("newcomer")["rows"]}
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
    for line in _load("ingest")["table"]:
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
    largest = [r for r in _load("interactions")["results"] if r["drawn"] == 20_000_000]
    ours, pandas = (next(r for r in largest if r["way"] == way) for way in ("zhiyin", "pandas"))
    what = t("20 M events to histories and a matrix", "2000 万条行为变成历史与矩阵")
    return [(what, _size(ours), f"pandas {_size(pandas)}", "interactions")]


def _size(result: dict[str, Any]) -> str:
    seconds = result["arrays_s"] + result["matrix_s"]
    return f"{seconds:.0f} s, {result['peak_bytes'] / 1e9:.1f} GB"


def _quality(t: Any) -> list[Row]:
    demo = _load("newcomer")["demo"]
    trials = {trial["name"]: trial["test"]["ndcg@10"] for trial in demo["trials"]}
    popular = trials["popularity"]
    best = trials[demo["best"]]
    what = t(
        f"demo shop (simulated), NDCG@10 of {demo['shoppers']:,} shoppers' next wants",
        f"演示商店（模拟），预测 {demo['shoppers']:,} 位顾客接下来想要什么，NDCG@10",
    )
    beside = t(f"popularity {popular:.4f}", f"热门 {popular:.4f}")
    return [(what, f"{demo['best']}: {best:.4f}", beside, "newcomer")]


def _load(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found
