"""Popularity: the same answer for everybody, fading."""

import numpy as np
import pytest

from zhiyin.core import TooLarge, derive
from zhiyin.models.collaborative import Popularity
from zhiyin.testing import ModelContract, world

RNG = derive(1, "none")


class TestPopularity(ModelContract):
    abilities = frozenset({"guests", "exact"})

    def make(self) -> Popularity:
        return Popularity()


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
