"""Reports side by side for a terminal: a line per model, and what the comparison says."""

import math
from collections.abc import Mapping, Sequence
from unicodedata import east_asian_width

from zhiyin.core import BadRequest
from zhiyin.evaluation.showing.contest import Contender, Contest, Reports
from zhiyin.evaluation.showing.words import Words, cost_text, label, signed, words_of

SHOWN = ("recall", "ndcg", "hr", "coverage")
LONGEST = 32  # of a model's name


def comparison_table(
    reports: Reports,
    *,
    metrics: Sequence[str] | None = None,
    metric: str | None = None,
    against: str | None = None,
    costs: Mapping[str, float] | None = None,
    cost_unit: str = "CPU-s",
    lang: str = "en",
) -> str:
    """A line per model, best first by ``metric``, with the verdict of the paired bootstrap.

    ``reports`` are by the names of the models, one each or a list of one per seed, which
    is shown as mean ± standard deviation. ``metrics`` are the columns; without them
    recall, ndcg, hr and coverage at the largest k. A star marks the best of a column.
    ``against`` is whom the others are compared with; without it, the best.
    """
    contest = Contest.of(reports, costs=costs, metric=metric, against=against)
    words, names = words_of(lang), _columns(contest, metrics)
    spent = any(not math.isnan(one.cost) for one in contest.contenders)
    says = len(contest.contenders) > 1
    head = [words["model"], *(label(name, lang) for name in names)]
    head += [f"{words['cost']} ({cost_unit})"] if spent else []
    head += [f"{label(contest.metric, lang)} – {_cut(contest.against)}"] if says else []
    lines = [head]
    for one in contest.contenders:
        line = [_cut(one.name), *(_value(one, name, contest.best(name)) for name in names)]
        line += ["–" if math.isnan(one.cost) else cost_text(one.cost)] if spent else []
        line += [_says(contest, one, words)] if says else []
        lines.append(line)
    return _aligned(lines, left={0, len(head) - 1} if says else {0})


def _columns(contest: Contest, metrics: Sequence[str] | None) -> list[str]:
    k = max(contest.exam.ks)
    known = contest.exam.means
    if metrics is None:
        usual = [f"{name}@{k}" for name in SHOWN if f"{name}@{k}" in known]
        return list(dict.fromkeys([contest.metric, *usual]))
    if unknown := [name for name in metrics if name not in known]:
        raise BadRequest(
            what=f"no {unknown[0]!r} in these reports", remedy=f"choose from {', '.join(known)}"
        )
    return list(metrics)


def _value(one: Contender, metric: str, best: float) -> str:
    value, sd = one[metric], one.sds.get(metric, math.nan)
    if math.isnan(value):
        return "–"
    spread = "" if math.isnan(sd) else f" ±{sd:.4f}"
    return f"{value:.4f}{spread}{'*' if value == best else ' '}"


def _says(contest: Contest, one: Contender, words: Words) -> str:
    found = contest.differences.get(one.name)
    if found is None:
        return words["reference"] if one.name == contest.against else words["no_value"]
    chance = f"p {found.p:.3f}" if found.p >= 0.001 else "p < 0.001"
    interval = f"[{signed(found.low)}, {signed(found.high)}]"
    return f"{signed(found.difference)} {interval} {words[found.verdict]}, {chance}"


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _width(words: str) -> int:
    """How many columns of a terminal they take: a Chinese character two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in words)


def _aligned(lines: Sequence[Sequence[str]], left: set[int]) -> str:
    widths = [max(_width(line[n]) for line in lines) for n in range(len(lines[0]))]
    found = []
    for line in lines:
        cells = []
        for n, (cell, width) in enumerate(zip(line, widths, strict=True)):
            room = " " * (width - _width(cell))
            cells.append(cell + room if n in left else room + cell)
        found.append("  ".join(cells).rstrip())
    return "\n".join(found)
