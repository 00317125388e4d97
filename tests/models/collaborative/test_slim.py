"""SLIM: every item explained by few others, none of them against it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from zhiyin.core import TooLarge, derive
from zhiyin.models.collaborative import Slim
from zhiyin.testing import ModelContract, two_tribes, world

RNG = derive(1, "none")


class TestSlim(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> Slim:
        return Slim(Slim.Config(reg=1.0))


def table_of(likes: np.ndarray, **settings: object) -> np.ndarray:
    form = Slim(Slim.Config.model_validate(settings)).fit(world(likes), RNG).compile()
    return np.asarray(form.table.toarray(), np.float64)


cells = arrays(np.float64, (9, 5), elements=st.sampled_from([0.0, 1.0]))


@given(cells, st.sampled_from([0.0, 1.0]), st.integers(1, 99))
def test_no_weight_could_be_better(likes: np.ndarray, sparsity: float, block: int) -> None:
    """The optimum: no slope where a weight is above zero, none downwards where it is zero."""
    likes[0] = 1.0  # all pairs share a shopper: all are candidates
    table = table_of(
        likes, reg=2.0, sparsity=sparsity, sweeps=500, tolerance=1e-7, block_entries=block
    )
    x = likes * 2.0 / np.maximum(likes.sum(axis=1, keepdims=True), 1) ** 0.25
    x /= x[x > 0].mean()
    slope = x.T @ x @ table - x.T @ x + 2.0 * table + sparsity
    others = ~np.eye(5, dtype=bool)
    assert (table >= 0).all()
    assert (table.diagonal() == 0).all()
    np.testing.assert_allclose(slope[(table > 0) & others], 0.0, atol=1e-3)
    assert (slope[(table == 0) & others] > -1e-3).all()


def test_more_sparsity_leaves_fewer_explanations() -> None:
    likes = derive(3, "likes").choice([0.0, 1.0], (60, 12))
    counts = [np.count_nonzero(table_of(likes, reg=1.0, sparsity=s)) for s in (0.0, 1.0, 5.0)]
    assert counts[0] > counts[1] > counts[2]


def test_it_refuses_what_would_not_fit() -> None:
    model = Slim(Slim.Config(max_bytes=1_000))
    with pytest.raises(TooLarge, match=r"fitting SLIM needs .* lower newest_events"):
        model.fit(world(two_tribes(6)[0]), RNG)


def test_nothing_to_learn_from_is_learnt() -> None:
    form = Slim().fit(world(np.zeros((0, 4))), RNG).compile()
    assert form.table.nnz == 0
    assert np.isnan(form.prior).all()
