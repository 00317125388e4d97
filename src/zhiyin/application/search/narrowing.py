"""Narrowing: what must hold of everything shown, and which demand leaves nothing.

The shopper's own filter, limits of price and negations are never relaxed. Where together
they leave nothing, each is told with what would be there without it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from zhiyin.application.conditions import Condition, mask, read_condition
from zhiyin.application.shelf import View
from zhiyin.core import Chip, Request, Told, WordIndex

Truth = npt.NDArray[np.bool_]
_BUYABLE = Condition(available=True)


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """One thing that must hold."""

    en: str
    zh: str
    holds: Truth  # (N,)
    chosen: bool = False
    """Chosen by hand; choices of a facet do not shrink that facet."""


def demands(
    request: Request, chips: Sequence[Chip], view: View, words: WordIndex, now: datetime
) -> tuple[Demand, ...]:
    """All that must hold: there to buy, the shopper's filter, hard chips, nothing excluded."""
    return (
        Demand("can be bought now", "现在可以购买", buyable(view, now)),
        *_chosen(request, view, now),
        *(_demanded(chip, view, words, now) for chip in chips if chip.hard),
        *_not_excluded(request, view),
    )


def buyable(view: View, now: datetime) -> Truth:
    """(N,) what can be bought now."""
    return mask(_BUYABLE, view, now)


def all_hold(parts: Sequence[Demand], size: int) -> Truth:
    """(N,) where every demand holds."""
    found = np.ones(size, bool)
    for part in parts:
        found &= part.holds
    return found


def too_much(parts: Sequence[Demand], wanted: Truth) -> tuple[Told, ...]:
    """For each demand how many of the ``wanted`` goods there would be without it."""
    told = []
    for part in parts:
        others = all_hold([other for other in parts if other is not part], len(wanted))
        count = int((others & wanted).sum())
        if count and not (others & wanted & part.holds).any():
            told.append(
                Told(
                    "conditions",
                    f"nothing is left by “{part.en}”; without it there would be {count}",
                    f"“{part.zh}”排除了全部商品；去掉后有 {count} 件",
                )
            )
    return tuple(told)


def _chosen(request: Request, view: View, now: datetime) -> Iterator[Demand]:
    if request.where:
        condition = read_condition(request.where)
        yield Demand("the chosen filter", "所选条件", mask(condition, view, now), chosen=True)


def _demanded(chip: Chip, view: View, words: WordIndex, now: datetime) -> Demand:
    holds = mask(read_condition(chip.where), view, now)
    if chip.term:
        said = words.matching(chip.term)
        holds[said[said < view.size]] = False
    return Demand(chip.en, chip.zh, holds)


def _not_excluded(request: Request, view: View) -> Iterator[Demand]:
    unwanted = request.exclude | ({request.like} if request.like is not None else set())
    if unwanted:
        holds = np.ones(view.size, bool)
        rows = view.rows_of(sorted(unwanted))
        holds[rows[rows >= 0]] = False
        yield Demand("not excluded", "未被排除", holds)
