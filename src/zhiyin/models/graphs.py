"""Graphs of goods: what looks, reads or is bought like what. Pure functions on sparse matrices.

    likeness(i, j) = cos(f_i, f_j) for the k items j nearest to i, j ≠ i

made symmetric by the larger of both directions, since the k nearest of i need not have i
among theirs. An item without features (a row of NaN or of zeros) has no neighbours and is
nobody's. Graphs of several modalities are scaled to a mean row of 1 before they are
mixed, so that a weight means the same whatever the cosines of a modality are like.

``knn`` compares all with all: I² · D multiplications, in blocks of bounded size.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, diags_array, eye_array
from scipy.sparse.linalg import eigsh

from zhiyin.data import Dataset
from zhiyin.models.evidence import ENTRY, weighed
from zhiyin.models.tables import TableRows, blocks, farthest

Floats = npt.NDArray[np.float32]


def knn(features: Floats, k: int, *, block_entries: int = 1 << 22) -> csr_array:
    """(I, I) the cosines above zero of the k items nearest to each."""
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    known = np.flatnonzero(np.isfinite(unit).all(axis=1))
    unit = unit[known].astype(np.float32)
    rows = TableRows(len(features), known, k)
    for start, stop in blocks(len(known), len(known), block_entries):
        rows.add(start, np.maximum(unit[start:stop] @ unit.T, 0.0))
    return rows.table()


def modalities(data: Dataset) -> tuple[str, ...]:
    """The names under which something is known of the goods themselves."""
    return tuple(sorted({*data.graphs, *data.features}))


def similarity(data: Dataset, modality: str, k: int) -> csr_array | None:
    """(I, I) symmetric likeness in one modality; None where nothing is known of it.

    The graph that the data brings, else that of its features; at most the k nearest of
    each item count, as each may also be among those of others.
    """
    if modality in data.graphs:
        graph = farthest(csr_array(data.graphs[modality], dtype=np.float32), k)
    elif modality in data.features:
        graph = knn(data.features[modality], k)
    else:
        return None
    return symmetric(graph) if graph.nnz else None


def symmetric(graph: csr_array) -> csr_array:
    """The larger of both directions of every pair."""
    found = csr_array(graph.maximum(graph.T.tocsr()))
    found.sort_indices()
    return found


def normalise(graph: csr_array, left: float, right: float) -> csr_array:
    """D_r^-left · graph · D_c^-right: ½ and ½ symmetric, 1 and 0 the mean of a row."""
    return weighed(graph, left, right)


def scaled(graph: csr_array) -> csr_array:
    """The graph with a mean of 1 of the sums of sizes of those rows that have any entry."""
    sums = abs(graph).sum(axis=1)
    some = sums > 0
    return graph * np.float32(1.0 / sums[some].mean()) if some.any() else graph


def mix(parts: Iterable[tuple[float, csr_array]]) -> csr_array:
    """The weighted sum of graphs, each scaled first, and the sum scaled again."""
    total = sum(np.float32(weight) * scaled(graph) for weight, graph in parts)
    return scaled(csr_array(total))


def content(
    data: Dataset, weights: Mapping[str, float], k: int
) -> tuple[csr_array, tuple[str, ...]]:
    """The mixed likeness of all modalities with a weight, and a note on each that is missing.

    Without any, a graph without edges.
    """
    found, notes = [], []
    for modality, weight in weights.items():
        graph = similarity(data, modality, k) if weight else None
        if graph is not None:
            found.append((weight, graph))
        elif weight:
            notes.append(absent(modality))
    nothing = csr_array((len(data.items), len(data.items)), dtype=np.float32)
    return (mix(found) if found else nothing), tuple(notes)


def spreading(graph: csr_array, amount: float) -> csr_array:
    """1 + amount · graph: what one turned to, and what is like it."""
    return csr_array(eye_array(graph.shape[0], dtype=np.float32) + np.float32(amount) * graph)


def size_of_rows(matrix: csr_array | Floats) -> float:
    """The root of the mean sum of squares of a row; 0 without any row."""
    values = matrix if isinstance(matrix, np.ndarray) else matrix.data
    squares = float(np.square(values, dtype=np.float64).sum())
    return float(np.sqrt(squares / max(matrix.shape[0], 1)))


def sample(rows: int, limit: int = 256) -> npt.NDArray[np.int64]:
    """At most ``limit`` row numbers, evenly spaced: always the same."""
    return np.unique(np.linspace(0, rows - 1, min(rows, limit)).astype(np.int64))


def absent(modality: str) -> str:
    """The note of a model that does without a modality."""
    return f"the data has neither features nor a graph of {modality!r}"


def memory(data: Dataset, k: int, *, block_entries: int = 1 << 22) -> int:
    """Bytes of ``content``: 4 · 8 per block entry, 8 per feature, 6 · 8 per neighbour."""
    items = len(data.items)
    held = 4 * min(max(block_entries, items), items**2)
    features = sum(
        int(rows.size) for name, rows in data.features.items() if name not in data.graphs
    )
    given = sum(2 * int(graph.nnz) for graph in data.graphs.values())
    made = items * min(k, items) * len(modalities(data))
    return ENTRY * (held + features + 6 * (given + made) + items)


def cooccurrence(matrix: csr_array, k: int, least: int = 2) -> csr_array:
    """(I, I) how many shoppers (rows) turned to both of two items; the k most of each.

    Pairs that fewer than ``least`` share are left out. Not symmetric: see ``symmetric``.
    """
    ones = csr_array(
        ((matrix.data > 0).astype(np.float32), matrix.indices, matrix.indptr), shape=matrix.shape
    )
    pairs = csr_array(ones.T.tocsr() @ ones)
    owners = np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))
    pairs.data[(pairs.data < least) | (pairs.indices == owners)] = 0.0
    pairs.eliminate_zeros()
    return farthest(pairs, k)


def spectral(graph: csr_array, width: int) -> Floats:
    """(I, width) vectors whose inner products are near the graph's: a stand-in for features.

    For models that want features where only a graph is there: the eigenvectors v of
    D^-½ · graph · D^-½ with the largest eigenvalues, times √eigenvalue, rows of length 1.
    The row of an item without neighbours is NaN. It holds what the neighbourhoods say
    and no more than that: no true feature is got back.
    """
    even = normalise(symmetric(graph), 0.5, 0.5)
    linked = np.flatnonzero(np.diff(even.indptr))
    found = np.full((even.shape[0], width), np.nan, np.float32)
    if len(linked):
        part = csr_array(even[linked][:, linked])
        vectors = _eigenvectors(part, min(width, len(linked)))
        sizes = np.linalg.norm(vectors, axis=1, keepdims=True)
        found[linked] = 0.0
        found[linked, : vectors.shape[1]] = vectors / np.where(sizes > 0, sizes, 1.0)
    return found


def _eigenvectors(graph: csr_array, width: int) -> Floats:
    """(n, ≤ width) eigenvectors times √eigenvalue, largest first, signs settled."""
    size = graph.shape[0]
    if size <= 2 * width + 2:  # too few for Lanczos
        values, vectors = np.linalg.eigh(graph.toarray().astype(np.float64))
    else:
        # Shifted by 1 so that the largest values are also the farthest from zero; the start
        # vector is always the same, so the same graph gives the same vectors.
        shifted = csr_array(graph.astype(np.float64) + diags_array(np.ones(size)))
        start = np.cos(np.arange(size))
        values, vectors = eigsh(shifted, width, v0=start)
        values = values - 1.0
    order = np.argsort(-values, kind="stable")[:width]
    values, vectors = np.maximum(values[order], 0.0), vectors[:, order]
    peaks = vectors[np.abs(vectors).argmax(axis=0), np.arange(len(order))]
    signs = np.where(peaks < 0, -1.0, 1.0)
    found: Floats = (vectors * (signs * np.sqrt(values))).astype(np.float32)
    return found
