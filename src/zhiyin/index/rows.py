"""Vectors by key, compared one with all: what a reader sees, and the writer's side of it.

A reader holds a ``Rows``, which never changes. The writer puts new rows behind those that a
reader can see and marks in a copy what is taken out, so nobody waits for anybody. Rows that
were taken out stay until the table grows, or until they are the larger half of it.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from zhiyin.core import Keys, Mask, Unit
from zhiyin.index.nearest import Floats, Numbers, best, near_best

_BLOCK_ENTRIES = 1 << 22
_SPARSE = 4
"""Below one in so many, allowed rows are fetched one by one; above, all are compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some vectors at one moment."""

    keys: Keys  # (N,)
    vectors: Unit  # (N, D)
    present: Mask  # (N,) False where a row was taken out
    gone: int = 0
    """How many were taken out."""

    @classmethod
    def of(cls, keys: Keys, vectors: Unit) -> Self:
        """All of them there."""
        return cls(keys, vectors, np.ones(len(keys), np.bool_))

    @property
    def whole(self) -> bool:
        """Whether none was taken out."""
        return self.gone == 0

    def count(self) -> int:
        """How many are there."""
        return len(self.keys) - self.gone

    def without(self, places: Numbers) -> Self:
        """The same with some rows taken out."""
        if not len(places):
            return self
        marks = self.present.copy()
        marks[places] = False
        return type(self)(self.keys, self.vectors, marks, self.gone + len(places))

    def there(self) -> Self:
        """Those that are there alone; itself when none was taken out."""
        if self.whole:
            return self
        return type(self).of(self.keys[self.present], self.vectors[self.present])

    def search(self, queries: Unit, k: int, among: Mask | None) -> list[tuple[Keys, Floats]]:
        """The k nearest of each query, after comparing it with all that are allowed."""
        keys, vectors = self.keys, self.vectors
        allowed = (
            self.present if among is None else self.present & padded(among).take(keys, mode="clip")
        )
        some = int(np.count_nonzero(allowed))
        if some * _SPARSE <= len(keys):
            chosen = np.flatnonzero(allowed)
            keys, vectors, allowed = keys[chosen], vectors[chosen], np.ones(some, np.bool_)
        hidden = None if some == len(allowed) else ~allowed
        found = []
        step = max(1, _BLOCK_ENTRIES // max(len(keys), 1))
        for start in range(0, len(queries), step):
            block = queries[start : start + step]
            scores = block @ vectors.T if len(block) > 1 else (vectors @ block[0])[None]
            if hidden is not None:
                scores[:, hidden] = -np.inf
            for query, row in zip(block, scores, strict=True):
                near = near_best(row, k)
                found.append(best(query, keys[near], vectors[near], k))
        return found


def padded(among: Mask) -> Mask:
    """The filter for ``take(keys, mode="clip")``: keys past its end land on a last no."""
    return np.append(among, False)


class Table:
    """Rows that are added, replaced and taken out. One writer at a time: the caller's lock."""

    def __init__(self, width: int, rows: Rows | None = None) -> None:
        self.rows = rows or Rows.of(np.empty(0, np.int64), np.empty((0, width), np.float32))
        self._keys, self._vectors = self.rows.keys, self.rows.vectors
        self._places: dict[int, int] | None = None

    def change(self, gone: Keys, keys: Keys, vectors: Unit) -> int:
        """Take out ``gone``, add or replace distinct ``keys``; how many of ``gone`` were there.

        Readers see all of it at once.
        """
        known = self._known()
        out = [known.pop(key) for key in gone.tolist() if key in known]
        replaced = [known.pop(key) for key in keys.tolist() if key in known]
        rows = self.rows.without(np.array(out + replaced, np.int64))
        start, stop = len(rows.keys), len(rows.keys) + len(keys)
        if stop > len(self._keys) or 2 * (len(known) + len(keys)) < stop:
            rows = self._moved(rows, 2 * (len(known) + len(keys)))
            start, stop = len(rows.keys), len(rows.keys) + len(keys)
        else:
            known.update(zip(keys.tolist(), range(start, stop), strict=True))
        self._keys[start:stop], self._vectors[start:stop] = keys, vectors
        marks = np.append(rows.present, np.ones(len(keys), np.bool_))
        self.rows = Rows(self._keys[:stop], self._vectors[:stop], marks, rows.gone)
        return len(out)

    def _known(self) -> dict[int, int]:
        """Where each key is; made when the first is written, as readers need none of it."""
        if self._places is None:
            there = np.flatnonzero(self.rows.present)
            self._places = dict(zip(self.rows.keys[there].tolist(), there.tolist(), strict=True))
        return self._places

    def _moved(self, rows: Rows, size: int) -> Rows:
        """In new arrays of ``size``, without the rows that were taken out."""
        rows = rows.there()
        some, width = rows.vectors.shape
        self._keys, self._vectors = np.empty(size, np.int64), np.empty((size, width), np.float32)
        self._keys[:some], self._vectors[:some] = rows.keys, rows.vectors
        self._places = None
        return Rows.of(self._keys[:some], self._vectors[:some])
