"""Sparse EASE: every item explained by its likeliest candidates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from zhiyin.core import BadRequest, TooLarge, derive
from zhiyin.models.collaborative import Ease, SparseEase
from zhiyin.testing import ModelContract, two_tribes, world

RNG = derive(1, "none")


class TestSparseEase(ModelContract):
    abilities = frozenset({"personal", "exact"})

    def make(self) -> SparseEase:
        return SparseEase(SparseEase.Config(reg=1.0))


def table_of(likes: np.ndarray, **settings: object) -> np.ndarray:
    form = SparseEase(SparseEase.Config.model_validate(settings)).fit(world(likes), RNG).compile()
    return np.asarray(form.table.toarray())


def whole(likes: np.ndarray, reg: float) -> np.ndarray:
    config = Ease.Config(reg=reg, keep=None, precision="double")
    return np.asarray(Ease(config).fit(world(likes), RNG).compile().table.toarray())


cells = arrays(np.float64, (9, 5), elements=st.sampled_from([-1.0, 0.0, 1.0, 1.0]))


@given(cells, st.integers(1, 99))
def test_with_every_item_a_candidate_it_is_ease(likes: np.ndarray, block: int) -> None:
    likes[0] = 1.0  # all pairs share a shopper ...
    likes[1:][likes[1:] < 0] = 0  # ... and nothing cancels that
    table = table_of(likes, reg=2.0, candidates=10, block_entries=block)
    np.testing.assert_allclose(table, whole(likes, 2.0), atol=1e-4)


def test_an_item_has_only_so_many_explanations() -> None:
    likes = derive(3, "likes").choice([0.0, 1.0], (60, 12))
    table = table_of(likes, reg=2.0, candidates=4)
    assert (np.count_nonzero(table, axis=0) == 4).all()
    x = likes * 2.0 / likes.sum(axis=1, keepdims=True) ** 0.25
    gram = x.T @ x / x[x > 0].mean() ** 2
    for item in range(12):
        chosen = np.flatnonzero(table[:, item])
        square = gram[np.ix_(chosen, chosen)] + 2.0 * np.eye(4)
        expected = np.linalg.solve(square, gram[chosen, item])
        np.testing.assert_allclose(table[chosen, item], expected, atol=1e-4)
        gain = gram[:, item] ** 2 / (gram.diagonal() + 2.0)
        gain[item] = 0.0
        assert set(chosen) == set(np.argsort(-gain)[:4])


def test_rows_can_be_cut_for_serving() -> None:
    likes = derive(3, "likes").choice([0.0, 1.0], (60, 12))
    long, short = (table_of(likes, reg=2.0, keep=keep) for keep in (None, 3))
    assert (np.count_nonzero(short, axis=1) == 3).all()
    np.testing.assert_array_equal(short[short != 0], long[short != 0])


def test_items_that_share_no_shopper_do_not_explain_each_other() -> None:
    table = table_of(two_tribes(8)[0], reg=1.0)
    assert (table[::2, 1::2] == 0).all()


def test_it_refuses_what_would_not_fit() -> None:
    model = SparseEase(SparseEase.Config(max_bytes=1_000))
    with pytest.raises(TooLarge, match=r"fitting sparse EASE needs .* lower newest_events"):
        model.fit(world(two_tribes(6)[0]), RNG)


def test_a_weight_too_small_for_the_precision_is_told() -> None:
    with pytest.raises(BadRequest, match="raise reg"):
        SparseEase(SparseEase.Config(reg=1e-9)).fit(world(np.ones((40, 30))), RNG)


def test_nothing_to_learn_from_is_learnt() -> None:
    form = SparseEase().fit(world(np.zeros((0, 4))), RNG).compile()
    assert form.table.nnz == 0
    assert np.isnan(form.prior).all()
