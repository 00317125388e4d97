"""Shelf: follows a catalogue and always has a view of it ready."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from zhiyin.application.shelf.columns import (
    Columns,
    Ints,
    absent,
    columns_of,
    joined,
)
from zhiyin.application.shelf.files import read, write
from zhiyin.application.shelf.ids import Ids
from zhiyin.application.shelf.names import AllNames
from zhiyin.application.shelf.postings import with_postings
from zhiyin.application.shelf.view import Base, KeptMasks, View
from zhiyin.core import Catalogue, Item

_FEW = 20_000
_SHARE = 0.05
"""More fresh rows than both are laid into the base, which takes a moment and memory twice."""


@dataclass(frozen=True, slots=True, eq=False)
class Refreshed:
    """What a refresh found changed."""

    put: Ints
    """Rows whose item is new or other than before."""
    gone: Ints
    """Rows whose item was deleted."""


class Shelf:
    """The catalogue as columns. Reading a view needs no lock; refreshing has one."""

    def __init__(self, catalogue: Catalogue, view: View) -> None:
        self._catalogue = catalogue
        self._view = view
        self._lock = Lock()

    @classmethod
    def open(
        cls,
        catalogue: Catalogue,
        ids: Iterable[str] = (),
        folder: Path | None = None,
        *,
        currency: str = "CNY",
    ) -> "Shelf":
        """A shelf of what the catalogue holds now.

        Args:
            catalogue: What is followed from now on.
            ids: Items that have the rows 0, 1, 2, … whether they are there or not, such as
                those of an artifact of vectors; all others come after.
            folder: What ``save`` wrote; only later changes are read. ``ids`` are not asked.
            currency: The shop's own, of prices that name none.
        """
        view = _empty(ids, currency) if folder is None else read(folder)
        shelf = cls(catalogue, view)
        shelf.refresh()
        return shelf

    @property
    def view(self) -> View:
        """The goods as of the last refresh."""
        return self._view

    def refresh(self) -> Refreshed:
        """Take in what changed in the catalogue since the last time."""
        with self._lock:
            view = self._view
            ids = view.ids
            rows: list[int] = []
            number = view.number

            def changed() -> Iterable[Item | None]:
                nonlocal number
                for change in self._catalogue.changes(view.number):
                    row = ids.row(change.id) if change.item is None else ids.add(change.id)
                    number = change.number
                    if row >= 0:  # else an item that came and went between two refreshes
                        rows.append(row)
                        yield change.item

            fresh = columns_of(changed(), view.names, view.currency)
            where = np.array(rows, np.int64)
            if number != view.number:
                self._view = _laid_over(view, where, fresh, number)
            return Refreshed(where[fresh.present], where[~fresh.present])

    def save(self, folder: Path) -> None:
        """Write it whole into an empty folder; ``open`` maps what was written."""
        with self._lock:
            view = self._view = _settled(self._view)
        write(view, folder)


def _empty(ids: Iterable[str], currency: str) -> View:
    known = Ids.of(ids)
    base = Base(with_postings(absent(len(known)), 0), KeptMasks())
    return View(base, np.zeros(0, np.int64), absent(0), len(known), known, AllNames(), currency)


def _laid_over(view: View, rows: Ints, fresh: Columns, number: int) -> View:
    """The view with these rows as they are now."""
    both = joined(view.fresh, fresh)
    # Of a row that changed twice the later one counts: it stands first when read backwards.
    all_rows = np.concatenate([view.rows, rows])[::-1]
    kept, place = np.unique(all_rows, return_index=True)
    after = View(
        view.base,
        kept,
        both.take(len(all_rows) - 1 - place),
        len(view.ids),
        view.ids,
        view.names,
        view.currency,
        number,
    )
    return _settled(after) if len(kept) > max(_FEW, _SHARE * view.size) else after


def _settled(view: View) -> View:
    """The same goods with every row in the base."""
    old = view.base.columns
    if not len(view.rows) and len(old) == view.size:
        return view
    # A row stands among the old ones, among the fresh ones, or, where no item came, in neither.
    source = np.full(view.size, len(old) + len(view.fresh), np.int64)
    source[: len(old)] = np.arange(len(old))
    source[view.rows] = len(old) + np.arange(len(view.rows))
    whole = joined(joined(old, view.fresh), absent(1)).take(source)
    base = Base(with_postings(whole, len(view.names.facts)), KeptMasks())
    return View(
        base,
        np.zeros(0, np.int64),
        absent(0),
        view.size,
        view.ids.packed(),
        view.names,
        view.currency,
        view.number,
    )
