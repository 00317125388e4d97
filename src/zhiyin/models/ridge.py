"""The Gram matrix of shoppers × items with a ridge, and its inverse in the same memory.

    gram = XᵀX + reg · 1

of n items takes n² numbers, filled block by block and inverted in place by Cholesky. For
models that explain every item by all others at once.
"""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.linalg import lapack
from scipy.sparse import csr_array

from zhiyin.core import BadRequest
from zhiyin.models.tables import blocks

Square = npt.NDArray[Any]
Precision = Literal["single", "double"]


def gram(seen: csr_array, reg: float, precision: Precision, block_entries: int) -> Square:
    """(n, n) XᵀX + reg on the diagonal, of a sparse (U, n)."""
    by_item = seen.T.tocsr()
    size = by_item.shape[0]
    found = np.empty((size, size), np.float32 if precision == "single" else np.float64)
    for start, stop in blocks(size, size, block_entries):
        found[start:stop] = (by_item[start:stop] @ seen).toarray()
    found[np.diag_indices(size)] += reg
    return found


def inverted(gram: Square, what: str) -> Square:
    """The inverse of a symmetric positive matrix, in its own memory."""
    if not len(gram):
        return gram
    single = gram.dtype == np.float32
    factor, inverse = (lapack.spotrf, lapack.spotri) if single else (lapack.dpotrf, lapack.dpotri)
    # LAPACK counts by columns: the transpose is the same matrix, already in its order.
    upper, problem = factor(gram.T, lower=0, overwrite_a=1, clean=0)
    if problem:
        raise BadRequest(
            what=f"{what} cannot be solved: reg is too small for numbers of this precision",
            remedy="raise reg, or set precision to double",
        )
    upper, _ = inverse(upper, lower=0, overwrite_c=1)
    lower: Square = upper.T  # its lower triangle holds the inverse, its upper one does not
    for start in range(0, len(lower), 512):
        stop = start + 512
        corner = lower[start:stop, start:stop]
        corner[:] = np.tril(corner) + np.tril(corner, -1).T
        lower[start:stop, stop:] = lower[stop:, start:stop].T
    return lower
