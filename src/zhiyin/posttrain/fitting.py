"""Fit: learn every recipe from the past, choose on later days, judge on the last ones.

    events ──► learnt from ──►| chosen on (valid) |──► judged on (test, opened once)

The recipe that is live now takes part, learnt and judged like the others, so what goes
live is never worse than it on the valid days. The best recipe then learns from
everything, is compiled to the form that serves, and is written as an artifact. It goes
live, unless what is live now was made by a recipe that this version cannot learn again:
then nothing says which is better, and a person decides.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zhiyin.core import (
    SILENT,
    ArtifactStore,
    Damaged,
    Histories,
    NotFound,
    Progress,
    Step,
    TooLarge,
    derive,
    get_logger,
    moment,
)
from zhiyin.data import Dataset, Exam, Split
from zhiyin.evaluation import evaluate
from zhiyin.models import Neighbours
from zhiyin.posttrain.cutting import cut_days, open_test
from zhiyin.posttrain.recipes import Recipe, recall, refined, standard
from zhiyin.posttrain.report import FitReport, Trial

log = get_logger(__name__)

KIND = "recommender"
ROLE = "recommend"
METRIC = "ndcg@10"
JUDGED = 20_000


def judge(
    data: Dataset,
    *,
    seed: int = 0,
    recipes: Sequence[Recipe] | None = None,
    progress: Progress = SILENT,
) -> FitReport:
    """Learn and judge every recipe on held-out days; nothing is written."""
    days, split, kinds = cut_days(data)
    first = list(standard() if recipes is None else recipes)
    with progress.step("fit and judge", unit="recipes") as step:
        learnt, refused = _learn_all(first, split, seed, step)
        more = [recipe for recipe in _second_round(learnt) if recipe not in first]
        learnt += _learn_all(more, split, seed, step)[0]
        test = _some(open_test(split), seed)
        rows = [each.judged(test) for each in learnt]
    return FitReport(
        rows=rows,
        best=_best_to_serve(learnt).recipe.name,
        cut=moment(days.test),
        shoppers=len(test),
        items=len(data.items),
        split={**split.record(), "target_kinds": kinds},
        refused=refused,
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
    live, comparable = _live_recipe(artifacts)
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
    log.info("fitted", artifact=draft.id, recipe=best.name, promoted=comparable)
    if comparable:
        artifacts.promote(ROLE, draft.id)
        return replace(report, artifact=draft.id, promoted=True)
    why, why_zh = _undecided(artifacts, draft.id)
    return replace(report, artifact=draft.id, why=why, why_zh=why_zh)


@dataclass(frozen=True, slots=True, eq=False)
class _Learnt:
    recipe: Recipe
    form: Neighbours
    valid: dict[str, float]
    compile_cost: float
    seconds: float

    def judged(self, test: Exam) -> Trial:
        metrics = _measure(self.form.score, test)
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


def _learn_all(
    recipes: Sequence[Recipe], split: Split, seed: int, step: Step
) -> tuple[list[_Learnt], dict[str, TooLarge]]:
    """All that can be learnt here; what would not fit is left out, unless nothing is left."""
    learnt: list[_Learnt] = []
    refused: dict[str, TooLarge] = {}
    for recipe in recipes:
        try:
            learnt.append(_learn(recipe, split, seed, step))
        except TooLarge as error:
            log.warning("recipe left out", recipe=recipe.name, error=error)
            refused[recipe.name] = error
    if refused and not learnt:
        raise next(iter(refused.values()))
    return learnt, refused


def _best(learnt: Sequence[_Learnt]) -> _Learnt:
    return max(learnt, key=lambda each: each.valid[METRIC])


def _best_to_serve(learnt: Sequence[_Learnt]) -> _Learnt:
    """The best of those that have an answer for a guest: some popularity is in them."""
    return _best([each for each in learnt if np.nan_to_num(each.form.prior).any()] or learnt)


def _second_round(learnt: Sequence[_Learnt]) -> Sequence[Recipe]:
    """Refine the best of those that tell shoppers apart, even where popularity leads:
    the two together may do better than either."""
    personal = [each for each in learnt if each.form.table.nnz]
    return refined(_best(personal).recipe) if personal else []


def _some(exam: Exam, seed: int) -> Exam:
    """At most ``JUDGED`` shoppers, drawn once: enough to tell recipes apart."""
    if len(exam) <= JUDGED:
        return exam
    chosen = derive(seed, "judged").choice(len(exam), JUDGED, replace=False)
    return exam.take(np.sort(chosen))


def _live_recipe(artifacts: ArtifactStore) -> tuple[Recipe | None, bool]:
    """The recipe that is live, and whether what is new may be compared with what is live.

    The manifest is enough. Where nothing is live, or what was is lost or damaged, there is
    nothing to be compared with, and fitting again is the way out.
    """
    id = artifacts.live_id(ROLE)
    if id is None:
        return None, True
    try:
        recipe = recall(artifacts.lineage(id)[0].config)
    except (Damaged, NotFound) as error:
        log.warning("live artifact lost", artifact=id, error=error)
        return None, True
    return recipe, recipe is not None


def _undecided(artifacts: ArtifactStore, id: str) -> tuple[str, str]:
    live = artifacts.live_id(ROLE)
    return (
        f"the recipe of {live}, which is live, is unknown to this version, so the two "
        f"cannot be compared; to use the new one: zhiyin promote {id}",
        f"本版本不认识线上产物 {live} 的方法，无法比较两者；如要启用新产物：zhiyin promote {id}",
    )


def _measure(score: Callable[[Histories], Any], exam: Exam) -> dict[str, float]:
    return dict(evaluate(score, exam).means)
