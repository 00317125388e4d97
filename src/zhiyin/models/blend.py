"""Blend: several forms added up, each by how far its scores of this history spread.

    score(j) = Σ over parts c of weight_c / spread_c(history) · score_c(j)

Scores of different models are of different sizes, and of one model of different sizes
for different histories. Divided by their standard deviation over the items they can be
compared: these are each history's z-scores, but for the mean of each part, which is the
same for all items and so changes no order.

A part that cannot say (NaN) of an item counts there as its own mean: it speaks neither
for the item nor against it. NaN is what no part can say. A part that says the same of
all items, or nothing of this history, adds nothing; the others are not made louder.

With ``bounds`` the weights hang on how many events with known items the history has:
row n of ``weights`` is for ``bounds[n - 1] <= events < bounds[n]``.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zhiyin.core import Event, Histories, Vocabulary
from zhiyin.data import Strengths
from zhiyin.models import folder as on_disk
from zhiyin.models.form import Form, load_form, register
from zhiyin.models.picking import best

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Heard = tuple[np.float64, np.float32, np.float32]
"""Of one history: a part's weight, what its scores are multiplied by, and their mean."""

_DENSE = 200_000
"""Items up to which all scores are made for a top: a few milliseconds."""
_BLOCK = 1 << 22
_WIDE = 10
_LEAST = 200
_FLAT = 1e-6
"""A spread below this share of the mean is rounding."""


class Blend:
    """A weighted sum of forms over the same items."""

    name = "blend"

    def __init__(
        self, parts: Sequence[Form], weights: npt.ArrayLike, bounds: Sequence[int] = ()
    ) -> None:
        self.parts = tuple(parts)
        self.weights = np.atleast_2d(np.asarray(weights, np.float64))  # (buckets, parts)
        self.bounds = tuple(bounds)
        if self.weights.shape != (len(self.bounds) + 1, len(self.parts)) or not self.parts:
            shape = (len(self.bounds) + 1, len(self.parts))
            raise ValueError(f"weights are {self.weights.shape}, not {shape}")
        if not (np.isfinite(self.weights).all() and (self.weights >= 0).all()):
            raise ValueError("weights are finite and not below zero")
        if list(self.bounds) != sorted(set(self.bounds)):
            raise ValueError(f"bounds {self.bounds} do not rise")
        first = self.parts[0]
        if any(part.items.names != first.items.names for part in self.parts[1:]):
            raise ValueError("the blended forms number other items")
        if any(part.strengths.kinds != first.strengths.kinds for part in self.parts[1:]):
            raise ValueError("the blended forms weigh events differently")

    @property
    def items(self) -> Vocabulary:
        """The items of all parts."""
        return self.parts[0].items

    @property
    def strengths(self) -> Strengths:
        """The rule of what events count, the same for all parts."""
        return self.parts[0].strengths

    @property
    def now(self) -> int:
        """Time of the newest event that any part was learnt from."""
        return max(part.now for part in self.parts)

    @property
    def memory(self) -> int:
        """Bytes of all parts."""
        return sum(part.memory for part in self.parts)

    @property
    def abilities(self) -> frozenset[str]:
        """What at least one part can do."""
        used = np.flatnonzero(self.weights.sum(axis=0))
        return frozenset[str]().union(*(self.parts[number].abilities for number in used))

    def read(self, events: Iterable[Event]) -> Histories:
        """One history from events in any order, as a request brings them."""
        return self.parts[0].read(events)

    def score(self, histories: Histories, now: int | None = None) -> Floats:
        """(B, I) scores of every item, as of ``now``. Dense: for evaluation and batches."""
        total = np.zeros((len(histories), len(self.items)), np.float32)
        silent = np.ones(total.shape, np.bool_)
        for number, part in enumerate(self.parts):
            weights, scales, means = self._sizes(number, histories, now)
            if not weights.any():
                continue
            scores = part.score(histories, now)
            unsaid = np.isnan(scores)
            total += scales[:, None] * np.where(unsaid, means[:, None], scores)
            silent &= unsaid | (weights == 0)[:, None]
        total[silent] = np.nan
        return total

    def scores_of(self, history: Histories, items: Ints, now: int | None = None) -> Floats:
        """(K,) the scores of some items for one history."""
        scores = [part.scores_of(history, items, now) for part in self.parts]
        return _added(self._heard(history, now), scores)

    def top(
        self,
        history: Histories,
        k: int,
        now: int | None = None,
        *,
        exclude: Ints | None = None,
        allowed: Bools | None = None,
    ) -> tuple[Ints, Floats]:
        """The best ``k`` of all items that some part can score; equal scores by number.

        Of a large catalogue each part names its best first. What none of them named cannot
        score more than their last ones together (the threshold of Fagin, Lotem and Naor,
        *Optimal aggregation algorithms for middleware*, PODS 2001). Where that does not
        settle it, and of a small catalogue at once, all scores are made: the top is exact.
        """
        if len(self.items) > _DENSE:
            found = self._named(history, k, now, exclude, allowed)
            if found is not None:
                return found
        scores = self.score(history, now)[0]
        if exclude is not None:
            scores[exclude] = np.nan
        if allowed is not None:
            scores[~allowed] = np.nan
        items = np.flatnonzero(~np.isnan(scores))
        chosen = items[best(items, scores[items], k)]
        return chosen, scores[chosen]

    def moments(self, histories: Histories, now: int | None = None) -> tuple[Doubles, Doubles]:
        """(B,) mean and standard deviation of the scores, which are made for it."""
        mean, spread = np.full((2, len(histories)), np.nan)
        rows = max(1, _BLOCK // max(len(self.items), 1))
        for start in range(0, len(histories), rows):
            some = np.arange(start, min(start + rows, len(histories)))
            scores = self.score(histories.take(some), now).astype(np.float64)
            said = ~np.isnan(scores)
            count = np.maximum(said.sum(axis=1), 1)
            middle = np.where(said, scores, 0.0).sum(axis=1) / count
            away = np.where(said, scores - middle[:, None], 0.0)
            mean[some], spread[some] = middle, np.sqrt((away**2).sum(axis=1) / count)
            mean[some[~said.any(axis=1)]] = spread[some[~said.any(axis=1)]] = np.nan
        return mean, spread

    def baseline(
        self, items: Ints, history: Histories | None = None, now: int | None = None
    ) -> Floats:
        """(K,) the parts' baselines, each as loud as it is in this history."""
        heard = self.read([]) if history is None else history
        parts = [part.baseline(items, history, now) for part in self.parts]
        return _added(self._heard(heard, now), parts)

    def evidence(self, history: Histories, items: Ints, now: int | None = None) -> Floats:
        """(T, K) the parts' evidence, each as loud as it is in this history."""
        found = np.zeros((len(history.items), len(items)), np.float32)
        for part, (_, scale, _) in zip(self.parts, self._heard(history, now), strict=True):
            if scale:
                unknown = np.isnan(part.baseline(items, history, now))
                found += scale * np.where(unknown, 0.0, part.evidence(history, items, now))
        return found

    def save(self, folder: Path, *, names: bool = True) -> None:
        """Write the parts into folders ``part-0`` …, and how they are added up."""
        facts = {
            "parts": len(self.parts),
            "weights": self.weights.tolist(),
            "bounds": [*self.bounds],
        }
        on_disk.write(folder, "blend", facts, self.items if names else None, {})
        for number, part in enumerate(self.parts):
            place = folder / f"part-{number}"
            place.mkdir()
            part.save(place, names=False)

    @classmethod
    def load(cls, folder: Path, items: Vocabulary | None = None) -> "Blend":
        """Read what ``save`` wrote."""
        meta, items, _ = on_disk.read(folder, "blend", {}, items)
        with on_disk.damage(folder):
            parts = [load_form(folder / f"part-{n}", items) for n in range(int(meta["parts"]))]
            return cls(parts, meta["weights"], [int(bound) for bound in meta["bounds"]])

    def _sizes(
        self, number: int, histories: Histories, now: int | None
    ) -> tuple[Doubles, Floats, Floats]:
        """(B,) a part's weights, what its scores are multiplied by, and their means."""
        known = np.concatenate([[0], np.cumsum(histories.items >= 0)])[histories.offsets]
        weights = self.weights[np.searchsorted(self.bounds, np.diff(known), side="right"), number]
        if not weights.any():
            nothing = np.zeros(len(weights), np.float32)
            return weights, nothing, nothing
        mean, spread = self.parts[number].moments(histories, now)
        mean, spread = np.nan_to_num(mean), np.nan_to_num(spread)
        told = spread > _FLAT * np.abs(mean)
        scales = np.divide(weights, spread, out=np.zeros_like(spread), where=told)
        return weights, scales.astype(np.float32), mean.astype(np.float32)

    def _heard(self, history: Histories, now: int | None) -> list[Heard]:
        """How loud each part is in one history."""
        sizes = [self._sizes(number, history, now) for number in range(len(self.parts))]
        return [(weight, scale, mean) for (weight,), (scale,), (mean,) in sizes]

    def _named(
        self,
        history: Histories,
        k: int,
        now: int | None,
        exclude: Ints | None,
        allowed: Bools | None,
    ) -> tuple[Ints, Floats] | None:
        """The top from what each part names; None where it is not certain."""
        wide, bound = max(_WIDE * k, _LEAST), 0.0
        named = [np.empty(0, np.int64)]
        heard = self._heard(history, now)
        for part, (_, scale, mean) in zip(self.parts, heard, strict=True):
            if scale:
                items, scores = part.top(history, wide, now, exclude=exclude, allowed=allowed)
                named.append(items)
                # Who names fewer than asked has nothing above zero to say of the others.
                last = scores[-1] if len(scores) == wide else 0.0
                bound += float(scale) * float(max(last, mean))
        items = np.unique(np.concatenate(named))
        scores = _added(heard, [part.scores_of(history, items, now) for part in self.parts])
        chosen = best(items, scores, k)
        if len(chosen) < k or scores[chosen[-1]] <= bound:
            return None
        return items[chosen], scores[chosen]


def _added(heard: Sequence[Heard], parts: Sequence[Floats]) -> Floats:
    """(K,) numbers of each part for one history's items, added up like scores."""
    total, silent = np.zeros_like(parts[0]), np.ones(len(parts[0]), np.bool_)
    for told, (weight, scale, mean) in zip(parts, heard, strict=True):
        if weight:
            unsaid = np.isnan(told)
            total += scale * np.where(unsaid, mean, told)
            silent &= unsaid
    total[silent] = np.nan
    return total


register("blend", Blend.load)
