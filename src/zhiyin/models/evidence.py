"""The shoppers × items matrix that closed-form models learn from, and limits of memory."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, diags_array

from zhiyin.core import Histories, TooLarge
from zhiyin.data import Dataset, Interactions

ENTRY = 8  # bytes of one entry of a sparse matrix: a 32-bit column and a 32-bit number


def evidence(data: Dataset, *, fade: bool, newest_events: int | None = None) -> csr_array:
    """(U, I) float32: log2(1 + |s|) with the sign of s, s the summed strength of the pair.

    So a hundred clicks on one item say more than one, and not a hundred times more.
    Only the ``newest_events`` of a shopper count, where given.
    """
    interactions = data.interactions
    if newest_events is not None:
        interactions = _newest(interactions, newest_events)
    matrix = interactions.matrix(fade=fade)
    matrix.data = np.sign(matrix.data) * np.log2(1.0 + np.abs(matrix.data))
    return matrix


def balanced(matrix: csr_array, damping: float) -> csr_array:
    """The matrix with long histories damped and a mean entry of size 1."""
    lengths = np.maximum(np.diff(matrix.indptr), 1)
    damped = csr_array(diags_array(lengths**-damping) @ matrix)
    mean = np.abs(damped.data).mean() if damped.nnz else 1.0
    parts = ((damped.data / mean).astype(np.float32), damped.indices, damped.indptr)
    return csr_array(parts, shape=matrix.shape)


def weighed(matrix: csr_array, by_row: float, by_column: float) -> csr_array:
    """D_r^-by_row · matrix · D_c^-by_column, with D the sums of |x|; empty ones stay empty."""
    sizes = abs(matrix)
    left, right = (
        np.where(sums > 0, sums, 1.0).astype(np.float64) ** -power
        for sums, power in ((sizes.sum(axis=1), by_row), (sizes.sum(axis=0), by_column))
    )
    graph = csr_array(diags_array(left) @ matrix @ diags_array(right))
    return graph.astype(np.float32)


def pairs_at_most(data: Dataset, newest_events: int) -> int:
    """An upper bound of the pairs of items that shoppers share: entries of XᵀX."""
    histories = data.interactions.histories
    lengths = np.minimum(np.diff(histories.offsets), newest_events)
    work = np.bincount(histories.items, lengths[histories.rows()], len(data.items))
    return int(np.minimum(work, len(data.items)).sum())


def known_items(data: Dataset) -> npt.NDArray[np.bool_]:
    """(I,) the items that the training events mention."""
    counts = np.bincount(data.interactions.histories.items, minlength=len(data.items))
    known: npt.NDArray[np.bool_] = counts > 0
    return known


def refuse_beyond(limit: int, needed: int, what: str, remedy: str) -> None:
    """Raise TooLarge before anything is allocated."""
    if needed > limit:
        raise TooLarge(
            what=what,
            needs=f"{needed / 1e9:.2f} GB",
            limit=f"{limit / 1e9:.2f} GB",
            remedy=remedy,
        )


def _newest(interactions: Interactions, limit: int) -> Interactions:
    histories: Histories = interactions.histories
    if not len(histories.items) or np.diff(histories.offsets).max() <= limit:
        return interactions
    ends = histories.offsets[1:][histories.rows()]
    return interactions.where(ends - np.arange(len(histories.items)) <= limit)
