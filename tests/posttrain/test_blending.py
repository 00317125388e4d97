"""Blending: forms that know different things are added up, and what tells nothing is not."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from scipy.sparse import csr_array

from zhiyin.core import SILENT, Histories
from zhiyin.data import Dataset, Exam
from zhiyin.evaluation import evaluate
from zhiyin.models import Blend, Neighbours
from zhiyin.models.collaborative import Ease, GfCf, ItemKnn, Popularity
from zhiyin.posttrain import Limits
from zhiyin.posttrain.blending import Sheet, blended
from zhiyin.posttrain.ledger import Ledger
from zhiyin.posttrain.recipes import Blended, Recipe
from zhiyin.posttrain.report import METRIC, Trial
from zhiyin.posttrain.workbench import Learnt, Workbench
from zhiyin.testing import world

ITEMS = 40
SHOPPERS = 800
RNG = np.random.default_rng(5)
NOISE = RNG.random((5, ITEMS, ITEMS)).astype(np.float32)
POPULAR = Recipe("popularity", Popularity.Config())
ONE = Recipe("item-knn", ItemKnn.Config())
TWO = Recipe("ease", Ease.Config())
VAIN = Recipe("gf-cf", GfCf.Config())
DATA = world(np.ones((12, ITEMS)))


def wanted(item: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """What who had ``item`` wants next."""
    return (item + 7) % ITEMS


def exam(lengths: npt.NDArray[np.int64], firsts: npt.NDArray[np.int64]) -> Exam:
    """Each shopper has had one item, again and again, and wants what goes with it."""
    items = np.repeat(firsts, lengths)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    old = DATA.interactions.histories
    histories = Histories(
        items,
        np.full(len(items), old.kinds[0]),
        np.full(len(items), DATA.interactions.newest),
        np.ones(len(items), np.float32),
        offsets,
        old.kind_names,
    )
    shoppers = np.arange(len(firsts))
    return Exam(shoppers, histories, wanted(firsts), np.arange(len(firsts) + 1), ITEMS)


def table(noise: int, right: npt.NDArray[np.int64], wrong: npt.NDArray[np.int64]) -> Neighbours:
    """Knows what goes with the items ``right``, and is sure of another of the ``wrong``."""
    cells = NOISE[noise].copy()
    cells[right, wanted(right)] = 4.0
    cells[wrong, (wrong + 11) % ITEMS] = 4.0
    prior = np.zeros(ITEMS, np.float32)
    return Neighbours(
        DATA.items,
        csr_array(cells),
        prior,
        DATA.interactions.strengths,
        DATA.interactions.newest,
    )


def popular() -> Neighbours:
    nothing = csr_array((ITEMS, ITEMS), dtype=np.float32)
    prior = np.linspace(0, 1, ITEMS, dtype=np.float32)
    return Neighbours(DATA.items, nothing, prior, DATA.interactions.strengths)


def bench(asked: Exam, forms: dict[Recipe, Neighbours], budget: float = 1e6) -> Workbench:
    """A bench on which these have been learnt."""
    split: Any = SimpleNamespace(train=DATA, valid=asked)
    with SILENT.step("test") as step:
        made = Workbench(cast(Dataset, DATA), split, 7, Limits(), Ledger(budget, lambda: 0.0), step)
    for recipe, form in forms.items():
        made.kept[recipe] = Learnt(Trial(recipe, made.judged(form)), form)
    return made


ALL, EVEN, ODD = np.arange(ITEMS), np.arange(0, ITEMS, 2), np.arange(1, ITEMS, 2)
NONE = np.empty(0, np.int64)
ANYBODY = exam(np.full(SHOPPERS, 2), RNG.integers(0, ITEMS, SHOPPERS))


def test_forms_that_know_different_things_are_better_together() -> None:
    forms = {ONE: table(0, EVEN, NONE), TWO: table(1, ODD, NONE), POPULAR: popular()}
    made = bench(ANYBODY, forms)
    best = blended(made)
    assert best is not None
    assert isinstance(best.recipe, Blended)
    assert {ONE, TWO} <= set(best.recipe.parts)
    assert all(sum(row) == pytest.approx(1, abs=1e-3) for row in best.recipe.weights)
    assert max(made.kept[ONE].quality, made.kept[TWO].quality) < 0.7
    assert best.quality > 0.95
    assert isinstance(best.form, Blend)
    assert made.rows[best.recipe].valid[METRIC] == best.quality


def test_a_blend_has_an_answer_for_guests_even_if_popularity_does_not_help() -> None:
    forms = {ONE: table(0, EVEN, NONE), TWO: table(1, ODD, NONE), POPULAR: popular()}
    best = blended(bench(ANYBODY, forms))
    assert best is not None
    assert isinstance(best.recipe, Blended)
    assert POPULAR in best.recipe.parts
    guest = ANYBODY.histories.take([0])
    nobody = Histories(
        guest.items[:0], guest.kinds[:0], guest.times[:0], guest.weights[:0],
        np.array([0, 0]), guest.kind_names,
    )  # fmt: skip
    assert best.form.score(nobody)[0].argmax() == ITEMS - 1


def test_what_tells_nothing_is_left_out() -> None:
    forms = {ONE: table(0, ALL, NONE), VAIN: table(2, NONE, NONE), POPULAR: popular()}
    assert blended(bench(ANYBODY, forms)) is None


LENGTHS = np.where(np.arange(SHOPPERS) % 2, 1, 9)


def of_activity() -> Exam:
    """Quiet shoppers have even items, busy ones odd items."""
    firsts = 2 * RNG.integers(0, ITEMS // 2, SHOPPERS) + (LENGTHS > 1)
    return exam(LENGTHS, firsts)


def test_quiet_and_busy_shoppers_get_weights_of_their_own_where_that_helps() -> None:
    forms = {ONE: table(0, EVEN, ODD), TWO: table(1, ODD, EVEN), POPULAR: popular()}
    best = blended(bench(of_activity(), forms))
    assert best is not None
    assert isinstance(best.recipe, Blended)
    assert len(best.recipe.bounds) == 1
    quiet, busy = (dict(zip(best.recipe.parts, row, strict=True)) for row in best.recipe.weights)
    assert quiet[ONE] > quiet[TWO]
    assert busy[TWO] > busy[ONE]
    assert best.quality > 0.95


def test_all_get_the_same_weights_where_activity_tells_nothing() -> None:
    firsts = RNG.integers(0, ITEMS, SHOPPERS)
    forms = {ONE: table(0, EVEN, NONE), TWO: table(1, ODD, NONE), POPULAR: popular()}
    best = blended(bench(exam(LENGTHS, firsts), forms))
    assert best is not None
    assert isinstance(best.recipe, Blended)
    assert best.recipe.bounds == ()


def test_few_shoppers_choose_no_weights() -> None:
    forms = {ONE: table(0, EVEN, NONE), TWO: table(1, ODD, NONE), POPULAR: popular()}
    assert blended(bench(ANYBODY.take(np.arange(150)), forms)) is None


def test_a_blend_that_the_plan_cannot_afford_is_told() -> None:
    forms = {ONE: table(0, EVEN, NONE), TWO: table(1, ODD, NONE), POPULAR: popular()}
    made = bench(ANYBODY, forms, budget=0.01)
    assert blended(made) is None
    assert "more time" in str(made.refused["blend"])
    assert "混合" in made.refused["blend"].text("zh")


def test_weights_are_judged_as_the_blend_will_serve() -> None:
    unknown = table(1, ODD, NONE)
    unknown.prior[3:9] = np.nan
    parts = [table(0, EVEN, NONE), unknown, popular()]
    asked = of_activity()
    weights, bounds = [(0.5, 0.2, 0.3), (0.1, 0.9, 0.0)], [4]
    told = Sheet.of(asked, parts).judge(weights, bounds)
    served = evaluate(Blend(parts, weights, bounds).score, asked, (10,))
    np.testing.assert_allclose(told.each[METRIC], served.each[METRIC], atol=1e-6)
