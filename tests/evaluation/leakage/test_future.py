"""Whether a scorer sees the future: those that do are found, those that do not are not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from zhiyin.core import BadRequest, Histories, derive
from zhiyin.data import Dataset, Interactions, Split
from zhiyin.evaluation.leakage import sees_the_future
from zhiyin.models.collaborative import ItemKnn
from zhiyin.testing import two_tribes, world
from zhiyin.testing.worlds import HOUR, START

Score = Callable[[Histories], np.ndarray]


@pytest.fixture(scope="module")
def data() -> Dataset:
    return world(two_tribes(16)[0], extra_items=1)


def cuts(data: Dataset) -> list[Split]:
    middle = START + 70 * HOUR
    return [
        Split.by_time(data, valid_from=middle, test_from=middle + 20 * HOUR),
        Split.leave_one_out(data),
        Split.by_ratio(data, valid=0.2, test=0.2),
    ]


def knn(data: Dataset, split: Split) -> Score:
    return ItemKnn().fit(split.train, derive(7, "knn")).score


def popular(interactions: Interactions) -> Score:
    size = len(interactions.items)
    counts = np.bincount(interactions.histories.items, minlength=size).astype(np.float32)
    return lambda histories: np.tile(counts, (len(histories), 1))


def all_of_it(data: Dataset, split: Split) -> Score:
    return popular(data.interactions)


def fair(data: Dataset, split: Split) -> Score:
    return popular(split.train.interactions)


def weighs_by_everything(data: Dataset, split: Split) -> Score:
    """Learns from training, but knows how often each item will be turned to."""
    learnt, known = knn(data, split), popular(data.interactions)
    return lambda histories: learnt(histories) * (1 + known(histories))


def opens_the_test(data: Dataset, split: Split) -> Score:
    counts = np.bincount(split.open_test().targets, minlength=len(data.items)).astype(np.float32)
    return lambda histories: np.tile(counts, (len(histories), 1))


def reads_valid(data: Dataset, split: Split) -> Score:
    counts = np.bincount(split.valid.targets, minlength=len(data.items)).astype(np.float32)
    return lambda histories: np.tile(counts, (len(histories), 1))


@pytest.mark.parametrize("learn", [knn, fair], ids=lambda f: f.__name__)
@pytest.mark.parametrize("number", range(3))
def test_who_learns_from_training_alone_does_not(
    data: Dataset, learn: Callable[[Dataset, Split], Score], number: int
) -> None:
    for seed in range(3):
        found = sees_the_future(learn, data, cuts(data)[number], seed=seed)
        assert not found
        assert (found.changed, found.most) == (0, 0)
        assert found.shoppers > 0


@pytest.mark.parametrize(
    "learn",
    [all_of_it, weighs_by_everything, opens_the_test, reads_valid],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("number", range(3))
def test_who_looks_past_the_cut_is_found(
    data: Dataset, learn: Callable[[Dataset, Split], Score], number: int
) -> None:
    found = sees_the_future(learn, data, cuts(data)[number])
    assert found
    assert found.changed == found.shoppers
    assert found.most > 0


def test_the_test_of_the_callers_split_stays_closed(data: Dataset) -> None:
    split = Split.leave_one_out(data)
    sees_the_future(opens_the_test, data, split)
    assert not split.test_opened


def test_the_split_that_is_handed_on_has_the_same_training(data: Dataset) -> None:
    split, seen = Split.leave_one_out(data), []

    def learn(data: Dataset, split: Split) -> Score:
        seen.append((data.data_hash, split.train.data_hash))
        return fair(data, split)

    sees_the_future(learn, data, split)
    assert [train for _, train in seen] == 3 * [split.train.data_hash]
    first, second, third = (whole for whole, _ in seen)
    assert first == second == data.data_hash != third


def test_events_that_are_alike_are_interchangeable() -> None:
    twice = world(2 * two_tribes(10)[0])  # every event of a shopper and item, twice
    past = twice.interactions.histories
    at_once = replace(past, times=np.full_like(past.times, START))
    data = twice.learning_from(replace(twice.interactions, histories=at_once))
    half = (np.arange(len(past.items)) % 2).astype(np.int8)
    split = Split.by_labels(data, half)
    assert not sees_the_future(fair, data, split)
    assert sees_the_future(all_of_it, data, split)


def test_noise_is_told_from_sight(data: Dataset) -> None:
    rng = np.random.default_rng(0)

    def noisy(learn: Callable[[Dataset, Split], Score]) -> Callable[[Dataset, Split], Score]:
        def inner(data: Dataset, split: Split) -> Score:
            own, factor = learn(data, split), np.float32(1 + 1e-4 * rng.random())
            return lambda histories: own(histories) * factor

        return inner

    split = Split.leave_one_out(data)
    with pytest.raises(BadRequest, match="something else each time"):
        sees_the_future(noisy(fair), data, split)
    assert not sees_the_future(noisy(fair), data, split, tolerance=1e-3)
    assert sees_the_future(noisy(all_of_it), data, split, tolerance=1e-3)


def test_what_turns_from_unknown_to_known_is_a_change(data: Dataset) -> None:
    def learn(data: Dataset, split: Split) -> Score:
        counts = popular(data.interactions)
        return lambda histories: np.where(counts(histories) > 0, np.float32(1), np.nan)

    found = sees_the_future(learn, data, Split.leave_one_out(data))  # the extra item is met
    assert found
    assert found.most == float("inf")


def test_without_a_future_or_with_other_data_it_is_refused(data: Dataset) -> None:
    everything = Split.by_labels(data, np.zeros(len(data.interactions), np.int8))
    with pytest.raises(BadRequest, match="no future"):
        sees_the_future(fair, data, everything)
    with pytest.raises(BadRequest, match="the data has not"):
        sees_the_future(fair, world(two_tribes(14)[0], extra_items=3), Split.by_ratio(data))
