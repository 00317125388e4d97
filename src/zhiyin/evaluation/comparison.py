"""Is one better than the other, or is it luck: the paired bootstrap, and the spread over seeds.

The bootstrap asks about the shoppers (would others give the same answer?), the spread
over seeds about the training (would another run?). A claim needs both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from zhiyin.core import BadRequest, derive
from zhiyin.evaluation.report import Report

BLOCK = 1 << 21  # shoppers drawn at a time: 16 MB


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better the first is than the second, on the same shoppers."""

    metric: str
    difference: float
    low: float
    high: float
    """95 % of the draws lie from ``low`` to ``high``."""
    p: float
    """How often luck alone would be this far on either side; never below 1 / (draws + 1)."""
    shoppers: int
    """Those for whom both have a value."""

    @property
    def verdict(self) -> str:
        """ "higher" or "lower" where the interval leaves 0 out, else "unclear"."""
        return "higher" if self.low > 0 else "lower" if self.high < 0 else "unclear"


@dataclass(frozen=True, slots=True)
class Spread:
    """A metric over several seeds."""

    mean: float
    sd: float
    """Of the sample (n − 1); NaN for a single seed."""
    runs: int


def compare(
    one: Report, other: Report, metric: str, *, draws: int = 2000, seed: int = 0
) -> Difference:
    """Paired bootstrap: shoppers drawn with replacement, each with both of their numbers.

    p = 2 · min(|{draws ≤ 0}|, |{draws ≥ 0}|) + 1 over draws + 1, at most 1. Metrics that
    have no value per shopper (coverage, Gini) cannot be compared so and are refused.
    """
    apart = _apart(one, other, metric)
    rng, found = derive(seed, "bootstrap", metric), np.empty(draws)
    size = max(1, BLOCK // len(apart))
    for start in range(0, draws, size):
        count = min(size, draws - start)
        chosen = rng.integers(0, len(apart), (count, len(apart)))
        found[start : start + count] = apart[chosen].mean(axis=1)
    low, high = np.quantile(found, (0.025, 0.975))
    side = min(np.count_nonzero(found <= 0), np.count_nonzero(found >= 0))
    p = float(min(1.0, (2 * side + 1) / (draws + 1)))
    return Difference(metric, float(apart.mean()), float(low), float(high), p, len(apart))


def over_seeds(reports: Sequence[Report]) -> dict[str, Spread]:
    """Mean and sample standard deviation of every metric that all runs of a recipe have."""
    if not reports:
        raise BadRequest(what="no reports to average", remedy="give one per seed")
    for report in reports[1:]:
        _check_alike(reports[0], report)
    runs, found = [report.means for report in reports], {}
    for name in _in_all(runs):
        numbers = np.array([run[name] for run in runs])
        sd = float(numbers.std(ddof=1)) if len(numbers) > 1 else float("nan")
        found[name] = Spread(float(numbers.mean()), sd, len(numbers))
    return found


def pooled(reports: Sequence[Report]) -> Report:
    """One report of several runs: every number is the mean of theirs, shopper by shopper."""
    over_seeds(reports)  # refuses runs of different exams
    first = reports[0]
    if len(reports) == 1:
        return first
    each = {
        name: _mean([run.each[name] for run in reports])
        for name in _in_all([run.each for run in reports])
    }
    shared = {
        name: float(np.mean([run.shared[name] for run in reports]))
        for name in _in_all([run.shared for run in reports])
    }
    segments = {}
    for name in _in_all([run.segments for run in reports]):
        runs = [run.segments[name].means for run in reports]
        means = {metric: float(np.mean([own[metric] for own in runs])) for metric in _in_all(runs)}
        segments[name] = replace(first.segments[name], means=means)
    return replace(first, each=each, shared=shared, segments=segments)


def _in_all(runs: Sequence[Mapping[str, object]]) -> list[str]:
    """The names that every run has, in the order of the first."""
    return [name for name in runs[0] if all(name in run for run in runs)]


def _mean(runs: Sequence[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """(B,) of the runs that have a value; NaN where none has."""
    values = np.stack(runs)
    there = (~np.isnan(values)).sum(axis=0)
    found: npt.NDArray[np.float64] = np.full(len(there), np.nan)
    np.divide(np.nansum(values, axis=0), there, out=found, where=there > 0)
    return found


def _apart(one: Report, other: Report, metric: str) -> npt.NDArray[np.float64]:
    """(B,) each one's difference, where both have a value."""
    _check_alike(one, other)
    for report in (one, other):
        if metric not in report.each:
            raise BadRequest(
                what=f"no {metric!r} per shopper in this report",
                remedy=f"choose one of {', '.join(report.each)}",
            )
    apart = one.each[metric] - other.each[metric]
    apart = apart[~np.isnan(apart)]
    if not len(apart):
        raise BadRequest(
            what=f"nobody has a {metric!r} in both reports",
            remedy="choose another metric or a larger cut-off",
        )
    return apart


def _check_alike(one: Report, other: Report) -> None:
    if one.protocol != other.protocol or not np.array_equal(one.shoppers, other.shoppers):
        raise BadRequest(
            what="these reports asked other shoppers or ranked by another protocol",
            remedy="judge both on the same exam with the same candidates",
        )
