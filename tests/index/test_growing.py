"""The index of a shop: exact while small, in lists when large, and changing all the while."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zhiyin.core import SILENT, Index, Step
from zhiyin.index import ExactIndex, growing, lists, new_index, open_index
from zhiyin.index.growing import GrowingIndex
from zhiyin.testing import IndexContract
from zhiyin.testing.index import clustered, recall, sorted_out

WIDE = 64


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
            patch.setattr(growing, "LINE", 6_000 * cls.width)
            patch.setattr(growing, "_FRESH", 500 * cls.width)
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


# How it grows


@pytest.fixture
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of vectors 16 wide: lists from 1,000 on, and at most 100 beside them."""
    monkeypatch.setattr(growing, "LINE", 16_000)
    monkeypatch.setattr(growing, "_FRESH", 1_600)


def parts(index: Index) -> tuple[int, int]:
    """How many are in lists, and how many are not."""
    assert isinstance(index, GrowingIndex)
    seen = index._seen
    return (seen.lists.rows.count() if seen.lists else 0), seen.fresh.count()


@pytest.mark.usefixtures("early")
def test_lists_are_made_at_the_line_and_the_newest_wait_beside_them() -> None:
    index, vectors = new_index(16), clustered(1_200, 16, 1)
    index.put(np.arange(999), vectors[:999])
    assert parts(index) == (0, 999)
    index.put(np.arange(999, 1_000), vectors[999:1_000])
    assert parts(index) == (1_000, 0)
    index.put(np.arange(1_000, 1_100), vectors[1_000:1_100])
    assert parts(index) == (1_000, 100)
    index.put(np.arange(1_100, 1_101), vectors[1_100:1_101])
    assert parts(index) == (1_101, 0)


@pytest.mark.usefixtures("early")
def test_centres_are_found_afresh_when_there_are_twice_as_many() -> None:
    index, vectors = new_index(16), clustered(2_500, 16, 1)
    index.put(np.arange(1_000), vectors[:1_000])
    assert isinstance(index, GrowingIndex)
    first = index._lists
    index.put(np.arange(1_000, 1_900), vectors[1_000:1_900])
    assert first is not None
    assert index._lists is not None
    assert index._lists.centres is first.centres
    index.put(np.arange(1_900, 2_500), vectors[1_900:])
    assert len(index._lists.centres) > len(first.centres)
    assert parts(index) == (2_500, 0)


@pytest.mark.usefixtures("early")
def test_lists_are_joined_anew_when_half_was_taken_out() -> None:
    index = new_index(16)
    index.put(np.arange(1_500), clustered(1_500, 16, 1))
    index.delete(np.arange(700))
    assert isinstance(index, GrowingIndex)
    assert index._lists is not None
    assert len(index._lists.rows.keys) == 1_500
    index.delete(np.arange(700, 800))
    assert len(index._lists.rows.keys) == 700


@pytest.mark.usefixtures("early")
def test_an_index_that_shrank_is_exact_again() -> None:
    index, vectors = new_index(16), clustered(1_500, 16, 1)
    index.put(np.arange(1_500), vectors)
    index.delete(np.arange(1_300))
    assert parts(index) == (0, 200)
    assert index.search(vectors[1_300:], 1).keys[:, 0].tolist() == list(range(1_300, 1_500))


@pytest.mark.usefixtures("early")
def test_what_is_expected_is_waited_for_and_saved_in_lists_in_any_case(tmp_path: Path) -> None:
    index, vectors = new_index(16, expecting=3_000), clustered(3_000, 16, 1)
    index.put(np.arange(2_000), vectors[:2_000])
    assert parts(index) == (0, 2_000)
    index.save(tmp_path / "early")
    assert parts(index) == (2_000, 0)
    assert parts(open_index(tmp_path / "early")) == (2_000, 0)
    other = new_index(16, expecting=3_000)
    vectors[:1_500] = np.nan
    other.put(np.arange(2_600), vectors[:2_600])
    assert parts(other) == (0, 1_100)
    other.put(np.arange(2_600, 2_700), vectors[2_600:2_700])
    assert parts(other) == (1_200, 0)


@pytest.mark.usefixtures("early")
def test_the_same_puts_and_seed_give_the_same_files(tmp_path: Path) -> None:
    for name in "ab":
        index = new_index(16, seed=5)
        index.put(np.arange(1_300), clustered(1_300, 16, 1))
        index.put(np.arange(1_350), clustered(1_350, 16, 2))
        index.save(tmp_path / name)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


@pytest.mark.usefixtures("early")
def test_any_saved_index_can_be_compared_one_and_all(tmp_path: Path) -> None:
    index, vectors = new_index(16), clustered(2_000, 16, 1)
    index.put(np.arange(2_000), vectors)
    index.save(tmp_path / "index")
    queries = clustered(20, 16, 2)
    wanted, _ = sorted_out(np.arange(2_000), vectors, queries, 5)
    assert ExactIndex.read(tmp_path / "index").search(queries, 5).keys.tolist() == wanted


@pytest.mark.usefixtures("early")
def test_whoever_watches_sees_lists_being_made() -> None:
    class Watching:
        seen: list[tuple[str, int | None]] = []

        @contextmanager
        def step(self, name: str, total: int | None = None, unit: str = "") -> Iterator[Step]:
            self.seen.append((name, total))
            with SILENT.step(name, total, unit) as step:
                yield step

    index = new_index(16, progress=Watching())
    index.put(np.arange(1_000), clustered(1_000, 16, 1))
    assert [name for name, _ in Watching.seen] == ["index"]


@pytest.mark.usefixtures("early")
def test_what_was_put_is_there_though_the_making_of_lists_was_broken_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: Any) -> Any:
        raise KeyboardInterrupt

    index, vectors = new_index(16), clustered(1_200, 16, 1)
    with monkeypatch.context() as patch:
        patch.setattr(lists.Lists, "made", broken)
        with pytest.raises(KeyboardInterrupt):
            index.put(np.arange(1_100), vectors[:1_100])
        assert index.search(vectors[:50], 1).keys[:, 0].tolist() == list(range(50))
    index.put(np.arange(1_100, 1_200), vectors[1_100:])
    assert parts(index) == (1_200, 0)


@pytest.mark.slow
def test_at_the_true_sizes_nearly_all_are_found(tmp_path: Path) -> None:
    size = 120_000
    index, vectors = new_index(WIDE), clustered(size, WIDE, 1)
    keys = np.arange(size)
    index.put(keys, vectors)
    index.put(keys[:2_000], clustered(2_000, WIDE, 2))
    vectors[:2_000] = clustered(2_000, WIDE, 2)
    queries = clustered(200, WIDE, 3)
    wanted, _ = sorted_out(keys, vectors, queries, 10)
    assert recall(index.search(queries, 10), wanted) >= 0.95
    index.save(tmp_path / "index")
    assert recall(open_index(tmp_path / "index").search(queries, 10), wanted) >= 0.95
