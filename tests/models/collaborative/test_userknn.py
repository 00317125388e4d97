"""User-kNN: what the shoppers nearest to each thing also turned to."""

import numpy as np
import pytest

from zhiyin.core import TooLarge, derive
from zhiyin.models.collaborative import UserKnn
from zhiyin.testing import ModelContract, two_tribes, world

RNG = derive(1, "none")


class TestUserKnn(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> UserKnn:
        return UserKnn()


def table_of(likes: np.ndarray, **settings: object) -> np.ndarray:
    config = UserKnn.Config.model_validate(settings)
    return np.asarray(UserKnn(config).fit(world(likes), RNG).compile().table.toarray())


def test_one_event_is_answered_by_the_classic_user_knn() -> None:
    likes = derive(5, "likes").choice([0.0, 1.0], (15, 6))
    found = table_of(likes, neighbours=4, shrink=0.0, mean=0.0)
    norms = np.maximum(np.linalg.norm(likes, axis=1), 1e-9)
    for item in range(6):
        near = likes[:, item] / norms  # the cosine of {item} and each shopper
        least = np.sort(near)[-4]
        if (near == least).sum() > 1 and (near >= least).sum() > 4:
            continue  # which of those that tie are asked is not told
        near[near < least] = 0
        expected = near @ likes
        expected[item] = 0
        np.testing.assert_allclose(found[item], expected, rtol=1e-5)


def test_who_has_little_else_is_nearest() -> None:
    likes = np.zeros((2, 8))
    likes[0, [0, 1]] = 1
    likes[1, [0, 2, 3, 4, 5, 6, 7]] = 1
    assert np.flatnonzero(table_of(likes, neighbours=1, shrink=0.0)[0]).tolist() == [1]


def test_the_mean_says_which_share_and_the_sum_how_many() -> None:
    likes = np.zeros((9, 3))
    likes[:8, 0] = likes[:4, 1] = 1
    likes[8, 1] = likes[8, 2] = 1
    shares = table_of(likes, shrink=1e6, mean=1.0)  # all as near
    np.testing.assert_allclose(shares, [[0, 0.5, 0], [0.8, 0, 0.2], [0, 1, 0]], rtol=1e-4)
    sums = table_of(likes, shrink=1e6, mean=0.0)
    np.testing.assert_allclose(sums / sums[2, 1], [[0, 4, 0], [4, 0, 1], [0, 1, 0]], rtol=1e-4)


def test_it_refuses_what_would_not_fit() -> None:
    with pytest.raises(TooLarge, match=r"fitting user-kNN needs .* lower keep"):
        UserKnn(UserKnn.Config(max_bytes=1_000)).fit(world(two_tribes(6)[0]), RNG)
