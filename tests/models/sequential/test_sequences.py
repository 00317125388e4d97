"""Histories as sequences: every step is asked for once, whatever the pieces and batches."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")

from zhiyin.core import Histories, derive
from zhiyin.models.sequential.sequences import Batch, Sequences


def histories(rows: list[list[int]]) -> Histories:
    """Item n + 1 liked is n + 1 in a row, disliked is −(n + 1), unknown 0."""
    flat = np.array([cell for row in rows for cell in row], np.int64)
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return Histories(
        (np.abs(flat) - 1).astype(np.int32),
        np.zeros(len(flat), np.int16),
        np.arange(len(flat)),
        np.where(flat < 0, -1, 1).astype(np.float32),
        offsets,
        ("buy",),
    )


def steps(batch: Batch) -> list[tuple[int, int]]:
    """(item, next item) of everything that a batch asks."""
    return [*zip(batch.items.ravel()[batch.places].tolist(), batch.following.tolist(), strict=True)]


cells = st.integers(-6, 6)


@given(st.lists(st.lists(cells, max_size=9), max_size=6), st.integers(1, 5), st.integers(1, 30))
def test_every_step_to_another_item_is_asked_for_once(
    rows: list[list[int]], length: int, tokens: int
) -> None:
    liked = [[cell - 1 for cell in row if cell > 0] for row in rows]
    wanted = [pair for row in liked for pair in pairwise(row) if pair[0] != pair[1]]
    sequences = Sequences(histories(rows), length)
    batches = [*sequences.batches(tokens, derive(1, "batches"))]
    assert sorted(pair for batch in batches for pair in steps(batch)) == sorted(wanted)
    for batch in batches:
        assert batch.items.shape[1] <= length
        assert batch.items.size <= tokens or len(batch.items) == 1
        assert ((batch.items >= 0).sum(axis=1) == batch.lengths).all()
    assert sequences.tokens == sum(max(len(row) - 1, 0) for row in liked)


def test_a_long_history_is_cut_and_its_newest_piece_is_full() -> None:
    sequences = Sequences(histories([[1, 2, 3, 4, 5, 6]]), 3)
    batch = sequences.batch(np.arange(2))
    assert batch.items.tolist() == [[2, 3, 4], [0, 1, -1]]
    assert batch.lengths.tolist() == [3, 2]
    assert batch.following.tolist() == [3, 4, 5, 1, 2]


def test_a_dislike_and_an_unknown_item_are_not_in_a_sequence() -> None:
    batch = Sequences(histories([[1, -2, 0, 3, 3, 4]]), 10).batch(np.arange(1))
    assert batch.items.tolist() == [[0, 2, 2]]
    assert steps(batch) == [(0, 2), (2, 3)]  # from an item to itself nothing is asked


def test_shuffled_ones_keep_their_items_and_lose_their_order() -> None:
    rows = [[*range(1, 9)] for _ in range(40)]
    sequences = Sequences(histories(rows), 10)
    (kept,) = sequences.batches(10_000, derive(1, "batches"))
    (mixed,) = sequences.batches(10_000, derive(1, "batches"), 0.5)
    assert (kept.items == np.arange(7)).all()
    same = (mixed.items == np.arange(7)).all(axis=1)
    assert 8 <= np.count_nonzero(same) <= 32
    whole = np.concatenate([mixed.items, mixed.following.reshape(40, 7)[:, -1:]], axis=1)
    assert (np.sort(whole, axis=1) == np.arange(8)).all()
