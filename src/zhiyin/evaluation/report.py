"""Report: what a judgement found, as means, per shopper, and as a table."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


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

    @property
    def means(self) -> dict[str, float]:
        """Every metric, averaged over the shoppers asked who have a value for it."""
        return {**{name: average(own) for name, own in self.each.items()}, **self.shared}

    def __getitem__(self, metric: str) -> float:
        return self.means[metric]

    def rows(self) -> list[tuple[str, *tuple[float, ...]]]:
        """One row per metric: its name, then its mean at every k."""
        means = self.means
        names = dict.fromkeys(name.rpartition("@")[0] for name in means)
        return [(name, *(means[f"{name}@{k}"] for k in self.ks)) for name in names]

    def record(self) -> dict[str, object]:
        """For a JSON file or a manifest."""
        means = {name: rounded(mean) for name, mean in self.means.items()}
        return {"shoppers": len(self.shoppers), "items": self.items, "metrics": means}


def average(own: npt.NDArray[np.float64]) -> float:
    """The mean of the values that are there; NaN if none is."""
    there = own[~np.isnan(own)]
    return float(there.mean()) if len(there) else float("nan")


def rounded(number: float) -> float | None:
    """As JSON can hold it, where there is no NaN."""
    return None if np.isnan(number) else round(number, 6)
