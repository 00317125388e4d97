"""The index of a shop: exact while small, in lists when large, and changing all the while."""

from pathlib import Path
from typing import Any

import pytest

from zhiyin.core import Index
from zhiyin.index import growing, lists, new_index, open_index
from zhiyin.testing.index import IndexContract


class TestSmall(IndexContract):
    """Nothing is in lists."""

    least_recall = 1.0

    def make(self) -> Index:
        return new_index(self.width)

    def open(self, folder: Path) -> Index:
        return open_index(folder)


class TestInLists(IndexContract):
    """All but the newest are in lists, at sizes that a test can afford."""

    large = 6_000

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _lists_are_made_early(cls) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(growing, "LINE", 6_000)
            patch.setattr(growing, "_FRESH", 500)
            yield

    def make(self) -> Index:
        return new_index(self.width)

    def open(self, folder: Path) -> Index:
        return open_index(folder)

    def test_it_is_in_lists(self, full: Any) -> None:
        assert full[0]._lists is not None
        assert full[0]._lists.rows.count() >= 6_000


class TestChangingLists(IndexContract):
    """Every change joins the lists at once, and all lists are read: exact again."""

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _everything_is_listed(cls) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(growing, "LINE", 2)
            patch.setattr(growing, "_FRESH", 1)
            patch.setattr(growing, "_FRESH_SHARE", 1_000_000)
            patch.setattr(lists, "_LEAST_LISTS", 1_000)
            yield

    def make(self) -> Index:
        return new_index(self.width)

    def open(self, folder: Path) -> Index:
        return open_index(folder)
