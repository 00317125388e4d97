"""The workbench: what is too large, loses too much or runs over is refused and told."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Self

import numpy as np
import pytest

from zhiyin.core import SILENT, ArtifactStore, Config, Histories, TooLarge
from zhiyin.data import Dataset
from zhiyin.models import Form, Neighbours
from zhiyin.models.collaborative import Ease, ItemKnn, Popularity
from zhiyin.posttrain import Limits, fit, judge
from zhiyin.posttrain.cutting import cut_days
from zhiyin.posttrain.families import FAMILIES
from zhiyin.posttrain.ledger import Ledger
from zhiyin.posttrain.recipes import Blended, Recipe, recall
from zhiyin.posttrain.workbench import Workbench

POPULAR = Recipe("popularity", Popularity.Config())
NEAREST = Recipe("item-knn", ItemKnn.Config(shrink=30))
DENSE = Recipe("ease", Ease.Config())


class Hands:
    """A clock that moves when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def bench(data: Dataset, limits: Limits = Limits(), clock: Any = lambda: 0.0) -> Workbench:  # noqa: B008
    _, split, _ = cut_days(data)
    with SILENT.step("test") as step:
        return Workbench(data, split, 7, limits, Ledger(limits.budget, clock), step)


class Epochs(Config):
    """Settings of ``Trained``."""

    epochs: int = 100
    worth: tuple[float, ...] = (1.0,)
    """What scores are multiplied by when it is compiled; -1 turns them round."""


class Trained:
    """Stands for a model that is trained by gradients: it asks the watch once an epoch."""

    Config = Epochs
    clock = Hands()
    ran: list[tuple[int, bool]] = []

    def __init__(self, config: Epochs = Epochs()) -> None:  # noqa: B008 - frozen
        self.config = config
        self.notes: tuple[str, ...] = ("learnt without pictures",)

    def fit(self, data: Dataset, rng: Any, *, watch: Any = None, progress: Any = SILENT) -> Self:
        self._inner = ItemKnn().fit(data, rng)
        self.ran.append((self.config.epochs, watch is not None))
        if watch is None:
            return self
        for epoch in range(self.config.epochs):
            self.clock.now += 1.0
            assert 0 <= watch(self._inner.score) <= 1
            if epoch == 6:  # the watch liked the fourth best
                break
        self.trajectory = SimpleNamespace(best=4)
        return self

    def score(self, histories: Histories) -> Any:
        return self._inner.score(histories)

    def compile(self) -> Form:
        form = self._inner.compile()
        table = form.table * np.float32(self.config.worth[0])
        return Neighbours(form.items, table, form.prior, form.strengths, form.now)

    def memory_needed(self, data: Dataset) -> int:
        return 1000


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """A recipe of a family that is trained."""
    family = replace(
        FAMILIES["item-knn"],
        name="trained",
        model=lambda: Trained,
        seconds=lambda size, config: 0.01 * config.epochs,
        trained=True,
        space={},
    )
    monkeypatch.setitem(FAMILIES, "trained", family)
    Trained.clock, Trained.ran = Hands(), []
    return Recipe("trained", Epochs())


def test_what_would_not_fit_into_memory_is_refused_before_it_learns(
    demo: tuple[Dataset, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ease, "fit", lambda *_: pytest.fail("it began to learn"))
    made = bench(demo[0], Limits(max_bytes=100_000))
    assert made.attempt(DENSE) is None
    assert isinstance(made.refused["ease"], TooLarge)
    assert "0.00 GB is allowed" in str(made.refused["ease"])
    assert "内存" in made.refused["ease"].text("zh")


def test_a_limit_of_memory_is_no_part_of_a_recipe(demo: tuple[Dataset, int]) -> None:
    report = judge(demo[0], recipes=[NEAREST], limits=Limits(max_bytes=10**9))
    assert NEAREST in [row.recipe for row in report.rows]
    assert "max_bytes" not in NEAREST.name


def test_a_form_that_lost_too_much_is_refused(demo: tuple[Dataset, int], trained: Recipe) -> None:
    spoilt = trained.changed(worth=(-1.0,))
    made = bench(demo[0])
    assert made.attempt(spoilt) is None
    told = made.refused[spoilt.name]
    assert "a loss of" in str(told)
    assert "2.0%" in str(told)
    assert "编译" in told.text("zh")
    lenient = bench(demo[0], Limits(allowed_loss=1.0)).attempt(spoilt)
    assert lenient is not None
    assert lenient.row.compile_cost > 0.01


def test_early_stopping_decides_how_long_everything_is_learnt(
    demo: tuple[Dataset, int], trained: Recipe, artifacts: ArtifactStore
) -> None:
    report = fit(demo[0], artifacts, cut=demo[1], recipes=[trained])
    assert Trained.ran == [(100, True), (4, False)]
    row = next(row for row in report.rows if row.recipe == trained)
    assert row.final == trained.changed(epochs=4)
    assert row.notes == ("learnt without pictures",)
    live = artifacts.live("recommend")
    assert live is not None
    kept = recall(live.manifest.config)
    assert isinstance(kept, Recipe)
    assert kept.plain == trained.changed(epochs=4)


def test_training_that_runs_over_is_stopped_and_told(
    demo: tuple[Dataset, int], trained: Recipe
) -> None:
    made = bench(demo[0], Limits(budget=3.0), Trained.clock)
    assert made.attempt(trained) is None
    assert made.attempt(POPULAR) is None, "no time is left for anything"
    assert Trained.clock.now == 4.0, "the first look at the watch after the end stops it"
    assert "left of the budget" in str(made.refused["training trained"])


def test_a_blend_that_is_live_takes_part_and_stays_where_nothing_is_better(
    demo: tuple[Dataset, int], artifacts: ArtifactStore
) -> None:
    data, cut = demo
    live = Blended((NEAREST, DENSE, POPULAR), ((0.4, 0.4, 0.2),))
    with artifacts.writing("recommender", "posttrain", config=live.record()) as draft:
        (draft.path / "words.json").write_text("{}")
    artifacts.promote("recommend", draft.id)
    report = fit(data, artifacts, cut=cut, recipes=[POPULAR])
    by_recipe = {row.recipe: row for row in report.rows}
    assert {live, NEAREST, DENSE, POPULAR} <= set(by_recipe)
    assert report.promoted
    assert report.chosen.valid["ndcg@10"] >= by_recipe[live].valid["ndcg@10"]
    now = artifacts.live("recommend")
    assert now is not None
    assert recall(now.manifest.config) == report.chosen.recipe
    assert by_recipe[live].seconds == pytest.approx(
        sum(by_recipe[part].seconds for part in live.parts)
    )


def test_a_live_recipe_that_cannot_be_learnt_within_the_limits_stays_until_a_person_decides(
    demo: tuple[Dataset, int], artifacts: ArtifactStore
) -> None:
    data, cut = demo
    with artifacts.writing("recommender", "posttrain", config=DENSE.record()) as draft:
        (draft.path / "words.json").write_text("{}")
    artifacts.promote("recommend", draft.id)
    # Room for popularity and not for the square matrix.
    limits = Limits(max_bytes=1_200_000)
    report = fit(data, artifacts, cut=cut, recipes=[POPULAR], limits=limits)
    assert "ease" in report.refused
    assert not report.promoted
    assert artifacts.live_id("recommend") == draft.id
    assert f"zhiyin promote {report.artifact}" in report.why


def test_forms_that_nobody_will_ask_for_are_let_go(demo: tuple[Dataset, int]) -> None:
    made = bench(demo[0])
    tried = [made.attempt(NEAREST.changed(shrink=shrink)) for shrink in (1e5, 30.0, 100.0)]
    best = max((each for each in tried if each), key=lambda each: each.quality)
    assert len(made.rows) == 3
    assert list(made.kept) == [best.recipe]


def test_a_large_catalogue_asks_fewer_shoppers(demo: tuple[Dataset, int]) -> None:
    everybody = bench(demo[0])
    few = bench(demo[0], Limits(judged=100))
    fewer_scores = bench(demo[0], Limits(judged_scores=1))
    assert len(few.exam) == 100 < len(everybody.exam)
    assert len(fewer_scores.exam) == min(200, len(everybody.exam))
