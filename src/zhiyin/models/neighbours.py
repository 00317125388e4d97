"""Neighbours: the served form of every model that is an item-to-item table.

    score(j) = prior[j] + Σ over the history's events e of w(e) · table[item(e), j]

where ``w(e)`` is the event's signed strength, faded as of the history's newest event
(or of another moment, where one is given). An item whose prior is NaN is one the model
never met: its score stays NaN. A model without any prior says nothing (NaN) about a
history that holds no item of its table.

Needs numpy and scipy only. One request touches the rows of the history's items and
nothing of the length of the catalogue; kNN, EASE, SLIM, graph filters, popularity and
blends of them all compile to it.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from zhiyin.core import Event, Histories, Vocabulary
from zhiyin.data import Strengths
from zhiyin.models import folder as on_disk
from zhiyin.models.form import read_events, register
from zhiyin.models.picking import among, best, in_order

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
_WALK = 1024


class Neighbours:
    """A sparse item-to-item table, a prior per item, and the rule of what events count."""

    name = "neighbours"

    def __init__(
        self,
        items: Vocabulary,
        table: csr_array,
        prior: Floats,
        strengths: Strengths,
        now: int = 0,
    ) -> None:
        if table.shape != (len(items), len(items)) or prior.shape != (len(items),):
            raise ValueError(f"{len(items)} items, table {table.shape}, prior {prior.shape}")
        self.items = items
        self.table = table  # (I, I) float32; row i: what goes with item i, and how much
        self.prior = prior  # (I,) float32; NaN: the model does not know the item
        self.strengths = strengths
        self.now = now
        """Time of the newest event it was learnt from."""

    @classmethod
    def blend(cls, parts: Sequence[tuple["Neighbours", float]]) -> "Neighbours":
        """The weighted sum of several; an item is known if one of them knows it."""
        first = parts[0][0]
        if any(part.items.names != first.items.names for part, _ in parts):
            raise ValueError("the blended tables number other items")
        table = sum(
            (part.table * np.float32(w) for part, w in parts[1:]),
            first.table * np.float32(parts[0][1]),
        )
        priors = np.stack([part.prior * np.float32(w) for part, w in parts])  # (parts, I)
        prior = np.nansum(priors, axis=0).astype(np.float32)
        prior[np.isnan(priors).all(axis=0)] = np.nan
        now = max(part.now for part, _ in parts)
        return cls(first.items, csr_array(table), prior, first.strengths, now)

    @property
    def abilities(self) -> frozenset[str]:
        """ "personal" with entries in the table, "guests" with a prior."""
        found = {"personal": self.table.nnz > 0, "guests": self._has_prior}
        return frozenset(name for name, can in found.items() if can)

    @property
    def memory(self) -> int:
        """Bytes of the table and the prior."""
        parts = (self.table.data, self.table.indices, self.table.indptr, self.prior)
        return sum(int(part.nbytes) for part in parts)

    def read(self, events: Iterable[Event]) -> Histories:
        """One history from events in any order, as a request brings them.

        Items that the vocabulary does not know become -1; events about no item and
        kinds that say nothing are left out.
        """
        return read_events(events, self.items, self.strengths)

    def score(self, histories: Histories, now: int | None = None) -> Floats:
        """(B, I) scores of every item, as of ``now``. Dense: for evaluation and batches."""
        rows = self._rows(histories, now)
        scores: Floats = (rows @ self.table).toarray()
        scores += self.prior
        scores[~self._speaks(rows)] = np.nan
        return scores

    def scores_of(self, history: Histories, items: Ints, now: int | None = None) -> Floats:
        """(K,) the scores of some items for one history."""
        rows = self._rows(history, now)
        if not self._speaks(rows)[0]:
            return np.full(len(items), np.nan, np.float32)
        touched, sums = self._touched(history, now)
        scores = self.prior[items].astype(np.float64)
        if len(touched):
            place = np.minimum(np.searchsorted(touched, items), len(touched) - 1)
            scores += np.where(touched[place] == items, sums[place], 0.0)
        return scores.astype(np.float32)

    def moments(self, histories: Histories, now: int | None = None) -> tuple[Doubles, Doubles]:
        """(B,) mean and standard deviation of the scores, from the touched entries alone."""
        rows = self._rows(histories, now)
        touched = (rows @ self.table).tocsr()
        known, prior, first, second = self._prior_sums
        added = np.where(known[touched.indices], touched.data, 0.0).astype(np.float64)
        # Σ (p + s)² = Σ p² + Σ s (2 p + s), and s is zero but for the touched.
        owners = np.repeat(np.arange(len(histories)), np.diff(touched.indptr))
        more = added * (2 * prior[touched.indices] + added)
        count = max(int(known.sum()), 1)
        mean = (np.bincount(owners, added, len(histories)) + first) / count
        square = (np.bincount(owners, more, len(histories)) + second) / count
        spread = np.sqrt(np.maximum(square - mean**2, 0.0))
        silent = ~self._speaks(rows) if known.any() else np.ones(len(histories), np.bool_)
        mean[silent] = spread[silent] = np.nan
        return mean, spread

    def baseline(
        self, items: Ints, history: Histories | None = None, now: int | None = None
    ) -> Floats:
        """(K,) the prior, whatever the history."""
        return self.prior[items]

    def top(
        self,
        history: Histories,
        k: int,
        now: int | None = None,
        *,
        exclude: Ints | None = None,
        allowed: Bools | None = None,
    ) -> tuple[Ints, Floats]:
        """The best ``k`` items of one history and their scores; equal scores by number.

        ``exclude``: item numbers that are not wanted; ``allowed`` (I,): those that are.
        Fewer than ``k`` come back when the model has no more to say: without a prior,
        only items with a score above zero do.
        """
        unwanted = np.empty(0, np.int64) if exclude is None else np.unique(exclude)
        touched, sums = self._touched(history, now)
        scores = sums + self.prior[touched]
        if self._has_prior:
            good = ~np.isnan(scores)
        else:
            good = scores > 0
        good &= ~among(touched, unwanted)
        if allowed is not None:
            good &= allowed[touched]
        items, scores = touched[good], scores[good]
        if self._has_prior:
            others = self._best_by_prior(k, touched, unwanted, allowed)
            items = np.concatenate([items, others])
            scores = np.concatenate([scores, self.prior[others]])
        chosen = best(items, scores, k)
        return items[chosen].astype(np.int64), scores[chosen].astype(np.float32)

    def evidence(self, history: Histories, items: Ints, now: int | None = None) -> Floats:
        """(T, K) what each event of one history adds to the score of each item.

        Down a column, plus the prior: the score. So it is what goes when the event is
        taken away, and what a reason may cite.
        """
        weights = self._faded(history, now)
        found = np.zeros((len(history.items), len(items)), np.float32)
        known = np.flatnonzero(history.items >= 0)
        if len(known) and len(items):
            part = self.table[history.items[known]][:, items].toarray()  # (known, K)
            found[known] = part * weights[known, None]
        return found

    def save(self, folder: Path, *, names: bool = True) -> None:
        """Write into an existing folder: arrays and JSON, no pickle."""
        arrays = {
            "starts": self.table.indptr,
            "neighbours": self.table.indices,
            "likeness": self.table.data,
            "prior": self.prior,
        }
        kinds = {name: kind.model_dump() for name, kind in self.strengths.kinds.items()}
        facts = {"now": self.now, "kinds": kinds}
        on_disk.write(folder, "neighbours", facts, self.items if names else None, arrays)

    @classmethod
    def load(cls, folder: Path, items: Vocabulary | None = None) -> "Neighbours":
        """Read what ``save`` wrote; the arrays stay on disk and are mapped into memory."""
        meta, items, arrays = on_disk.read(folder, "neighbours", cls._ARRAYS, items)
        parts = (arrays["likeness"], arrays["neighbours"], arrays["starts"])
        with on_disk.damage(folder):
            table = csr_array(parts, shape=(len(items), len(items)), copy=False)
            table.check_format(full_check=True)
            strengths = Strengths(on_disk.kinds(meta["kinds"]))
            return cls(items, table, arrays["prior"], strengths, int(meta["now"]))

    _ARRAYS = {"starts": "i", "neighbours": "i", "likeness": "f", "prior": "f"}

    @cached_property
    def _has_prior(self) -> bool:
        return bool(np.nan_to_num(self.prior).any())

    @cached_property
    def _prior_sums(self) -> tuple[Bools, Floats, float, float]:
        """(I,) which items are known, (I,) their priors, those summed and squared."""
        known = ~np.isnan(self.prior)
        exact = np.where(known, self.prior, 0.0).astype(np.float64)
        return known, exact.astype(np.float32), exact.sum(), (exact**2).sum()

    @cached_property
    def _by_prior(self) -> npt.NDArray[np.int32]:
        """The known items, largest prior first, equal ones by number."""
        order = np.argsort(-self.prior, kind="stable").astype(np.int32)  # NaN comes last
        return order[: int(np.count_nonzero(~np.isnan(self.prior)))]

    def _rows(self, histories: Histories, now: int | None) -> csr_array:
        """(B, I) the strengths of the histories' known items; one entry for each event."""
        weights = self._faded(histories, now)
        known = histories.items >= 0
        offsets = np.concatenate([[0], np.cumsum(known)])[histories.offsets]
        return csr_array(
            (weights[known], histories.items[known], offsets),
            shape=(len(histories), len(self.items)),
        )

    def _speaks(self, rows: csr_array) -> Bools:
        """(B,) whether there is a prior, or a known item with neighbours in the history."""
        if self._has_prior:
            return np.ones(rows.shape[0], np.bool_)
        leads = (np.diff(self.table.indptr) > 0)[rows.indices]
        owners = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        found: Bools = np.bincount(owners, leads, rows.shape[0]) > 0
        return found

    def _faded(self, histories: Histories, now: int | None) -> Floats:
        return self.strengths.faded(histories, now)

    def _touched(self, history: Histories, now: int | None) -> tuple[Ints, npt.NDArray[Any]]:
        """The items that the history's items lead to, sorted, and the sum for each."""
        weights = self._faded(history, now)
        known = history.items >= 0
        rows, which = np.unique(history.items[known], return_inverse=True)
        totals = np.bincount(which, weights[known], len(rows))
        starts = self.table.indptr[rows].astype(np.int64)
        lengths = self.table.indptr[rows + 1] - starts
        ends = np.cumsum(lengths)
        if not len(rows) or not ends[-1]:
            return np.empty(0, np.int64), np.empty(0, np.float64)
        place = np.arange(ends[-1]) + np.repeat(starts - (ends - lengths), lengths)
        parts = self.table.data[place] * np.repeat(totals, lengths)
        columns = self.table.indices[place]
        columns, order = in_order(columns)
        firsts = np.flatnonzero(np.concatenate([[True], columns[1:] != columns[:-1]]))
        return columns[firsts], np.add.reduceat(parts[order], firsts)

    def _best_by_prior(
        self, k: int, touched: Ints, unwanted: Ints, allowed: Bools | None
    ) -> npt.NDArray[np.int32]:
        """The k largest priors among the items that the history does not touch."""
        found: list[npt.NDArray[np.int32]] = []
        enough = 0
        for start in range(0, len(self._by_prior), _WALK):
            some = self._by_prior[start : start + _WALK]
            keep = ~(among(some, touched) | among(some, unwanted))
            if allowed is not None:
                keep &= allowed[some]
            found.append(some[keep][: k - enough])
            enough += len(found[-1])
            if enough >= k:
                break
        return np.concatenate(found) if found else np.empty(0, np.int32)


register("neighbours", Neighbours.load)
