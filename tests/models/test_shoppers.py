"""Shoppers: a learnt vector is remembered for its history, and read out of any other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, random_array

from zhiyin.core import derive
from zhiyin.data import Dataset
from zhiyin.models.shoppers import compiled, folded
from zhiyin.testing import two_tribes, world

RNG = derive(8, "shoppers")


def some(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


@given(st.integers(1, 40), st.integers(1, 25), st.sampled_from([0.01, 1.0, 100.0]))
def test_no_reading_could_be_better(shoppers: int, items: int, reg: float) -> None:
    """The solution of the dense ridge regression that the docstring states."""
    matrix = random_array((shoppers, items), density=0.3, rng=RNG, dtype=np.float32, format="csr")
    vectors, start = some(shoppers, 3), some(items, 3)
    found = folded(csr_array(matrix), vectors, start, reg=reg, steps=300)
    h = matrix.toarray().astype(np.float64)
    weight = reg * np.square(h).sum() / items
    if not weight:
        np.testing.assert_array_equal(found, start)
        return
    gram = h.T @ h + weight * np.eye(items)
    best = np.linalg.solve(gram, h.T @ vectors + weight * start)

    def loss(reads: np.ndarray) -> float:
        off = np.square(h @ reads - vectors).sum()
        return float(off + weight * np.square(reads - start).sum())

    assert loss(found) <= loss(best) * 1.0001
    assert loss(start) >= loss(found)


def test_what_is_a_reading_already_is_read_as_it_is() -> None:
    matrix = csr_array(random_array((30, 20), density=0.3, rng=RNG, dtype=np.float32))
    reads = some(20, 4)
    np.testing.assert_array_equal(folded(matrix, matrix @ reads, reads, reg=1.0), reads)


def test_a_training_shopper_gets_the_vector_learnt_for_her() -> None:
    data = world(two_tribes(10)[0])
    shoppers, items = some(10, 4), some(10, 4)
    form = compiled(data, shoppers, items)
    expected = shoppers @ items.T
    np.testing.assert_allclose(form.score(data.interactions.histories), expected, atol=1e-5)


def test_another_shopper_is_read_by_her_items() -> None:
    # Vectors that are sums over the tribe's items, so that a reading can be exact.
    seen, _ = two_tribes(10)
    tribes = np.stack([np.arange(10) % 2 == 0, np.arange(10) % 2 == 1], axis=1)
    shoppers = items = tribes.astype(np.float32)
    likes = np.zeros((2, 10))
    likes[0, [0, 4]], likes[1, [1, 3, 5]] = 1, 1
    strangers = world(likes).interactions.histories
    scores = compiled(world(seen), shoppers, items, reg=0.01).score(strangers)
    even = np.arange(10) % 2 == 0
    assert scores[0, even].min() > scores[0, ~even].max()
    assert scores[1, ~even].min() > scores[1, even].max()


def test_a_start_is_taken_up_to_a_factor() -> None:
    data = world(two_tribes(10)[0])
    shoppers, items, start = some(10, 4), some(10, 4), some(10, 4)
    one, other = (
        compiled(data, shoppers, items, start=factor * start, reg=5.0) for factor in (1.0, 7.0)
    )
    strange = world(np.eye(10)[:3]).interactions.histories
    np.testing.assert_allclose(one.score(strange), other.score(strange), rtol=1e-3, atol=1e-4)


def disliking() -> Dataset:
    seen, _ = two_tribes(10)
    seen[0, 1] = -1  # an even shopper dislikes an odd thing
    return world(seen)


def test_a_dislike_counts_for_a_remembered_shopper_too() -> None:
    tribes = np.stack([np.arange(10) % 2 == 0, np.arange(10) % 2 == 1], axis=1)
    shoppers = items = tribes.astype(np.float32)
    with_it = compiled(disliking(), shoppers, items)
    without = compiled(world(two_tribes(10)[0]), shoppers, items)
    disliker = disliking().interactions.histories.take([0])
    plain = world(two_tribes(10)[0]).interactions.histories.take([0])
    odd = np.arange(10) % 2 == 1
    before, after = without.score(plain)[0], with_it.score(disliker)[0]
    assert (after[odd] < before[odd]).all()


def test_items_without_an_event_are_unknown_and_a_bias_speaks_to_guests() -> None:
    data = world(two_tribes(6)[0], extra_items=1)
    bias = np.arange(7, dtype=np.float32)
    form = compiled(data, some(6, 4), some(7, 4), bias=bias)
    nobody = data.interactions.where(np.zeros(len(data.interactions), np.bool_)).histories
    scores = form.score(nobody.take([0]))[0]
    assert scores[:6].tolist() == bias[:6].tolist()
    assert np.isnan(scores[6])


def test_a_world_of_nothing_is_compiled() -> None:
    data = world(np.zeros((0, 4)))
    form = compiled(data, np.zeros((0, 3), np.float32), some(4, 3))
    assert np.isnan(form.bias).all()


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_a_reading_is_weighed_as_the_form_weighs_it(power: float) -> None:
    """Vectors that the form itself reads out of histories are found again exactly."""
    likes = derive(9, "likes").choice([0.0, 1.0, 2.0], (12, 9))
    likes[:, 0] = 1.0  # everybody has a history
    data = world(likes)
    items, shoppers = some(9, 3), some(12, 3)
    form = compiled(data, shoppers, items, power=power, reg=1e-6)
    form.reader.keys = form.reader.keys[:0]  # forget, and read
    known = form._known_of(data.interactions.histories, None)
    read = form.reader.read(known)
    again = compiled(data, read, items, power=power, reg=1e-6)
    again.reader.keys = again.reader.keys[:0]
    np.testing.assert_allclose(again.reader.read(known), read, atol=1e-2)
