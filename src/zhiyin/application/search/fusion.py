"""Fusion: what several sources found, each in its own order, becomes one order.

    fused(j) = Σ over the sources s of weight(s) · part(s, j)

``part`` is 1 for the best of a source and less for the others. By "ranks" it is
(c + 1) / (c + rank), reciprocal rank fusion of Cormack, Clarke and Büttcher 2009 scaled to
one; by "scores" it is how far an item's score stands from the source's worst towards its
best, where the worst of n is still worth 1 / (n + 1): it was found. An item that a source
did not find has no part of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Way = Literal["ranks", "scores"]


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """What one source found, best first, each key once."""

    source: str
    keys: Keys  # (N,)
    scores: Floats  # (N,) in falling order


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """One order of all that was found, and what each source gave."""

    keys: Keys  # (N,) best first; equal scores by key
    scores: Floats  # (N,)
    sources: tuple[str, ...]
    parts: Floats  # (S, N) the weighted parts; NaN: the source did not find it


def fuse(
    found: Sequence[Ranked],
    weights: Mapping[str, float],
    *,
    way: Way = "scores",
    constant: float = 60.0,
) -> Fused:
    """One order from several; a source without a weight, or of weight 0, is left out.

    Args:
        constant: c of "ranks"; larger lets the lower ranks count for more.
    """
    used = [each for each in found if weights.get(each.source, 0.0) > 0]
    keys = np.unique(np.concatenate([np.zeros(0, np.int64), *(each.keys for each in used)]))
    parts = np.full((len(used), len(keys)), np.nan, np.float32)
    for row, each in enumerate(used):
        part = _by_ranks(each, constant) if way == "ranks" else _by_scores(each)
        parts[row, np.searchsorted(keys, each.keys)] = weights[each.source] * part
    scores: Floats = np.asarray(np.nansum(parts, axis=0, dtype=np.float32))
    order = np.lexsort((keys, -scores))
    return Fused(keys[order], scores[order], tuple(e.source for e in used), parts[:, order])


def _by_ranks(ranked: Ranked, constant: float) -> Floats:
    ranks = np.arange(1, len(ranked.keys) + 1)
    return ((constant + 1) / (constant + ranks)).astype(np.float32)


def _by_scores(ranked: Ranked) -> Floats:
    if not len(ranked.scores):
        return ranked.scores
    worst, best = float(ranked.scores.min()), float(ranked.scores.max())
    if best <= worst:  # one thing, or all alike: nothing speaks against any of them
        return np.ones(len(ranked.scores), np.float32)
    behind = (best - ranked.scores) / (best - worst)
    count = len(ranked.scores)
    return (1 - behind * count / (count + 1)).astype(np.float32)
