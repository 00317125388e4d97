"""Turbo-CF: a polynomial of the item graph as the filter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import TooLarge, derive
from zhiyin.models.collaborative import TurboCf
from zhiyin.testing import ModelContract, two_tribes, world

RNG = derive(1, "none")


class TestTurboCf(ModelContract):
    abilities = frozenset({"personal", "exact"})

    def make(self) -> TurboCf:
        return TurboCf()


def table_of(likes: np.ndarray, **settings: object) -> np.ndarray:
    form = TurboCf(TurboCf.Config.model_validate(settings)).fit(world(likes), RNG).compile()
    return np.asarray(form.table.toarray())


def graph_of(likes: np.ndarray, shopper_power: float, power: float) -> np.ndarray:
    """P of the docstring for buys and dislikes of strength 3."""
    x = np.sign(likes) * 2.0
    graph = x / np.abs(x).sum(axis=1, keepdims=True) ** shopper_power
    graph = graph / np.abs(x).sum(axis=0) ** (1 - shopper_power)
    pairs = graph.T @ graph
    return np.asarray(np.sign(pairs) * np.abs(pairs) ** power)


filters = st.sampled_from([(1.0,), (2.0, -1.0), (0.71, 0.1, -0.01)])


@given(st.integers(0, 99), filters, st.sampled_from([0.5, 0.9]), st.integers(1, 99))
def test_the_table_is_the_polynomial_whatever_the_blocks(
    seed: int, coefficients: tuple[float, ...], shopper_power: float, block: int
) -> None:
    likes = derive(seed, "likes").choice([-1.0, 0.0, 1.0], (12, 6))
    likes[0], likes[:, 0] = 1.0, 1.0  # no shopper and no item is empty
    pairs = graph_of(likes, shopper_power, 0.7)
    expected = sum(c * np.linalg.matrix_power(pairs, n) for n, c in enumerate(coefficients, 1))
    expected = np.where(np.eye(6), 0, expected)
    table = table_of(
        likes,
        coefficients=coefficients,
        shopper_power=shopper_power,
        power=0.7,
        block_entries=block,
    )
    np.testing.assert_allclose(table, expected, atol=2e-3)  # a rounding near zero ** 0.7


def test_the_entries_farthest_from_zero_stay() -> None:
    likes = derive(3, "likes").choice([0.0, 1.0], (40, 12))
    whole, cut = table_of(likes, keep=None), table_of(likes, keep=3)
    assert (np.count_nonzero(cut, axis=1) == 3).all()
    np.testing.assert_allclose(np.sort(cut, axis=1)[:, -3:], np.sort(whole, axis=1)[:, -3:])


def test_it_refuses_what_would_not_fit() -> None:
    model = TurboCf(TurboCf.Config(max_bytes=1_000))
    with pytest.raises(TooLarge, match=r"fitting Turbo-CF needs .* lower newest_events"):
        model.fit(world(two_tribes(6)[0]), RNG)


def test_nothing_to_learn_from_is_learnt() -> None:
    form = TurboCf().fit(world(np.zeros((0, 4))), RNG).compile()
    assert form.table.nnz == 0
    assert np.isnan(form.prior).all()
