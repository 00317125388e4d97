"""Graphs of goods: the nearest by the definition, made even, mixed and turned to vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from zhiyin.core import derive
from zhiyin.data import Dataset
from zhiyin.models import graphs
from zhiyin.testing import world

NAN = np.nan
LIKES = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 0]], np.float64)


def nearest(features: np.ndarray, k: int) -> np.ndarray:
    """The definition, pair by pair."""
    size = len(features)
    table = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            lengths = np.linalg.norm(features[i]) * np.linalg.norm(features[j])
            if i != j and np.isfinite(lengths) and lengths > 0:
                table[i, j] = max(features[i] @ features[j] / lengths, 0.0)
        table[i, np.argsort(-table[i], kind="stable")[k:]] = 0.0
    return table


@given(st.integers(0, 9_999), st.integers(1, 12), st.integers(1, 5), st.integers(1, 40))
def test_the_nearest_are_those_of_the_definition(seed: int, size: int, k: int, block: int) -> None:
    features = np.random.default_rng(seed).standard_normal((size, 3)).astype(np.float32)
    features[size // 2] = NAN
    found = graphs.knn(features, k, block_entries=block)
    np.testing.assert_allclose(found.toarray(), nearest(features, k), atol=1e-6)


def test_an_item_without_features_has_no_neighbours_and_is_nobodys() -> None:
    features = np.array([[1, 0], [NAN, NAN], [1, 1], [0, 0]], np.float32)
    found = graphs.knn(features, 3).toarray()
    np.testing.assert_allclose(found, nearest(features, 3), atol=1e-6)
    assert not found[[1, 3]].any()
    assert not found[:, [1, 3]].any()


def test_the_graph_of_the_data_is_taken_before_its_features() -> None:
    features = {"text": np.eye(4, dtype=np.float32), "image": np.ones((4, 2), np.float32)}
    given_graph = csr_array(([0.5], ([0], [3])), shape=(4, 4), dtype=np.float32)
    data = Dataset(world(LIKES, extra_items=0).interactions, features, {"text": given_graph})
    text = graphs.similarity(data, "text", 2)
    image = graphs.similarity(data, "image", 1)
    assert text is not None
    assert image is not None
    assert text.toarray()[[0, 3], [3, 0]].tolist() == [0.5, 0.5]
    assert text.nnz == 2
    assert (image.toarray() == image.toarray().T).all()
    assert graphs.similarity(data, "sound", 2) is None
    assert graphs.modalities(data) == ("image", "text")


def test_what_is_missing_is_noted_and_the_rest_is_mixed() -> None:
    one = csr_array(np.array([[0, 2.0], [2.0, 0]], np.float32))
    interactions = world(LIKES[:, :2]).interactions
    mixed, notes = graphs.content(
        Dataset(interactions, graphs={"text": one}), {"text": 1.0, "image": 0.1, "sound": 0.0}, 5
    )
    np.testing.assert_allclose(mixed.toarray(), [[0, 1], [1, 0]])
    assert len(notes) == 1
    assert "'image'" in notes[0]
    nothing, both = graphs.content(Dataset(interactions), {"text": 1.0, "image": 0.1}, 5)
    assert nothing.shape == (2, 2)
    assert not nothing.nnz
    assert len(both) == 2


def test_a_weight_means_the_same_whatever_the_size_of_the_cosines() -> None:
    rng = derive(1, "graphs")
    parts = [csr_array(rng.random((5, 5)).astype(np.float32)) for _ in range(2)]
    one = graphs.mix([(1.0, parts[0]), (0.3, parts[1])])
    other = graphs.mix([(1.0, parts[0] * np.float32(9)), (0.3, parts[1] * np.float32(0.1))])
    np.testing.assert_allclose(one.toarray(), other.toarray(), rtol=1e-5)
    assert one.sum(axis=1).mean() == pytest.approx(1.0)


def test_halves_make_a_symmetric_graph_and_one_makes_means() -> None:
    graph = graphs.symmetric(csr_array(np.array([[0, 1, 0], [0, 0, 4], [0, 0, 0]], np.float32)))
    even = graphs.normalise(graph, 0.5, 0.5).toarray()
    np.testing.assert_allclose(even, even.T)
    np.testing.assert_allclose(graphs.normalise(graph, 1.0, 0.0).sum(axis=1), 1.0)


def test_what_too_few_share_does_not_occur_together() -> None:
    matrix = csr_array(np.array([[1, 1, 1], [2, 1, 0], [1, -1, 1]], np.float32))
    found = graphs.cooccurrence(matrix, 5, least=2).toarray()
    assert found.tolist() == [[0, 2, 2], [2, 0, 0], [2, 0, 0]]
    assert graphs.cooccurrence(matrix, 1, least=1).nnz == 3


@pytest.mark.parametrize("size", [6, 60])  # dense, and by Lanczos
def test_the_vectors_of_a_graph_keep_its_parts_together(size: int) -> None:
    tribe = np.arange(size) % 2
    graph = csr_array((tribe[:, None] == tribe[None]).astype(np.float32) - np.eye(size))
    graph.resize(size + 1, size + 1)  # the last item has no neighbours
    found = graphs.spectral(graph, 3)
    assert np.isnan(found[-1]).all()
    alike = found[:-1] @ found[:-1].T
    own = tribe[:, None] == tribe[None]
    assert alike[own].min() > 0.9
    assert alike[~own].max() < 0.1
    np.testing.assert_array_equal(found, graphs.spectral(graph, 3))


def test_the_size_of_a_row_is_the_same_sparse_and_dense_and_from_some() -> None:
    rng = derive(2, "rows")
    dense = rng.choice([0.0, 0.0, 1.0, -2.0], (3000, 5)).astype(np.float32)
    expected = np.sqrt((dense**2).sum(axis=1).mean())
    assert graphs.size_of_rows(dense) == pytest.approx(expected)
    assert graphs.size_of_rows(csr_array(dense)) == pytest.approx(expected)
    some = graphs.sample(3000)
    assert (len(some), some[0], some[-1]) == (256, 0, 2999)
    assert graphs.size_of_rows(dense[some]) == pytest.approx(expected, rel=0.15)
    assert graphs.sample(0).tolist() == []
    assert graphs.size_of_rows(dense[:0]) == 0
