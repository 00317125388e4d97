"""Item-to-item tables: the best entries of dense rows, and the form a table serves in."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from zhiyin.data import Dataset
from zhiyin.models.evidence import ENTRY, known_items
from zhiyin.models.neighbours import Neighbours

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


def form_of(
    data: Dataset, table: csr_array, also: npt.NDArray[np.bool_] | None = None
) -> Neighbours:
    """A table without a prior, as it serves: items without a training event are unknown.

    ``also`` (I,): items that are known without any, from what they look or read like.
    """
    known = known_items(data) if also is None else known_items(data) | also
    prior = np.where(known, 0.0, np.nan).astype(np.float32)
    interactions = data.interactions
    return Neighbours(data.items, table, prior, interactions.strengths, interactions.newest)


def table_memory(items: int, block_entries: int, keep: int | None) -> int:
    """Bytes of a table made by blocks: 4 · 8 per entry of a block, 3 · 8 per entry kept."""
    block = min(max(block_entries, items), items**2)
    return ENTRY * (4 * block + 3 * items * min(keep or items, items))


def blocks(rows: int, width: int, entries: int) -> Iterator[tuple[int, int]]:
    """Stretches of ``rows`` rows that hold about ``entries`` dense numbers each."""
    size = max(1, entries // max(width, 1))
    yield from ((start, min(start + size, rows)) for start in range(0, rows, size))


class TableRows:
    """A sparse table that grows by blocks of dense rows of the items ``known``."""

    def __init__(self, items: int, known: Ints, keep: int | None) -> None:
        self._items, self._known = items, known.astype(np.int32)
        self._keep = keep
        self._lengths: list[Ints] = []
        self._columns: list[npt.NDArray[np.int32]] = []
        self._values: list[Floats] = []

    def add(self, first: int, block: npt.NDArray[np.floating]) -> None:
        """Rows ``first`` … of the known items; an item is no neighbour of itself.

        Kept are the ``keep`` entries farthest from zero; ``block`` is changed.
        """
        here = np.arange(len(block))
        block[here, first + here] = 0.0
        if self._keep is None or self._keep >= block.shape[1]:
            rows, columns = np.nonzero(block)
        else:
            far = np.argpartition(-np.abs(block), self._keep - 1, axis=1)[:, : self._keep]
            far.sort(axis=1)
            chosen = np.take_along_axis(block, far, axis=1) != 0
            rows, columns = np.nonzero(chosen)[0], far[chosen]
        self._lengths.append(np.bincount(rows, minlength=len(block)))
        self._columns.append(self._known[columns])
        self._values.append(block[rows, columns].astype(np.float32))

    def table(self) -> csr_array:
        """(I, I) all rows added, at their places in the vocabulary."""
        lengths = np.zeros(self._items, np.int64)
        lengths[self._known] = np.concatenate([np.empty(0, np.int64), *self._lengths])
        parts = (
            np.concatenate([np.empty(0, np.float32), *self._values]),
            np.concatenate([np.empty(0, np.int32), *self._columns]),
            np.concatenate([[0], np.cumsum(lengths)]),
        )
        return csr_array(parts, shape=(self._items, self._items))


def farthest(table: csr_array, keep: int | None) -> csr_array:
    """The table with at most ``keep`` entries in a row: those farthest from zero."""
    lengths = np.diff(table.indptr)
    if keep is None or not len(lengths) or lengths.max() <= keep:
        return table
    chosen = np.ones(table.nnz, np.bool_)
    for row in np.flatnonzero(lengths > keep):
        start, stop = table.indptr[row], table.indptr[row + 1]
        near = np.argpartition(-np.abs(table.data[start:stop]), keep - 1)[keep:]
        chosen[start + near] = False
    starts = np.concatenate([[0], np.cumsum(chosen)])[table.indptr]
    return csr_array((table.data[chosen], table.indices[chosen], starts), shape=table.shape)
