"""Tuning walks to better neighbours and stops at the top, within its tries."""

import math
from typing import Any, cast

import pytest

from zhiyin.models.collaborative import Ease, ItemKnn
from zhiyin.posttrain.ledger import Ledger
from zhiyin.posttrain.recipes import Recipe
from zhiyin.posttrain.report import METRIC, Trial
from zhiyin.posttrain.search import climb
from zhiyin.posttrain.workbench import Learnt, Workbench


class Hill:
    """A bench on which the quality of item-kNN is known: best at shrink 300, damping 0.5."""

    def __init__(self, budget: float = 1e6, late: int = 10_000) -> None:
        self.ledger = Ledger(budget, lambda: 0.0)
        self.tried: list[Recipe] = []
        self._late = late

    def stated(self, recipe: Recipe) -> float:
        return 1.0

    def out_of_time(self, what: str, what_zh: str, stated: float) -> bool:
        return len(self.tried) >= self._late

    def attempt(self, recipe: Recipe) -> Learnt:
        self.tried.append(recipe)
        self.ledger.promise(1.0)
        return self.learnt(recipe)

    def learnt(self, recipe: Recipe) -> Learnt:
        config = cast(ItemKnn.Config, recipe.config)
        far = abs(math.log10(config.shrink) - math.log10(300)) + abs(config.damping - 0.5)
        return Learnt(Trial(recipe, {METRIC: 1.0 - far / 10}), cast(Any, None))

    def climb(self, recipe: Recipe, *, share: float = 1.0, most: int = 50) -> ItemKnn.Config:
        bench = cast(Workbench, self)
        found = climb(bench, self.learnt(recipe), share=share, most=most).recipe
        assert isinstance(found, Recipe)
        return cast(ItemKnn.Config, found.config)


@pytest.mark.parametrize("shrink", [10, 30, 100, 300, 1000])
def test_it_finds_the_top_from_wherever_it_starts(shrink: float) -> None:
    hill = Hill()
    found = hill.climb(Recipe("item-knn", ItemKnn.Config(shrink=shrink)))
    assert (found.shrink, found.damping) == (300, 0.5)
    assert len(set(hill.tried)) == len(hill.tried), "no recipe is tried twice"
    assert len(hill.tried) < 5 * 4 * 4 * 2, "fewer than the grid"


def test_it_finds_the_top_from_a_value_of_ones_own() -> None:
    found = Hill().climb(Recipe("item-knn", ItemKnn.Config(shrink=77)))
    assert (found.shrink, found.damping) == (300, 0.5)


@pytest.mark.parametrize("most", [0, 1, 3])
def test_it_keeps_to_its_number_of_tries(most: int) -> None:
    hill = Hill()
    hill.climb(Recipe("item-knn", ItemKnn.Config()), most=most)
    assert len(hill.tried) == most


def test_it_keeps_to_its_share_of_the_plan() -> None:
    hill = Hill(budget=20)  # ten stated seconds, one each
    hill.climb(Recipe("item-knn", ItemKnn.Config()), share=0.4)
    assert len(hill.tried) == 4


def test_the_clock_ends_it_with_the_best_so_far() -> None:
    hill = Hill(late=1)
    assert hill.climb(Recipe("item-knn", ItemKnn.Config(shrink=100))).shrink == 300


def test_what_is_worse_everywhere_stays_as_it_was() -> None:
    start = Recipe("item-knn", ItemKnn.Config(shrink=300, damping=0.5))
    assert Hill().climb(start) == start.config


def test_settings_that_a_recipe_has_are_kept() -> None:
    found = Hill().climb(Recipe("item-knn", ItemKnn.Config(newest_events=7)))
    assert found.newest_events == 7
    assert Recipe("ease", Ease.Config()).changed(reg=7.0).config == Ease.Config(reg=7.0)
