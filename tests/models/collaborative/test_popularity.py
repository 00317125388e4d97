"""Popularity: the same answer for everybody, fading."""

from dataclasses import replace

import numpy as np
import pytest

from zhiyin.core import TooLarge, derive
from zhiyin.data import Dataset
from zhiyin.models.collaborative import Popularity
from zhiyin.testing import ModelContract, world

RNG = derive(1, "none")


class TestPopularity(ModelContract):
    abilities = frozenset({"guests", "exact"})

    def make(self) -> Popularity:
        return Popularity()


class TestPopularityByCategoryWithoutAny(TestPopularity):
    """The same for everybody, as without the setting."""

    def make(self) -> Popularity:
        return Popularity(Popularity.Config(by_category=True))


class TestPopularityByCategory(ModelContract):
    def make(self) -> Popularity:
        return Popularity(Popularity.Config(by_category=True))

    def told(self, data: Dataset) -> Dataset:
        numbers = [int(name.split()[-1]) for name in data.items.names]
        return replace(data, categories=np.array(numbers, np.int32) % 2)


def test_a_history_hears_what_is_popular_in_its_categories() -> None:
    likes = np.array([[1, 1, 0, 0, 1], [1, 0, 1, 0, 1], [1, 0, 1, 1, 1]], np.float64)
    data = replace(world(likes), categories=np.array([0, 0, 1, 1, -1], np.int32))
    config = Popularity.Config(by_category=True, half_life_days=1e6)
    form = Popularity(config).fit(data, RNG).compile()
    np.testing.assert_allclose(form.prior, np.array([3, 1, 2, 1, 3]) / 10, rtol=1e-3)
    row = [0.75, 0.25, 0, 0, 0]
    np.testing.assert_allclose(form.table.toarray()[:2], [row, row], rtol=1e-3)
    np.testing.assert_allclose(form.table.toarray()[3], [0, 0, 2 / 3, 1 / 3, 0], rtol=1e-3)
    assert not form.table.toarray()[4].any()  # of no category


def test_only_the_most_popular_of_a_category_are_kept() -> None:
    likes = np.triu(np.ones((6, 6)))  # the last has most
    data = replace(world(likes), categories=np.zeros(6, np.int32))
    config = Popularity.Config(by_category=True, neighbours=2)
    table = Popularity(config).fit(data, RNG).compile().table
    assert np.unique(table.indices).tolist() == [4, 5]
    assert np.diff(table.indptr).tolist() == [2] * 6


def test_without_categories_it_says_so() -> None:
    model = Popularity(Popularity.Config(by_category=True)).fit(world(np.ones((3, 3))), RNG)
    assert "no categories" in model.notes[0]
    assert Popularity().fit(world(np.ones((3, 3))), RNG).notes == ()


def test_popularity_by_hand() -> None:
    # One event an hour; without fading to speak of, three buys of 3 and one dislike of -3.
    data = world(np.array([[1, 1], [1, 0], [1, -1]], np.float64))
    prior = Popularity(Popularity.Config(half_life_days=1e6)).fit(data, RNG).compile().prior
    assert prior == pytest.approx([1.0, 0.0], abs=1e-4)


def test_many_events_of_one_shopper_count_little() -> None:
    likes = np.array([[1, 30], [1, 0], [1, 0], [1, 0], [1, 0]], np.float64)
    prior = Popularity().fit(world(likes), RNG).compile().prior
    assert prior[0] > prior[1] > 0


def test_old_fame_fades() -> None:
    likes = np.zeros((30, 2))
    likes[:16, 0], likes[16:, 1] = 1, 1  # item 0 first, for 16 hours, then item 1 for 14
    data = world(likes)
    slow = Popularity(Popularity.Config(half_life_days=100)).fit(data, RNG).compile().prior
    fast = Popularity(Popularity.Config(half_life_days=0.25)).fit(data, RNG).compile().prior
    assert slow.argmax() == 0
    assert fast.argmax() == 1


def test_it_refuses_what_would_not_fit() -> None:
    with pytest.raises(TooLarge, match=r"fitting popularity needs .* max_bytes"):
        Popularity(Popularity.Config(max_bytes=10)).fit(world(np.ones((9, 9))), RNG)
