"""GF-CF: tastes as a signal on the graph of items, filtered."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import TooLarge, derive
from zhiyin.models.collaborative import GfCf
from zhiyin.testing import ModelContract, two_tribes, world

RNG = derive(1, "none")


class TestGfCf(ModelContract):
    abilities = frozenset({"personal", "exact"})

    def make(self) -> GfCf:
        return GfCf(GfCf.Config(width=2))


def table_of(likes: np.ndarray, **settings: object) -> np.ndarray:
    form = GfCf(GfCf.Config.model_validate(settings)).fit(world(likes), RNG).compile()
    return np.asarray(form.table.toarray())


def plain_table(
    likes: np.ndarray, width: int, smooth: float, powers: tuple[float, float]
) -> np.ndarray:
    """The formula of the docstring for buys and dislikes of strength 3."""
    x = np.sign(likes) * 2.0
    by_shopper, by_item = np.abs(x).sum(axis=1), np.abs(x).sum(axis=0)
    graph = x / by_shopper[:, None] ** powers[0] / by_item ** powers[1]
    low = np.linalg.svd(graph, full_matrices=False)[2][:width].T
    ideal = (low @ low.T) * by_item ** powers[1] / by_item[:, None] ** powers[1]
    table = graph.T @ graph + smooth * ideal
    np.fill_diagonal(table, 0)
    return np.asarray(table)


@given(st.integers(0, 99), st.integers(1, 6), st.sampled_from([0.0, 0.3]), st.integers(1, 99))
def test_the_table_is_the_formula_whatever_the_blocks(
    seed: int, width: int, smooth: float, block: int
) -> None:
    likes = derive(seed, "likes").choice([-1.0, 0.0, 1.0, 1.0], (12, 6))
    likes[0], likes[:, 0] = 1.0, 1.0  # no shopper and no item is empty
    table = table_of(
        likes, width=width, smooth=smooth, shopper_power=0.5, item_power=0.4, block_entries=block
    )
    np.testing.assert_allclose(table, plain_table(likes, width, smooth, (0.5, 0.4)), atol=1e-4)


def test_many_items_are_decomposed_as_few_are() -> None:
    likes = derive(3, "likes").choice([0.0, 0.0, 1.0], (90, 40))
    likes[0], likes[:, 0] = 1.0, 1.0
    table = table_of(
        likes, width=8, shopper_power=0.5, item_power=0.5, keep=None
    )  # 40 is more than twice 8
    np.testing.assert_allclose(table, plain_table(likes, 8, 0.3, (0.5, 0.5)), atol=1e-4)


def test_it_refuses_what_would_not_fit() -> None:
    model = GfCf(GfCf.Config(max_bytes=1_000))
    with pytest.raises(TooLarge, match=r"fitting GF-CF needs .* lower width"):
        model.fit(world(two_tribes(6)[0]), RNG)


def test_nothing_to_learn_from_is_learnt() -> None:
    form = GfCf().fit(world(np.zeros((0, 4))), RNG).compile()
    assert form.table.nnz == 0
    assert np.isnan(form.prior).all()
