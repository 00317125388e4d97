"""Workbench: learns recipes on the training days, judges them on the valid ones, remembers.

Everything that is tried goes over it, so it also keeps the rows of the report, the forms
that may still be needed (the best of every family), and what was refused and why.
"""

import resource
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zhiyin.core import Step, TooLarge, ZhiyinError, derive, get_logger
from zhiyin.data import Dataset, Exam, Split
from zhiyin.evaluation import evaluate
from zhiyin.models import Blend, Form, Recommender
from zhiyin.posttrain.costs import Size, judging
from zhiyin.posttrain.families import FAMILIES
from zhiyin.posttrain.ledger import Ledger
from zhiyin.posttrain.limits import Limits
from zhiyin.posttrain.recipes import AnyRecipe, Blended, Recipe, start, with_popularity
from zhiyin.posttrain.report import METRIC, Trial

log = get_logger(__name__)

WATCHED = 1_000  # shoppers asked while a model trains, and to see what compiling costs
POPULARITY = start(FAMILIES["popularity"])
"""As it comes: the baseline, and what guests get."""


class OutOfTime(Exception):
    """The clock ran out while a model was being trained. Never leaves this file."""


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """A row of the report and the form that goes with it."""

    row: Trial
    form: Form

    @property
    def recipe(self) -> AnyRecipe:
        return self.row.recipe

    @property
    def quality(self) -> float:
        """The metric on the valid days."""
        return self.row.valid[METRIC]


class Workbench:
    """Where recipes are tried, within limits."""

    def __init__(
        self, data: Dataset, split: Split, seed: int, limits: Limits, ledger: Ledger, step: Step
    ) -> None:
        self.data, self.train, self.seed = data, split.train, seed
        self.limits, self.ledger = limits, ledger
        self.size = Size.of(split.train)
        self.exam = some(split.valid, limits, seed)
        self.rows: dict[AnyRecipe, Trial] = {}
        self.kept: dict[AnyRecipe, Learnt] = {}
        """Forms that may still be needed: the best of each family, and what is pinned."""
        self.refused: dict[str, ZhiyinError] = {}
        self.memory = limits.memory
        self._pinned: set[AnyRecipe] = set()
        self._step = step
        few = max(50, min(WATCHED, limits.judged_scores // (10 * max(self.size.items, 1))))
        self._few = self.exam.take(np.arange(min(few, len(self.exam))))

    def stated(self, recipe: AnyRecipe) -> float:
        """Seconds that it is stated to take to learn and judge, or to put together and judge."""
        if isinstance(recipe, Blended):
            return judging(self.size, self.exam) * len(recipe.parts)
        if recipe.prior:
            return judging(self.size, self.exam)
        return recipe.kind.seconds(self.size, recipe.config) + judging(self.size, self.exam)

    def out_of_time(self, what: str, what_zh: str, stated: float) -> bool:
        """Whether the clock, not the plan, forbids work of so many stated seconds; told once."""
        if self.ledger.in_time(stated):
            return False
        left = max(0.0, self.ledger.budget - self.ledger.elapsed)
        self.refused[what] = TooLarge(
            what=what,
            what_zh=what_zh,
            needs=f"{stated * self.ledger.pace:.1f} s at the pace of this machine",
            needs_zh=f"按本机速度 {stated * self.ledger.pace:.1f} 秒",
            limit=f"{left:.1f} s left of the budget",
            limit_zh=f"预算中剩余的 {left:.1f} 秒",
            remedy="allow more time with --budget",
            remedy_zh="请用 --budget 增加时间",
        )
        return True

    def pin(self, recipes: Iterable[AnyRecipe]) -> None:
        """Keep the forms of these, whatever else turns out better."""
        self._pinned.update(recipes)

    def attempt(self, recipe: AnyRecipe) -> Learnt | None:
        """Learn and judge; None, and the reason in ``refused``, where that cannot be done.

        What is made of other recipes is made of their forms, which are learnt where they
        are not there yet.
        """
        if recipe in self.kept:
            return self.kept[recipe]
        if isinstance(recipe, Recipe) and not recipe.prior:
            return self._learn(recipe)
        needed = recipe.parts if isinstance(recipe, Blended) else (recipe.plain, POPULARITY)
        self.pin(needed)
        parts = [self.attempt(part) for part in needed]
        there = [part for part in parts if part is not None]
        if len(there) < len(parts):
            return None
        return self.assemble(recipe, _joined(recipe, [part.form for part in there]), there)

    def _learn(self, recipe: Recipe) -> Learnt | None:
        stated = self.stated(recipe)
        if self.out_of_time(f"trying {recipe.name}", f"尝试 {recipe.name}", stated):
            return None
        self.ledger.promise(stated)
        before, began = _peak_bytes(), time.monotonic()
        try:
            model = self._fitted(recipe)
            form = model.compile()
            seconds = time.monotonic() - began
            cost = self._compile_cost(recipe, model, form)
        except OutOfTime:
            self.out_of_time(f"training {recipe.name}", f"训练 {recipe.name}", stated)
            return None
        except TooLarge as error:
            log.warning("recipe left out", recipe=recipe.name, error=error)
            self.refused[recipe.name] = error
            return None
        row = Trial(
            recipe,
            valid=self.judged(form),
            compile_cost=round(cost, 6),
            seconds=round(seconds, 3),
            stated=round(stated - judging(self.size, self.exam), 3),
            needed=model.memory_needed(self.train),
            grew=max(0, _peak_bytes() - before),
            refit=_with_best_epochs(recipe, model),
            notes=tuple(getattr(model, "notes", ())),
        )
        self.ledger.took(stated, time.monotonic() - began)
        return self._keep(Learnt(row, form))

    def assemble(self, recipe: AnyRecipe, form: Form, parts: Iterable[Learnt]) -> Learnt:
        """Judge what was made of forms that are already there."""
        began, made_of = time.monotonic(), [part.row for part in parts]
        row = Trial(
            recipe,
            valid=self.judged(form),
            seconds=round(sum(part.seconds for part in made_of), 3),
            stated=round(sum(part.stated for part in made_of), 3),
            needed=max(part.needed for part in made_of),
            refit=_refitted(recipe, made_of),
            notes=tuple(dict.fromkeys(note for part in made_of for note in part.notes)),
        )
        self.ledger.promise(self.stated(recipe))
        self.ledger.took(self.stated(recipe), time.monotonic() - began)
        return self._keep(Learnt(row, form))

    def judged(self, form: Form) -> dict[str, float]:
        """Every metric on the valid days."""
        return dict(evaluate(form.score, self.exam).means)

    def best_of_families(self) -> list[Learnt]:
        """The best without a prior of every family that was tried, best first."""
        plain = [
            learnt
            for recipe, learnt in self.kept.items()
            if isinstance(recipe, Recipe) and not recipe.prior
        ]
        best: dict[str, Learnt] = {}
        for learnt in plain:
            held = best.get(learnt.recipe.family)
            if held is None or learnt.quality > held.quality:
                best[learnt.recipe.family] = learnt
        return sorted(best.values(), key=lambda learnt: -learnt.quality)

    def _fitted(self, recipe: Recipe) -> Recommender:
        """A model that learnt from the training days; refused if everything were too much."""
        model: Any = recipe.model(self.memory)
        needed = model.memory_needed(self.data)
        if needed > self.memory:
            raise TooLarge(
                what=f"learning {recipe.name} from everything",
                what_zh=f"用全部数据训练 {recipe.name}",
                needs=f"{needed / 1e9:.2f} GB",
                limit=f"{self.memory / 1e9:.2f} GB",
                remedy="allow more memory, learn from a shorter log, or let others serve",
                remedy_zh="请允许更多内存、缩短日志，或使用其他方法",
            )
        rng = derive(self.seed, "fit", recipe.family)
        if not recipe.kind.trained:
            fitted: Recommender = model.fit(self.train, rng)
            return fitted

        def watch(score: Any) -> float:
            if self.ledger.elapsed > self.ledger.budget:
                raise OutOfTime
            return evaluate(score, self._few, (10,))[METRIC]

        trained: Recommender = model.fit(self.train, rng, watch=watch)
        return trained

    def _compile_cost(self, recipe: Recipe, model: Recommender, form: Form) -> float:
        """What the form loses against its model; refused where that is more than allowed."""
        before = evaluate(model.score, self._few, (10,))[METRIC]
        cost = before - evaluate(form.score, self._few, (10,))[METRIC]
        if cost > self.limits.allowed_loss * before:
            raise TooLarge(
                what=f"compiling {recipe.name}",
                what_zh=f"将 {recipe.name} 编译为服务形式",
                needs=f"a loss of {cost:.4f} of {before:.4f} {METRIC}",
                needs_zh=f"在 {METRIC} {before:.4f} 中损失 {cost:.4f}",
                limit=f"{self.limits.allowed_loss:.1%} of it",
                limit_zh=f"其 {self.limits.allowed_loss:.1%}",
                remedy="allow a larger loss, or let the table keep more entries",
                remedy_zh="请允许更大的损失，或让表保留更多条目",
            )
        return cost

    def _keep(self, learnt: Learnt) -> Learnt:
        self.rows[learnt.recipe] = learnt.row
        self._step.advance(1, recipe=learnt.recipe.name)
        self.kept[learnt.recipe] = learnt
        self._forget()
        return learnt

    def _forget(self) -> None:
        """Let go of the forms that nothing will ask for: they are what fills the memory."""
        best = {learnt.recipe for learnt in self.best_of_families()}
        finished = [learnt for recipe, learnt in self.kept.items() if not _plain(recipe)]
        top = max(finished, key=lambda learnt: learnt.quality, default=None)
        stays = best | self._pinned | ({top.recipe} if top else set())
        self.kept = {recipe: own for recipe, own in self.kept.items() if recipe in stays}


def some(exam: Exam, limits: Limits, seed: int) -> Exam:
    """As many shoppers as the limits allow, drawn once: enough to tell recipes apart."""
    most = min(limits.judged, max(200, limits.judged_scores // max(exam.items, 1)))
    return exam.sample(most, derive(seed, "judged"))


def _plain(recipe: AnyRecipe) -> bool:
    return isinstance(recipe, Recipe) and not recipe.prior


def _with_best_epochs(recipe: Recipe, model: Recommender) -> Recipe | None:
    """The recipe with the epochs that early stopping found; None where nothing changes."""
    found = getattr(getattr(model, "trajectory", None), "best", None)
    if not found or "epochs" not in type(recipe.config).model_fields:
        return None
    return recipe.changed(epochs=int(found))


def _refitted(recipe: AnyRecipe, parts: list[Trial]) -> AnyRecipe | None:
    """What learns from everything, where parts of it do so with other epochs."""
    if all(part.refit is None for part in parts):
        return None
    finals = [part.final for part in parts]
    if isinstance(recipe, Blended):
        return replace(recipe, parts=tuple(part for part in finals if isinstance(part, Recipe)))
    assert isinstance(finals[0], Recipe)
    return replace(finals[0], prior=recipe.prior)


def _joined(recipe: AnyRecipe, forms: Sequence[Form]) -> Form:
    if isinstance(recipe, Blended):
        return Blend(forms, recipe.weights, recipe.bounds)
    form, popular = forms
    return with_popularity(form, popular, recipe.prior)


def _peak_bytes() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
