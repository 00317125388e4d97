"""Sums: the formula, the head, and shoppers that are recognised by what they did."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import Histories
from zhiyin.models.readers import Sum
from zhiyin.models.readers.reader import Known
from zhiyin.models.readers.sums import fingerprints, remember


def known(*histories: list[tuple[int, float]]) -> Known:
    """Histories of (item, weight)."""
    items = np.array([item for history in histories for item, _ in history], np.int64)
    weights = np.array([weight for history in histories for _, weight in history], np.float32)
    offsets = np.concatenate([[0], np.cumsum([len(history) for history in histories])])
    return Known(items, weights, offsets.astype(np.int64), np.arange(len(items)))


READS = np.arange(12, dtype=np.float32).reshape(4, 3)


def test_a_sum_by_hand() -> None:
    found = Sum(READS, power=0.5).read(known([(0, 1.0), (2, -3.0)], []))
    np.testing.assert_allclose(found[0], (READS[0] - 3 * READS[2]) / 2, rtol=1e-6)
    np.testing.assert_array_equal(found[1], np.zeros(3))


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([-2.0, 0.5, 1.0])), max_size=5))
def test_parts_add_up_to_the_sum(history: list[tuple[int, float]]) -> None:
    reader, one = Sum(READS, power=1.0), known(history)
    parts = reader.parts(one)
    assert parts.shape == (len(history), 3)
    np.testing.assert_allclose(parts.sum(axis=0), reader.read(one)[0], atol=1e-5)


histories = st.lists(st.tuples(st.integers(0, 50), st.sampled_from([-1.0, 1.0])), max_size=8)


@given(histories, histories)
def test_a_fingerprint_is_of_the_set_of_items_and_signs(
    one: list[tuple[int, float]], other: list[tuple[int, float]]
) -> None:
    first, second, again = fingerprints(known(one, other, one[::-1] + one))
    assert (first == second) == (set(one) == set(other))
    assert first == again


def test_a_fingerprint_is_the_same_on_every_machine_and_in_every_batch() -> None:
    # The first number that splitmix64 gives for the seed 0, in every implementation.
    assert fingerprints(known([(0, 1.0)])).tolist() == [0xE220A8397B1DCDAF]
    together = fingerprints(known([(3, 1.0)], [], [(0, 1.0), (7, -2.0)]))
    assert together[2] == fingerprints(known([(7, -1.0), (0, 5.0)]))[0]
    assert together[1] == 0


def columns(*histories: list[tuple[int, float]]) -> Histories:
    one = known(*histories)
    kinds, times = np.zeros(len(one.items), np.int16), np.arange(len(one.items))
    return Histories(one.items, kinds, times, one.weights, one.offsets, ("view",))


def test_who_is_known_gets_what_was_learnt_and_a_stranger_the_sum() -> None:
    seen = columns([(0, 1.0), (1, 1.0)], [(2, 1.0)], [(1, 1.0), (0, 1.0)], [])
    learnt = np.array([[1, 0, 0], [0, 1, 0], [3, 0, 0], [9, 9, 9]], np.float32)
    keys, remembered = remember(seen, learnt)
    assert len(keys) == 2  # two shoppers did the same, one nothing
    reader = Sum(READS, keys=keys, remembered=remembered)
    asked = known([(1, 0.5), (0, 4.0), (1, 1.0)], [(2, 1.0)], [(2, -1.0)], [(0, 1.0)], [])
    found = reader.read(asked)
    np.testing.assert_allclose(found[0], [2, 0, 0])  # the mean of the two
    np.testing.assert_allclose(found[1], [0, 1, 0])
    np.testing.assert_allclose(found[2], -READS[2])  # disliked, not liked
    np.testing.assert_allclose(found[3], READS[0])
    np.testing.assert_allclose(found[4], np.zeros(3))
