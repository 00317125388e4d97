"""Report: what a judgement found, as means, per shopper, and as a table."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from zhiyin.evaluation.leakage import Check
from zhiyin.evaluation.segments import Segment

FULL = "every item"


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Quality of one scorer on one exam. Metrics are named as in "recall@20"."""

    ks: tuple[int, ...]
    items: int
    """How many items were ranked."""
    shoppers: npt.NDArray[np.int64]  # (B,) who was asked, in the order of ``each``
    each: Mapping[str, npt.NDArray[np.float64]]
    """(B,) per metric: the shoppers' own numbers, for intervals and segments."""
    shared: Mapping[str, float]
    """What has no value per shopper: coverage, Gini."""
    segments: Mapping[str, Segment] = field(default_factory=dict)
    """cold, warm, heavy; with goods also head and tail."""
    protocol: str = FULL
    """What the targets were ranked among."""
    checks: tuple[Check, ...] = ()
    """Which leaks were looked for, where ``evaluate`` was told what was learnt from."""

    @property
    def means(self) -> dict[str, float]:
        """Every metric, averaged over the shoppers asked who have a value for it."""
        return {**{name: average(own) for name, own in self.each.items()}, **self.shared}

    def __getitem__(self, metric: str) -> float:
        return self.means[metric]

    def interval(self, metric: str) -> tuple[float, float]:
        """95 % for the mean over such shoppers: mean ± 1.96 · sd / √n; NaN where n < 2.

        It says how far other shoppers would move the mean, and nothing of other seeds.
        """
        own = self.each.get(metric, np.zeros(0))
        own = own[~np.isnan(own)]
        if len(own) < 2:
            return float("nan"), float("nan")
        half = 1.96 * float(own.std(ddof=1)) / len(own) ** 0.5
        return float(own.mean()) - half, float(own.mean()) + half

    def rows(self) -> list[tuple[str, *tuple[float, ...]]]:
        """One row per metric: its name, then its mean at every k."""
        means = self.means
        names = dict.fromkeys(name.rpartition("@")[0] for name in means)
        return [(name, *(means[f"{name}@{k}"] for k in self.ks)) for name in names]

    def record(self) -> dict[str, object]:
        """For a JSON file or a manifest."""
        return {
            "protocol": self.protocol,
            "shoppers": len(self.shoppers),
            "items": self.items,
            "metrics": _rounded(self.means),
            "segments": {
                name: {"shoppers": part.shoppers, "metrics": _rounded(part.means)}
                for name, part in self.segments.items()
            },
            "checks": {check.name: {"found": check.found, "of": check.of} for check in self.checks},
        }

    def to_json(self) -> str:
        """The record as text; a number that is not there is null."""
        return json.dumps(self.record(), ensure_ascii=False, indent=2, allow_nan=False)

    def table(self) -> str:
        """For a terminal: a line per metric, a column per cut-off."""
        head = " " * 12 + "".join(f"{f'@{k}':>9}" for k in self.ks)
        lines = [
            f"{name:12}"
            + "".join("        –" if mean != mean else f"{mean:9.4f}" for mean in means)
            for name, *means in self.rows()
        ]
        return "\n".join([head, *lines])


def average(own: npt.NDArray[np.float64]) -> float:
    """The mean of the values that are there; NaN if none is."""
    there = own[~np.isnan(own)]
    return float(there.mean()) if len(there) else float("nan")


def _rounded(means: Mapping[str, float]) -> dict[str, float | None]:
    """As JSON can hold them, where there is no NaN."""
    return {name: None if np.isnan(mean) else round(mean, 6) for name, mean in means.items()}
