"""Telling: what each part gave to what is shown, per item and for the whole search."""

from collections import deque
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from zhiyin.application.search.finding import Finding
from zhiyin.application.search.patience import Missed
from zhiyin.core import Chip, Item, Reason, Told, WordIndex

Keys = npt.NDArray[np.int64]
_LEAST = 0.005
"""A smaller share of an item's score is no reason."""
_LONGEST = 5_000
"""Characters of a description in which matches are marked."""
_BETWEEN = "\n"
"""Parts the texts of a page; no word goes over it."""
SOURCES = {
    "words": ("words of the query", "查询词"),
    "meaning": ("near in meaning", "含义相近"),
    "joint": ("what pictures show, in words", "图文同义"),
    "looks": ("looks alike", "外观相似"),
    "wishes": ("wishes met", "满足的意愿"),
    "personal": ("your own history", "您的历史"),
    "popular": ("liked by many", "受众人喜爱"),
}


def reasons(finding: Finding, rows: Keys) -> tuple[tuple[Reason, ...], ...]:
    """Per item the sources that speak for it, each with its share of the score."""
    fused = finding.fused
    place = {int(key): column for column, key in enumerate(fused.keys)}
    return tuple(
        _reasons(finding, int(row), place[int(row)]) if int(row) in place else () for row in rows
    )


def _reasons(finding: Finding, row: int, column: int) -> tuple[Reason, ...]:
    parts = np.nan_to_num(finding.fused.parts[:, column])
    total = float(parts.sum())
    found = [
        Reason(source, _evidence(finding, source, row), round(float(part) / total, 4))
        for source, part in zip(finding.fused.sources, parts, strict=True)
        if total > 0 and part >= _LEAST * total
    ]
    return tuple(sorted(found, key=lambda reason: -reason.weight))


def _evidence(finding: Finding, source: str, row: int) -> tuple[str, ...]:
    if source == "words" and finding.hits is not None:
        return finding.hits.terms
    if source == "wishes":
        wishes = finding.matching.wishes
        return tuple(w.chip.id for w in wishes if finding.matching.met(w.chip)[row])
    return ()


def understood(rest: str, chips: Sequence[Chip]) -> Told:
    """What was made of the words of a query."""
    en = ", ".join([f"“{rest}”"] * bool(rest) + [chip.en for chip in chips]) or "nothing"
    zh = "、".join([f"“{rest}”"] * bool(rest) + [chip.zh for chip in chips]) or "无"
    return Told("understood", f"understood: {en}", f"理解为：{zh}")


def contributions(finding: Finding) -> tuple[Told, ...]:
    """What each source put in order, and how many goods were found."""
    fused, total = finding.fused, len(finding.keys)
    told = []
    for source, parts in zip(fused.sources, fused.parts, strict=True):
        en, zh = SOURCES[source]
        count = int((~np.isnan(parts)).sum())
        told.append(
            Told("source", f"{source} ({en}): {count} put in order", f"{zh}：{count} 件参与排序")
        )
    return (*told, Told("found", f"found: {total}", f"共找到 {total} 件"))


def left_out(source: str, missed: Missed) -> Told:
    """A source that could not take part."""
    zh = SOURCES[source][1]
    return Told("source", f"{source}: left out, {missed.en}", f"{zh}：未参与，{missed.zh}")


def highlights(
    words: WordIndex, items: Mapping[str, Item], text: str, language: str
) -> dict[str, dict[str, tuple[tuple[int, int], ...]]]:
    """Where the titles and descriptions, as they are shown, hold the words of the query."""
    shown = {id: item.in_language(language) for id, item in items.items()}
    places = [
        (id, field, said)
        for id, own in shown.items()
        for field, said in (("title", own.title), ("description", own.description[:_LONGEST]))
        if said
    ]
    # One call for the whole page: most of the work is to understand the query.
    spans = words.highlight(_BETWEEN.join(said for _, _, said in places), text)
    found: dict[str, dict[str, tuple[tuple[int, int], ...]]] = {}
    waiting = deque(spans)
    start = 0
    for id, field, said in places:
        own = []
        while waiting and waiting[0][0] < start + len(said):
            first, last = waiting.popleft()
            own.append((first - start, min(last - start, len(said))))
        if own:
            found.setdefault(id, {})[field] = tuple(own)
        start += len(said) + len(_BETWEEN)
    return found
