"""Lists by centres: how far is reached, and what a filter changes about it."""

import numpy as np
import pytest

from zhiyin.core import SILENT, derive
from zhiyin.index import lists as room
from zhiyin.index.lists import Lists
from zhiyin.index.rows import Rows
from zhiyin.testing.index import clustered, sorted_out

SIZE, WIDTH = 8_000, 24


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return clustered(SIZE, WIDTH, 1)


@pytest.fixture(scope="module")
def made(vectors: np.ndarray) -> Lists:
    return Lists.made(Rows.of(np.arange(SIZE) * 3, vectors), derive(0, "test"), SILENT)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows the lists hold that a search reads, one number per look."""
    seen: list[int] = []
    met = Lists._met

    def watched(self: Lists, lists: np.ndarray, among: np.ndarray | None) -> tuple:
        found = met(self, lists, among)
        seen.append(len(found[1]))
        return found

    monkeypatch.setattr(Lists, "_met", watched)
    return seen


def test_every_row_is_in_the_list_of_its_nearest_centre(made: Lists) -> None:
    nearest = (made.rows.vectors @ made.centres.T).argmax(axis=1)
    owners = made.owners()
    assert (nearest == owners).all()
    assert sorted(made.rows.keys.tolist()) == (np.arange(SIZE) * 3).tolist()


def test_the_same_seed_makes_the_same_lists(made: Lists, vectors: np.ndarray) -> None:
    again = Lists.made(Rows.of(np.arange(SIZE) * 3, vectors), derive(0, "test"), SILENT)
    assert again.centres.tobytes() == made.centres.tobytes()
    assert again.rows.keys.tobytes() == made.rows.keys.tobytes()
    assert again.reach.tolist() == made.reach.tolist()


def test_more_neighbours_need_as_many_lists_or_more(made: Lists) -> None:
    assert (np.diff(made.reach) >= 0).all()
    assert made.reach[-1] > made.reach[0]
    assert made._reaching(10**9) == len(made.centres)


def test_reach_holds_the_neighbours_that_it_promises(made: Lists, vectors: np.ndarray) -> None:
    queries = clustered(100, WIDTH, 9)
    for k in (1, 10, 100):
        wanted, _ = sorted_out(np.arange(SIZE) * 3, vectors, queries, k)
        found = [made.search(query, k, None)[0] for query in queries]
        share = [len(set(f.tolist()) & set(w)) / k for f, w in zip(found, wanted, strict=True)]
        assert np.mean(share) >= room.NEARLY_ALL - 0.02


def test_far_fewer_rows_are_read_than_there_are(made: Lists, reads: list[int]) -> None:
    made.search(clustered(1, WIDTH, 9)[0], 10, None)
    assert sum(reads) < SIZE / 4


def test_a_few_allowed_are_compared_and_no_list_is_read(
    made: Lists, vectors: np.ndarray, reads: list[int]
) -> None:
    among = np.zeros(3 * SIZE, np.bool_)
    among[np.random.default_rng(1).choice(SIZE, 50, replace=False) * 3] = True
    query = clustered(1, WIDTH, 9)
    wanted, _ = sorted_out(np.arange(SIZE) * 3, vectors, query, 10, among)
    assert made.search(query[0], 10, among)[0].tolist() == wanted[0]
    assert reads == []


def test_a_filter_that_allows_everything_reads_no_farther(made: Lists, reads: list[int]) -> None:
    queries = clustered(5, WIDTH, 9)
    for query in queries:
        made.search(query, 10, None)
    plain = sum(reads)
    reads.clear()
    for query in queries:
        made.search(query, 10, np.ones(3 * SIZE, np.bool_))
    assert sum(reads) == plain


def test_a_filter_of_one_corner_reads_little_more_than_the_corner(
    made: Lists, vectors: np.ndarray, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_FEW", 0)
    near = np.argsort(-(vectors @ vectors[5]))[:800]
    among = np.zeros(3 * SIZE, np.bool_)
    among[near * 3] = True
    made.search(vectors[5], 10, among)
    assert 0 < sum(reads) < SIZE / 3


def test_a_filter_that_is_rare_everywhere_reads_farther(
    made: Lists, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_FEW", 0)
    query = clustered(1, WIDTH, 9)[0]
    among = np.random.default_rng(1).random(3 * SIZE) < 0.1
    made.search(query, 10, None)
    plain = sum(reads)
    reads.clear()
    made.search(query, 10, among)
    assert sum(reads) > 1.5 * plain


def test_a_corner_far_from_the_query_is_found(
    made: Lists, vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_FEW", 0)
    monkeypatch.setattr(Lists, "_better_compared", lambda *_: False)
    query = clustered(1, WIDTH, 9)
    among = np.zeros(3 * SIZE, np.bool_)
    among[np.argsort(vectors @ query[0])[:20] * 3] = True  # the twenty least alike
    wanted, _ = sorted_out(np.arange(SIZE) * 3, vectors, query, 10, among)
    assert made.search(query[0], 10, among)[0].tolist() == wanted[0]


def test_a_narrow_filter_far_from_the_query_is_compared_and_exact(
    made: Lists, vectors: np.ndarray, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lists, "_better_compared", lambda *_: False)
    queries = clustered(20, WIDTH, 9)
    for query in queries:
        among = np.zeros(3 * SIZE, np.bool_)
        among[np.argsort(vectors @ query)[: SIZE // 20] * 3] = True
        wanted, _ = sorted_out(np.arange(SIZE) * 3, vectors, query[None], 10, among)
        assert made.search(query, 10, among)[0].tolist() == wanted[0]
    assert sum(reads) < SIZE * len(queries) / 8


def test_a_filter_that_allows_nothing_finds_nothing(
    made: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lists, "_better_compared", lambda *_: False)
    keys, scores = made.search(clustered(1, WIDTH, 9)[0], 10, np.zeros(3 * SIZE, np.bool_))
    assert len(keys) == len(scores) == 0


def test_rows_that_were_taken_out_are_passed_over(made: Lists) -> None:
    query = clustered(1, WIDTH, 9)[0]
    first = made.search(query, 10, None)[0]
    place = np.flatnonzero(np.isin(made.rows.keys, first[:3]))
    assert made.without(place).search(query, 7, None)[0].tolist() == first[3:].tolist()
    assert made.search(query, 10, None)[0].tolist() == first.tolist()


def test_rows_that_join_are_found_and_those_taken_out_are_gone(made: Lists) -> None:
    more = clustered(500, WIDTH, 33)
    joined = made.without(np.arange(100)).joined(Rows.of(np.arange(500) + 10**6, more))
    assert joined.rows.count() == len(joined.rows.keys) == SIZE - 100 + 500
    for number in (0, 250, 499):
        assert joined.search(more[number], 1, None)[0].tolist() == [10**6 + number]


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_a_handful_can_be_in_lists(size: int) -> None:
    vectors = clustered(size, WIDTH, 3)
    few = Lists.made(Rows.of(np.arange(size), vectors), derive(0, "test"), SILENT)
    assert few.search(vectors[0], size, None)[0][0] == 0


def test_vectors_that_are_all_the_same_can_be_in_lists() -> None:
    vectors = np.repeat(clustered(1, WIDTH, 3), 3_000, axis=0)
    same = Lists.made(Rows.of(np.arange(3_000), vectors), derive(0, "test"), SILENT)
    assert same.search(vectors[0], 5, None)[0].tolist() == [0, 1, 2, 3, 4]
