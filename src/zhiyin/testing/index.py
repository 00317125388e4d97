"""The contract of indexes: the nearest that may be found, whatever was put, replaced and taken out.

class TestMine(IndexContract):
    def make(self) -> Index:
        return Mine(self.width)

    def open(self, folder: Path) -> Index:
        return Mine.read(folder)

Recall is measured against plain numpy. ``large`` is the number of vectors from which the
implementation stops to compare with everything; the exact reference leaves it at 0.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from zhiyin.core import BadInput, Damaged, Hits, Index, Keys, Mask, Unit

_FEW = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)
K = 10


def clustered(size: int, width: int, seed: int) -> Unit:
    """Unit vectors in a few heaps of unequal size, as the goods of a shop are."""
    rng = np.random.default_rng(seed)
    spread = np.arange(1, width + 1) ** -0.5
    heaps = np.random.default_rng(7).standard_normal((40, width)) * spread
    chosen = np.minimum((40 * rng.random(size) ** 2).astype(int), 39)
    vectors = heaps[chosen] + 0.7 * rng.standard_normal((size, width)) * spread
    return unit(vectors)


def unit(vectors: np.ndarray) -> Unit:
    """Rows divided by their lengths."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    rows: Unit = (vectors / lengths).astype(np.float32)
    return rows


def sorted_out(
    keys: Keys, vectors: Unit, queries: Unit, k: int, among: Mask | None = None
) -> tuple[list[list[int]], np.ndarray]:
    """By sorting everything: the keys, and the scores, of the k nearest."""
    if among is not None:
        kept = (keys < len(among)) & among[np.minimum(keys, len(among) - 1)]
        keys, vectors = keys[kept], vectors[kept]
    scores = queries.astype(np.float64) @ vectors.astype(np.float64).T
    order = np.stack([np.lexsort((keys, -row))[:k] for row in scores.astype(np.float32)])
    return keys[order].tolist(), np.take_along_axis(scores, order, axis=1)


def recall(found: Hits, wanted: list[list[int]]) -> float:
    """The share of what was wanted that was found."""
    pairs = zip(found.keys.tolist(), wanted, strict=True)
    return float(np.mean([len(set(theirs) & set(ours)) / len(ours) for theirs, ours in pairs]))


class IndexContract:
    """Inherit, give ``make`` and ``open``, and say from which size it is approximate."""

    width: ClassVar[int] = 32
    large: ClassVar[int] = 0
    least_recall: ClassVar[float] = 0.95

    def make(self) -> Index:
        """Override: an empty index of ``width``."""
        raise NotImplementedError("give make()")

    def open(self, folder: Path) -> Index:
        """Override: the index that was saved in ``folder``."""
        raise NotImplementedError("give open()")

    @pytest.fixture(scope="class")
    @classmethod
    def full(cls) -> tuple[Index, Keys, Unit]:
        """More vectors than ``large``, under keys in no order; put in two batches. Not changed."""
        size = max(2_000, 2 * cls.large)
        keys = np.random.default_rng(1).permutation(size).astype(np.int64)
        vectors = clustered(size, cls.width, 2)
        index = cls().make()
        half = size // 2
        index.put(keys[:half], vectors[:half])
        index.put(keys[half:], vectors[half:])
        return index, keys, vectors

    def queries(self, count: int = 40) -> Unit:
        """Like the vectors, and none of them."""
        return clustered(count, self.width, 3)

    def filled(self, size: int = 300) -> tuple[Index, Keys, Unit]:
        """A small index that a test may change."""
        keys, vectors = np.arange(size, dtype=np.int64), clustered(size, self.width, 4)
        index = self.make()
        index.put(keys, vectors)
        return index, keys, vectors

    # What is found

    def test_the_nearest_are_found(self, full: tuple[Index, Keys, Unit]) -> None:
        index, keys, vectors = full
        queries = self.queries()
        wanted, scores = sorted_out(keys, vectors, queries, K)
        found = index.search(queries, K)
        assert recall(found, wanted) >= self.least_recall
        assert (np.diff(found.scores, axis=1) <= 0).all()
        right = found.keys == np.array(wanted)
        np.testing.assert_allclose(found.scores[right], scores[right], atol=1e-6)

    def test_a_small_index_equals_sorting(self) -> None:
        index, keys, vectors = self.filled()
        queries = self.queries()
        wanted, scores = sorted_out(keys, vectors, queries, K)
        found = index.search(queries, K)
        assert found.keys.tolist() == wanted
        np.testing.assert_allclose(found.scores, scores, atol=1e-6)

    def test_a_vector_finds_itself_first(self, full: tuple[Index, Keys, Unit]) -> None:
        index, keys, vectors = full
        found = index.search(vectors[:50], 1)
        assert found.keys[:, 0].tolist() == keys[:50].tolist()
        np.testing.assert_allclose(found.scores[:, 0], 1.0, atol=1e-6)

    def test_equal_vectors_come_in_the_order_of_their_keys(self) -> None:
        index, _, vectors = self.filled()
        # So many that matrix products treat some of them as a rest, and round them otherwise.
        twins = np.arange(1_000, 1_077, dtype=np.int64)[::-1].copy()
        index.put(twins, np.repeat(vectors[:1], len(twins), axis=0))
        found = index.search(vectors[:1], 20)
        assert found.keys[0].tolist() == [0, *range(1_000, 1_019)]
        assert len(set(found.scores[0].tolist())) == 1

    def test_many_queries_equal_one_by_one(self, full: tuple[Index, Keys, Unit]) -> None:
        index, _, _ = full
        queries = self.queries(9)
        together = index.search(queries, K)
        for row, query in enumerate(queries):
            alone = index.search(query[None], K)
            assert alone.keys[0].tolist() == together.keys[row].tolist()
            assert alone.scores[0].tolist() == together.scores[row].tolist()

    def test_an_empty_index_finds_nothing(self) -> None:
        found = self.make().search(self.queries(2), 3)
        assert (found.keys == -1).all()
        assert np.isnan(found.scores).all()

    def test_no_query_has_no_answer(self) -> None:
        found = self.filled()[0].search(self.queries(2)[:0], 3)
        assert found.keys.shape == found.scores.shape == (0, 3)

    def test_past_the_end_there_is_minus_one_and_nan(self) -> None:
        index, _, _ = self.filled(4)
        found = index.search(self.queries(1), 6)
        assert sorted(found.keys[0, :4].tolist()) == [0, 1, 2, 3]
        assert found.keys[0, 4:].tolist() == [-1, -1]
        assert np.isnan(found.scores[0]).tolist() == [False] * 4 + [True] * 2

    def test_more_may_be_asked_for_than_there_are(self, full: tuple[Index, Keys, Unit]) -> None:
        index, keys, _ = full
        found = index.search(self.queries(1), len(keys) + 5)
        assert sorted(found.keys[0, : len(keys)].tolist()) == list(range(len(keys)))
        assert found.keys[0, len(keys) :].tolist() == [-1] * 5

    def test_a_query_without_numbers_finds_nothing_and_harms_no_other(self) -> None:
        index, _, _ = self.filled()
        queries = self.queries(3)
        queries[1, 5] = np.nan
        queries[2, 0] = np.inf
        found = index.search(queries, 3)
        assert found.keys[0].tolist() == index.search(queries[:1], 3).keys[0].tolist()
        assert (found.keys[1:] == -1).all()
        assert np.isnan(found.scores[1:]).all()

    # Filters

    @pytest.mark.parametrize("share", [0.5, 0.05, 0.005])
    @pytest.mark.parametrize("kind", ["anywhere", "one corner"])
    def test_filters_keep_recall(
        self, full: tuple[Index, Keys, Unit], share: float, kind: str
    ) -> None:
        index, keys, vectors = full
        queries = self.queries()
        among = np.zeros(len(keys), np.bool_)
        if kind == "anywhere":
            among[np.random.default_rng(5).random(len(keys)) < share] = True
        else:  # those most like one vector, wherever the query is
            likeness = vectors @ vectors[0]
            among[keys[likeness >= np.quantile(likeness, 1 - share)]] = True
        wanted, _ = sorted_out(keys, vectors, queries, K, among)
        found = index.search(queries, K, among)
        assert among[found.keys[found.keys >= 0]].all()
        assert recall(found, wanted) >= self.least_recall

    @_FEW
    @given(
        allowed=some.sets(some.integers(0, 400), max_size=60),
        length=some.integers(0, 500),
        k=some.integers(1, 20),
    )
    def test_a_filter_is_never_broken(self, allowed: set[int], length: int, k: int) -> None:
        index, keys, _ = self.filled()
        among = np.zeros(length, np.bool_)
        among[[key for key in allowed if key < length]] = True
        found = index.search(self.queries(3), k, among)
        possible = set(np.flatnonzero(among).tolist()) & set(keys.tolist())
        for row in found.keys:
            theirs = [key for key in row.tolist() if key >= 0]
            assert set(theirs) <= possible
            assert len(theirs) == len(set(theirs)) == min(k, len(possible))

    def test_a_filter_may_be_longer_or_shorter_than_the_keys(self) -> None:
        index, _, _ = self.filled(10)
        long = index.search(self.queries(1), 20, np.ones(1_000, np.bool_))
        assert sorted(long.keys[0].tolist())[10:] == list(range(10))
        short = index.search(self.queries(1), 20, np.ones(4, np.bool_))
        assert sorted(set(short.keys[0].tolist())) == [-1, 0, 1, 2, 3]
        none = index.search(self.queries(1), 20, np.ones(0, np.bool_))
        assert (none.keys == -1).all()

    def test_keys_may_be_large_and_far_apart(self) -> None:
        index = self.make()
        keys = np.array([0, 2**31 + 1, 2**40, 2**62], np.int64)
        vectors = clustered(4, self.width, 8)
        index.put(keys, vectors)
        assert index.search(vectors, 1).keys[:, 0].tolist() == keys.tolist()
        among = np.ones(1, np.bool_)
        assert index.search(vectors[2:3], 4, among).keys[0].tolist() == [0, -1, -1, -1]

    # Changes

    def test_what_is_put_is_found_at_once(self) -> None:
        index, keys, _ = self.filled()
        fresh = clustered(3, self.width, 9)
        index.put(np.array([5_000, 5_001, 5_002]), fresh)
        assert len(index) == len(keys) + 3
        assert index.search(fresh, 1).keys[:, 0].tolist() == [5_000, 5_001, 5_002]

    def test_a_replaced_vector_is_found_by_the_new_one_alone(self) -> None:
        index, keys, vectors = self.filled()
        other = unit(-vectors[7:8])
        index.put(keys[7:8], other)
        assert len(index) == len(keys)
        assert index.search(other, 1).keys[0, 0] == 7
        assert index.search(vectors[7:8], len(keys)).keys[0, -1] == 7

    def test_of_a_key_twice_in_one_put_the_last_counts(self) -> None:
        index = self.make()
        vectors = clustered(3, self.width, 10)
        index.put(np.array([4, 9, 4]), vectors)
        assert len(index) == 2
        found = index.search(vectors[2:3], 2)
        assert found.keys[0, 0] == 4
        assert found.scores[0, 0] == pytest.approx(1.0)

    def test_what_is_deleted_is_not_found(self) -> None:
        index, keys, vectors = self.filled()
        assert index.delete(np.array([3, 3, 8, 9_999])) == 2
        assert len(index) == len(keys) - 2
        found = index.search(vectors[[3, 8]], len(keys)).keys
        assert not {3, 8} & set(found.ravel().tolist())
        assert index.delete(np.array([3, 8])) == 0

    def test_a_deleted_key_may_come_back(self) -> None:
        index, keys, vectors = self.filled()
        index.delete(keys)
        assert len(index) == 0
        assert (index.search(vectors[:1], 2).keys == -1).all()
        index.put(keys[:2], vectors[:2])
        assert index.search(vectors[:2], 1).keys[:, 0].tolist() == [0, 1]

    def test_a_row_of_nan_takes_its_key_out(self) -> None:
        index, keys, vectors = self.filled()
        nothing = np.full((2, self.width), np.nan, np.float32)
        index.put(np.array([5, 7_777]), nothing)
        assert len(index) == len(keys) - 1
        assert 5 not in index.search(vectors[5:6], len(keys)).keys

    @_FEW
    @given(
        steps=some.lists(
            some.tuples(
                some.sampled_from(["put", "delete"]),
                some.lists(some.integers(0, 30), min_size=1, max_size=8),
            ),
            max_size=12,
        )
    )
    def test_any_changes_leave_what_a_dictionary_holds(
        self, steps: list[tuple[str, list[int]]]
    ) -> None:
        index, held = self.make(), dict[int, Unit]()
        for number, (verb, keys) in enumerate(steps):
            if verb == "put":
                vectors = clustered(len(keys), self.width, number)
                index.put(np.array(keys), vectors)
                held.update(zip(keys, vectors, strict=True))
            else:
                there = len(set(keys) & set(held))
                assert index.delete(np.array(keys)) == there
                held = {key: row for key, row in held.items() if key not in keys}
        assert len(index) == len(held)
        query = self.queries(1)
        found = index.search(query, 31).keys[0]
        assert set(found[found >= 0].tolist()) == set(held)
        if held:
            keys_held = np.array(sorted(held))
            vectors_held = np.stack([held[key] for key in sorted(held)])
            wanted, _ = sorted_out(keys_held, vectors_held, query, 31)
            assert found[found >= 0].tolist() == wanted[0]

    def test_the_callers_arrays_stay_theirs(self) -> None:
        index, keys, vectors = self.filled()
        before = index.search(self.queries(1), K)
        vectors[:] = np.nan
        keys[:] = 0
        after = index.search(self.queries(1), K)
        assert after.keys.tolist() == before.keys.tolist()

    def test_a_search_sees_a_change_whole_or_not_at_all(self) -> None:
        """All vectors of a batch are one vector; two batches take turns under the same keys."""
        index = self.make()
        keys = np.arange(64, dtype=np.int64)
        ways = [np.repeat(clustered(1, self.width, seed), 64, axis=0) for seed in (11, 12)]
        index.put(keys, ways[0])
        query, done = ways[0][:1], Event()

        def write() -> None:
            for turn in range(200):
                index.put(keys, ways[(turn + 1) % 2])
            done.set()

        def read() -> int:
            looks = 0
            while not done.is_set() or not looks:
                found = index.search(query, 64)
                assert sorted(found.keys[0].tolist()) == keys.tolist()
                assert len(set(found.scores[0].tolist())) == 1
                looks += 1
            return looks

        with ThreadPoolExecutor(3) as pool:
            writing = pool.submit(write)
            looks = [pool.submit(read) for _ in range(2)]
            try:
                writing.result()
            finally:
                done.set()
            assert sum(look.result() for look in looks) > 0

    # Files

    def test_saved_and_opened_it_is_the_same(
        self, full: tuple[Index, Keys, Unit], tmp_path: Path
    ) -> None:
        index, keys, _ = full
        index.save(tmp_path / "index")
        again = self.open(tmp_path / "index")
        queries = self.queries()
        assert (again.width, len(again)) == (self.width, len(keys))
        ours, theirs = index.search(queries, K), again.search(queries, K)
        assert theirs.keys.tolist() == ours.keys.tolist()
        assert theirs.scores.tolist() == ours.scores.tolist()

    def test_an_opened_index_can_be_changed_and_the_files_stay(self, tmp_path: Path) -> None:
        index, keys, vectors = self.filled()
        index.delete(keys[:10])
        index.save(tmp_path / "index")
        before = {file.name: file.read_bytes() for file in (tmp_path / "index").iterdir()}
        again = self.open(tmp_path / "index")
        again.put(keys[:5], vectors[:5])
        assert again.delete(keys[20:30]) == 10
        assert again.search(vectors[:5], 1).keys[:, 0].tolist() == keys[:5].tolist()
        assert len(again) == len(keys) - 15
        assert {f.name: f.read_bytes() for f in (tmp_path / "index").iterdir()} == before

    def test_an_empty_index_can_be_saved(self, tmp_path: Path) -> None:
        self.make().save(tmp_path / "index")
        again = self.open(tmp_path / "index")
        assert len(again) == 0
        again.put(np.array([1]), clustered(1, self.width, 1))
        assert len(again) == 1

    def test_it_is_saved_while_others_write(self, tmp_path: Path) -> None:
        index, keys, _ = self.filled()
        ways = [np.repeat(clustered(1, self.width, seed), len(keys), axis=0) for seed in (11, 12)]
        index.put(keys, ways[0])
        done = Event()

        def write() -> None:
            turn = 0
            while not done.is_set():
                turn += 1
                index.put(keys, ways[turn % 2])

        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(write)
            try:
                for name in "abc":
                    index.save(tmp_path / name)
            finally:
                done.set()
            writing.result()
        for name in "abc":
            found = self.open(tmp_path / name).search(ways[0][:1], len(keys))
            assert sorted(found.keys[0].tolist()) == keys.tolist()
            assert len(set(found.scores[0].tolist())) == 1

    def test_any_changed_byte_is_refused(self, tmp_path: Path) -> None:
        index, _, _ = self.filled(40)
        index.save(tmp_path / "index")
        rng = np.random.default_rng(0)
        for file in sorted((tmp_path / "index").iterdir()):
            good = file.read_bytes()
            for place in rng.integers(0, len(good), 5):
                bad = bytearray(good)
                bad[place] ^= 0xFF
                file.write_bytes(bad)
                with pytest.raises((Damaged, BadInput)):
                    self.open(tmp_path / "index")
            file.write_bytes(good[: len(good) // 2])
            with pytest.raises((Damaged, BadInput)):
                self.open(tmp_path / "index")
            file.write_bytes(good)
        self.open(tmp_path / "index")

    # What is refused

    @pytest.mark.parametrize(
        ("keys", "rows"),
        [([1], 2), ([1, 2], 1), ([-1], 1), ([0.5], 1), ([[1]], 1)],
        ids=["more rows", "more keys", "below zero", "no whole number", "a table of keys"],
    )
    def test_keys_that_make_no_sense_are_refused(self, keys: list[int], rows: int) -> None:
        index, _, _ = self.filled()
        with pytest.raises(BadInput):
            index.put(np.array(keys), clustered(rows, self.width, 1))
        assert len(index) == 300

    def test_vectors_of_another_width_or_length_are_refused(self) -> None:
        index, keys, vectors = self.filled()
        with pytest.raises(BadInput):
            index.put(keys[:2], clustered(2, self.width + 1, 1))
        with pytest.raises(BadInput, match="length"):
            index.put(keys[:2], vectors[:2] * 3)
        with pytest.raises(BadInput):
            index.search(clustered(2, self.width + 1, 1), 3)
        with pytest.raises(BadInput):
            index.search(vectors[0], 3)
        assert index.search(vectors[:2], 1).keys[:, 0].tolist() == [0, 1]

    def test_a_filter_of_numbers_and_a_k_of_nothing_are_refused(self) -> None:
        index, _, vectors = self.filled()
        with pytest.raises(BadInput):
            index.search(vectors[:1], 3, np.array([3, 5]))
        with pytest.raises(BadInput):
            index.search(vectors[:1], 0)
