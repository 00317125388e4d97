"""Where each target stands when the whole catalogue is ranked.

Larger scores come first; items that the scorer cannot speak of (NaN) come after all
others and tie among themselves; items of the history do not take part. Ties take the
middle: where ``g`` items tie from place ``a`` (from 0) and ``m`` of them are targets of
the shopper, those get the places that ``m`` of ``g`` random places have on average,

    a + (j + 1) · (g + 1) / (m + 1) − 1   for j = 0 … m − 1

which for a single target is the mid-rank ``a + (g − 1) / 2``. So a scorer that knows
nothing is judged as chance and not by the order of the catalogue, and never more than
``k`` targets stand above place ``k``.
"""

import numpy as np
import numpy.typing as npt

from zhiyin.data import Exam

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def ready(scores: npt.NDArray[np.floating], exam: Exam) -> Floats:
    """(B, I) a copy in which "cannot say" is lowest and what takes no part is NaN."""
    ranked = np.array(scores, np.float32)
    if ranked.shape != (len(exam), exam.items):
        raise ValueError(f"scores of shape {ranked.shape}, not {(len(exam), exam.items)}")
    ranked[np.isnan(ranked)] = -np.inf
    seen, known = exam.histories.items, exam.histories.items >= 0
    ranked[exam.histories.rows()[known], seen[known]] = np.nan
    return ranked


def places(ranked: Floats, exam: Exam) -> Doubles:
    """(T,) the place of every target, from 0."""
    found = np.empty(len(exam.targets), np.float64)
    for row, scores in enumerate(ranked):
        mine = slice(exam.offsets[row], exam.offsets[row + 1])
        found[mine] = _of_one(scores, scores[exam.targets[mine]])
    return found


def best(ranked: Floats, k: int) -> Ints:
    """(B, K) the items on each slate of ``k``, best first; -1: nothing more to say."""
    scores = np.where(np.isnan(ranked), -np.inf, ranked)
    k = min(k, scores.shape[1])
    items = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    tops = np.take_along_axis(scores, items, axis=1)
    order = np.lexsort((items, -tops), axis=1)
    items = np.take_along_axis(items, order, axis=1)
    items[np.take_along_axis(tops, order, axis=1) == -np.inf] = -1
    return items


def _of_one(scores: Floats, own: Floats) -> Doubles:
    """The places of one shopper's targets, whose scores are ``own``."""
    if np.isnan(own).any():
        raise ValueError("a target is an item of the shopper's own history")
    values, which, targets = np.unique(own, return_inverse=True, return_counts=True)
    better = np.array([np.count_nonzero(scores > value) for value in values])
    equal = np.array([np.count_nonzero(scores == value) for value in values])
    order = np.argsort(which, kind="stable")
    nth = np.empty(len(own), np.int64)
    nth[order] = np.arange(len(own)) - np.repeat(np.cumsum(targets) - targets, targets)
    found: Doubles = better[which] + (nth + 1) * (equal + 1)[which] / (targets + 1)[which] - 1
    return found
