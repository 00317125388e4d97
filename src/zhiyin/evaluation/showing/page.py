"""One self-contained HTML page of several reports: tables, drawings, nothing fetched.

No script, no font, no picture from outside; a content policy in the page forbids them,
so it can be mailed or kept beside the artifact it speaks of. English or Chinese, light
or dark, as wide as the screen is.
"""

import math
from collections.abc import Mapping, Sequence
from html import escape

from zhiyin.evaluation.showing.contest import Contender, Contest, Reports, is_better
from zhiyin.evaluation.showing.plots import Mark, around, badge, bar, points, scale, whisker
from zhiyin.evaluation.showing.style import STYLE
from zhiyin.evaluation.showing.words import Words, cost_text, label, meaning, signed, words_of

GOODS = ("head", "tail")


def render_page(
    reports: Reports,
    *,
    costs: Mapping[str, float] | None = None,
    cost_unit: str = "CPU-s",
    metric: str | None = None,
    against: str | None = None,
    title: str | None = None,
    about: str = "",
    lang: str = "en",
) -> str:
    """The page of one or more reports on the same exam, named by their models.

    A model may have a list of reports, one per seed: what is shown is their mean, with
    the spread in the tables. ``costs`` (above 0) places the models it names in the drawing
    of quality against cost. ``metric`` is what is drawn; without it, recall or the first
    metric at the largest k. ``against`` is whom the others are compared with; without it,
    the best. ``title`` and ``about`` head the page.
    """
    contest = Contest.of(reports, costs=costs, metric=metric, against=against)
    words, name = words_of(lang), title or words_of(lang)["title"]
    parts = [
        _head(contest, name, about, words),
        _quality(contest, words, lang),
        _against_cost(contest, words, cost_unit, lang),
        _tables(contest, words, cost_unit, lang),
        _coverage(contest, words),
        _segments(contest, words, lang),
        _notes(contest, words, lang),
    ]
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if lang.lower().startswith("zh") else "en"}">'
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,'
        'initial-scale=1"><meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(name)}</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _head(contest: Contest, title: str, about: str, words: Words) -> str:
    exam, facts = contest.exam, {}
    facts[words["asked"]] = f"{len(exam.shoppers):,}"
    facts[words["items"]] = f"{exam.items:,}"
    short = exam.protocol.split(", sha256")[0]  # the whole of it is at the end
    facts[words["among"]] = words.get(short, short)
    runs = sorted({one.runs for one in contest.contenders})
    if runs != [1]:
        facts[words["runs"]] = "–".join(map(str, dict.fromkeys((runs[0], runs[-1]))))
    rows = "".join(f"<div><dt>{k}</dt><dd>{escape(v)}</dd></div>" for k, v in facts.items())
    lead = f'<p class="lead">{escape(about)}</p>' if about else ""
    return f'<header><h1>{escape(title)}</h1>{lead}<dl class="facts">{rows}</dl></header>'


def _quality(contest: Contest, words: Words, lang: str) -> str:
    """Everybody's mean with its interval, and what the comparison says."""
    marks = [_mark(one, contest.metric) for one in contest.contenders]
    values = [v for m in marks for v in (m.quality, m.low, m.high) if not math.isnan(v)]
    low, high = around(values or [0.0])
    rows = []
    for one, mark in zip(contest.contenders, marks, strict=True):
        if math.isnan(mark.quality):
            drawn, value = "<div></div>", "–"
        else:
            drawn, value = whisker(mark, low, high), f"{mark.quality:.4f}"
        if not math.isnan(mark.low):
            value += f" <span>{mark.low:.4f} – {mark.high:.4f}</span>"
        rows.append(
            f'<div>{_name(one)}{drawn}<div class="value">{value}</div>'
            f'<div class="says">{_says(contest, one, words)}</div></div>'
        )
    head = words["quality"].format(metric=escape(label(contest.metric, lang)))
    axis = f"<div>{scale(low, high)}</div>" if values else ""
    small = [words["intervals"]] if contest.metric in contest.exam.each else []
    if contest.differences:
        small.append(words["compared"].format(against=escape(contest.against)))
    notes = f'<p class="small">{" ".join(small)}</p>' if small else ""
    return f'<section><h2>{head}</h2><div class="rows">{"".join(rows)}{axis}</div>{notes}</section>'


def _says(contest: Contest, one: Contender, words: Words) -> str:
    found = contest.differences.get(one.name)
    if found is not None:
        chance = f"p {found.p:.3f}" if found.p >= 0.001 else "p &lt; 0.001"
        return f"<b>{words[found.verdict]}</b> {signed(found.difference)}, {chance}"
    alone = len(contest.contenders) == 1 or one.name != contest.against
    return "" if alone else words["reference"]


def _against_cost(contest: Contest, words: Words, unit: str, lang: str) -> str:
    there = [one for one in contest.contenders if not math.isnan(one.cost)]
    marks = [m for m in (_mark(one, contest.metric) for one in there) if not math.isnan(m.quality)]
    if not marks:
        return ""
    across, up = f"{words['cost']} ({unit})", label(contest.metric, lang)
    front = is_better(contest.metric) and len(marks) > 1
    drawn = "".join(
        f'<div class="{kind}">{points(marks, across, up, width=width, front=front)}</div>'
        for kind, width in (("broad", 960), ("narrow", 340))
    )
    legend = "".join(
        f"<li>{_name(one)}<span>{one[contest.metric]:.4f} · "
        f"{cost_text(one.cost)} {escape(unit)}</span></li>"
        for one in there
    )
    said = [words["front"]] if front else []
    if without := [one.name for one in contest.contenders if math.isnan(one.cost)]:
        said.append(words["no_cost"].format(names=", ".join(without)))
    small = "".join(f'<p class="small">{escape(each)}</p>' for each in said)
    return (
        f"<section><h2>{words['against']}</h2>{drawn}"
        f'<ul class="legend">{legend}</ul>{small}</section>'
    )


def _tables(contest: Contest, words: Words, unit: str, lang: str) -> str:
    """One table per cut-off; the largest is open."""
    first, *others = sorted(contest.exam.ks, reverse=True)
    found = [
        f"<h2>{words['means'].format(k=first)}</h2>{_table(contest, first, words, unit, lang)}"
    ]
    for k in others:
        head = words["means"].format(k=k)
        body = _table(contest, k, words, unit, lang)
        found.append(f"<details><summary>{head}</summary><div>{body}</div></details>")
    small = [words["best"]] if len(contest.contenders) > 1 else []
    if any(one.runs > 1 for one in contest.contenders):
        small.append(words["sd"])
    notes = f'<p class="small">{" ".join(small)}</p>' if small else ""
    return f"<section>{''.join(found)}{notes}</section>"


def _table(contest: Contest, k: int, words: Words, unit: str, lang: str) -> str:
    columns = contest.metrics(k)
    costs = any(not math.isnan(one.cost) for one in contest.contenders)
    head = "".join(f"<th>{escape(label(name, lang).partition('@')[0])}</th>" for name in columns)
    head += f"<th>{words['cost']}, {escape(unit)}</th>" if costs else ""
    rows = []
    for one in contest.contenders:
        cells = "".join(_cell(one, name, contest.best(name)) for name in columns)
        if costs:
            cells += "<td>–</td>" if math.isnan(one.cost) else f"<td>{cost_text(one.cost)}</td>"
        rows.append(f"<tr><th>{_name(one)}</th>{cells}</tr>")
    return (
        f'<div class="wide"><table><thead><tr><th>{words["model"]}</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(one: Contender, metric: str, best: float) -> str:
    value, sd = one[metric], one.sds.get(metric, math.nan)
    if math.isnan(value):
        return "<td>–</td>"
    spread = "" if math.isnan(sd) else f"<small>± {sd:.4f}</small>"
    kind = ' class="best"' if value == best else ""
    return f"<td{kind}>{value:.4f}{spread}</td>"


def _coverage(contest: Contest, words: Words) -> str:
    """A panel per cut-off; frozen candidates have no slates, so no coverage."""
    ks = [k for k in contest.exam.ks if f"coverage@{k}" in contest.exam.shared]
    if not ks:
        return ""
    panels = {
        words["coverage_at"].format(k=k): [one[f"coverage@{k}"] for one in contest.contenders]
        for k in ks
    }
    drawn = _panels(contest.contenders, panels, _highest(panels), percent=True)
    return f"<section><h2>{words['coverage']}</h2>{drawn}</section>"


def _segments(contest: Contest, words: Words, lang: str) -> str:
    """A panel per segment that has anybody in it and a value of the metric."""
    shoppers: dict[str, list[float]] = {}
    goods: dict[str, list[float]] = {}
    for name, part in contest.exam.segments.items():
        if not part.shoppers or contest.metric not in part.means:
            continue
        own = [one.report.segments.get(name) for one in contest.contenders]
        count = words["count"].format(count=f"{part.shoppers:,}")
        head = f"{escape(words.get(name, name))} <small>{count}</small>"
        (goods if name in GOODS else shoppers)[head] = [
            math.nan if each is None else each.means.get(contest.metric, math.nan) for each in own
        ]
    if not shoppers and not goods:
        return ""
    high = _highest(shoppers, goods)
    drawn = "".join(_panels(contest.contenders, part, high) for part in (shoppers, goods) if part)
    head = words["segments"].format(metric=escape(label(contest.metric, lang)))
    return f'<section><h2>{head}</h2>{drawn}<p class="small">{words["who"]}</p></section>'


def _panels(
    contenders: Sequence[Contender],
    panels: Mapping[str, Sequence[float]],
    high: float,
    *,
    percent: bool = False,
) -> str:
    """Small drawings with one scale, a bar per model in each."""
    found = []
    for head, values in panels.items():
        rows = "".join(
            f"<div>{_name(one)}{bar(Mark(one.name, one.number, value), high)}"
            f'<span class="value">{_short(value, percent)}</span></div>'
            for one, value in zip(contenders, values, strict=True)
        )
        found.append(f'<div class="panel"><h3>{head}</h3>{rows}</div>')
    return f'<div class="panels">{"".join(found)}</div>'


def _highest(*groups: Mapping[str, Sequence[float]]) -> float:
    values = [value for panels in groups for own in panels.values() for value in own]
    return max((value for value in values if not math.isnan(value)), default=0.0)


def _short(value: float, percent: bool) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:.1%}" if percent else f"{value:.4f}"


def _notes(contest: Contest, words: Words, lang: str) -> str:
    """What the metrics mean, which leaks were looked for, and the protocol in full."""
    names = dict.fromkeys(m.rpartition("@")[0] for k in contest.exam.ks for m in contest.metrics(k))
    rows = {label(name, lang): meaning(name, lang) for name in names if meaning(name, lang)}
    if checks := contest.exam.checks:
        said = "; ".join(check.text(lang) for check in checks)
        kind = "checked" if all(check.ok for check in checks) else "found"
        rows[words["checks"]] = words[kind].format(said=said)
    protocol = contest.exam.protocol
    rows[words["protocol"]] = words.get(protocol, protocol)
    drawn = "".join(f"<dt>{k}</dt><dd>{escape(v)}</dd>" for k, v in rows.items())
    return (
        f'<section><h2>{words["glossary"]}</h2><dl class="words">{drawn}</dl>'
        f'<p class="small">{words["made"]}</p></section>'
    )


def _name(one: Contender) -> str:
    name = escape(one.name)
    return f'<div class="name" title="{name}">{badge(one.number)}<b>{name}</b></div>'


def _mark(one: Contender, metric: str) -> Mark:
    low, high = one.report.interval(metric)
    return Mark(one.name, one.number, one[metric], one.cost, low, high)
