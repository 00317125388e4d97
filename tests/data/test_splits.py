"""Splits own their cut and leak nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import BadInput, BadRequest, Event, KindSettings, derive, micros, to_batch
from zhiyin.data import Dataset, Exam, Interactions, Split
from zhiyin.testing import two_tribes, world

START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = {
    "view": KindSettings(weight=1.0),
    "buy": KindSettings(weight=3.0),
    "dislike": KindSettings(weight=-3.0),
}
Row = tuple[str, str, str, float]  # shopper, item, kind, day


def at(day: float) -> int:
    return micros(START + timedelta(days=day))


def data_of(rows: list[Row], labels: list[int] | None = None) -> Dataset:
    events = [
        Event(f"e{n}", who, kind, START + timedelta(days=day), what, surface=f"split:{label}")
        for n, ((who, what, kind, day), label) in enumerate(
            zip(rows, labels or [0] * len(rows), strict=True)
        )
    ]
    return Dataset(Interactions.from_events([to_batch(events)], KINDS, labelled=True))


def told(data: Dataset, exam: Exam) -> dict[str, tuple[str, str]]:
    """Each one's history and targets: {"ann": ("xy", "z")}."""
    answers = {}
    for row, shopper in enumerate(exam.shoppers):
        past = exam.histories.items[exam.histories.offsets[row] : exam.histories.offsets[row + 1]]
        goal = exam.targets[exam.offsets[row] : exam.offsets[row + 1]]
        names = data.items.names
        answers[data.shoppers.names[shopper]] = (
            "".join(names[i] for i in past),
            "".join(names[i] for i in goal),
        )
    return answers


def views(story: dict[str, str]) -> list[Row]:
    """{"ann": "xyz"}: ann views x, y and z, a day apart."""
    return [
        (who, what, "view", day) for who, items in story.items() for day, what in enumerate(items)
    ]


def test_a_cut_in_time_goes_through_everybody() -> None:
    data = data_of(views({"ann": "abcde", "bob": "edc", "new": ""}) + [("new", "a", "view", 4)])
    split = Split.by_time(data, valid_from=at(2), test_from=at(4))
    assert split.cut == at(2)
    assert split.train.interactions.histories.times.max() == at(1)
    assert told(data, split.valid) == {"ann": ("ab", "cd"), "bob": ("ed", "c")}
    assert told(data, split.open_test()) == {"ann": ("abcd", "e"), "new": ("", "a")}


def test_days_count_back_from_the_last_event() -> None:
    data = data_of(views({"ann": "abcdefghij"}))
    split = Split.by_time(data, valid_days=2, test_days=3)
    assert told(data, split.valid) == {"ann": ("abcde", "fg")}
    assert told(data, split.open_test()) == {"ann": ("abcdefg", "hij")}


def test_leave_one_out_asks_for_the_last_two_new_items() -> None:
    data = data_of(views({"ann": "abcd", "bob": "ab", "cat": "abcba"}))
    split = Split.leave_one_out(data)
    assert told(data, split.valid) == {"ann": ("ab", "c"), "cat": ("a", "b")}
    assert told(data, split.open_test()) == {"ann": ("abc", "d"), "cat": ("ab", "c")}
    # cat's later looks at b and a are after the test: nobody learns from them.
    assert split.record() == {
        "how": "leave-one-out",
        "cut": None,
        "test_opened": True,
        "train": 2 + 2 + 1,
        "valid": 2,
        "test": 1 + 3,
    }


def test_a_ratio_takes_the_last_share_of_each() -> None:
    data = data_of(views({"ann": "abcdefghij", "bob": "ab"}))
    split = Split.by_ratio(data, valid=0.1, test=0.2)
    assert told(data, split.valid) == {"ann": ("abcdefg", "h")}
    assert told(data, split.open_test()) == {"ann": ("abcdefgh", "ij")}


def test_labels_that_came_with_the_data_follow_mmrec() -> None:
    data = data_of(views({"ann": "abcd"}), [0, 2, 1, -1])
    split = Split.by_labels(data)
    assert told(data, split.valid) == {"ann": ("a", "c")}
    assert told(data, split.open_test()) == {"ann": ("a", "b")}  # valid is neither seen nor masked


def test_labels_are_needed_for_a_split_by_labels() -> None:
    with pytest.raises(BadInput, match="no label each"):
        Split.by_labels(data_of(views({"ann": "abc"})), np.zeros(2, np.int8))


def test_what_is_disliked_or_seen_before_is_no_target() -> None:
    rows = [
        ("ann", "a", "view", 0.0),
        ("ann", "a", "buy", 5.0),
        ("ann", "b", "dislike", 5.0),
        ("ann", "c", "view", 5.0),
        ("ann", "c", "buy", 5.0),
    ]
    data = data_of(rows)
    split = Split.by_time(data, valid_from=at(3), test_from=at(9))
    assert told(data, split.valid) == {"ann": ("a", "c")}


def test_only_the_wanted_kinds_are_targets() -> None:
    rows = [("ann", "a", "view", 0.0), ("ann", "b", "view", 5.0), ("ann", "c", "buy", 5.0)]
    data = data_of(rows)
    split = Split.by_time(data, valid_from=at(3), test_from=at(9), target_kinds=["buy"])
    assert told(data, split.valid) == {"ann": ("a", "c")}
    with pytest.raises(BadRequest, match=r"'bye'.*use some of view, buy"):
        Split.by_time(data, target_kinds=["bye"])


def test_the_test_is_opened_once_and_that_is_recorded() -> None:
    split = Split.by_time(data_of(views({"ann": "abc"})), valid_days=1, test_days=1)
    assert split.record()["test_opened"] is False
    split.open_test()
    assert split.record()["test_opened"] is True
    with pytest.raises(BadRequest, match="opened already"):
        split.open_test()


@pytest.mark.parametrize("shares", [(0.5, 0.5), (-0.1, 0.2)])
def test_shares_must_leave_something_to_learn_from(shares: tuple[float, float]) -> None:
    data = data_of(views({"ann": "abc"}))
    with pytest.raises(BadRequest, match="leave nothing to learn from"):
        Split.by_ratio(data, valid=shares[0], test=shares[1])


def test_the_valid_part_comes_before_the_test_part() -> None:
    with pytest.raises(BadRequest, match="valid_from <= test_from"):
        Split.by_time(data_of(views({"ann": "abc"})), valid_from=at(2), test_from=at(1))


def test_an_exam_of_some_is_theirs() -> None:
    data = data_of(views({"ann": "abcd", "bob": "cdab", "cat": "ba"}))
    exam = Split.by_time(data, valid_from=at(1), test_from=at(9)).valid
    assert told(data, exam.take(np.array([2, 0]))) == {"cat": ("b", "a"), "ann": ("a", "bcd")}


def test_an_empty_world_splits_into_nothing() -> None:
    data = data_of([])
    for way in WAYS:
        split = way(data)
        assert len(split.valid) == len(split.open_test()) == 0


rows = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "cat"]),
        st.sampled_from("abcdef"),
        st.sampled_from(["view", "buy", "dislike"]),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=50,
)
WAYS: list[Callable[[Dataset], Split]] = [
    lambda data: Split.by_time(data, valid_from=at(4), test_from=at(7)),
    lambda data: Split.by_time(data, valid_days=2, test_days=2, target_kinds=["buy"]),
    Split.leave_one_out,
    lambda data: Split.by_ratio(data, valid=0.2, test=0.2),
]


@given(rows, st.sampled_from(WAYS))
def test_nothing_leaks(rows: list[Row], way: Callable[[Dataset], Split]) -> None:
    data = data_of(rows)
    split = way(data)
    train = split.train.interactions.histories
    test = split.open_test()
    if split.cut is not None:
        assert (train.times < split.cut).all()
    for exam in (split.valid, test):
        for row, shopper in enumerate(exam.shoppers):
            mine = slice(train.offsets[shopper], train.offsets[shopper + 1])
            past = slice(exam.histories.offsets[row], exam.histories.offsets[row + 1])
            goal = exam.targets[exam.offsets[row] : exam.offsets[row + 1]].tolist()
            assert goal, "who is asked has a target"
            assert len(set(goal)) == len(goal)
            assert not set(goal) & set(train.items[mine].tolist())
            assert not set(goal) & set(exam.histories.items[past].tolist())
            # Everything known of the shopper happened before any target was first wanted.
            whole = data.interactions.histories
            all_mine = slice(whole.offsets[shopper], whole.offsets[shopper + 1])
            first = whole.times[all_mine][np.isin(whole.items[all_mine], goal)].min()
            assert (exam.histories.times[past] <= first).all()
            assert (train.times[mine] <= first).all()


@given(rows, st.sampled_from(WAYS))
def test_every_event_is_in_one_part_and_vocabularies_stay(
    rows: list[Row], way: Callable[[Dataset], Split]
) -> None:
    data = data_of(rows)
    split = way(data)
    record = split.record()
    assert sum(int(str(record[part])) for part in ("train", "valid", "test")) == len(rows)
    assert split.train.items is data.items
    assert split.train.shoppers is data.shoppers
    assert len(split.train.interactions) == record["train"]


def test_a_sample_of_an_exam_is_some_of_it_in_order() -> None:
    exam = Split.leave_one_out(world(two_tribes(12)[0])).valid
    few = exam.sample(5, derive(1, "few"))
    assert len(few) == 5
    assert few.shoppers.tolist() == sorted(set(few.shoppers.tolist()) & set(exam.shoppers.tolist()))
    assert exam.sample(5, derive(1, "few")).shoppers.tolist() == few.shoppers.tolist()
    assert exam.sample(len(exam), derive(1, "few")) is exam
