"""How a vector per shopper, as papers learn it, becomes the score of any history.

A history that is exactly a training shopper's gets the vector learnt for her: the form
remembers it (``readers.Sum``). Any other is folded in by a sum of vectors of its items,

    u(h) = Σ_e w(e) · reads[item(e)] / (Σ_e |w(e)|)^power
    reads = argmin ‖H · reads − U‖² + λ · ‖reads − start‖²,   λ = reg · mean diag(HᵀH)

the linear reading that gives the training shoppers' histories H back their vectors U as
nearly as one can; ``start`` is what the model's own formula would read, where it has one.
Solved by conjugate gradients on the sparse normal equations, all columns at once.

A shopper's dislikes and returns were not learnt from; the reading takes them off her
remembered vector, so that they count for a known shopper as for a guest.

Numpy and scipy only.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from zhiyin.core import Histories
from zhiyin.data import Dataset
from zhiyin.models.evidence import known_items
from zhiyin.models.readers import Sum
from zhiyin.models.readers.sums import remember
from zhiyin.models.vectors import Vectors

Floats = npt.NDArray[np.float32]
Score = Callable[[Histories], Floats]
Watch = Callable[[Score], float]
"""Given a way to score histories, how good it is; larger is better."""


def compiled(
    data: Dataset,
    shoppers: Floats,
    items: Floats,
    *,
    bias: Floats | None = None,
    start: Floats | None = None,
    power: float = 0.5,
    reg: float = 1.0,
) -> Vectors:
    """The served form of vectors (U, D) of the data's shoppers and (I, D) of its items.

    ``bias`` (I,) is added to an item's score; ``start`` (I, D), up to a factor, is what to
    read of an item where the shoppers' vectors do not say better; nothing without it.
    """
    known = known_items(data)
    there, disliked = _parts(data, power)
    first = np.zeros_like(shoppers, shape=items.shape) if start is None else start
    first = first * _scale(there @ first, shoppers)
    reads = folded(there, shoppers, first, reg=reg)
    reads[~known] = 0.0
    learnt = shoppers - disliked @ reads if disliked.nnz else shoppers
    keys, remembered = remember(data.interactions.histories, learnt)
    worth = np.zeros(len(known), np.float32) if bias is None else bias.astype(np.float32)
    worth = np.where(known, worth, np.float32(np.nan))
    return Vectors(
        data.items,
        np.ascontiguousarray(items, np.float32),
        worth,
        Sum(reads, power, keys=keys, remembered=remembered),
        data.interactions.strengths,
        data.interactions.newest,
    )


def folded(
    matrix: csr_array, vectors: Floats, start: Floats, *, reg: float, steps: int = 50
) -> Floats:
    """(I, D) argmin ‖H·reads − U‖² + λ‖reads − start‖², λ = reg times the mean of diag(HᵀH).

    H is ``matrix`` (U, I), U ``vectors`` (U, D). Ends after ``steps``, or when every
    column's gradient is a ten-thousandth of what it was.
    """
    energy = float(np.square(matrix.data).sum()) / max(matrix.shape[1], 1)
    if not energy:
        return start.copy()
    weight = np.float32(reg * energy)
    home = matrix.T.tocsr()
    residual: Floats = home @ (vectors - matrix @ start)  # minus the gradient at start
    direction = residual.copy()
    reads = start.copy()
    size = _squares(residual)
    enough = 1e-8 * size
    for _ in range(steps):
        if (size <= enough).all():
            break
        curved = home @ (matrix @ direction) + weight * direction
        step = _ratio(size, (direction * curved).sum(axis=0, dtype=np.float64))
        reads += step * direction
        residual -= step * curved
        before, size = size, _squares(residual)
        direction *= _ratio(size, before)
        direction += residual
    return reads


def _parts(data: Dataset, power: float) -> tuple[csr_array, csr_array]:
    """(U, I) each: the histories as a form weighs them, and of these what is below zero.

    The first has only what is above zero: the vectors were learnt from that. The second
    is weighed in the presence of the first, and is positive.
    """
    interactions = data.interactions
    histories = interactions.histories
    weights = interactions.strengths.faded(histories, None).astype(np.float64)
    rows = histories.rows()
    shape = (len(histories), len(data.items))
    found = []
    for which in (weights > 0, weights < 0):
        # Alone, likes are all that is in the norm; a dislike is weighed beside them.
        counted = np.abs(np.where(which | (weights > 0), weights, 0.0))
        norms = np.bincount(rows, counted, len(histories)) ** power
        norms = np.where(norms > 0, norms, 1.0)
        values = (np.abs(weights) / norms[rows])[which].astype(np.float32)
        matrix = csr_array((values, (rows[which], histories.items[which])), shape=shape)
        matrix.sum_duplicates()
        found.append(matrix)
    return found[0], found[1]


def _scale(read: Floats, wanted: Floats) -> np.float32:
    """The factor that brings what is read nearest to what is wanted."""
    size = float(np.square(read, dtype=np.float64).sum())
    return np.float32(np.einsum("ud,ud->", read, wanted, dtype=np.float64) / size if size else 0)


def _squares(x: Floats) -> npt.NDArray[np.float64]:
    """(D,) the squared norm of each column."""
    found: npt.NDArray[np.float64] = np.square(x).sum(axis=0, dtype=np.float64)
    return found


def _ratio(above: npt.NDArray[np.float64], below: npt.NDArray[np.float64]) -> Floats:
    """A quotient of each column; 0 where there is nothing left to do."""
    found = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
    return found.astype(np.float32)
