"""Matching: which goods a query means, from all it said down to what is left of it.

A step says how much of the query must hold: all of the words that no wish stands for, any
of them or none, and which wishes. The first step that some goods meet is the answer; what
it gave up is told.

A wish holds where its condition holds, or where its words stand in the goods' own words:
shops forget attributes, and a title that says "red" is red.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from zhiyin.core import Chip, Told, WordIndex

Truth = npt.NDArray[np.bool_]

_DEAREST = ("category", "brand", "colour", "motif", "craft", "material")
"""Kinds of wishes that are given up last, the first of them at the very end."""


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """A soft chip, and where its condition holds; None: the columns cannot tell."""

    chip: Chip
    holds: Truth | None  # (N,)


@dataclass(frozen=True, slots=True)
class Step:
    """How much of the query must hold."""

    words: Literal["all", "any", "none"]
    kept: tuple[Wish, ...]
    lost: tuple[Wish, ...] = ()


class Matching:
    """What of a query holds for which goods, worked out once per query."""

    def __init__(self, words: WordIndex, size: int, rest: str, wishes: Sequence[Wish]) -> None:
        self._words, self._size = words, size
        self.rest = rest.strip()
        """The words that no chip stands for."""
        self.wishes = tuple(wishes)
        self._masks: dict[tuple[str, bool], Truth] = {}
        self._met = {wish.chip.id: self._met_by(wish) for wish in self.wishes}

    def steps(self) -> Iterator[Step]:
        """From all of the query to its last word or wish, each step a little less."""
        if self.rest:
            yield Step("all", self.wishes)
            yield from self._giving_up("any", 0)
        yield from self._giving_up("none", 1)

    def _giving_up(self, words: Literal["any", "none"], least: int) -> Iterator[Step]:
        """All wishes, then one less each time, down to ``least`` of them."""
        cheapest_first = sorted(self.wishes, key=_dearness)
        for count in range(len(self.wishes) - least + 1):
            lost = cheapest_first[:count]
            kept = tuple(wish for wish in self.wishes if wish not in lost)
            yield Step(words, kept, tuple(wish for wish in self.wishes if wish in lost))

    def mask(self, step: Step) -> Truth:
        """(N,) True where all that the step asks for holds."""
        found = np.ones(self._size, bool)
        if self.rest and step.words != "none":
            found &= self.said(self.rest, every=step.words == "all")
        for wish in step.kept:
            found &= self._met[wish.chip.id]
        return found

    def whole(self) -> Truth:
        """(N,) where all of the query holds; everywhere, of a query that asks nothing."""
        first = next(self.steps(), None)
        return np.ones(self._size, bool) if first is None else self.mask(first)

    def met(self, chip: Chip) -> Truth:
        """(N,) where a wish holds."""
        return self._met[chip.id]

    def said(self, text: str, *, every: bool) -> Truth:
        """(N,) where the goods' own words hold every word of ``text``, or any."""
        mask = self._masks.get((text, every))
        if mask is None:
            mask = np.zeros(self._size, bool)
            keys = self._words.matching(text, all_words=every)
            mask[keys[keys < self._size]] = True  # what came since has no row in this view
            self._masks[text, every] = mask
        return mask

    def _met_by(self, wish: Wish) -> Truth:
        said = self.said(wish.chip.words, every=True)
        return said if wish.holds is None else wish.holds | said


def gave_up(first: Step, step: Step, rest: str) -> tuple[Told, ...]:
    """What ``step`` asks less than ``first``, a line each."""
    told = []
    if step.words != first.words:
        en, zh = _FEWER[step.words]
        told.append(Told("relaxed", en.format(rest), zh.format(rest)))
    told += [
        Told("relaxed", f"without the wish “{wish.chip.en}”", f"未满足“{wish.chip.zh}”")
        for wish in step.lost
    ]
    return tuple(told)


_FEWER = {
    "any": (
        "nothing has all the words of “{}”: any of them is enough",
        "没有同时包含“{}”全部词语的商品：包含其中之一即可",
    ),
    "none": ("nothing has the words “{}”: shown without them", "没有包含“{}”的商品：已忽略该词"),
}


def _dearness(wish: Wish) -> int:
    """Lower is given up earlier."""
    kind = wish.chip.kind
    return len(_DEAREST) - _DEAREST.index(kind) if kind in _DEAREST else 0
