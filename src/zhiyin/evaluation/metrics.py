"""How good a ranking is for one shopper: from the places of the targets.

A metric takes the places of all targets (from 0, see ``ranks.py``) and a cut-off ``k``,
and gives one number in [0, 1] per shopper. n is a shopper's number of targets, p a place.

=========  ====================================================================
recall     |{p < k}| / n
precision  |{p < k}| / k
hr         1 if any p < k
ndcg       Σ_{p < k} 1/log2(p + 2)  /  Σ_{i < min(n, k)} 1/log2(i + 2)
mrr        1 / (1 + the smallest p), 0 if it is not below k
map        Σ_{p < k} j/(p + 1) / min(n, k), where p is the j-th smallest place, from 1
=========  ====================================================================
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The places of B shoppers' targets, end to end; every shopper has at least one."""

    places: Doubles  # (T,)
    offsets: Ints  # (B + 1,)

    def per_shopper(self, values: Doubles) -> Doubles:
        """(B,) the sum over each one's targets."""
        sums: Doubles = np.add.reduceat(values, self.offsets[:-1])
        return sums

    @property
    def counts(self) -> Ints:
        """(B,) how many targets each has."""
        counts: Ints = np.diff(self.offsets)
        return counts


Metric = Callable[[Places, int], Doubles]


def recall(found: Places, k: int) -> Doubles:
    """(B,) the share of the targets among the first k: |{p < k}| / n.

    >>> recall(Places(np.array([0.0, 5.0]), np.array([0, 2])), k=3).tolist()
    [0.5]
    """
    share: Doubles = found.per_shopper((found.places < k).astype(np.float64)) / found.counts
    return share


def precision(found: Places, k: int) -> Doubles:
    """(B,) the share of the first k that are targets: |{p < k}| / k.

    >>> precision(Places(np.array([0.0, 5.0]), np.array([0, 2])), k=4).tolist()
    [0.25]
    """
    return found.per_shopper((found.places < k).astype(np.float64)) / k


def hit_rate(found: Places, k: int) -> Doubles:
    """(B,) whether any target is among the first k: 1 if any p < k. It is recall where n = 1.

    >>> hit_rate(Places(np.array([0.0, 5.0]), np.array([0, 2])), k=3).tolist()
    [1.0]
    """
    return (recall(found, k) > 0).astype(np.float64)


def ndcg(found: Places, k: int) -> Doubles:
    """(B,) gains discounted by place, as a share of the best possible.

    Σ_{p < k} 1/log2(p + 2) over Σ_{i < min(n, k)} 1/log2(i + 2).

    >>> ndcg(Places(np.array([2.0]), np.array([0, 1])), k=5).tolist()
    [0.5]
    """
    gains = np.where(found.places < k, 1.0 / np.log2(found.places + 2.0), 0.0)
    ideal = np.cumsum(1.0 / np.log2(np.arange(k) + 2.0))
    share: Doubles = found.per_shopper(gains) / ideal[np.minimum(found.counts, k) - 1]
    return share


def mrr(found: Places, k: int) -> Doubles:
    """(B,) one over the place, counted from 1, of the first target. It is MAP where n = 1.

    >>> mrr(Places(np.array([3.0, 1.0]), np.array([0, 2])), k=5).tolist()
    [0.5]
    """
    first = np.minimum.reduceat(found.places, found.offsets[:-1])
    return np.where(first < k, 1.0 / (first + 1.0), 0.0)


def average_precision(found: Places, k: int) -> Doubles:
    """(B,) the precision at each target met, averaged; its mean over shoppers is MAP.

    Σ_{p < k} j/(p + 1) over min(n, k), where p is a shopper's j-th smallest place, j from 1.

    >>> average_precision(Places(np.array([3.0, 0.0]), np.array([0, 2])), k=4).tolist()
    [0.75]
    """
    owners = np.repeat(np.arange(len(found.counts)), found.counts)
    places = found.places[np.lexsort((found.places, owners))]
    nth = np.arange(len(places)) - found.offsets[owners] + 1
    gains = np.where(places < k, nth / (places + 1.0), 0.0)
    share: Doubles = found.per_shopper(gains) / np.minimum(found.counts, k)
    return share


METRICS: Mapping[str, Metric] = {
    "recall": recall,
    "ndcg": ndcg,
    "hr": hit_rate,
    "mrr": mrr,
    "precision": precision,
    "map": average_precision,
}
