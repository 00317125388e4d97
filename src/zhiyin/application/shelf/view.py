"""View: the goods at one moment, as a large base and what has changed since.

Most rows stand in the base, whose columns may be files mapped into memory. The rows that
changed since stand in small columns of their own and are looked at instead. So a change
costs what changed, and what was worked out for the base stays true.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from zhiyin.application.shelf.columns import Columns, Ints, Truth, joined
from zhiyin.application.shelf.ids import Ids
from zhiyin.application.shelf.names import AllNames

_KEPT_BYTES = 64 << 20


class KeptMasks:
    """Masks over the base that were asked for lately, a bit per row, bounded in bytes."""

    def __init__(self, most_bytes: int = _KEPT_BYTES) -> None:
        self._most = most_bytes
        self._bits: OrderedDict[str, tuple[npt.NDArray[np.uint8], int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, name: str, make: Callable[[], Truth]) -> Truth:
        """The mask of that name, made where it is not kept."""
        with self._lock:
            found = self._bits.get(name)
            if found is not None:
                self._bits.move_to_end(name)
        if found is not None:
            bits, size = found
            return np.unpackbits(bits, count=size).view(bool)
        mask = make()
        self._keep(name, mask)
        return mask

    def clear(self) -> None:
        """Forget them all."""
        with self._lock:
            self._bits.clear()
            self._bytes = 0

    def _keep(self, name: str, mask: Truth) -> None:
        bits = np.packbits(mask)
        with self._lock:
            if name not in self._bits:
                self._bits[name] = bits, len(mask)
                self._bytes += bits.nbytes
            while self._bytes > self._most and len(self._bits) > 1:
                self._bytes -= self._bits.popitem(last=False)[1][0].nbytes


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """The rows that have not changed for a while."""

    columns: Columns
    kept: KeptMasks


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The goods at one moment. Nothing in it changes; ``Shelf.view`` gives the newest."""

    base: Base
    rows: Ints  # (M,) rising: rows that stand in ``fresh``, whatever the base says of them
    fresh: Columns  # (M,)
    size: int
    """N: rows in all, those of deleted items included."""
    ids: Ids
    names: AllNames
    currency: str
    """The shop's own, of prices that name none."""
    number: int = 0
    """The last change of the catalogue that is in here."""

    def __len__(self) -> int:
        return self.size

    def where(self, test: Callable[[Columns], Truth], name: str | None = None) -> Truth:
        """(N,) what ``test`` says of each row; kept for the base under ``name`` if it has one."""
        columns = self.base.columns
        found = np.zeros(self.size, bool)
        found[: len(columns)] = (
            test(columns) if name is None else self.base.kept.get(name, lambda: test(columns))
        )
        found[self.rows] = test(self.fresh)
        return found

    def present(self) -> Truth:
        """(N,) True for the rows whose item is there."""
        return self.where(lambda columns: columns.present)

    def parts(self, mask: Truth) -> Iterator[tuple[Columns, Ints]]:
        """The columns that hold the rows of a mask, and their places in them."""
        old = np.array(mask[: len(self.base.columns)])
        old[self.rows[self.rows < len(old)]] = False
        yield self.base.columns, np.flatnonzero(old)
        yield self.fresh, np.flatnonzero(mask[self.rows])

    def take(self, rows: Ints) -> Columns:
        """A few rows as columns of their own, in that order."""
        place, is_fresh = self._places(rows)
        if not is_fresh.any():
            return self.base.columns.take(rows)
        # Laid side by side first and then put in the order asked.
        both = joined(self.base.columns.take(rows[~is_fresh]), self.fresh.take(place[is_fresh]))
        order = np.empty(len(rows), np.int64)
        order[np.flatnonzero(~is_fresh)] = np.arange(len(rows) - int(is_fresh.sum()))
        order[np.flatnonzero(is_fresh)] = np.arange(len(rows) - int(is_fresh.sum()), len(rows))
        return both.take(order)

    def values(self, column: str, rows: Ints) -> npt.NDArray[Any]:
        """One column of ``Columns`` at these rows."""
        place, is_fresh = self._places(rows)
        old: npt.NDArray[Any] = getattr(self.base.columns, column)
        if not is_fresh.any():
            return old[rows]
        new: npt.NDArray[Any] = getattr(self.fresh, column)
        found = np.empty(len(rows), old.dtype)
        found[~is_fresh] = old[rows[~is_fresh]]
        found[is_fresh] = new[place[is_fresh]]
        return found

    def row(self, id: str) -> int:
        """The row of an item that is there; -1: there is none."""
        row = self.ids.row(id)
        if not 0 <= row < self.size:
            return -1
        return row if self.values("present", np.array([row]))[0] else -1

    def rows_of(self, ids: Iterable[str]) -> Ints:
        """The row of each id, -1 for the unknown and the deleted."""
        return np.array([self.row(id) for id in ids], np.int64)

    def ids_of(self, rows: Sequence[int] | Ints) -> tuple[str, ...]:
        """The id of each row, deleted ones too."""
        return self.ids.many(rows)

    def _places(self, rows: Ints) -> tuple[Ints, Truth]:
        """The place of each row in ``fresh``, and whether it is there at all."""
        if not len(self.rows):
            return np.zeros(len(rows), np.int64), np.zeros(len(rows), bool)
        place = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        return place, self.rows[place] == rows
