"""Vectors in lists by their nearest centre; a query is compared with the nearest lists alone.

An inverted file. How many lists are enough is not guessed but measured when they are made:
some of the vectors, and sums of two of them (a wish between two kinds of things), are asked
for their neighbours among all, and

    reach(d) = how many lists, the nearest centre first, hold nearly all of the d nearest

is kept for d = 1, 2, 4 … A query for k reads reach(k) lists. Where a filter allows a share s
of the rows that are met, the k nearest allowed are among the k/s nearest of all, so
reach(k/s) are read of those lists that hold anything allowed. The share is counted on the
way: a filter that is rare everywhere reads far, one that allows a corner of the shop reads
the corner. Where few are allowed in all, they are compared one and all, which is exact.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.random import Generator

from zhiyin.core import Keys, Mask, Progress, Unit
from zhiyin.index.centres import assigned, find_centres
from zhiyin.index.nearest import Floats, Numbers, best, near_best
from zhiyin.index.rows import Rows, padded

NEARLY_ALL = 0.96
"""Of the neighbours that ``reach`` is measured with."""
_LEAST_LISTS = 16
_DEEPEST = 1 << 12
_ASKED = 128
"""Vectors that ``reach`` is measured with, and as many sums of two."""
_SAMPLE = 40
"""Vectors of the sample per centre."""
_ROUNDS = 6
_FEW = 8_192
"""So many allowed rows are compared in the time that it takes to read a few hundred lists."""
_SPARSE = 4
"""Below one in so many, the allowed rows of a list are fetched alone."""


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
        if among is not None and self._better_compared(k, int(np.count_nonzero(among))):
            return self.rows.search(query[None], k, among)[0]
        rows, scores = self._read(query, k, None if among is None else padded(among))
        near = near_best(scores, k)
        chosen = rows[near]
        return best(query, self.rows.keys[chosen], self.rows.vectors[chosen], k)

    def _better_compared(self, k: int, allowed: int) -> bool:
        """Whether comparing all that is allowed costs less than reading lists."""
        depth = k * len(self.rows.keys) / max(allowed, 1)
        return allowed <= _FEW or 2 * self._reaching(depth) >= len(self.centres)

    def _reaching(self, depth: float) -> int:
        """How many lists hold nearly all of the ``depth`` nearest."""
        step = int(np.ceil(np.log2(max(depth, 1.0))))
        return int(self.reach[step]) if step < len(self.reach) else len(self.centres)

    def _read(self, query: Floats, k: int, among: Mask | None) -> tuple[Numbers, Floats]:
        """Allowed rows of the nearest lists, as many as it takes, and their scores."""
        nearest = np.argsort(-(self.centres @ query), kind="stable")
        nearest = nearest[self.starts[nearest + 1] > self.starts[nearest]]
        at = used = met = found = 0
        needed = self._reaching(k)
        parts: list[tuple[Numbers, Floats]] = []
        while at < len(nearest) and (used < needed or found < k):
            lists = nearest[at : at + max(needed - used, at // 2, 1)]
            at += len(lists)
            rows, sizes, allowed = self._met(lists, among)
            parts.append(self._compared(query, lists, rows, allowed))
            some = sizes if allowed is None else _counted(allowed, sizes)
            used += int(np.count_nonzero(some))
            met += int(sizes[some > 0].sum())
            found += int(some.sum())
            needed = self._reaching(k * met / found) if found else needed
        if not parts:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def _met(self, lists: Numbers, among: Mask | None) -> tuple[Numbers, Numbers, Mask | None]:
        """The rows of some lists, how many each has, and which are allowed; None: all."""
        starts = self.starts[lists]
        sizes = self.starts[lists + 1] - starts
        rows = np.repeat(starts - (sizes.cumsum() - sizes), sizes) + np.arange(sizes.sum())
        if among is None:
            return rows, sizes, None if self.rows.whole else self.rows.present[rows]
        allowed = among.take(self.rows.keys[rows], mode="clip")
        return rows, sizes, allowed if self.rows.whole else allowed & self.rows.present[rows]

    def _compared(
        self, query: Floats, lists: Numbers, rows: Numbers, allowed: Mask | None
    ) -> tuple[Numbers, Floats]:
        """Those rows that are allowed, and their scores."""
        vectors = self.rows.vectors
        if allowed is not None and np.count_nonzero(allowed) * _SPARSE <= len(rows):
            chosen = rows[allowed]
            return chosen, vectors[chosen] @ query
        ends = zip(self.starts[lists].tolist(), self.starts[lists + 1].tolist(), strict=True)
        scores = np.concatenate([vectors[start:stop] @ query for start, stop in ends])
        return (rows, scores) if allowed is None else (rows[allowed], scores[allowed])


def _counted(allowed: Mask, sizes: Numbers) -> Numbers:
    """How many are allowed of each of the lists that follow each other; none has size 0."""
    found: Numbers = np.add.reduceat(allowed, sizes.cumsum() - sizes, dtype=np.int64)
    return found


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
