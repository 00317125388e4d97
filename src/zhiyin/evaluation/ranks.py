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

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from zhiyin.data import Exam

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
CHUNK = 32


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Scores of an exam's shoppers, ready to be ranked; what takes no part is -inf."""

    scores: Floats  # (B, W) no NaN; W: the items, filled up to whole chunks
    absent: Ints  # (B,) how many places of the row take no part
    exam: Exam

    @classmethod
    def of(cls, scores: npt.NDArray[np.floating], exam: Exam) -> "Ranking":
        """A copy of the scores in which "cannot say" is lowest and the seen are out."""
        if scores.shape != (len(exam), exam.items):
            raise ValueError(f"scores of shape {scores.shape}, not {(len(exam), exam.items)}")
        ranked = np.full((len(exam), -(-exam.items // CHUNK) * CHUNK), -np.inf, np.float32)
        np.fmax(scores, -np.inf, out=ranked[:, : exam.items], casting="same_kind")  # no NaN
        seen = np.unique(_keys(exam.histories.rows(), exam.histories.items, exam.items))
        if np.isin(_keys(_owners(exam), exam.targets, exam.items), seen).any():
            raise ValueError("a target is an item of the shopper's own history")
        rows, items = np.divmod(seen, exam.items)
        ranked[rows, items] = -np.inf
        filled = ranked.shape[1] - exam.items
        return cls(ranked, filled + np.bincount(rows, minlength=len(exam)), exam)

    def among(self, candidates: npt.NDArray[np.int32]) -> "Ranking":
        """Of the targets and these (B, C) candidates alone; its items are columns."""
        count, most = np.diff(self.exam.offsets), candidates.shape[1]
        owners = _owners(self.exam)
        columns = most + np.arange(len(owners)) - self.exam.offsets[owners]
        few = np.full((len(self.exam), most + int(count.max())), -np.inf, np.float32)
        few[:, :most] = np.take_along_axis(self.scores, candidates, axis=1)
        few[owners, columns] = self.scores[owners, self.exam.targets]
        # Columns that a shopper with fewer targets does not need take no part.
        return Ranking(few, count.max() - count, replace(self.exam, targets=columns))

    def places(self) -> Doubles:
        """(T,) the place of every target, from 0."""
        owners = _owners(self.exam)
        own = self.scores[owners, self.exam.targets]  # (T,)
        better, equal = self._counts(owners, own)
        equal -= np.where(own == -np.inf, self.absent[owners], 0)
        order = np.lexsort((own, owners))
        mine, scores = owners[order], own[order]
        changes = (mine[1:] != mine[:-1]) | (scores[1:] != scores[:-1])
        firsts = np.flatnonzero(np.concatenate([[True], changes]))
        sizes = np.diff(np.append(firsts, len(own)))
        nth, targets = np.empty(len(own)), np.empty(len(own))
        nth[order] = np.arange(len(own)) - np.repeat(firsts, sizes)
        targets[order] = np.repeat(sizes, sizes)
        found: Doubles = better + (nth + 1) * (equal + 1) / (targets + 1) - 1
        return found

    def best(self, k: int) -> Ints:
        """(B, K) the items on each slate of ``k``, best first; -1: nothing more to say.

        Which of several equal ones comes last on the slate is not promised.
        """
        width = self.scores.shape[1] // CHUNK
        # A chunk is every width-th item. No item of a chunk outside the k best chunks can
        # be among the k best: the maxima of those are as good. A tenth of the work is left.
        few = _largest(self.scores.reshape(-1, CHUNK, width).max(axis=1), k)  # (B, k or fewer)
        items = (few[:, :, None] + width * np.arange(CHUNK)).reshape(len(few), -1)
        near = np.take_along_axis(self.scores, items, axis=1)  # (B, k · CHUNK)
        places = _largest(near, k)
        scores = np.take_along_axis(near, places, axis=1)
        items = np.take_along_axis(items, places, axis=1)
        order = np.lexsort((items, -scores), axis=1)
        items[scores == -np.inf] = -1
        return np.take_along_axis(items, order, axis=1)

    def _counts(self, owners: Ints, own: Floats) -> tuple[Ints, Ints]:
        """(T,) how many items score higher, and how many the same, the target among them."""
        better, equal = np.empty(len(own), np.int64), np.empty(len(own), np.int64)
        size = max(1, len(self.exam))  # as many rows at a time as the block itself has
        for start in range(0, len(own), size):
            part = slice(start, start + size)
            rows, mine = self.scores[owners[part]], own[part, None]
            better[part] = np.count_nonzero(rows > mine, axis=1)
            equal[part] = np.count_nonzero(rows == mine, axis=1)
        return better, equal


def _largest(scores: Floats, k: int) -> Ints:
    """(B, k or fewer) the places of the k largest of each row, in no order."""
    if scores.shape[1] <= k:
        return np.tile(np.arange(scores.shape[1]), (len(scores), 1))
    return np.argpartition(-scores, k - 1, axis=1)[:, :k]


def _owners(exam: Exam) -> Ints:
    """(T,) the row of each target's shopper."""
    return np.repeat(np.arange(len(exam)), np.diff(exam.offsets))


def _keys(rows: Ints, items: npt.NDArray[np.integer], size: int) -> Ints:
    """One number per row and item; unknown items have none."""
    known = items >= 0
    keys: Ints = rows[known] * size + items[known].astype(np.int64)
    return keys
