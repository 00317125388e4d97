"""What ``fit`` reports: every recipe that was tried, and what became of the best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhiyin.core import TooLarge
from zhiyin.posttrain.recipes import Recipe

SHOWN = ("recall@10", "ndcg@10", "hr@10", "coverage@10")


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
    """Why it was not promoted; empty when it was."""
    why_zh: str = ""
    split: dict[str, Any] = field(default_factory=dict)
    refused: Mapping[str, TooLarge] = field(default_factory=dict)
    """Recipes that would not have fitted into memory, with what they needed."""

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
            "refused": {name: str(error) for name, error in self.refused.items()},
            "trials": [
                {
                    "name": t.name,
                    "recipe": t.recipe.record(),
                    "valid": t.valid,
                    "test": t.metrics,
                    "compile_cost": t.compile_cost,
                    "seconds": t.seconds,
                }
                for t in self.rows
            ],
        }
