"""Neighbours: all of them up to a size, nearly all beyond."""

import numpy as np
import pytest

from zhiyin.core import derive
from zhiyin.pretrain.graphs import likeness


def clusters(items: int, width: int = 32) -> np.ndarray:
    """Unit vectors in clusters of about thirty."""
    rng = np.random.default_rng(4)
    centres = rng.standard_normal((items // 30, width))
    rows = centres[rng.integers(0, len(centres), items)] + 0.6 * rng.standard_normal((items, width))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def nearest(vectors: np.ndarray, k: int) -> np.ndarray:
    products = vectors @ vectors.T
    np.fill_diagonal(products, -2.0)
    return np.argsort(-products, axis=1)[:, :k]


@pytest.mark.parametrize("exact", [5_000, 0])
def test_the_neighbours_are_the_nearest_with_their_cosines(exact: int) -> None:
    vectors = clusters(3_000)
    graph = likeness(vectors, 10, derive(1, "graph"), exact=exact)
    found = sum(
        len({*graph.indices[graph.indptr[row] : graph.indptr[row + 1]]} & {*truth})
        for row, truth in enumerate(nearest(vectors, 10))
    )
    assert found / 30_000 > (0.999 if exact else 0.97)
    rows, columns = graph.nonzero()
    assert np.allclose(graph.data, (vectors[rows] * vectors[columns]).sum(axis=1), atol=1e-5)
    assert not graph.diagonal().any()
    assert np.diff(graph.indptr).max() <= 10


@pytest.mark.parametrize("exact", [5_000, 0])
def test_a_row_of_nan_has_no_neighbours_and_is_nobodys(exact: int) -> None:
    vectors = clusters(900)
    vectors[[0, 400, 899]] = np.nan
    graph = likeness(vectors, 5, derive(1, "graph"), exact=exact)
    assert not np.diff(graph.indptr)[[0, 400, 899]].any()
    assert not {0, 400, 899} & {*graph.indices}
    assert np.diff(graph.indptr).sum() > 880 * 5


def test_the_same_vectors_and_seed_give_the_same_graph() -> None:
    vectors = clusters(1_200)
    one, two = (likeness(vectors, 5, derive(1, "graph"), exact=0) for _ in range(2))
    assert np.array_equal(one.indices, two.indices)
    assert np.array_equal(one.data, two.data)


@pytest.mark.parametrize("items", [0, 1, 2, 6])
@pytest.mark.parametrize("exact", [100, -1])
def test_a_shop_smaller_than_a_neighbourhood_has_what_there_is(items: int, exact: int) -> None:
    vectors = np.abs(clusters(60))[:items]
    graph = likeness(vectors, 10, derive(1, "graph"), exact=exact)
    assert graph.shape == (items, items)
    assert graph.nnz == items * (items - 1 if items else 0)
