"""One self-contained HTML page of several reports: a table, drawings, nothing fetched.

No script, no font, no picture from outside; a content policy in the page forbids them,
so it can be mailed or kept beside the artifact it speaks of. English or Chinese.
"""

import math
from collections.abc import Mapping
from html import escape

import numpy as np

from zhiyin.core import BadRequest
from zhiyin.evaluation.plots import bars, points
from zhiyin.evaluation.report import Report

STYLE = """
:root{color-scheme:light dark;--c8:#8884;--c0:#3266c8;--c1:#c8501e;--c2:#2a8c5a;--c3:#8c4bb4;
--c4:#b48c00;--c5:#1e96a0;--c6:#c83c78;--c7:#787878}
body{font:16px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:64rem;
margin:2rem auto;padding:0 1rem}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .75rem;text-align:right;border-bottom:1px solid var(--c8)}
th:first-child{text-align:left}td.best{font-weight:700}.small{opacity:.75;font-size:.875rem;
overflow-wrap:anywhere}svg{width:100%;max-width:48rem;height:auto}
svg line{stroke:var(--c8)}svg text{font-size:12px;fill:currentColor}
""" + "".join(f".c{n}{{fill:var(--c{n})}}" for n in range(8))

WORDS = {
    "en": {
        "title": "Evaluation",
        "asked": "{shoppers} shoppers asked, {items} items, ranked among: {protocol}.",
        "means": "All metrics at {k}",
        "model": "model",
        "cost": "cost",
        "best": "Bold is the best of a column; novelty, variety and the like have no best.",
        "against": "Quality against cost",
        "coverage": "Coverage: the share of the catalogue on some slate",
        "segments": "Segments: {metric}",
        "who": "cold: fewer than 5 events, warm: fewer than 20, heavy: the rest. "
        "head: targets among the popular fifth of the goods, tail: the others.",
        "cold": "cold",
        "warm": "warm",
        "heavy": "heavy",
        "head": "head",
        "tail": "tail",
    },
    "zh": {
        "title": "评估报告",
        "asked": "共 {shoppers} 位顾客，{items} 件商品，排序范围：{protocol}。",
        "means": "前 {k} 名的全部指标",
        "model": "模型",
        "cost": "成本",
        "best": "粗体为该列最佳；新颖度、多样性等指标不分优劣。",
        "against": "质量与成本",
        "coverage": "覆盖率：至少出现在一份推荐中的商品占比",
        "segments": "分群：{metric}",
        "who": "cold 冷：历史不足 5 条；warm 温：不足 20 条；heavy 热：其余。"
        "head 头部：目标属于最热门的五分之一商品；tail 长尾：其余。",
        "cold": "冷",
        "warm": "温",
        "heavy": "热",
        "head": "头部",
        "tail": "长尾",
    },
}
HIGHER_IS_BETTER = {"recall", "precision", "hr", "ndcg", "mrr", "map", "coverage"}


def render_page(
    reports: Mapping[str, Report],
    *,
    costs: Mapping[str, float] | None = None,
    cost_unit: str = "CPU-s",
    metric: str | None = None,
    lang: str = "en",
) -> str:
    """The page of one or more reports on the same exam, named by their models.

    ``costs`` (above 0) places the models it names in the drawing of quality against cost.
    ``metric`` is what is drawn; without it, recall or the first metric at the largest k.
    """
    words, drawn = WORDS["zh" if lang.startswith("zh") else "en"], _checked(reports, metric)
    spent = dict(costs or {})
    if bad := [name for name, cost in spent.items() if name not in reports or not cost > 0]:
        raise BadRequest(
            what=f"a cost for {bad[0]!r}", remedy="name models of the reports, with costs above 0"
        )
    first = next(iter(reports.values()))
    asked = words["asked"].format(
        shoppers=len(first.shoppers), items=first.items, protocol=first.protocol
    )
    body = [f"<h1>{words['title']}</h1><p>{escape(asked)}</p>"]
    body += [_table(reports, spent, k, words, cost_unit) for k in first.ks]
    body.append(f'<p class="small">{words["best"]}</p>')
    body += _drawings(reports, spent, drawn, words, cost_unit)
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if lang.startswith("zh") else "en"}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{words['title']}</title><style>{STYLE}</style></head>"
        f"<body>{''.join(body)}</body></html>\n"
    )


def _checked(reports: Mapping[str, Report], metric: str | None) -> str:
    """The metric to draw, when the reports can stand side by side."""
    if not reports:
        raise BadRequest(what="no reports to show", remedy="give one or more, by name")
    first = next(iter(reports.values()))
    for name, report in reports.items():
        same = (report.ks, report.protocol, report.items)
        alike = same == (first.ks, first.protocol, first.items)
        if not alike or not np.array_equal(report.shoppers, first.shoppers):
            raise BadRequest(
                what=f"the report of {name!r} was made by another protocol",
                remedy="judge all on the same exam with the same cut-offs and candidates",
            )
    usual = f"recall@{max(first.ks)}"
    drawn = metric or (usual if usual in first.each else next(iter(first.each)))
    for name, report in reports.items():
        if drawn not in report.means:
            raise BadRequest(
                what=f"no {drawn!r} in the report of {name!r}",
                remedy=f"choose one of {', '.join(first.means)}",
            )
    return drawn


def _table(
    reports: Mapping[str, Report],
    costs: Mapping[str, float],
    k: int,
    words: Mapping[str, str],
    unit: str,
) -> str:
    means = {name: report.means for name, report in reports.items()}
    found = dict.fromkeys(metric for own in means.values() for metric in own)
    columns = [metric for metric in found if metric.endswith(f"@{k}")]
    best = {
        metric: _best(metric, [own.get(metric, math.nan) for own in means.values()])
        for metric in columns
    }
    head = "".join(f"<th>{escape(metric)}</th>" for metric in columns)
    head = f"<tr><th>{words['model']}</th>{head}" + (
        f"<th>{words['cost']} ({escape(unit)})</th></tr>" if costs else "</tr>"
    )
    rows = []
    for name, own in means.items():
        cells = "".join(_cell(own.get(metric, math.nan), best[metric]) for metric in columns)
        cost = f"<td>{costs[name]:g}</td>" if name in costs else "<td>–</td>" if costs else ""
        rows.append(f"<tr><th>{escape(name)}</th>{cells}{cost}</tr>")
    title = f"<h2>{words['means'].format(k=k)}</h2>"
    return f'{title}<div class="wide"><table>{head}{"".join(rows)}</table></div>'


def _best(metric: str, values: list[float]) -> float:
    there = [value for value in values if not math.isnan(value)]
    better = metric.rpartition("@")[0] in HIGHER_IS_BETTER and len(there) > 1
    return max(there) if better else math.nan


def _cell(value: float, best: float) -> str:
    if math.isnan(value):
        return "<td>–</td>"
    return f'<td class="best">{value:.4f}</td>' if value == best else f"<td>{value:.4f}</td>"


def _drawings(
    reports: Mapping[str, Report],
    costs: Mapping[str, float],
    metric: str,
    words: Mapping[str, str],
    unit: str,
) -> list[str]:
    """Those that the reports have numbers for."""
    found, first = [], next(iter(reports.values()))
    means = {name: report.means for name, report in reports.items()}
    if places := {name: (cost, means[name][metric]) for name, cost in costs.items()}:
        across = f"{words['cost']} ({unit})"
        found.append(f"<h2>{words['against']}</h2>{points(places, across, metric)}")
    if f"coverage@{first.ks[0]}" in first.shared:
        names = [f"coverage@{k}" for k in first.ks]
        shares = {name: [own.get(one, math.nan) for one in names] for name, own in means.items()}
        found.append(f"<h2>{words['coverage']}</h2>{bars(names, shares, 'coverage')}")
    parts = [name for name, part in first.segments.items() if part.shoppers]
    if parts and any(metric in first.segments[part].means for part in parts):
        quality = {
            name: [
                report.segments[part].means.get(metric, math.nan)
                if part in report.segments
                else math.nan
                for part in parts
            ]
            for name, report in reports.items()
        }
        labels = [f"{words.get(part, part)} ({first.segments[part].shoppers})" for part in parts]
        title = words["segments"].format(metric=metric)
        found.append(f"<h2>{escape(title)}</h2>{bars(labels, quality, metric)}")
        found.append(f'<p class="small">{words["who"]}</p>')
    return found
