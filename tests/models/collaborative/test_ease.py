"""EASE: every item explained by all others at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from zhiyin.core import BadRequest, TooLarge, derive
from zhiyin.models.collaborative import Ease
from zhiyin.testing import ModelContract, two_tribes, world

RNG = derive(1, "none")


class TestEase(ModelContract):
    abilities = frozenset({"personal", "exact"})

    def make(self) -> Ease:
        return Ease(Ease.Config(reg=1.0))


class TestEaseInDoublePrecisionAndCut(ModelContract):
    abilities = frozenset({"personal", "exact"})

    def make(self) -> Ease:
        return Ease(Ease.Config(reg=1.0, precision="double", keep=12))


def table_of(likes: np.ndarray, **settings: object) -> np.ndarray:
    form = Ease(Ease.Config.model_validate(settings)).fit(world(likes), RNG).compile()
    return np.asarray(form.table.toarray())


def balanced(likes: np.ndarray, damping: float) -> np.ndarray:
    """X of the docstring for buys and dislikes of strength 3."""
    x = np.sign(likes) * 2.0 / np.maximum((likes != 0).sum(axis=1, keepdims=True), 1) ** damping
    return x / np.abs(x[x != 0]).mean() if x.any() else x


cells = arrays(np.float64, (7, 5), elements=st.sampled_from([-1.0, 0.0, 0.0, 1.0]))


@given(cells, st.sampled_from([0.0, 0.5]), st.sampled_from([0.5, 20.0]), st.integers(1, 30))
def test_no_row_could_be_better(likes: np.ndarray, damping: float, reg: float, block: int) -> None:
    """The normal equations: column by column a ridge regression on all other items."""
    table = table_of(
        likes, damping=damping, reg=reg, block_entries=block, precision="double", keep=None
    )
    x = balanced(likes, damping)
    for item in range(5):
        others = np.delete(np.arange(5), item)
        gram = x[:, others].T @ x[:, others] + reg * np.eye(4)
        expected = np.linalg.solve(gram, x[:, others].T @ x[:, item])
        np.testing.assert_allclose(table[others, item], expected, atol=1e-5)
        assert table[item, item] == 0


def test_single_precision_is_close_to_double() -> None:
    likes = derive(3, "likes").choice([0.0, 0.0, 1.0], (900, 700))  # more than one block of 512
    both = [table_of(likes, precision=name, keep=None) for name in ("single", "double")]
    np.testing.assert_allclose(*both, atol=1e-4)


def test_the_entries_farthest_from_zero_stay() -> None:
    likes = derive(3, "likes").choice([0.0, 1.0], (40, 12))
    whole, cut = table_of(likes, reg=2, keep=None), table_of(likes, reg=2, keep=3)
    assert (np.count_nonzero(cut, axis=1) == 3).all()
    for full, row in zip(whole, cut, strict=True):
        best = np.argsort(-np.abs(full))[:3]
        assert set(best) == set(np.flatnonzero(row))
        np.testing.assert_array_equal(row[best], full[best])


def test_items_change_their_numbers_and_nothing_else() -> None:
    likes, order = derive(3, "likes").choice([0.0, 1.0], (30, 9)), derive(4, "order").permutation(9)
    straight, mixed = table_of(likes, reg=2), table_of(likes[:, order], reg=2)
    np.testing.assert_allclose(mixed, straight[np.ix_(order, order)], atol=1e-5)


def test_it_refuses_what_would_not_fit() -> None:
    model = Ease(Ease.Config(max_bytes=1_000))
    with pytest.raises(TooLarge, match=r"fitting EASE needs .* SparseEase"):
        model.fit(world(two_tribes(6)[0]), RNG)


def test_a_weight_too_small_for_the_precision_is_told() -> None:
    likes = np.ones((40, 30))
    with pytest.raises(BadRequest, match="raise reg"):
        Ease(Ease.Config(reg=1e-9)).fit(world(likes), RNG)


def test_nothing_to_learn_from_is_learnt() -> None:
    form = Ease().fit(world(np.zeros((0, 4))), RNG).compile()
    assert form.table.nnz == 0
    assert np.isnan(form.prior).all()
