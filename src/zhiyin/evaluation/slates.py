"""What slates are like beside being right: spread, news, long tail, diversity.

A slate metric takes ``slates`` (B, K), items best first and -1 where a slate ends early,
and the cut-offs, and gives (B,) numbers per cut-off: NaN where a slate has nothing to
tell. ``Exposure`` counts, over all slates, how often each item is shown.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from zhiyin.evaluation.goods import Goods

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
SlateMetric = Callable[[Ints, Sequence[int]], dict[int, Doubles]]


class Exposure:
    """(I,) how often each item stands on a slate of k, for several k at once."""

    def __init__(self, items: int, ks: Sequence[int]) -> None:
        self._ks = sorted(set(ks))
        self._between = np.zeros(
            (len(self._ks), items), np.int64
        )  # two cut-offs next to each other

    def add(self, slates: Ints) -> None:
        """Count the slates of a block."""
        for row, start, k in zip(self._between, [0, *self._ks], self._ks, strict=False):
            part = slates[:, start:k]
            row += np.bincount(part[part >= 0], minlength=len(row))

    @property
    def shown(self) -> dict[int, Ints]:
        """(I,) per cut-off."""
        return dict(zip(self._ks, np.cumsum(self._between, axis=0), strict=True))

    def metrics(self) -> dict[str, float]:
        """coverage@k and gini@k."""
        shown = self.shown
        cover = {f"coverage@{k}": coverage(counts) for k, counts in shown.items()}
        return {**cover, **{f"gini@{k}": gini(counts) for k, counts in shown.items()}}


def coverage(shown: Ints) -> float:
    """The share of the catalogue that stands on at least one slate: |{i: x_i > 0}| / I.

    >>> coverage(np.array([5, 0, 1, 0]))
    0.5
    """
    return float((shown > 0).mean())


def gini(shown: Ints) -> float:
    """How unequally items are shown: 0 all alike, (I − 1)/I one item alone.

    Σ_i (2i − I − 1) x_i / (I Σ x), x sorted upwards, i from 1. With nothing shown, all
    are shown alike: 0. Coverage says how many are shown at all, this how evenly.

    >>> gini(np.array([3, 3, 3])), gini(np.array([0, 0, 0, 9]))
    (0.0, 0.75)
    """
    total = int(shown.sum())
    if not total:
        return 0.0
    ordered, size = np.sort(shown), len(shown)
    return float(((2 * np.arange(1, size + 1) - size - 1) * ordered).sum() / (size * total))


def average(values: Doubles, slates: Ints, ks: Sequence[int]) -> dict[int, Doubles]:
    """The mean of ``values`` (I,) over a slate: Σ_{i in slate} v_i / its length.

    With the bits of ``Goods.surprise`` it is novelty, with 0 or 1 for tail items their share.

    >>> average(np.array([1.0, 3.0]), np.array([[1, 0], [1, -1]]), [2])[2].tolist()
    [2.0, 3.0]
    """
    there = slates >= 0
    sums = np.cumsum(np.where(there, values[slates], 0.0), axis=1)
    sizes = np.cumsum(there, axis=1)
    return _at(ks, _divide(sums, sizes))


def variety(categories: Ints, slates: Ints, ks: Sequence[int]) -> dict[int, Doubles]:
    """The share of a slate's pairs that are of two categories: |{i < j: c_i ≠ c_j}| / pairs.

    Items without a category (-1) form no pair; a slate without pairs is NaN.

    >>> variety(np.array([7, 7, 8]), np.array([[0, 1, 2]]), [2, 3])[3].round(2).tolist()
    [0.67]
    """
    mine = np.where(slates >= 0, categories[slates], -1)
    differ, pairs = np.zeros(mine.shape), np.zeros(mine.shape)
    for j in range(1, mine.shape[1]):
        both = (mine[:, :j] >= 0) & (mine[:, j, None] >= 0)
        pairs[:, j] = both.sum(axis=1)
        differ[:, j] = (both & (mine[:, :j] != mine[:, j, None])).sum(axis=1)
    return _at(ks, _divide(np.cumsum(differ, axis=1), np.cumsum(pairs, axis=1)))


def diversity(
    units: npt.NDArray[np.float32], slates: Ints, ks: Sequence[int]
) -> dict[int, Doubles]:
    """One minus the mean cosine over a slate's pairs: 1 − Σ_{i < j} u_i·u_j / pairs, in [0, 2].

    ``units`` (I, D) are unit vectors, zeros where an item has none: it forms no pair.
    Pairs come from |Σ u|² − Σ |u|², so the work grows with K and not with K².

    >>> diversity(np.eye(2, dtype=np.float32), np.array([[0, 1]]), [2])[2].tolist()
    [1.0]
    """
    has = np.append(units.any(axis=1), False)  # the last is place -1: no item
    total = np.zeros((len(slates), units.shape[1]), np.float32)
    cosines, sizes = np.zeros(slates.shape), np.cumsum(has[slates], axis=1)
    for j in range(slates.shape[1]):
        total += np.where(has[slates[:, j], None], units[slates[:, j]], np.float32(0))
        cosines[:, j] = np.einsum("bd,bd->b", total, total) - sizes[:, j]
    return _at(ks, np.clip(1.0 - _divide(cosines, sizes * (sizes - 1)), 0.0, 2.0))


def slate_metrics(goods: Goods) -> dict[str, SlateMetric]:
    """The metrics that what is known of the goods allows."""
    surprise, tail = goods.surprise, (~goods.head).astype(np.float64)
    found: dict[str, SlateMetric] = {
        "novelty": lambda slates, ks: average(surprise, slates, ks),
        "tail": lambda slates, ks: average(tail, slates, ks),
    }
    if goods.categories is not None:
        categories = goods.categories
        found["variety"] = lambda slates, ks: variety(categories, slates, ks)
    if goods.features is not None:
        units = _units(goods.features)
        found["diversity"] = lambda slates, ks: diversity(units, slates, ks)
    return found


def _units(features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(I, D) at length 1; zeros where there is nothing."""
    clean = np.nan_to_num(features.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    length = np.linalg.norm(clean, axis=1, keepdims=True)
    np.divide(clean, length, out=clean, where=length > 0)
    return clean


def _divide(sums: npt.NDArray[np.floating], counts: npt.NDArray[np.generic]) -> Doubles:
    """NaN where there is nothing to divide by."""
    found = np.full(sums.shape, np.nan)
    return np.divide(sums, counts, out=found, where=counts > 0)  # type: ignore[operator]


def _at(ks: Sequence[int], running: Doubles) -> dict[int, Doubles]:
    """The running values where each cut-off ends; a short catalogue ends earlier."""
    return {k: running[:, min(k, running.shape[1]) - 1] for k in ks}
