"""Tuning: from a recipe that did well, one setting at a time, to better neighbours.

A family's ``space`` lists values per setting, in order of size. From where a recipe
stands, the value above and the one below are tried; the walk goes on in a direction as
long as the valid days like it, then takes the next setting, and ends when a whole round
moved nothing. That finds what a grid would where settings hardly disturb each other, at
the price of a few tries; the spaces here are of that kind.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from zhiyin.posttrain.recipes import Recipe
from zhiyin.posttrain.workbench import Learnt, Workbench

ROUNDS = 3


def climb(bench: Workbench, start: Learnt, *, share: float, most: int) -> Learnt:
    """The best that ``most`` tries within ``share`` of the plan find from ``start`` on."""
    best, left = start, most
    seen = {start.recipe}
    for _ in range(ROUNDS):
        before = best
        for key, values in _recipe(start).kind.space.items():
            for up in (True, False):
                for recipe in _walk(best, key, values, up):
                    stated = bench.stated(recipe)
                    if recipe in seen or left <= 0 or not bench.ledger.affords(stated, share):
                        break
                    if bench.out_of_time("tuning", "调参", stated):
                        return best
                    seen.add(recipe)
                    left -= 1
                    tried = bench.attempt(recipe)
                    if tried is None or tried.quality <= best.quality:
                        break
                    best = tried
        if best is before:
            break
    return best


def _walk(start: Learnt, key: str, values: Sequence[Any], up: bool) -> Iterator[Recipe]:
    """The recipe with the next values of one setting, upwards or downwards."""
    recipe = _recipe(start)
    here = _rank(getattr(recipe.config, key))
    # A value that is not listed (a default moved, a live recipe's own) stands between two.
    ahead = [v for v in values if (_rank(v) > here if up else _rank(v) < here)]
    if not up:
        ahead.reverse()
    for value in ahead:
        yield recipe.changed(**{key: value})


def _rank(value: Any) -> float:
    """Where a value stands among others; none is without limit."""
    return math.inf if value is None else float(value)


def _recipe(learnt: Learnt) -> Recipe:
    assert isinstance(learnt.recipe, Recipe)  # only those have settings of one family
    return learnt.recipe
