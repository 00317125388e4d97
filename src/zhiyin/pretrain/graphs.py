"""Who is like whom: the k items nearest to each in one modality, as a sparse graph.

    graph[i, j] = cos(x_i, x_j) for the k items j nearest to i, j ≠ i

Up to ``EXACT`` items all are compared with all (``knn`` of the models). Beyond, an inverted
file finds nearly all of them: the items are cut into about √I · 2 cells by spherical
k-means, and those of a cell are compared, in one product, with the cells nearest to its
centre (Jégou, Douze and Schmid: *Product quantization for nearest neighbor search*, TPAMI
2011, without the quantization). What an item near the edge of its cell misses is mostly
found among its neighbours' neighbours, which are compared next (Dong, Moses and Li:
*Efficient k-nearest neighbor graph construction*, WWW 2011).
"""

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from scipy.sparse import csr_array

from zhiyin.core import SILENT, Progress
from zhiyin.models import knn

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Near = tuple[Ints, Floats]
"""(n, k) rows, -1 where there are fewer, and their cosines."""

EXACT = 10_000
"""Items up to which all are compared with all."""
PROBES = 48
"""Cells that each cell is compared with, its own among them."""
_SAMPLE = 64
"""Rows per cell that its centre is learnt from."""
_ROUNDS = 6


def likeness(
    vectors: Floats, k: int, rng: Generator, *, exact: int = EXACT, progress: Progress = SILENT
) -> csr_array:
    """(I, I) the cosines above zero of about the k items nearest to each; rows of NaN have none."""
    known = np.flatnonzero(np.isfinite(vectors).all(axis=1))
    if len(known) <= exact:
        return knn(vectors, k)
    unit = vectors[known].astype(np.float32)
    near = _widened(unit, _in_cells(unit, k, rng, progress), progress)
    return _graph(near, known, len(vectors))


def _in_cells(unit: Floats, k: int, rng: Generator, progress: Progress) -> Near:
    """The nearest of each row among the cells around its own."""
    centres = _centres(unit, rng)
    cells = _assigned(unit, centres)
    order = np.argsort(cells, kind="stable")
    starts = np.searchsorted(cells[order], np.arange(len(centres) + 1))
    beside = np.argsort(-(centres @ centres.T), axis=1, kind="stable")[:, :PROBES]
    rows = np.full((len(unit), k), -1, np.int64)
    cosines = np.zeros((len(unit), k), np.float32)
    with progress.step("compare items", len(unit), "items") as step:
        for cell in range(len(centres)):
            own = order[starts[cell] : starts[cell + 1]]
            others = np.concatenate([order[starts[c] : starts[c + 1]] for c in beside[cell]])
            if len(own):
                rows[own], cosines[own] = _best(unit, own, others, k)
            step.advance(len(own))
    return rows, cosines


def _widened(unit: Floats, near: Near, progress: Progress, block: int = 256) -> Near:
    """The nearest of each row among those it has and the neighbours of those."""
    rows, cosines = near[0].copy(), near[1].copy()
    k = rows.shape[1]
    with progress.step("compare neighbours", len(unit), "items") as step:
        for start in range(0, len(unit), block):
            own = near[0][start : start + block]  # (n, k)
            wider = np.where(own[..., None] < 0, -1, near[0][own]).reshape(len(own), -1)
            found = np.sort(np.concatenate([own, wider], axis=1), axis=1)
            here = np.arange(start, start + len(own))[:, None]
            again = np.zeros(found.shape, np.bool_)
            again[:, 1:] = found[:, 1:] == found[:, :-1]
            products = np.einsum("nd,ncd->nc", unit[start : start + len(own)], unit[found])
            products[again | (found < 0) | (found == here)] = 0.0
            places = np.argpartition(-products, k - 1, axis=1)[:, :k]
            rows[start : start + len(own)] = np.take_along_axis(found, places, axis=1)
            cosines[start : start + len(own)] = np.take_along_axis(products, places, axis=1)
            step.advance(len(own))
    return rows, cosines


def _best(unit: Floats, own: Ints, others: Ints, k: int) -> Near:
    """The best of ``others`` for each of ``own``."""
    products = unit[own] @ unit[others].T
    products[own[:, None] == others[None, :]] = -1.0
    places = np.argpartition(-products, min(k, len(others)) - 1, axis=1)[:, :k]
    rows = np.full((len(own), k), -1, np.int64)
    cosines = np.zeros((len(own), k), np.float32)
    rows[:, : places.shape[1]] = others[places]
    cosines[:, : places.shape[1]] = np.take_along_axis(products, places, axis=1)
    rows[rows == own[:, None]] = -1
    return rows, cosines


def _centres(unit: Floats, rng: Generator) -> Floats:
    """(C, D) unit vectors that the rows lie around: spherical k-means on a sample."""
    count = min(len(unit), int(2 * np.sqrt(len(unit))))
    sample = unit[np.sort(rng.permutation(len(unit))[: count * _SAMPLE])]
    centres = sample[rng.choice(len(sample), count, replace=False)]
    for _ in range(_ROUNDS):
        cells = _assigned(sample, centres)
        members = csr_array(
            (np.ones(len(sample), np.float32), (cells, np.arange(len(sample)))),
            shape=(count, len(sample)),
        )
        sums = members @ sample
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 1e-6, sums / np.maximum(lengths, 1e-6), centres)
    return centres.astype(np.float32)


def _assigned(unit: Floats, centres: Floats, block: int = 8_192) -> Ints:
    """(n,) the number of the centre nearest to each row."""
    cells = np.empty(len(unit), np.int64)
    for start in range(0, len(unit), block):
        cells[start : start + block] = (unit[start : start + block] @ centres.T).argmax(axis=1)
    return cells


def _graph(near: tuple[Ints, Floats], known: Ints, items: int) -> csr_array:
    rows, cosines = near
    there = (rows >= 0) & (cosines > 0)
    owners = np.broadcast_to(known[:, None], rows.shape)[there]
    found = csr_array((cosines[there], (owners, known[rows[there]])), shape=(items, items))
    found.sort_indices()
    return found
