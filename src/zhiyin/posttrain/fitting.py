"""Fit: learn every recipe from the past, choose on later days, judge on the last ones.

    events ──► learnt from ──►| chosen on (valid) |──► judged on (test, opened once)

The best recipe on the valid days then learns from everything, is compiled to the form
that serves, and is written as an artifact. It goes live unless the recipe that is live
now, learnt and judged in the same way on the same days, did better.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np

from zhiyin.core import (
    SILENT,
    ArtifactStore,
    BadRequest,
    Histories,
    Progress,
    Step,
    derive,
    get_logger,
    moment,
)
from zhiyin.data import Dataset, Exam, Split
from zhiyin.evaluation import evaluate
from zhiyin.models import Neighbours
from zhiyin.posttrain.recipes import Recipe, recall, refined, standard

log = get_logger(__name__)

KIND = "recommender"
ROLE = "recommend"
METRIC = "ndcg@10"
SHOWN = ("recall@10", "ndcg@10", "hr@10", "coverage@10")
WANTS = frozenset({"favourite", "cart", "buy", "rate"})
JUDGED = 20_000
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Trial:
    """One recipe, learnt and judged."""

    recipe: Recipe
    valid: dict[str, float]
    metrics: dict[str, float]
    """On the test days."""
    compile_cost: float
    """How much of the metric the compiled form lost on the valid days."""
    seconds: float

    @property
    def name(self) -> str:
        return self.recipe.name


@dataclass(frozen=True, slots=True)
class FitReport:
    """Everything that was tried, and what became of the best."""

    rows: Sequence[Trial]
    best: str
    cut: datetime
    """The test days begin here."""
    shoppers: int
    items: int
    metric_names: Sequence[str] = SHOWN
    artifact: str | None = None
    promoted: bool = False
    why: str = ""
    split: dict[str, Any] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return {
            "best": self.best,
            "artifact": self.artifact,
            "promoted": self.promoted,
            "why": self.why,
            "split": self.split,
            "shoppers": self.shoppers,
            "trials": [
                {
                    "recipe": t.recipe.record(),
                    "valid": t.valid,
                    "test": t.metrics,
                    "compile_cost": t.compile_cost,
                    "seconds": t.seconds,
                }
                for t in self.rows
            ],
        }


@dataclass(frozen=True, slots=True)
class Days:
    """Where the valid and the test days begin, in microseconds since 1970."""

    valid: int
    test: int
    end: int


def judge(
    data: Dataset,
    *,
    seed: int = 0,
    recipes: Sequence[Recipe] | None = None,
    progress: Progress = SILENT,
) -> FitReport:
    """Learn and judge every recipe on held-out days; nothing is written."""
    days, split = _cut(data)
    first = list(standard() if recipes is None else recipes)
    with progress.step("fit and judge", unit="recipes") as step:
        learnt = [_learn(recipe, split, seed, step) for recipe in first]
        more = [each for each in refined(_best(learnt).recipe) if each not in first]
        learnt += [_learn(recipe, split, seed, step) for recipe in more]
        test = _some(split.open_test(), seed)
        rows = [each.judged(test, days.test) for each in learnt]
    return FitReport(
        rows=rows,
        best=_best(learnt).recipe.name,
        cut=moment(days.test),
        shoppers=len(test),
        items=len(data.items),
        split=split.record(),
    )


def fit(
    data: Dataset,
    artifacts: ArtifactStore,
    *,
    cut: int,
    seed: int = 0,
    recipes: Sequence[Recipe] | None = None,
    progress: Progress = SILENT,
) -> FitReport:
    """Judge, learn the best from everything, write it, and promote it when better."""
    chosen = list(standard() if recipes is None else recipes)
    live = _live_recipe(artifacts)
    if live is not None and live not in chosen:
        chosen.append(live)
    report = judge(data, seed=seed, recipes=chosen, progress=progress)
    best = next(trial for trial in report.rows if trial.name == report.best)
    with (
        progress.step("learn from everything", unit="artifacts") as step,
        artifacts.writing(
            KIND,
            "posttrain",
            data_hash=data.data_hash,
            cut=cut,
            config=best.recipe.record(),
            seed=seed,
        ) as draft,
    ):
        model = best.recipe.fit(data, seed)
        best.recipe.compiled(model, data, seed).save(draft.path)
        draft.metrics.update({f"test {name}": value for name, value in best.metrics.items()})
        draft.metrics.update({f"valid {name}": value for name, value in best.valid.items()})
        step.advance()
    return _go_live(report, best, live, artifacts, draft.id)


@dataclass(frozen=True, slots=True, eq=False)
class _Learnt:
    recipe: Recipe
    form: Neighbours
    valid: dict[str, float]
    compile_cost: float
    seconds: float

    def judged(self, test: Exam, now: int) -> Trial:
        metrics = _measure(lambda histories: self.form.score(histories, now), test)
        return Trial(self.recipe, self.valid, metrics, self.compile_cost, self.seconds)


def _learn(recipe: Recipe, split: Split, seed: int, step: Step) -> _Learnt:
    started = time.monotonic()
    model = recipe.fit(split.train, seed)
    form = recipe.compiled(model, split.train, seed)
    seconds = time.monotonic() - started
    exam = _some(split.valid, seed)
    valid = _measure(form.score, exam)
    cost = 0.0
    if not recipe.prior:  # with a prior the form is more than the model, not a copy of it
        cost = _measure(model.score, exam)[METRIC] - valid[METRIC]
    step.advance(1, recipe=recipe.name)
    return _Learnt(recipe, form, valid, round(cost, 6), round(seconds, 3))


def _best(learnt: Sequence[_Learnt]) -> _Learnt:
    return max(learnt, key=lambda each: each.valid[METRIC])


def _some(exam: Exam, seed: int) -> Exam:
    """At most ``JUDGED`` shoppers, drawn once: enough to tell recipes apart."""
    if len(exam) <= JUDGED:
        return exam
    chosen = derive(seed, "judged").choice(len(exam), JUDGED, replace=False)
    return exam.take(np.sort(chosen))


def _go_live(
    report: FitReport, best: Trial, live: Recipe | None, artifacts: ArtifactStore, id: str
) -> FitReport:
    now = next((trial for trial in report.rows if trial.recipe == live), None)
    # On equal days the live recipe is one of those tried, so the best is at least as good;
    # only a recipe that this version cannot learn again leaves no comparison.
    better = now is None or best.valid[METRIC] >= now.valid[METRIC]
    if better:
        artifacts.promote(ROLE, id)
    why = "" if better else f"the live recipe {now.name if now else ''} did better"
    log.info("fitted", artifact=id, recipe=best.name, promoted=better)
    return replace(report, artifact=id, promoted=better, why=why)


def _live_recipe(artifacts: ArtifactStore) -> Recipe | None:
    live = artifacts.live(ROLE)
    return None if live is None else recall(live.manifest.config)


def _cut(data: Dataset) -> tuple[Days, Split]:
    """The last tenth of the time, at most a week, is the test; as much before it, valid."""
    times = data.interactions.histories.times
    if len(data.interactions) < 10:
        raise BadRequest(
            what=f"{len(data.interactions)} events are too few to learn from",
            remedy="ingest more events first: zhiyin ingest FILE",
        )
    first, newest = int(times.min()), int(times.max())
    part = min((newest - first) // 10, 7 * _DAY)
    days = Days(newest + 1 - 2 * part, newest + 1 - part, newest + 1)
    kinds = data.interactions.histories.kind_names
    used = np.unique(data.interactions.histories.kinds)
    wants = {kinds[number] for number in used} & WANTS
    split = Split.by_time(
        data, valid_from=days.valid, test_from=days.test, target_kinds=wants or None
    )
    if not len(split.valid):
        raise BadRequest(
            what="nobody came back in the last days, so nothing can be judged",
            remedy="ingest events of a longer time, or check their times",
        )
    return days, split


def _measure(score: Callable[[Histories], Any], exam: Exam) -> dict[str, float]:
    return dict(evaluate(score, exam).means)
