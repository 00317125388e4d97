"""Samplers: what belongs together, and what does not, drawn evenly."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array

pytest.importorskip("torch")

from zhiyin.core import derive
from zhiyin.models import samplers
from zhiyin.models.samplers import Pairs

EVERYTHING = np.arange(6)
cells = arrays(np.float64, (5, 6), elements=st.sampled_from([-1.0, 0.0, 0.0, 1.0]))


@given(cells)
def test_pairs_are_the_likes_of_who_leaves_something_unliked(likes: np.ndarray) -> None:
    pairs = Pairs(csr_array(likes), EVERYTHING)
    leaves = (likes > 0).sum(axis=1) < 6
    expected = {(u, i) for u, i in np.argwhere(likes > 0) if leaves[u]}
    assert set(zip(pairs.shoppers, pairs.items, strict=True)) == expected
    assert len(pairs) == len(expected)


@given(cells, st.integers(1, 6))
def test_a_negative_is_never_liked_and_always_a_candidate(likes: np.ndarray, most: int) -> None:
    candidates = EVERYTHING[:most]
    pairs = Pairs(csr_array(likes), candidates)
    items = pairs.negatives(pairs.shoppers, derive(1, "negatives"))
    assert not (likes[pairs.shoppers, items] > 0).any()
    assert np.isin(items, candidates).all()


def test_negatives_are_drawn_evenly_and_a_dislike_is_one_of_them() -> None:
    likes = csr_array(np.array([[1.0, 0, -1, 0, 1, 0]]))
    drawn = Pairs(likes, EVERYTHING).negatives(np.zeros(40_000, np.int64), derive(1, "even"))
    counts = np.bincount(drawn, minlength=6)
    assert counts[[0, 4]].tolist() == [0, 0]
    assert np.abs(counts[[1, 2, 3, 5]] - 10_000).max() < 500


def test_liked_knows_every_pair() -> None:
    likes = derive(1, "likes").choice([0.0, 1.0], (7, 9))
    pairs = Pairs(csr_array(likes), np.arange(9))
    u, i = (part.ravel() for part in np.indices((7, 9)))
    np.testing.assert_array_equal(pairs.liked(u, i), likes.ravel() > 0)


def test_an_epoch_shows_every_pair_once() -> None:
    likes = derive(1, "likes").choice([0.0, 1.0], (20, 9))
    pairs = Pairs(csr_array(likes), np.arange(9))
    shown = list(pairs.triples(16, derive(1, "epoch")))
    assert max(len(batch[0]) for batch in shown) <= 16
    shoppers, items, others = (np.concatenate(part) for part in zip(*shown, strict=True))
    assert sorted(zip(shoppers, items, strict=True)) == sorted(
        zip(pairs.shoppers, pairs.items, strict=True)
    )
    assert not pairs.liked(shoppers, others).any()


def test_nothing_to_learn_from_makes_no_pairs() -> None:
    pairs = Pairs(csr_array((0, 4)), np.empty(0, np.int64))
    assert len(pairs) == 0
    assert list(pairs.triples(8, derive(1, "epoch"))) == []


def test_the_examples_run() -> None:
    assert doctest.testmod(samplers).failed == 0
