"""Bilingual: what a shop's values are called in another language, learnt from its own titles.

Goods with titles in two languages say it themselves: where the craft is 苏绣 the English
title says "Suzhou embroidery", and nowhere else. Every phrase of the titles goes to the
value whose goods it names best,

    5 · |goods with both| / (|goods with the value| + 4 · |goods with the phrase|)

which is F½: that a title names the value and not another counts more than that every title
names it. It is kept where nearly all goods that the phrase names have the value.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from zhiyin.application.shelf.folding import fold
from zhiyin.application.understanding import table
from zhiyin.application.understanding.phrases import spaced
from zhiyin.core import Item

_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?")
_SMALL = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "it", "of", "on", "or", "the")
) | {"this", "to", "with", "your"}
_JOINED = frozenset({"at", "by", "for", "from", "in", "on", "with", "is", "it"})
"""Small words that join two things and stand in no name: "pattern in powder"."""
_LONGEST = 3
"""Words in a phrase."""
_SEEN = 3
"""Goods that must have both."""
_SURE = 0.75
"""The share of the goods with the phrase that must have the value; shops forget some."""
_LEAST = 0.3
"""The least measure of a phrase that is kept …"""
_COMMON = 0.5
"""What more of all titles say than this tells nothing apart."""
_BESIDE = 0.6
"""… and its least share of the measure of the best phrase of the same value."""
_KEPT = 2
"""Phrases per category, of which goods of many names are one; other values have one name."""
_SAME = 0.95
"""A longer phrase on so many of the goods of a shorter one is the whole of it: "sky after rain"."""
_KINDS = frozenset({"colour", "motif", "craft"})
"""Attributes whose values have names; of sizes and blends only chance is learnt."""
_ENOUGH = 20_000
Value = tuple[str, str]
T = TypeVar("T")


def learn_words(items: Iterable[Item], language: str = "en") -> Mapping[Value, tuple[str, ...]]:
    """(field, value) → phrases for it in ``language``, the best first.

    Args:
        items: A sample of the goods; more than 20,000 are not looked at.
        language: Of ``Item.texts``, one that parts words by blanks.
    """
    values: list[list[Value]] = []
    phrases: list[list[str]] = []
    for item in islice(items, _ENOUGH):
        text = item.texts.get(language)
        if text is not None and text.title != item.title:
            values.append(_values(item))
            phrases.append(_phrases(text.title))
    value_names, has_value = _table(values)
    phrase_names, has_phrase = _table(phrases)
    if not value_names or not phrase_names:
        return {}
    both = csr_array(has_phrase.T @ has_value).tocoo()
    of_value, of_phrase = has_value.sum(axis=0), has_phrase.sum(axis=0)
    phrase, value = both.coords
    measure = 5 * both.data / (of_value[value] + 4 * of_phrase[phrase])
    fine = (both.data >= _SEEN) & (both.data >= _SURE * of_phrase[phrase]) & (measure >= _LEAST)
    fine &= of_phrase[phrase] <= _COMMON * len(phrases)
    claims = _Claims(phrase_names, of_phrase)
    # The best value takes a phrase; of equals the one that was met first.
    for one in np.lexsort((value, -measure)):
        claims.hear(int(phrase[one]), value_names[value[one]], float(measure[one]), bool(fine[one]))
    return claims.kept()


class _Claims:
    """Phrases and the values that claim them, the strongest claim first."""

    def __init__(self, phrases: Sequence[str], counts: npt.NDArray[np.int64]) -> None:
        self._phrases = phrases
        self._counts = counts
        self._given: set[int] = set()
        self._of: defaultdict[Value, list[tuple[float, int]]] = defaultdict(list)

    def hear(self, phrase: int, value: Value, measure: float, fine: bool) -> None:
        """A claim; one that is not fine still keeps the phrase from weaker ones."""
        if phrase not in self._given:
            self._given.add(phrase)
            if fine:
                self._of[value].append((measure, phrase))

    def kept(self) -> dict[Value, tuple[str, ...]]:
        """The few phrases of each value that say something of their own."""
        return {
            value: tuple(self._best(claims, _KEPT if value[0] == "category" else 1))
            for value, claims in self._of.items()
        }

    def _best(self, claims: Sequence[tuple[float, int]], most: int) -> list[str]:
        kept: list[str] = []
        for measure, phrase in claims:
            name = self._whole(phrase, [other for _, other in claims])
            if measure < _BESIDE * claims[0][0] or len(kept) == most:
                break
            if not any({*one.split()} & {*name.split()} for one in kept):
                kept.append(name)
        return kept

    def _whole(self, phrase: int, others: Sequence[int]) -> str:
        """The longest phrase that stands wherever this one does."""
        name = self._phrases[phrase]
        longer = [
            self._phrases[other]
            for other in others
            if _inside(name, self._phrases[other])
            and self._counts[other] >= _SAME * self._counts[phrase]
        ]
        return max(longer, key=len, default=name)


def _inside(short: str, long: str) -> bool:
    return f" {short} " in f" {long} "


def _values(item: Item) -> list[Value]:
    found = [("category", name) for name in item.category]
    if item.brand:
        found.append(("brand", item.brand))
    for name, value in item.attributes.items():  # a title does not tell of all the forms
        values = value if isinstance(value, tuple) else (value,)
        if table.role(fold(name)) in _KINDS:
            found += [(f"attribute:{name}", one) for one in values if isinstance(one, str)]
    return list(dict.fromkeys(found))


def _phrases(title: str) -> list[str]:
    """Runs of up to three words that neither begin nor end with a small one."""
    words = _WORD.findall(spaced(title))
    found = {
        " ".join(words[start : start + length])
        for length in range(1, _LONGEST + 1)
        for start in range(len(words) - length + 1)
        if words[start] not in _SMALL
        and words[start + length - 1] not in _SMALL
        and not _JOINED & {*words[start : start + length]}
    }
    return sorted(found)


def _table(rows: Sequence[Sequence[T]]) -> tuple[list[T], csr_array]:
    """The names that occur often enough, and (rows, names) where each does."""
    counts = Counter(name for row in rows for name in row)
    names = [name for name, count in counts.items() if count >= _SEEN]
    numbers = {name: number for number, name in enumerate(names)}
    places = [[numbers[name] for name in row if name in numbers] for row in rows]
    starts = np.r_[0, np.cumsum([len(row) for row in places], dtype=np.int64)]
    columns = np.array([number for row in places for number in row], np.int64)
    ones = np.ones(len(columns), np.int32)
    return names, csr_array((ones, columns, starts), shape=(len(rows), len(names)))
