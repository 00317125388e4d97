"""The index that a shop uses: exact while it is small, in lists once it is large.

New vectors are compared one and all until there are too many of them; then they join the
lists, each with its nearest centre. The first lists are made when the exact part reaches
``LINE``, and made afresh when there are twice or a quarter as many vectors as they were
made for.

Threads: a search sees each ``put`` and ``delete`` whole or not at all, never waits, and keeps
what it began with while the index changes. Writers wait for each other, and a writer that
makes lists holds the others up for as long as that takes. A search uses the threads of
numpy's BLAS and no more (``OMP_NUM_THREADS``).
"""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from zhiyin.core import SILENT, Hits, Keys, Mask, Progress, Unit, derive, get_logger
from zhiyin.index.files import Arrays, write_arrays
from zhiyin.index.lists import Lists
from zhiyin.index.nearest import Floats, Numbers, as_hits
from zhiyin.index.rows import Rows, Table
from zhiyin.index.taking import taken_count, taken_keys, taken_mask, taken_queries, taken_rows

log = get_logger(__name__)

LINE = 6_400_000
"""Numbers that are compared with one query in two to three milliseconds: 50,000 vectors of 128."""
_FRESH = 2_000_000
_FRESH_SHARE = 32
"""Beside the lists: vectors of so many numbers, or one in so many of all."""
_NEARLY = 0.9
"""Whoever put so much of what was expected has put all that there was."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What a search sees: one moment of both parts, no key in both."""

    lists: Lists | None
    fresh: Rows

    def count(self) -> int:
        return self.fresh.count() + (self.lists.rows.count() if self.lists else 0)


class GrowingIndex:
    """An ``Index`` for a shop of any size."""

    def __init__(
        self,
        width: int,
        *,
        lists: Lists | None = None,
        fresh: Rows | None = None,
        expecting: int = 0,
        seed: int = 0,
        progress: Progress = SILENT,
    ) -> None:
        self._width = width
        self._lists = lists
        self._order: Numbers | None = None
        self._table = Table(width, fresh)
        self._awaited = _NEARLY * expecting
        self._seed = seed
        self._progress = progress
        self._lock = Lock()
        self._seen = _Seen(lists, self._table.rows)

    @property
    def width(self) -> int:
        return self._width

    def __len__(self) -> int:
        return self._seen.count()

    def put(self, keys: Keys, vectors: Unit) -> None:
        """Add keys, or give those there new vectors; a row of NaN takes the key out."""
        keys, vectors = taken_rows(keys, vectors, self._width)
        known = ~np.isnan(vectors[:, 0])
        with self._lock:
            self._leave_lists(keys)
            self._table.change(keys[~known], keys[known], vectors[known])
            self._awaited -= len(keys)
            self._settle()

    def delete(self, keys: Keys) -> int:
        """Take keys out; how many were there."""
        keys = taken_keys(keys)
        with self._lock:
            gone = self._leave_lists(keys)
            gone += self._table.change(keys, keys[:0], np.empty((0, self._width), np.float32))
            self._settle()
        return gone

    def search(self, queries: Unit, k: int, among: Mask | None = None) -> Hits:
        """The k nearest of each query, of those that ``among`` allows."""
        queries, among = taken_queries(queries, self._width), taken_mask(among)
        k, seen = taken_count(k), self._seen
        found = seen.fresh.search(queries, k, among)
        if seen.lists is not None:
            listed = [seen.lists.search(query, k, among) for query in queries]
            found = [_merged(*pair, k) for pair in zip(listed, found, strict=True)]
        return as_hits(found, k)

    def save(self, folder: Path) -> None:
        """Write it whole into an empty folder; reading back maps the files.

        What is fresh joins the lists on the way, and what was taken out is left out.
        """
        with self._lock:
            self._awaited = 0.0  # what is not there by now is not expected
            self._settle()
            seen = self._seen
        rows, more = seen.fresh.there(), Arrays()
        if seen.lists is not None:
            lists = seen.lists.joined(seen.fresh)
            rows = lists.rows
            more = {"centres": lists.centres, "starts": lists.starts, "reach": lists.reach}
        arrays: Arrays = {"keys": rows.keys, "vectors": rows.vectors, **more}
        write_arrays(folder, self._width, arrays)

    def _leave_lists(self, keys: Keys) -> int:
        """Take keys out of the lists; how many were there."""
        if self._lists is None or not len(keys):
            return 0
        listed = self._lists.rows
        if self._order is None:
            self._order = np.argsort(listed.keys, kind="stable")
        keys = np.unique(keys)
        at = np.searchsorted(listed.keys, keys, sorter=self._order)
        places = self._order[np.minimum(at, len(self._order) - 1)]
        places = places[(listed.keys[places] == keys) & listed.present[places]]
        self._lists = self._lists.without(places)
        return len(places)

    def _settle(self) -> None:
        """Show what there is; then keep both parts in proportion, and show that."""
        fresh, lists = self._table.rows, self._lists
        self._seen = _Seen(lists, fresh)
        if lists is None:
            if fresh.count() * self._width < LINE or self._awaited > 0:
                return
            self._make_lists(fresh)
        elif self._out_of_proportion(lists, fresh):
            joined = lists.joined(fresh)
            if joined.fits(joined.rows.count()):
                self._use(joined)
            else:
                self._make_lists(joined.rows)
        self._seen = _Seen(self._lists, self._table.rows)

    def _out_of_proportion(self, lists: Lists, fresh: Rows) -> bool:
        size = len(lists.rows.keys)
        many = max(_FRESH // self._width, size // _FRESH_SHARE)
        return fresh.count() > many or 2 * lists.rows.count() < size

    def _make_lists(self, rows: Rows) -> None:
        size = rows.count()
        if 2 * size * self._width < LINE:  # so few that comparing them is better
            self._lists, self._table = None, Table(self._width, rows.there())
            return
        log.info("making lists", vectors=size)
        self._use(Lists.made(rows, derive(self._seed, "index", str(size)), self._progress))

    def _use(self, lists: Lists) -> None:
        self._lists, self._order = lists, None
        self._table = Table(self._width)


def _merged(one: tuple[Keys, Floats], other: tuple[Keys, Floats], k: int) -> tuple[Keys, Floats]:
    """The k best of two findings."""
    keys, scores = np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]])
    order = np.lexsort((keys, -scores))[:k]
    return keys[order], scores[order]
