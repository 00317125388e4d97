"""Batches: every row once, of near equal size, or of like length."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")

from zhiyin.core import derive
from zhiyin.training import batches, blocks, by_length

lists = st.lists(st.integers(0, 30), max_size=200)


@given(st.integers(0, 300), st.integers(1, 50))
def test_blocks_hold_every_row_once_and_are_of_near_equal_size(rows: int, size: int) -> None:
    found = list(blocks(rows, size, derive(1, "blocks")))
    together = np.concatenate([np.empty(0, np.int64), *found])
    assert sorted(together) == list(range(rows))
    sizes = {len(batch) for batch in found}
    assert not sizes or (max(sizes) <= size and max(sizes) - min(sizes) <= 1)


@given(lists, st.integers(1, 100), st.integers(1, 5))
def test_batches_by_length_hold_every_row_once_within_the_room(
    given_lengths: list[int], tokens: int, pool: int
) -> None:
    lengths = np.array(given_lengths, np.int64)
    found = list(by_length(lengths, tokens, derive(1, "length"), pool=pool))
    together = np.concatenate([np.empty(0, np.int64), *found])
    assert sorted(together) == np.flatnonzero(lengths > 0).tolist()
    for batch in found:
        assert len(batch) * lengths[batch].max() <= tokens or len(batch) == 1


def test_hardly_anything_of_a_batch_by_length_is_padding() -> None:
    lengths = derive(1, "lengths").geometric(0.1, 5_000)
    room = sum(len(b) * lengths[b].max() for b in by_length(lengths, 500, derive(1, "batches")))
    assert room < 1.1 * lengths.sum()


def test_no_epoch_is_like_another() -> None:
    lengths = np.arange(1, 100)
    one, other = (list(by_length(lengths, 200, derive(seed, "epoch"))) for seed in (1, 2))
    assert [*map(tuple, one)] != [*map(tuple, other)]


def test_the_examples_run() -> None:
    assert doctest.testmod(batches).failed == 0
