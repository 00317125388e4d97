"""Small regressions, one per item on its likeliest candidates, in blocks.

The Gram matrix G = XᵀX is held sparse: only pairs of items that share a shopper have an
entry. The candidates of item j are those that would explain it best alone, which is by
G_cj² / (G_cc + reg) of its sum of squares.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, csr_array

from zhiyin.data import Dataset
from zhiyin.models.evidence import ENTRY, pairs_at_most

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Regressions:
    """A block of b items, each with up to m candidates; empty places hold zeros."""

    items: Ints  # (b,)
    candidates: Ints  # (b, m)
    filled: npt.NDArray[np.bool_]  # (b, m) where a candidate stands
    gram: Floats  # (b, m, m) of the candidates among each other
    target: Floats  # (b, m) of the candidates with the item


class Pairs:
    """The sparse Gram matrix of shoppers × items, and the regressions cut out of it."""

    def __init__(self, seen: csr_array, candidates: int, reg: float, *, positive: bool) -> None:
        self._gram = csr_array(seen.T.tocsr() @ seen)
        self._width = min(candidates, max(len(self), 1))
        self._norms = self._gram.diagonal() + np.float32(reg)
        self._positive = positive

    def __len__(self) -> int:
        return int(self._gram.shape[0])

    @staticmethod
    def memory(data: Dataset, newest_events: int, candidates: int, block: int) -> int:
        """Bytes: 2 · 8 per pair of items at most, 4 · 8 per entry of a block, 6 · 8 per event.

        And 4 · 8 per candidate, for the table of what is learnt.
        """
        items = len(data.items)
        width = min(candidates, max(items, 1))
        held = min(max(block, width**2), items * width**2)
        pairs = pairs_at_most(data, newest_events)
        return ENTRY * (2 * pairs + 4 * held + 6 * len(data.interactions) + 4 * items * width)

    def blocks(self, entries: int) -> Iterator[Regressions]:
        """All items in order, so many at a time that ``gram`` has about ``entries``."""
        size = max(1, entries // self._width**2)
        for start in range(0, len(self), size):
            yield self._cut(np.arange(start, min(start + size, len(self))))

    def _cut(self, items: Ints) -> Regressions:
        candidates = np.zeros((len(items), self._width), np.int64)
        filled = np.zeros(candidates.shape, np.bool_)
        target = np.zeros(candidates.shape, np.float32)
        gram = np.zeros((*candidates.shape, self._width), np.float32)
        for place, item in enumerate(items):
            columns, values = self._best(item)
            size = len(columns)
            candidates[place, :size] = columns
            target[place, :size] = values
            filled[place, :size] = True
            # Twice as fast as asking for the entries of a whole block one by one.
            gram[place, :size, :size] = self._gram[columns][:, columns].toarray()
        return Regressions(items, candidates, filled, gram, target)

    def _best(self, item: int) -> tuple[Ints, Floats]:
        """The candidates of one item in order of number, and their entries with it."""
        start, stop = self._gram.indptr[item], self._gram.indptr[item + 1]
        columns, values = self._gram.indices[start:stop], self._gram.data[start:stop]
        good = (columns != item) & ((values > 0) | (not self._positive))
        columns, values = columns[good], values[good]
        if len(columns) > self._width:
            gain = values * values / self._norms[columns]
            best = np.sort(np.argpartition(-gain, self._width - 1)[: self._width])
            columns, values = columns[best], values[best]
        return columns, values


def assembled(parts: Iterable[tuple[Regressions, Floats]], known: Ints, items: int) -> csr_array:
    """(I, I) the table whose column j holds the weights (b, m) of item j's candidates.

    ``parts`` is read once, so that a generator holds one block at a time.
    """
    rows, values = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
    lengths = np.zeros(items, np.int64)
    for block, weights in parts:
        rows.append(block.candidates[block.filled])
        values.append(weights[block.filled])
        lengths[known[block.items]] = block.filled.sum(axis=1)
    arrays = (
        np.concatenate(values),
        known[np.concatenate(rows)].astype(np.int32),
        np.concatenate([[0], np.cumsum(lengths)]),
    )
    table = csr_array(csc_array(arrays, shape=(items, items)))
    table.eliminate_zeros()
    return table
