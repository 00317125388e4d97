"""What of an exam stands in the data learnt from: found where it is, not where it is not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import BadRequest, Histories
from zhiyin.data import Dataset, Split
from zhiyin.evaluation import evaluate
from zhiyin.evaluation.leakage import Check, look_for_leaks, refuse_leaks
from zhiyin.testing import two_tribes, world
from zhiyin.testing.worlds import HOUR, START


@pytest.fixture(scope="module")
def data() -> Dataset:
    return world(two_tribes(12)[0])


@pytest.fixture(scope="module")
def split(data: Dataset) -> Split:
    return Split.by_time(data, valid_from=START + 40 * HOUR, test_from=START + 50 * HOUR)


def found(checks: tuple[Check, ...]) -> dict[str, int]:
    return {check.name: check.found for check in checks}


def scores(histories: Histories) -> np.ndarray:
    return np.zeros((len(histories), 12), np.float32)


def test_a_split_of_ours_has_none(split: Split) -> None:
    checks = look_for_leaks(split.train, split.valid, cut=split.cut)
    assert found(checks) == {"late": 0, "learnt": 0, "shown": 0}
    assert [check.of for check in checks] == [40, 10, 10]
    assert refuse_leaks(split.train, split.valid, cut=split.cut) == checks


@given(st.sampled_from(["leave_one_out", "by_ratio"]), st.integers(4, 14))
def test_nor_has_any_way_of_splitting(how: str, size: int) -> None:
    split = getattr(Split, how)(world(two_tribes(size)[0]))
    assert not any(found(look_for_leaks(split.train, split.valid)).values())
    assert not any(found(look_for_leaks(split.train, split.open_test())).values())


def test_learning_from_everything_is_found(data: Dataset, split: Split) -> None:
    checks = look_for_leaks(data, split.valid, cut=split.cut)
    assert found(checks) == {"late": 20, "learnt": 10, "shown": 0}
    learnt = checks[1]
    shopper, item = split.valid.shoppers[0], split.valid.targets[0]
    assert learnt.example == f"{data.shoppers.names[shopper]} – {data.items.names[item]}"
    assert learnt.text().startswith("10 of 10 targets that the same shopper already has")
    assert learnt.text("zh").startswith("10 项中有 10 项")


def test_one_event_too_late_is_found_and_named(split: Split) -> None:
    newest = split.train.interactions.newest
    late = look_for_leaks(split.train, split.valid, cut=newest)[0]
    assert (late.name, late.found, late.ok) == ("late", 1, False)
    assert "such as shopper" in late.text()
    assert look_for_leaks(split.train, split.valid, cut=newest + 1)[0].ok


def test_a_target_in_the_history_shown_is_found(split: Split) -> None:
    exam = split.valid
    first = exam.take(np.array([0]))
    own, one = first.histories.items[:1].astype(np.int64), np.array([0, 1], np.int64)
    shown = replace(first, targets=own, offsets=one)
    assert found(look_for_leaks(split.train, shown)) == {"learnt": 1, "shown": 1}


def test_another_shopper_with_the_same_item_is_no_leak(data: Dataset) -> None:
    labels = np.random.default_rng(0).integers(0, 3, len(data.interactions)).astype(np.int8)
    split = Split.by_labels(data, labels)
    others = split.train.interactions.histories.items
    assert np.isin(split.valid.targets, others).any()  # that is what a model learns from
    assert not any(found(look_for_leaks(split.train, split.valid)).values())


def test_an_exam_of_another_catalogue_is_refused(split: Split) -> None:
    other = world(two_tribes(30)[0])
    with pytest.raises(BadRequest, match="not of one split") as caught:
        look_for_leaks(split.train, Split.by_ratio(other).valid)
    assert "不属于同一切分" in caught.value.text("zh")


def test_a_judge_who_is_told_refuses_and_one_who_is_not_cannot(data: Dataset, split: Split) -> None:
    with pytest.raises(BadRequest, match="learnt by heart: 10 of 10") as caught:
        evaluate(scores, split.valid, learnt_from=data)
    assert "split.train" in caught.value.text("zh")
    assert evaluate(scores, split.valid).checks == ()
    report = evaluate(scores, split.valid, learnt_from=split.train)
    assert report.record()["checks"] == {
        "learnt": {"found": 0, "of": 10},
        "shown": {"found": 0, "of": 10},
    }
