"""Filters on the graph of items: polynomials of it, and its smoothest vectors.

A filter smooths tastes: what a history says of an item is told to the items that the
same shoppers turned to. The graph P is a product of a sparse matrix with itself, or its
entries raised to a power; a filter is a polynomial of P, and the ideal low-pass keeps
only the singular vectors of the largest singular values.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

from zhiyin.models.evidence import weighed

Floats = npt.NDArray[np.float32]


def turbo(seen: csr_array, shopper_power: float, power: float) -> csr_array:
    """(n, n) sign(RᵀR) · |RᵀR|^power with R = D_u^-a · seen · D_i^(a - 1)."""
    graph = weighed(seen, shopper_power, 1.0 - shopper_power)  # (U, n)
    pairs = csr_array(graph.T.tocsr() @ graph)
    pairs.data = np.sign(pairs.data) * np.abs(pairs.data) ** np.float32(power)
    return pairs


def polynomial(
    step: Callable[[Floats], Floats], first: Floats, coefficients: Sequence[float]
) -> Floats:
    """(b, n) rows of c_1 P + c_2 P² + …, from the same rows of P, by Horner's rule.

    ``step`` multiplies rows by P from the right.
    """
    *lower, highest = (np.float32(c) for c in coefficients)
    total: Floats = highest * first
    for coefficient in reversed(lower):
        total = step(total) + coefficient * first
    return total


def singular(graph: csr_array, width: int, rng: Generator) -> tuple[Floats, Floats]:
    """(n, ≤ width) right singular vectors and their singular values, largest first, above zero."""
    least = min(graph.shape)
    if not least or not width:
        return np.zeros((graph.shape[1], 0), np.float32), np.zeros(0, np.float32)
    if least <= 2 * width:  # too few for Lanczos
        _, values, vectors = np.linalg.svd(graph.toarray(), full_matrices=False)
    else:
        start = rng.standard_normal(least).astype(graph.dtype)
        _, values, vectors = svds(graph, width, v0=start, return_singular_vectors="vh")
    best = np.argsort(-values)[:width]
    best = best[values[best] > 1e-5 * values.max()]
    return vectors[best].T.astype(np.float32), values[best].astype(np.float32)
