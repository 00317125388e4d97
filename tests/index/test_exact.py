"""The exact index keeps the contract, to the letter."""

from pathlib import Path

import numpy as np
import pytest

from zhiyin.core import Index
from zhiyin.index import ExactIndex, rows
from zhiyin.testing import IndexContract
from zhiyin.testing.index import clustered, sorted_out


class TestExactIndex(IndexContract):
    least_recall = 1.0

    def make(self) -> Index:
        return ExactIndex(self.width)

    def open(self, folder: Path) -> Index:
        return ExactIndex.read(folder)


def test_memory_is_given_back_when_most_was_taken_out() -> None:
    index = ExactIndex(16)
    keys = np.arange(10_000)
    index.put(keys, clustered(10_000, 16, 1))
    index.delete(keys[10:])
    assert len(index._table.rows.keys) <= 20


def test_blocks_of_queries_equal_one_sorting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_BLOCK_ENTRIES", 2_000)  # three queries at a time
    vectors, queries = clustered(600, 16, 1), clustered(100, 16, 2)
    index = ExactIndex(16)
    keys = np.arange(600)
    index.put(keys, vectors)
    wanted, _ = sorted_out(keys, vectors, queries, 3)
    assert index.search(queries, 3).keys.tolist() == wanted
