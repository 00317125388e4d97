"""The best few, chosen so that a pair has one score wherever and however it is found.

The product of a matrix and a vector rounds differently from row to row and from batch to
batch, by some 1e-7. So the fast products only choose candidates, all within ``_SLACK`` of
the k-th; those are compared again in double precision. Equal vectors then have equal scores,
equal scores are in the order of their keys, and exact and approximate search, one query or
many, filtered or not, say the same of the same pair.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zhiyin.core import Hits, Keys, Unit

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
_SLACK = np.float32(2e-6)
"""Above the rounding of an inner product of unit vectors, below any difference that matters."""


def near_best(scores: Floats, k: int) -> Numbers:
    """Places of the k best of ``scores`` and of all that rounding may have put below them.

    -inf: not allowed; NaN, of a query without numbers, is nowhere near.
    """
    least = np.float32(-np.inf)
    if len(scores) > k:
        least = np.partition(scores, len(scores) - k)[len(scores) - k] - _SLACK
    return np.flatnonzero((scores >= least) & (scores > -np.inf))


def best(query: Floats, keys: Keys, vectors: Unit, k: int) -> tuple[Keys, Floats]:
    """The k best of a few candidates by their exact scores; equal ones in the order of keys."""
    exact = (vectors.astype(np.float64) @ query.astype(np.float64)).astype(np.float32)
    order = np.lexsort((keys, -exact))[:k]
    return keys[order], exact[order]


def as_hits(found: Sequence[tuple[Keys, Floats]], k: int) -> Hits:
    """One row per query, filled up with -1 and NaN."""
    keys = np.full((len(found), k), -1, np.int64)
    scores = np.full((len(found), k), np.nan, np.float32)
    for row, (some, theirs) in enumerate(found):
        keys[row, : len(some)], scores[row, : len(some)] = some, theirs
    return Hits(keys, scores)
