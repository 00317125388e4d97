"""A data set: what belongs together has one size, and equal data has one hash."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from zhiyin.core import Vocabulary
from zhiyin.data import Dataset
from zhiyin.testing import world

LIKES = np.array([[1, 0, 2], [0, 1, 1]], np.float64)
CHAIN = csr_array(np.array([[0, 1, 0], [0.5, 0, 0], [0, 0, 0]], np.float32))
ROWS = np.array([[1, 2], [np.nan, np.nan], [3, 4]], np.float32)


def with_features(rows: np.ndarray, name: str = "text") -> Dataset:
    return Dataset(world(LIKES).interactions, {name: rows})


def test_equal_data_has_an_equal_hash() -> None:
    assert world(LIKES).data_hash == world(LIKES.copy()).data_hash
    assert with_features(ROWS).data_hash == with_features(np.asfortranarray(ROWS)).data_hash
    assert len(world(LIKES).data_hash) == 64


def test_the_hash_is_that_of_the_first_release() -> None:
    # Manifests carry it: it may only change together with what a model can see.
    assert world(LIKES).data_hash[:16] == "757c33af6d4bb8a3"


def test_every_part_changes_the_hash() -> None:
    interactions = world(LIKES).interactions
    links = csr_array(np.array([[1.0], [0.0], [1.0]], np.float32))
    others = [
        Dataset(interactions),
        world(LIKES, kind="view"),
        world(LIKES, extra_items=1),
        world(LIKES[::-1]),
        with_features(ROWS),
        with_features(ROWS, "image"),
        with_features(ROWS * 2),
        with_features(ROWS.reshape(3, 2)[:, ::-1]),
        Dataset(interactions, graphs={"text": CHAIN}),
        Dataset(interactions, graphs={"image": CHAIN}),
        Dataset(interactions, graphs={"text": CHAIN * 2}),
        Dataset(interactions, categories=np.array([0, 0, 1], np.int32)),
        Dataset(interactions, categories=np.array([0, 1, 1], np.int32)),
        Dataset(interactions, links=links, entities=Vocabulary(["lotus"])),
        Dataset(interactions, links=links, entities=Vocabulary(["cloud"])),
        Dataset(interactions, links=links * 2, entities=Vocabulary(["cloud"])),
    ]
    assert len({data.data_hash for data in others}) == len(others)


@pytest.mark.parametrize("rows", [ROWS[:2], ROWS[0]])
def test_features_of_other_items_are_refused(rows: np.ndarray) -> None:
    with pytest.raises(ValueError, match="features 'text'"):
        with_features(rows)


def test_links_need_their_entities_and_their_size() -> None:
    interactions, links = world(LIKES).interactions, csr_array((3, 1), dtype=np.float32)
    with pytest.raises(ValueError, match="come together"):
        Dataset(interactions, links=links)
    with pytest.raises(ValueError, match=r"links are \(3, 1\), not \(3, 2\)"):
        Dataset(interactions, links=links, entities=Vocabulary(["lotus", "cloud"]))


def test_interactions_of_other_items_are_refused() -> None:
    with pytest.raises(ValueError, match="number other items"):
        world(LIKES).learning_from(world(LIKES, extra_items=1).interactions)


def test_graphs_and_categories_stay_when_the_interactions_change() -> None:
    codes = np.array([0, 1, -1], np.int32)
    data = Dataset(world(LIKES).interactions, graphs={"text": CHAIN}, categories=codes)
    cut = data.learning_from(data.interactions.where(np.zeros(len(data.interactions), np.bool_)))
    assert cut.graphs["text"] is CHAIN
    assert cut.categories is codes


@pytest.mark.parametrize(
    ("graph", "problem"),
    [
        (csr_array((2, 3), dtype=np.float32), r"'text' is \(2, 3\), not \(3, 3\)"),
        (csr_array(np.eye(3, dtype=np.float32)), "neighbour of itself"),
        (CHAIN * np.float32(np.nan), "not finite"),
    ],
)
def test_graphs_that_are_none_are_refused(graph: csr_array, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Dataset(world(LIKES).interactions, graphs={"text": graph})


def test_categories_of_other_items_are_refused() -> None:
    with pytest.raises(ValueError, match="categories are"):
        Dataset(world(LIKES).interactions, categories=np.zeros(2, np.int32))
