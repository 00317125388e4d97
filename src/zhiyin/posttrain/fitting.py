"""Fit: learn what can be afforded from the past, choose on later days, judge on the last.

    events ──► learnt from ──►| tuned and chosen on (valid) |──► judged on (test, once)

    first round ─► tuning ─► popularity for guests ─► blending ─► the best on valid

The recipe that is live now takes part, learnt and judged like the others, so what goes
live is never worse than it on the valid days. The best recipe then learns from
everything, is compiled to the form that serves, and is written as an artifact. It goes
live, unless what is live now was made by a recipe that this version cannot learn again:
then nothing says which is better, and a person decides.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from zhiyin.core import (
    SILENT,
    ArtifactStore,
    Damaged,
    NotFound,
    Progress,
    Unavailable,
    derive,
    get_logger,
    moment,
)
from zhiyin.data import Dataset
from zhiyin.evaluation import Report, evaluate
from zhiyin.models import Blend, Form
from zhiyin.posttrain.blending import blended
from zhiyin.posttrain.cutting import cut_days, open_test
from zhiyin.posttrain.ledger import Ledger
from zhiyin.posttrain.limits import Limits
from zhiyin.posttrain.planning import first_round
from zhiyin.posttrain.recipes import AnyRecipe, Blended, Recipe, recall, refined, with_popularity
from zhiyin.posttrain.report import FitReport, Trial
from zhiyin.posttrain.search import climb
from zhiyin.posttrain.workbench import POPULARITY, Learnt, Workbench, some

log = get_logger(__name__)

KIND = "recommender"
ROLE = "recommend"
TUNED = (0.7, 0.8)
"""Shares of the plan up to which the best and the second family are tuned."""
TRIES = 24
"""Of tuning one family, at most."""
TELLING = 500
"""Shoppers from whom on neighbouring settings can be told apart: below, tuning fits chance."""


def judge(
    data: Dataset,
    *,
    seed: int = 0,
    recipes: Sequence[Recipe] | None = None,
    live: AnyRecipe | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    clock: Callable[[], float] = time.monotonic,
    progress: Progress = SILENT,
) -> FitReport:
    """Learn and judge on held-out days what the limits allow; nothing is written.

    Args:
        recipes: Only these, and the best of them with popularity; None: what can be
            afforded, tuned and blended.
        live: The recipe that serves now; it takes part.
        limits: Time, memory, and what compiling may lose.
        clock: Seconds that pass; it stops what would run over and decides nothing else.
    """
    ledger = Ledger(limits.budget, clock)
    days, split, kinds = cut_days(data)
    with progress.step("fit and judge", unit="recipes") as step:
        bench = Workbench(data, split, seed, limits, ledger, step)
        if live is not None:
            bench.pin([live])
            bench.attempt(live)
        if recipes is None:
            _searched(bench)
        else:
            bench.pin(recipes)
            for recipe in recipes:
                bench.attempt(recipe)
        if not bench.kept:
            raise next(iter(bench.refused.values()))
        _for_guests(bench)
        if recipes is None:
            blended(bench)
        best = _best_to_serve(bench)
        test = some(open_test(split), limits, seed)
        reports = {own.recipe: evaluate(own.form.score, test) for own in bench.kept.values()}
    return FitReport(
        rows=[_judged(row, reports) for row in bench.rows.values()],
        best=best.recipe.name,
        cut=moment(days.test),
        shoppers=len(test),
        items=len(data.items),
        split={**split.record(), "target_kinds": kinds},
        refused=bench.refused,
        budget=limits.budget,
        planned=round(ledger.promised, 3),
        took=round(ledger.elapsed, 3),
        memory=bench.memory,
        reports={recipe.name: report for recipe, report in reports.items()},
    )


def fit(
    data: Dataset,
    artifacts: ArtifactStore,
    *,
    cut: int,
    seed: int = 0,
    parents: tuple[str, ...] = (),
    recipes: Sequence[Recipe] | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    clock: Callable[[], float] = time.monotonic,
    progress: Progress = SILENT,
) -> FitReport:
    """Judge, learn the best from everything, write it, and promote it when better.

    ``parents``: artifacts that the data was made from, such as what is known of the goods.
    Whoever interrupts finds the shop as it was: an artifact is there whole or not at all.
    """
    live, comparable = _live_recipe(artifacts)
    report = judge(
        data, seed=seed, recipes=recipes, live=live, limits=limits, clock=clock, progress=progress
    )
    comparable = comparable and (live is None or any(row.recipe == live for row in report.rows))
    best = report.chosen
    with (
        progress.step("learn from everything", unit="artifacts") as step,
        artifacts.writing(
            KIND,
            "posttrain",
            parents=parents,
            data_hash=data.data_hash,
            cut=cut,
            config=best.final.record(),
            seed=seed,
        ) as draft,
    ):
        learnt_form(best.final, data, seed, limits.memory).save(draft.path)
        draft.metrics.update({f"test {name}": value for name, value in best.metrics.items()})
        draft.metrics.update({f"valid {name}": value for name, value in best.valid.items()})
        step.advance()
    log.info("fitted", artifact=draft.id, recipe=best.name, promoted=comparable)
    if comparable:
        artifacts.promote(ROLE, draft.id)
        return replace(report, artifact=draft.id, promoted=True)
    why, why_zh = _undecided(artifacts, draft.id)
    return replace(report, artifact=draft.id, why=why, why_zh=why_zh)


def learnt_form(recipe: AnyRecipe, data: Dataset, seed: int, max_bytes: int) -> Form:
    """The form that serves, learnt from all of the data with nothing held out."""
    if isinstance(recipe, Blended):
        parts = [learnt_form(part, data, seed, max_bytes) for part in recipe.parts]
        return Blend(parts, recipe.weights, recipe.bounds)
    model: Any = recipe.model(max_bytes)
    form: Form = model.fit(data, derive(seed, "fit", recipe.family)).compile()
    if not recipe.prior:
        return form
    return with_popularity(form, learnt_form(POPULARITY, data, seed, max_bytes), recipe.prior)


def _searched(bench: Workbench) -> None:
    """The first round, then tuning of its two best families."""
    for recipe in first_round(bench):
        bench.attempt(recipe)
    if len(bench.exam) < TELLING:
        bench.refused["tuning"] = Unavailable(
            what="tuning",
            what_zh="调参",
            problem=f"{len(bench.exam)} shoppers to choose by are too few",
            problem_zh=f"可供选择的顾客只有 {len(bench.exam)} 位，太少",
            remedy=f"it is done from {TELLING} on",
            remedy_zh=f"达到 {TELLING} 位后会自动进行",
        )
        return
    for start, share in zip(_personal(bench), TUNED, strict=False):
        climb(bench, start, share=share, most=TRIES)


def _personal(bench: Workbench) -> list[Learnt]:
    """The best of each family that tells shoppers apart, even where popularity leads."""
    return [own for own in bench.best_of_families() if "personal" in own.form.abilities]


def _for_guests(bench: Workbench) -> None:
    """Popularity is added to the best: guests need it, and others may be better off too."""
    for best in _personal(bench)[:1]:
        if isinstance(best.recipe, Recipe) and bench.attempt(POPULARITY) is not None:
            for recipe in refined(best.recipe, best.form):
                bench.attempt(recipe)


def _best_to_serve(bench: Workbench) -> Learnt:
    """The best of those that have an answer for a guest."""
    learnt = list(bench.kept.values())
    able = [each for each in learnt if "guests" in each.form.abilities]
    return max(able or learnt, key=lambda each: each.quality)


def _judged(row: Trial, reports: dict[AnyRecipe, Report]) -> Trial:
    """The row, with what the test days said where it was asked."""
    report = reports.get(row.recipe)
    return row if report is None else replace(row, metrics=dict(report.means))


def _live_recipe(artifacts: ArtifactStore) -> tuple[AnyRecipe | None, bool]:
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
        f"the recipe of {live}, which is live, is unknown to this version or could not be "
        "learnt within the limits, so the two cannot be compared; to use the new one: "
        f"zhiyin promote {id}",
        f"线上产物 {live} 的方法不为本版本所知，或无法在限额内训练，无法比较两者；"
        f"如要启用新产物：zhiyin promote {id}",
    )
