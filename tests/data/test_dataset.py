"""A data set: what belongs together has one size, and equal data has one hash."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from zhiyin.core import Vocabulary
from zhiyin.data import Dataset
from zhiyin.testing import world

LIKES = np.array([[1, 0, 2], [0, 1, 1]], np.float64)
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
