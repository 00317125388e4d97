"""What ``fit`` reports: every recipe that was tried, and what became of the best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhiyin.core import Told, ZhiyinError
from zhiyin.evaluation import Report, render_page
from zhiyin.posttrain.recipes import AnyRecipe

METRIC = "ndcg@10"
"""What is tuned and chosen by, on the valid days."""
SHOWN = ("recall@10", "ndcg@10", "hr@10", "coverage@10")


@dataclass(frozen=True, slots=True)
class Trial:
    """One recipe, learnt and judged."""

    recipe: AnyRecipe
    valid: dict[str, float]
    metrics: dict[str, float] = field(default_factory=dict)
    """On the test days; empty for what was only tried on the way to something better."""
    compile_cost: float = 0.0
    """How much of the metric the compiled form lost on some of the valid days' shoppers."""
    seconds: float = 0.0
    """Learning and compiling, by the clock; of a blend: its parts together."""
    stated: float = 0.0
    """What was stated beforehand for the same."""
    needed: int = 0
    """Bytes that learning holds at most, by the model's formula."""
    grew: int = 0
    """Bytes by which the process's peak grew meanwhile; 0 where it had held as much before."""
    refit: AnyRecipe | None = None
    """What learns from everything where it differs: with the epochs that were best."""
    notes: tuple[str, ...] = ()
    """What the model did without, in its own words."""

    @property
    def name(self) -> str:
        return self.recipe.name

    @property
    def final(self) -> AnyRecipe:
        """What learns from everything."""
        return self.recipe if self.refit is None else self.refit

    def record(self) -> dict[str, Any]:
        """The row as plain values for JSON."""
        return {
            "name": self.name,
            "recipe": self.recipe.record(),
            "refit": None if self.refit is None else self.refit.record(),
            "valid": self.valid,
            "test": self.metrics,
            "compile_cost": self.compile_cost,
            "seconds": self.seconds,
            "stated_seconds": self.stated,
            "needed_bytes": self.needed,
            "peak_grew_bytes": self.grew,
            "notes": list(self.notes),
        }


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
    """Why it was not promoted; empty when it was."""
    why_zh: str = ""
    split: dict[str, Any] = field(default_factory=dict)
    refused: Mapping[str, ZhiyinError] = field(default_factory=dict)
    """What was not tried, with the reason and a remedy: too dear, too large, not installed."""
    budget: float = 0.0
    """Seconds that were allowed."""
    planned: float = 0.0
    """Stated seconds that the plan came to."""
    took: float = 0.0
    """Seconds by the clock, learning from everything not counted."""
    memory: int = 0
    """Bytes that one model was allowed."""
    told: Sequence[Told] = ()
    """What a person should know of the data that it was learnt from."""
    reports: Mapping[str, Report] = field(default_factory=dict)
    """Of those judged on the test days, with every shopper's own numbers."""

    @property
    def judged(self) -> Sequence[Trial]:
        """The rows that were judged on the test days."""
        return [row for row in self.rows if row.metrics]

    @property
    def left_out(self) -> Sequence[ZhiyinError]:
        """What was not tried and why; those of one reason in one sentence."""
        alike: dict[str, list[ZhiyinError]] = {}
        for error in self.refused.values():
            reason = error.text().removeprefix(str(error.fields.get("what")))
            alike.setdefault(reason, []).append(error)
        return [_together(errors) for errors in alike.values()]

    @property
    def chosen(self) -> Trial:
        """The best on the valid days."""
        return next(row for row in self.rows if row.name == self.best)

    def page(self, lang: str = "en") -> str:
        """One HTML page of quality against cost, coverage and segments on the test days."""
        costs = {row.name: max(row.seconds, 0.001) for row in self.judged}
        return render_page(self.reports, costs=costs, cost_unit="s", metric=METRIC, lang=lang)

    def record(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return {
            "best": self.best,
            "artifact": self.artifact,
            "promoted": self.promoted,
            "why": self.why,
            "cut": self.cut.isoformat(),
            "split": self.split,
            "shoppers": self.shoppers,
            "items": self.items,
            "budget_s": self.budget,
            "planned_s": self.planned,
            "took_s": self.took,
            "memory_bytes": self.memory,
            "told": [told.en for told in self.told],
            "refused": {name: str(error) for name, error in self.refused.items()},
            "trials": [row.record() for row in self.judged],
            "tuning": [row.record() for row in self.rows if not row.metrics],
        }


def _together(errors: Sequence[ZhiyinError]) -> ZhiyinError:
    """One error for several that differ in what they are about."""
    first = errors[0]
    if len(errors) == 1 or "what_zh" in first.fields:
        return first
    names = [str(error.fields["what"]) for error in errors]
    said = {"what": f"each of {', '.join(names)}", "what_zh": "、".join(names)}
    return type(first)(**{**first.fields, **said})
