"""What goods look and read like, as trained models take it: frozen, small, and whole."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from zhiyin.core import derive
from zhiyin.data import Dataset
from zhiyin.models.modalities import compressed, features, nearest
from zhiyin.testing import two_tribes, world

RNG = derive(1, "modalities")


def plain(size: int = 8) -> Dataset:
    return world(two_tribes(size)[0])


def with_graph(graph: np.ndarray) -> Dataset:
    return Dataset(plain(len(graph)).interactions, graphs={"text": csr_array(graph)})


def test_compressed_features_keep_the_directions_in_which_goods_differ() -> None:
    # Three hidden traits in forty columns, and a little noise beside them.
    traits = RNG.standard_normal((300, 3)).astype(np.float32)
    raw = traits @ RNG.standard_normal((3, 40)) + 0.01 * RNG.standard_normal((300, 40))
    found = compressed(5 + raw.astype(np.float32), 3, RNG)
    assert found.rows.shape == (300, 3)
    centred = raw - raw.mean(axis=0)
    left = np.linalg.svd(centred, full_matrices=False)[0][:, :3]
    exact = left / np.linalg.norm(left, axis=1, keepdims=True)
    # The same up to a turn of the axes: all inner products agree.
    np.testing.assert_allclose(found.rows @ found.rows.T, exact @ exact.T, atol=1e-3)


def test_what_is_not_known_is_zero_and_marked() -> None:
    rows = RNG.standard_normal((6, 3)).astype(np.float32)
    rows[1] = np.nan
    rows[4] = 0.0
    found = compressed(rows, 2, RNG)
    assert found.known.tolist() == [True, False, True, True, False, True]
    assert not found.rows[[1, 4]].any()
    np.testing.assert_allclose(np.linalg.norm(found.rows[found.known], axis=1), 1.0, rtol=1e-5)


def test_features_that_say_nothing_do_not_become_noise() -> None:
    rows = np.ones((5, 4), np.float32)
    assert not compressed(rows, 2, RNG).rows.any()
    nothing = compressed(np.full((5, 4), np.nan, np.float32), 2, RNG)
    assert not nothing.known.any()


def test_more_columns_than_there_are_is_no_mistake() -> None:
    rows = RNG.standard_normal((9, 3)).astype(np.float32)
    assert compressed(rows, 64, RNG).rows.shape == (9, 3)


def test_eigenvectors_stand_in_for_features_and_that_is_said() -> None:
    tribes = (np.add.outer(np.arange(8), np.arange(8)) % 2 == 0) - np.eye(8)
    found, notes = features(with_graph(tribes), ["text", "image"], 2, RNG)
    assert [*found] == ["text"]
    alike = found["text"].rows @ found["text"].rows.T
    assert alike[0, 2] > 0.9 > alike[0, 1]
    assert "eigenvectors stand in" in notes[0]
    assert "'image'" in notes[1]


def test_features_come_before_a_graph() -> None:
    rows = np.eye(8, 3, dtype=np.float32)
    data = Dataset(plain().interactions, {"text": rows}, graphs={"text": csr_array((8, 8))})
    _, notes = features(data, ["text"], 2, RNG)
    assert notes == []


def test_a_good_counts_among_its_own_nearest() -> None:
    graph = np.array([[0, 0.9, 0.5], [0.9, 0, 0], [0.5, 0, 0]])
    found = nearest(with_graph(graph), "text", 2)
    assert found is not None
    # S is [[1, 1, 0], [1, 1, 0], [1, 0, 1]]: only the nearest of each beside itself.
    rows, columns = np.array([2, 2, 2]), np.array([3, 2, 1])
    wanted = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1]]) / np.sqrt(np.outer(rows, columns))
    np.testing.assert_allclose(found.toarray(), wanted, rtol=1e-6)


def test_cosines_weigh_neighbours_where_that_is_asked() -> None:
    graph = np.array([[0, 0.25], [0.25, 0]])
    found = nearest(with_graph(graph), "text", 5, binary=False)
    assert found is not None
    np.testing.assert_allclose(found.toarray(), [[0.8, 0.2], [0.2, 0.8]], rtol=1e-6)


def test_who_is_alone_has_no_row_and_opposites_are_no_neighbours() -> None:
    graph = np.array([[0, 0.5, -0.5], [0.5, 0, 0], [0, 0, 0]])
    found = nearest(with_graph(graph), "text", 3)
    assert found is not None
    assert not found.toarray()[2].any()
    assert not found.toarray()[:, 2].any()


@pytest.mark.parametrize("how", ["features", "graph"])
def test_a_graph_comes_from_either(how: str) -> None:
    tribe = np.eye(2, dtype=np.float32)[np.arange(8) % 2]
    data = Dataset(plain().interactions, {"text": tribe})
    if how == "graph":
        data = with_graph(tribe @ tribe.T - np.eye(8, dtype=np.float32))
    found = nearest(data, "text", 8)
    assert found is not None
    assert (found.toarray() > 0).tolist() == (tribe @ tribe.T > 0).tolist()


def test_nothing_known_is_no_graph() -> None:
    assert nearest(plain(), "text", 3) is None
