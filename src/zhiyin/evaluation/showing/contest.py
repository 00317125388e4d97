"""Contest: reports that may stand side by side, what is compared, and with whom."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zhiyin.core import BadRequest
from zhiyin.evaluation.comparison import Difference, compare, over_seeds, pooled
from zhiyin.evaluation.report import Report

Reports = Mapping[str, Report | Sequence[Report]]
HIGHER_IS_BETTER = {"recall", "precision", "hr", "ndcg", "mrr", "map", "coverage"}


@dataclass(frozen=True, slots=True)
class Contender:
    """One model of the contest."""

    name: str
    number: int
    """Its place in the order given, from 0: what its colour follows."""
    report: Report
    """The mean of its runs."""
    sds: Mapping[str, float]
    """Per metric the standard deviation over its runs; NaN for a single one."""
    runs: int
    cost: float = math.nan

    def __getitem__(self, metric: str) -> float:
        return self.report.means.get(metric, math.nan)


@dataclass(frozen=True, slots=True)
class Contest:
    """Models judged on one exam, best first."""

    contenders: tuple[Contender, ...]
    metric: str
    """What is drawn and compared."""
    against: str
    """Whom the others are compared with."""
    differences: Mapping[str, Difference]
    """Per model its difference to that one; empty where there is none to tell."""

    @classmethod
    def of(
        cls,
        reports: Reports,
        *,
        costs: Mapping[str, float] | None = None,
        metric: str | None = None,
        against: str | None = None,
    ) -> "Contest":
        """The reports by the names of their models, where they can stand side by side."""
        runs = {name: [r] if isinstance(r, Report) else [*r] for name, r in reports.items()}
        drawn, spent = _checked(runs, metric), _costs(runs, costs or {})
        contenders = [
            Contender(
                name,
                number,
                pooled(own),
                {key: spread.sd for key, spread in over_seeds(own).items()},
                len(own),
                spent.get(name, math.nan),
            )
            for number, (name, own) in enumerate(runs.items())
        ]
        if is_better(drawn):  # the best first; who has no value last
            contenders.sort(key=lambda one: math.inf if math.isnan(one[drawn]) else -one[drawn])
        if against is not None and against not in runs:
            raise BadRequest(
                what=f"nobody named {against!r} to compare with",
                remedy=f"choose one of {', '.join(runs)}",
            )
        other = contenders[0].name if against is None else against
        return cls(tuple(contenders), drawn, other, _differences(contenders, drawn, other))

    @property
    def exam(self) -> Report:
        """A report to ask what they share: shoppers, items, cut-offs, protocol, segments."""
        return self.contenders[0].report

    def metrics(self, k: int) -> list[str]:
        """Every metric at a cut-off that any of them has."""
        found = dict.fromkeys(name for one in self.contenders for name in one.report.means)
        return [name for name in found if name.endswith(f"@{k}")]

    def best(self, metric: str) -> float:
        """The best value of a metric; NaN where there is one model, or no better and worse."""
        there = [one[metric] for one in self.contenders if not math.isnan(one[metric])]
        return max(there) if is_better(metric) and len(there) > 1 else math.nan


def is_better(metric: str) -> bool:
    """Whether more of it is better; of novelty, Gini and the like nobody can say."""
    return metric.rpartition("@")[0] in HIGHER_IS_BETTER


def _checked(runs: Mapping[str, Sequence[Report]], metric: str | None) -> str:
    """The metric to draw, when the reports can stand side by side."""
    if not runs or not all(runs.values()):
        raise BadRequest(what="no reports to show", remedy="give one or more, by name")
    first = next(iter(runs.values()))[0]
    for name, own in runs.items():
        for report in own:
            same = (report.ks, report.protocol, report.items)
            alike = same == (first.ks, first.protocol, first.items)
            if not alike or not np.array_equal(report.shoppers, first.shoppers):
                raise BadRequest(
                    what=f"the report of {name!r} was made by another protocol",
                    remedy="judge all on the same exam with the same cut-offs and candidates",
                )
    usual = f"recall@{max(first.ks)}"
    drawn = metric or (usual if usual in first.each else next(iter(first.means)))
    for name, own in runs.items():
        if drawn not in own[0].means:
            raise BadRequest(
                what=f"no {drawn!r} in the report of {name!r}",
                remedy=f"choose one of {', '.join(first.means)}",
            )
    return drawn


def _costs(runs: Mapping[str, Sequence[Report]], costs: Mapping[str, float]) -> dict[str, float]:
    for name, cost in costs.items():
        if name not in runs or not 0 < cost < math.inf:
            raise BadRequest(
                what=f"a cost for {name!r}", remedy="name models of the reports, with costs above 0"
            )
    return dict(costs)


def _differences(
    contenders: Sequence[Contender], metric: str, against: str
) -> dict[str, Difference]:
    """Everybody's difference to one; metrics without a value per shopper have none."""
    other = next(one for one in contenders if one.name == against)
    found = {}
    for one in contenders:
        values = [each.report.each.get(metric) for each in (one, other)]
        if one is other or values[0] is None or values[1] is None:
            continue
        if not np.isnan(values[0] - values[1]).all():
            found[one.name] = compare(one.report, other.report, metric)
    return found
