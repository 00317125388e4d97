"""What an index takes in is checked, and said in both languages when it is refused."""

from typing import Any

import numpy as np
import pytest

from zhiyin.core import BadInput
from zhiyin.index.taking import taken_keys, taken_mask, taken_queries, taken_rows
from zhiyin.testing.index import clustered


@pytest.mark.parametrize(
    "keys",
    [[1.0, 2.0], ["1"], [[1, 2]], [True, False], [-1], np.array([2**63], np.uint64), 7],
    ids=["fractions", "words", "a table", "truth values", "below zero", "too large", "one number"],
)
def test_keys_that_are_none_are_refused(keys: Any) -> None:
    with pytest.raises(BadInput) as caught:
        taken_keys(keys)
    assert caught.value.text("zh") != caught.value.text("en")


def test_any_whole_numbers_are_keys() -> None:
    assert taken_keys(np.array([3, 4], np.uint8)).dtype == np.int64
    assert taken_keys([]).tolist() == []  # type: ignore[arg-type]
    assert taken_keys(np.array([2**62])).tolist() == [2**62]


def test_rows_stay_in_their_order_and_the_last_of_a_key_counts() -> None:
    vectors = clustered(4, 8, 1)
    keys, rows = taken_rows(np.array([9, 2, 9, 5]), vectors, 8)
    assert keys.tolist() == [2, 9, 5]
    assert rows.tolist() == vectors[1:].tolist()


def test_a_number_missing_anywhere_makes_a_row_nothing() -> None:
    vectors = clustered(3, 8, 1)
    vectors[0, 7], vectors[1, 3] = np.nan, np.inf
    _, rows = taken_rows(np.arange(3), vectors, 8)
    assert np.isnan(rows).all(axis=1).tolist() == [True, True, False]


@pytest.mark.parametrize("length", [0.0, 0.9, 1.1, 1e30])
def test_a_vector_of_another_length_is_named_by_its_key(length: float) -> None:
    vectors = clustered(3, 8, 1)
    vectors[1] *= np.float32(length)
    with pytest.raises(BadInput, match="key 41"):
        taken_rows(np.array([40, 41, 42]), vectors, 8)


def test_halves_are_near_enough_to_length_one() -> None:
    halves = clustered(50, 64, 1).astype(np.float16)
    _, rows = taken_rows(np.arange(50), halves, 64)  # type: ignore[arg-type]
    assert rows.dtype == np.float32
    assert not np.isnan(rows).any()


@pytest.mark.parametrize("length", [1e-30, 5.0, 1e30])
def test_queries_are_brought_to_length_one(length: float) -> None:
    queries = clustered(2, 8, 1)
    np.testing.assert_allclose(taken_queries(queries * np.float32(length), 8), queries, atol=1e-6)


def test_a_query_without_a_direction_is_nothing() -> None:
    queries = clustered(4, 8, 1)
    queries[0], queries[1, 2], queries[2, 0] = 0.0, np.nan, -np.inf
    assert np.isnan(taken_queries(queries, 8)).all(axis=1).tolist() == [True, True, True, False]


@pytest.mark.parametrize("mask", [np.array([1, 0]), np.array([[True]]), np.array(True)])
def test_a_filter_is_a_row_of_truth_values(mask: Any) -> None:
    with pytest.raises(BadInput, match="filter"):
        taken_mask(mask)
