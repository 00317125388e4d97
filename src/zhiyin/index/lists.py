"""Vectors in lists by their nearest centre; a query is compared with the nearest lists alone.

An inverted file. How many lists are enough is not guessed but measured when they are made:
some of the vectors, and sums of two of them (a wish between two kinds of things), are asked
for their neighbours among all, and

    reach(d) = how many lists, the nearest centre first, hold nearly all of the d nearest

is kept for d = 1, 2, 4 … A query for k reads reach(k) lists. Under a filter it reads lists
that hold anything allowed, and judges how deep it had to go: d rows, allowed or not, are as
near as the k-th allowed one that was found. It has read enough when it has read reach(d)
lists. So a filter that is rare everywhere reads far, one that allows the corner where the
query is reads the corner, and one that forbids that corner looks farther around. Where few
are allowed in all, they are compared one and all, which is exact.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.random import Generator

from zhiyin.core import Keys, Mask, Progress, Unit
from zhiyin.index.centres import assigned, find_centres
from zhiyin.index.nearest import Floats, Numbers, best, near_best
from zhiyin.index.rows import Rows, padded

NEARLY_ALL = 0.97
"""Of the neighbours that ``reach`` is measured with."""
_LEAST_LISTS = 16
"""Read in any case: they cost a fraction of a millisecond."""
_DEEPEST = 1 << 14
"""The largest d of ``reach``; beyond it all lists are read."""
_ASKED = 128
"""Vectors that ``reach`` is measured with, and as many sums of two."""
_SAMPLE = 40
"""Vectors of the sample per centre."""
_ROUNDS = 6
_FEW = 8_192
"""So many allowed rows are compared in the time that it takes to read a few hundred lists."""
_NARROW, _FAR = 16, 8
"""A filter of less than one in so many that is found to need more than one list in so many:
all that it allows is compared then, which costs less than reading on."""
_SPARSE = 8
"""Below one in so many, the allowed rows of a list are fetched alone."""
_NOTHING: Floats = np.empty(0, np.float32)


def lists_for(size: int) -> int:
    """How many lists for so many rows: choosing among them costs as much as reading sixteen."""
    return max(1, min(int(4 * np.sqrt(size)), size // 8))


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """Vectors at one moment, list by list."""

    rows: Rows  # (N,) those of the first list first
    centres: Unit  # (C, D)
    starts: Numbers  # (C + 1,) where each list begins in ``rows``
    reach: Numbers  # (R,) by the logarithm of d, to base 2

    @classmethod
    def made(cls, rows: Rows, rng: Generator, progress: Progress) -> Self:
        """Find centres for the rows that are there, and measure how far to reach."""
        rows = rows.there()
        size = len(rows.keys)
        count = lists_for(size)
        sample = np.sort(rng.choice(size, min(size, _SAMPLE * count), replace=False))
        with progress.step("index", _ROUNDS + 2) as step:
            centres = find_centres(rows.vectors[sample], count, _ROUNDS, rng, step)
            owners = assigned(rows.vectors, centres)
            lists = cls.grouped(rows, owners, centres, np.array([count]))
            step.advance()
            lists = replace(lists, reach=_measured(lists, rng))
            step.advance()
        return lists

    @classmethod
    def grouped(cls, rows: Rows, owners: Numbers, centres: Unit, reach: Numbers) -> Self:
        """Rows that are all there, each in the list of its owner."""
        order = np.argsort(owners, kind="stable")
        starts = np.searchsorted(owners[order], np.arange(len(centres) + 1))
        return cls(Rows.of(rows.keys[order], rows.vectors[order]), centres, starts, reach)

    def joined(self, more: Rows) -> Self:
        """With more rows, each in the list of its nearest centre, and without those taken out."""
        old, more = self.rows.there(), more.there()
        owners = np.append(self.owners()[self.rows.present], assigned(more.vectors, self.centres))
        keys = np.append(old.keys, more.keys)
        vectors = np.concatenate([old.vectors, more.vectors])
        return self.grouped(Rows.of(keys, vectors), owners, self.centres, self.reach)

    def without(self, places: Numbers) -> Self:
        """The same with some rows taken out."""
        return replace(self, rows=self.rows.without(places))

    def owners(self) -> Numbers:
        """(N,) the list of each row."""
        return np.repeat(np.arange(len(self.centres)), np.diff(self.starts))

    def fits(self, size: int) -> bool:
        """Whether there are about as many lists as for so many rows there should be."""
        return 2 / 3 <= len(self.centres) / lists_for(size) <= 2

    def search(self, query: Floats, k: int, among: Mask | None) -> tuple[Keys, Floats]:
        """The k nearest of one query, nearly always all of them."""
        lists = len(self.centres)
        if among is not None:
            allowed = int(np.count_nonzero(among))
            if self._better_compared(k, allowed):
                return self.rows.search(query[None], k, among)[0]
            if allowed * _NARROW <= len(self.rows.keys):
                lists //= _FAR
        read = self._read(query, k, None if among is None else padded(among), lists)
        if read is None:
            return self.rows.search(query[None], k, among)[0]
        near = near_best(read.scores, k)
        chosen = read.rows[near]
        return best(query, self.rows.keys[chosen], self.rows.vectors[chosen], k)

    def _better_compared(self, k: int, allowed: int) -> bool:
        """Whether comparing all that is allowed costs less than reading lists."""
        depth = k * len(self.rows.keys) / max(allowed, 1)
        return allowed <= _FEW or 2 * self._reaching(depth) >= len(self.centres)

    def _reaching(self, depth: float) -> int:
        """How many lists hold nearly all of the ``depth`` nearest."""
        if depth > 1 << (len(self.reach) - 1):
            return len(self.centres)
        return int(self.reach[int(np.ceil(np.log2(max(depth, 1.0))))])

    def _read(self, query: Floats, k: int, among: Mask | None, most: int) -> "_Read | None":
        """Allowed rows of the nearest lists; None where it would take more than ``most`` lists."""
        nearest = np.argsort(-(self.centres @ query), kind="stable")
        at = used = 0
        needed = self._reaching(k)
        read = _Read(np.empty(0, np.int64), _NOTHING, _NOTHING, _NOTHING)
        while at < len(nearest) and used < needed:
            lists = nearest[at : at + max(needed - used, at // 4)]
            at += len(lists)
            lists, rows, allowed, counts = self._met(lists, among)
            if len(lists):
                used += len(lists)
                read = read.and_also(self._compared(query, lists, rows, allowed, counts))
                # Lists that were passed over lie as near as those that were read.
                needed = self._reaching(read.depth(k) * at / used)
            if max(at, needed) > most:
                return None
        return read

    def _met(
        self, lists: Numbers, among: Mask | None
    ) -> tuple[Numbers, Numbers, Mask | None, Numbers]:
        """Lists that hold anything allowed, their rows, which are allowed, and how many of each.

        None: all are allowed.
        """
        starts = self.starts[lists]
        sizes = self.starts[lists + 1] - starts
        rows = np.repeat(starts - (sizes.cumsum() - sizes), sizes) + np.arange(sizes.sum())
        if among is None and self.rows.whole:
            return lists, rows, None, sizes
        allowed = self.rows.present[rows]
        if among is not None:
            allowed &= among.take(self.rows.keys[rows], mode="clip")
        owners = np.repeat(np.arange(len(lists)), sizes)
        counts = np.bincount(owners[allowed], minlength=len(lists))
        if counts.all():
            return lists, rows, allowed, counts
        kept = counts > 0
        of_kept = kept[owners]
        return lists[kept], rows[of_kept], allowed[of_kept], counts[kept]

    def _compared(
        self,
        query: Floats,
        lists: Numbers,
        rows: Numbers,
        allowed: Mask | None,
        counts: Numbers,
    ) -> "_Read":
        """The scores of the allowed rows of some lists, and of what tells how deep they are."""
        vectors = self.rows.vectors
        starts, stops = self.starts[lists], self.starts[lists + 1]
        if allowed is not None and counts.sum() * _SPARSE <= len(rows):
            rows = rows[allowed]
            scores = vectors[rows] @ query
            weights = np.repeat((stops - starts) / counts, counts).astype(np.float32)
            return _Read(rows, scores, scores, weights)
        ends = zip(starts.tolist(), stops.tolist(), strict=True)
        scores = np.concatenate([vectors[start:stop] @ query for start, stop in ends])
        weights = np.ones(len(scores), np.float32)
        if allowed is None:
            return _Read(rows, scores, scores, weights)
        return _Read(rows[allowed], scores[allowed], scores, weights)


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """What was read of the lists."""

    rows: Numbers  # (N,) allowed
    scores: Floats  # (N,)
    seen: Floats  # (M,) scores of rows of any kind
    weights: Floats  # (M,) how many rows each of them stands for

    def and_also(self, more: "_Read") -> "_Read":
        """Both together."""
        return _Read(
            np.append(self.rows, more.rows),
            np.append(self.scores, more.scores),
            np.append(self.seen, more.seen),
            np.append(self.weights, more.weights),
        )

    def depth(self, k: int) -> float:
        """How many rows of any kind are as near as the k-th allowed; infinite without one.

        Where few rows of a list are allowed, each stands for as many as there are to one.
        """
        if len(self.scores) < k:
            return np.inf
        least = np.partition(self.scores, len(self.scores) - k)[len(self.scores) - k]
        return float(self.weights[self.seen >= least].sum())


def _measured(lists: Lists, rng: Generator) -> Numbers:
    """``reach`` of these lists; never fewer for more depth."""
    vectors, size = lists.rows.vectors, len(lists.rows.keys)
    deepest = min(_DEEPEST, max(size // 8, 1))
    picks = rng.choice(size, min(_ASKED, size), replace=False)
    others = vectors[rng.choice(size, len(picks))]
    queries = np.concatenate([vectors[picks], vectors[picks] + others])
    places = _places(lists, queries, np.append(picks, np.full(len(picks), -1)), deepest)
    needed = [
        # Of one or two neighbours of each, too few are asked for to tell one in twenty-five.
        int(np.quantile(places[:, : max(1 << step, 8)], NEARLY_ALL)) + 1
        for step in range(int(np.log2(deepest)) + 1)
    ]
    least = min(_LEAST_LISTS, len(lists.centres))
    return np.maximum(np.maximum.accumulate(needed), least)


def _places(lists: Lists, queries: Unit, selves: Numbers, deepest: int) -> Numbers:
    """(B, deepest) in which list, counted from the nearest, each neighbour of a query is.

    ``selves``: the row that a query is, which is no neighbour of its own; -1: none.
    """
    owners = lists.owners()
    found = np.empty((len(queries), deepest), np.int64)
    rank = np.empty(len(lists.centres), np.int64)
    for row, query in enumerate(queries):
        scores = lists.rows.vectors @ query
        if selves[row] >= 0:
            scores[selves[row]] = -np.inf
        nearest = np.argpartition(scores, len(scores) - deepest)[len(scores) - deepest :]
        nearest = nearest[np.argsort(-scores[nearest])]
        rank[np.argsort(-(lists.centres @ query), kind="stable")] = np.arange(len(rank))
        found[row] = rank[owners[nearest]]
    return found
