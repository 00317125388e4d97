"""Quality for whom and on what: shoppers by their past, targets by their popularity.

``cold``, ``warm`` and ``heavy`` shoppers are told apart by the events in their history;
``head`` and ``tail`` look at those targets alone that are in the popular fifth of the
catalogue, or not, and at the shoppers who have such a target.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhiyin.data import Exam
from zhiyin.evaluation.metrics import Doubles, Metric, Places

BOUNDS = (5, 20)
"""Fewer events than the first is cold, fewer than the second warm, the rest heavy."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of what was asked, and how well it was answered."""

    shoppers: int
    means: Mapping[str, float]
    """Empty where nobody is in it."""


def by_history(
    exam: Exam, each: Mapping[str, Doubles], bounds: tuple[int, int] = BOUNDS
) -> dict[str, Segment]:
    """Cold, warm and heavy shoppers; every shopper is one of them."""
    lengths = np.diff(exam.histories.offsets)
    place = np.searchsorted(np.asarray(bounds), lengths, side="right")
    names = ("cold", "warm", "heavy")
    return {name: _of(each, place == number) for number, name in enumerate(names)}


def by_popularity(
    exam: Exam,
    found: Places,
    head: npt.NDArray[np.bool_],
    metrics: Mapping[str, Metric],
    ks: Sequence[int],
) -> dict[str, Segment]:
    """Head and tail; every target is one of them, a shopper may be in both."""
    popular = head[exam.targets]
    owners = np.repeat(np.arange(len(exam)), found.counts)
    parts = {}
    for name, chosen in (("head", popular), ("tail", ~popular)):
        _, counts = np.unique(owners[chosen], return_counts=True)
        means: dict[str, float] = {}
        if len(counts):
            offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
            some = Places(found.places[chosen], offsets)
            pairs = [(label, metric, k) for label, metric in metrics.items() for k in ks]
            means = {f"{label}@{k}": float(metric(some, k).mean()) for label, metric, k in pairs}
        parts[name] = Segment(len(counts), means)
    return parts


def _of(each: Mapping[str, Doubles], chosen: npt.NDArray[np.bool_]) -> Segment:
    count = int(chosen.sum())
    means = {name: float(own[chosen].mean()) for name, own in each.items()} if count else {}
    return Segment(count, means)
