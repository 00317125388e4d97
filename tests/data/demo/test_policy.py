"""The logging policy shows goods with exactly the chance that it logs."""

import numpy as np
import pytest

from zhiyin.data.demo.policy import PLACES, Deal, deal

PAGES = 120_000


def dealt(counts: list[int], seed: int = 1) -> Deal:
    rng = np.random.default_rng(seed)
    pool_of = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    on_sale = np.arange(len(pool_of))
    return deal(pool_of, len(counts), on_sale, np.exp(rng.standard_normal(len(pool_of))))


@pytest.fixture(scope="module")
def shown() -> tuple[np.ndarray, np.ndarray]:
    return dealt([11, 6]).show(np.zeros(PAGES, np.int64), np.random.default_rng(2))


def test_goods_come_up_as_often_as_their_propensity_says(
    shown: tuple[np.ndarray, np.ndarray],
) -> None:
    items, propensity = shown
    for place in range(PLACES):
        for item in np.unique(items):
            here = items[:, place] == item
            logged = propensity[here, place]
            assert np.ptp(logged) < 1e-12
            spread = np.sqrt(logged[0] * (1 - logged[0]) / PAGES)
            assert abs(here.mean() - logged[0]) < 4.5 * spread


def test_propensities_of_a_place_add_up_to_one(shown: tuple[np.ndarray, np.ndarray]) -> None:
    items, propensity = shown
    for place in range(PLACES):
        _, first = np.unique(items[:, place], return_index=True)
        assert np.isclose(propensity[first, place].sum(), 1)


def test_every_good_can_come_up_at_every_place(shown: tuple[np.ndarray, np.ndarray]) -> None:
    items, _ = shown
    assert all(len(np.unique(items[:, place])) == 11 for place in range(PLACES))


def test_nothing_is_shown_twice_on_a_page(shown: tuple[np.ndarray, np.ndarray]) -> None:
    items = np.sort(shown[0], axis=1)
    assert (np.diff(items, axis=1) > 0).all()


def test_popular_goods_come_up_more_and_higher() -> None:
    pool = deal(np.zeros(40, np.int64), 1, np.arange(40), np.geomspace(100, 1, 40))
    items, _ = pool.show(np.zeros(20_000, np.int64), np.random.default_rng(3))
    often = np.bincount(items.ravel(), minlength=40)
    assert often[0] > 3 * often[39] > 0
    assert (items[:, 0] == 0).sum() > 2 * (items[:, 3] == 0).sum()


@pytest.mark.parametrize("goods", [1, 2, 3])
def test_a_small_pool_makes_a_short_page_with_true_chances(goods: int) -> None:
    items, propensity = dealt([goods]).show(np.zeros(9_000, np.int64), np.random.default_rng(4))
    assert (items[:, :goods] >= 0).all()
    assert (items[:, goods:] == -1).all()
    assert np.isnan(propensity[:, goods:]).all()
    for place in range(goods):
        assert np.isclose(
            (items[:, place] == 0).mean(), propensity[items[:, place] == 0, place][0], atol=0.03
        )


def test_an_empty_pool_shows_nothing() -> None:
    pools = dealt([5, 0, 3])
    items, _ = pools.show(np.array([1, 1, 0]), np.random.default_rng(5))
    assert (items[:2] == -1).all()
    assert (items[2] >= 0).all()


def test_a_page_shows_only_its_own_pool() -> None:
    pool_of = np.arange(300) % 7
    pools = deal(pool_of, 7, np.arange(300), np.ones(300))
    asked = np.random.default_rng(6).integers(0, 7, 5_000)
    items, _ = pools.show(asked, np.random.default_rng(7))
    assert (pool_of[items] == asked[:, None]).all()


def test_goods_that_are_not_on_sale_are_not_dealt() -> None:
    pools = deal(np.zeros(50, np.int64), 1, np.arange(0, 50, 2), np.ones(50))
    items, _ = pools.show(np.zeros(2_000, np.int64), np.random.default_rng(8))
    assert (items % 2 == 0).all()
