"""Item-kNN: goods that the same people turned to go together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from zhiyin.core import TooLarge, derive
from zhiyin.models.collaborative import ItemKnn
from zhiyin.testing import ModelContract, two_tribes, world

RNG = derive(1, "none")


class TestItemKnn(ModelContract):
    abilities = frozenset({"personal", "exact"})

    def make(self) -> ItemKnn:
        return ItemKnn(ItemKnn.Config(shrink=1.0))


class TestItemKnnAsymmetric(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> ItemKnn:
        return ItemKnn(ItemKnn.Config(shrink=1.0, asymmetry=0.8))


class TestItemKnnByTfidf(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> ItemKnn:
        return ItemKnn(ItemKnn.Config(shrink=1.0, weighting="tfidf"))


class TestItemKnnByBm25(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> ItemKnn:
        return ItemKnn(ItemKnn.Config(weighting="bm25"))


def plain_table(likes: np.ndarray, config: ItemKnn.Config) -> np.ndarray:
    """The formula of the docstring, cell by cell, for buys and dislikes of strength 3."""
    x = np.sign(likes) * 2.0  # log2(1 + 3)
    lengths = np.maximum((likes != 0).sum(axis=1, keepdims=True), 1)
    x = x / lengths**config.damping
    x = x / np.abs(x[x != 0]).mean() if x.any() else x
    norms = np.linalg.norm(x, axis=0)
    table = x.T @ x / (np.outer(norms, norms) + config.shrink)
    np.fill_diagonal(table, 0)
    table = np.maximum(table, 0)
    for row in table:
        if np.count_nonzero(row) > config.neighbours:
            row[np.argsort(-row)[config.neighbours :]] = 0
    return table


cells = arrays(np.float64, (7, 5), elements=st.sampled_from([-1.0, 0.0, 0.0, 1.0]))


@given(cells, st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.1, 10.0]), st.integers(1, 99))
def test_the_table_is_the_formula_whatever_the_blocks(
    likes: np.ndarray, damping: float, shrink: float, block: int
) -> None:
    config = ItemKnn.Config(damping=damping, shrink=shrink, block_entries=block)
    table = ItemKnn(config).fit(world(likes), RNG).compile().table.toarray()
    np.testing.assert_allclose(table, plain_table(likes, config), atol=1e-5)


def test_asymmetry_favours_what_many_have_or_what_few_have() -> None:
    likes = np.zeros((20, 3))
    likes[:4, 0] = likes[:4, 1] = likes[:, 2] = 1  # 1 goes with 0 as often as 2 does; 2 is common
    rows = [
        ItemKnn(ItemKnn.Config(shrink=0, damping=0, asymmetry=a)).fit(world(likes), RNG)
        for a in (0.0, 0.5, 1.0)
    ]
    rare, even, popular = (model.compile().table.toarray()[0] for model in rows)
    np.testing.assert_allclose(popular, [0, 1, 1], rtol=1e-6)  # all of those of 0 have both
    np.testing.assert_allclose(even, [0, 1, (4 / 20) ** 0.5], rtol=1e-6)
    np.testing.assert_allclose(rare, [0, 1, 4 / 20], rtol=1e-6)


def test_bm25_by_hand() -> None:
    likes = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [1, 0, 0, 0]], np.float64)
    table = (
        ItemKnn(ItemKnn.Config(weighting="bm25", length=0.75))
        .fit(world(likes), RNG)
        .compile()
        .table
    )
    counts = likes.sum(axis=0)
    idf = np.maximum(np.log(4 / (1 + likes.sum(axis=1))), 0)  # shoppers of 2, 3 and 1 items
    x = likes * idf[:, None] * 2.2 / (1.2 * (0.25 + 0.75 * counts / 2) + 1)
    x = x / x[x > 0].mean()
    expected = x.T @ x
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(table.toarray(), expected, rtol=1e-5)


def test_tfidf_hears_less_from_who_has_everything() -> None:
    likes = np.zeros((4, 8))
    likes[0, :2] = likes[1, 1:3] = 1
    likes[2:] = 1  # two have everything
    config = ItemKnn.Config(weighting="tfidf", shrink=0.5)
    table = ItemKnn(config).fit(world(likes), RNG).compile().table.toarray()
    assert table[0, 1] > 0
    assert table[0, 5] == 0  # only those who have everything have both
    plain = ItemKnn(ItemKnn.Config(shrink=0.5)).fit(world(likes), RNG).compile().table
    assert plain[0, 5] > 0


def test_only_the_nearest_are_kept() -> None:
    likes = derive(3, "likes").choice([0.0, 1.0], (40, 12))
    config = ItemKnn.Config(neighbours=3, shrink=0.5)
    table = ItemKnn(config).fit(world(likes), RNG).compile().table
    assert np.diff(table.indptr).tolist() == [3] * 12
    kept = np.sort(table.toarray(), axis=1)[:, -3:]
    np.testing.assert_allclose(kept, np.sort(plain_table(likes, config), axis=1)[:, -3:], rtol=1e-5)


def test_who_liked_one_and_disliked_the_other_pushes_them_apart() -> None:
    likes = np.array([[1, 1], [1, 1], [1, 1], [1, 0]], np.float64)
    apart = likes.copy()
    apart[3, 1] = -1
    config = ItemKnn.Config(shrink=1.0, damping=0.0)
    near = ItemKnn(config).fit(world(likes), RNG).compile().table[0, 1]
    less = ItemKnn(config).fit(world(apart), RNG).compile().table[0, 1]
    assert 0 < less < near


def test_only_the_newest_events_of_a_shopper_make_pairs() -> None:
    likes = np.ones((3, 6))
    config = ItemKnn.Config(newest_events=2, shrink=1.0)
    table = ItemKnn(config).fit(world(likes), RNG).compile().table.toarray()
    assert np.argwhere(table).tolist() == [[4, 5], [5, 4]]


def test_it_refuses_what_would_not_fit() -> None:
    model = ItemKnn(ItemKnn.Config(max_bytes=1_000))
    with pytest.raises(TooLarge, match=r"fitting item-kNN needs .* lower block_entries"):
        model.fit(world(two_tribes(6)[0]), RNG)


def test_nothing_to_learn_from_is_learnt() -> None:
    form = ItemKnn().fit(world(np.zeros((0, 4))), RNG).compile()
    assert form.table.nnz == 0
    assert np.isnan(form.prior).all()
