"""Frozen candidate sets: who is in them, that they stay, and how they are judged."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import BadRequest, Damaged
from zhiyin.data import Exam, Split
from zhiyin.evaluation import Candidates, evaluate
from zhiyin.testing import two_tribes, world


@pytest.fixture(scope="module")
def exam() -> Exam:
    return Split.by_ratio(world(two_tribes(30)[0]), valid=0.2, test=0.2).valid


def own(exam: Exam, row: int) -> set[int]:
    alone = exam.take(np.array([row]))
    return {*alone.histories.items.tolist(), *alone.targets.tolist()}


@given(seed=st.integers(0, 2**63), count=st.integers(1, 15))
def test_they_are_distinct_and_neither_seen_nor_wanted(exam: Exam, seed: int, count: int) -> None:
    drawn = Candidates.draw(exam, count, seed=seed)
    for row, items in enumerate(drawn.items.tolist()):
        assert len(set(items)) == count
        assert not set(items) & own(exam, row)
        assert all(0 <= item < exam.items for item in items)


@given(order=st.permutations(range(30)), asked=st.integers(1, 30))
def test_they_do_not_depend_on_who_else_is_asked(exam: Exam, order: list[int], asked: int) -> None:
    chosen = np.array(order[:asked])
    alone = Candidates.draw(exam.take(chosen), 5, seed=3)
    assert alone.digest == Candidates.draw(exam, 5, seed=3).take(chosen).digest


def test_another_seed_gives_others_and_the_digest_tells(exam: Exam) -> None:
    digests = {Candidates.draw(exam, 5, seed=seed).digest for seed in range(4)}
    assert len(digests) == 4


def mixed(x: int) -> int:
    """splitmix64 as its author gives it, in Python's own numbers."""
    x = (x + 0x9E3779B97F4A7C15) % 2**64
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    x = (x ^ x >> 27) * 0x94D049BB133111EB % 2**64
    return x ^ x >> 31


def test_they_are_the_first_numbers_of_a_published_generator(exam: Exam) -> None:
    assert mixed(0) == 0xE220A8397B1DCDAF
    drawn = Candidates.draw(exam, 5, seed=7)
    for row, shopper in enumerate(exam.shoppers.tolist()):
        start, expected, j = mixed(mixed(7) ^ shopper), [], 0
        while len(expected) < 5:
            j += 1
            item = mixed((start + j * 0x9E3779B97F4A7C15) % 2**64) % exam.items
            if item not in own(exam, row) and item not in expected:
                expected.append(item)
        assert drawn.items[row].tolist() == expected


def test_each_item_is_as_likely_as_another(exam: Exam) -> None:
    alone = exam.take(np.array([0]))
    free = sorted(set(range(exam.items)) - own(exam, 0))
    counts = np.zeros(exam.items)
    for seed in range(2000):
        counts[Candidates.draw(alone, 3, seed=seed).items[0]] += 1
    expected = 2000 * 3 / len(free)
    assert np.abs(counts[free] - expected).max() < 5 * np.sqrt(expected)


def test_more_than_there_are_is_refused(exam: Exam) -> None:
    with pytest.raises(BadRequest, match="draw fewer"):
        Candidates.draw(exam, 29)
    with pytest.raises(BadRequest, match="whole number"):
        Candidates.draw(exam, 0)


def test_written_and_read_they_are_the_same_and_damage_is_seen(exam: Exam, tmp_path: Path) -> None:
    drawn = Candidates.draw(exam, 5, seed=1)
    drawn.write(tmp_path / "sets.npz")
    back = Candidates.read(tmp_path / "sets.npz")
    assert (back.digest, back.protocol) == (drawn.digest, drawn.protocol)
    with np.load(tmp_path / "sets.npz") as file:
        columns = dict(file)
    columns["items"][0, 0] += 1
    np.savez(tmp_path / "sets.npz", **columns)
    with pytest.raises(Damaged, match=r"sets\.npz"):
        Candidates.read(tmp_path / "sets.npz")


def test_places_are_counted_among_the_candidates_alone(exam: Exam) -> None:
    drawn = Candidates.draw(exam, 6, seed=2)
    scores = np.random.default_rng(0).integers(0, 4, (len(exam), exam.items)).astype(np.float32)
    scores[scores == 0] = np.nan
    rows = iter(scores)
    report = evaluate(
        lambda histories: next(rows)[None], exam, (1, 3), candidates=drawn, block_bytes=1
    )
    for row in range(len(exam)):
        alone = exam.take(np.array([row]))
        keep = {*drawn.items[row].tolist(), *alone.targets.tolist()}
        past = [item for item in range(exam.items) if item not in keep]
        lone = replace(alone, histories=past_of(alone, past))
        full = evaluate(lambda histories, row=row: scores[row : row + 1], lone, (1, 3))
        for name, values in report.each.items():
            assert values[row] == pytest.approx(full.each[name][0]), name


def past_of(exam: Exam, items: list[int]) -> object:
    """A history of just these items."""
    size = len(items)
    return replace(
        exam.histories,
        items=np.array(items, np.int32),
        kinds=np.zeros(size, np.int16),
        times=np.zeros(size, np.int64),
        weights=np.ones(size, np.float32),
        offsets=np.array([0, size], np.int64),
    )


def test_a_scorer_that_knows_nothing_is_judged_as_chance(exam: Exam) -> None:
    one = exam.take(np.arange(len(exam)))
    first = replace(one, targets=one.targets[one.offsets[:-1]], offsets=np.arange(len(exam) + 1))
    drawn = Candidates.draw(first, 10)
    report = evaluate(
        lambda h: np.ones((len(h), exam.items), np.float32), first, (5, 6), candidates=drawn
    )
    assert (report["hr@5"], report["hr@6"]) == (0, 1)  # the sixth of eleven
    assert report.shared == {}
    assert drawn.digest in report.record()["protocol"]  # type: ignore[operator]


def test_candidates_of_another_exam_are_refused(exam: Exam) -> None:
    def judge(candidates: Candidates, exam: Exam) -> None:
        evaluate(lambda h: np.ones((len(h), exam.items), np.float32), exam, candidates=candidates)

    with pytest.raises(BadRequest, match="other shoppers"):
        judge(Candidates.draw(exam.take(np.arange(3)), 5), exam)
    drawn = Candidates.draw(exam, 5)
    wanted = drawn.items.copy()
    wanted[-1, -1] = exam.targets[-1]
    with pytest.raises(BadRequest, match="among the targets"):
        judge(replace(drawn, items=wanted), exam)
    with pytest.raises(BadRequest, match="larger catalogue"):
        judge(replace(drawn, items=wanted + 1000), exam)
    judge(drawn, exam)
