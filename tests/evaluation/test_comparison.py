"""Comparing reports: the paired bootstrap and the spread over seeds."""

import importlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.core import BadRequest
from zhiyin.evaluation import Report, compare, over_seeds

pooled = importlib.import_module("zhiyin.evaluation.comparison").pooled

NAN = float("nan")


def report_of(own: list[float] | np.ndarray, coverage: float = 0.5) -> Report:
    values = np.asarray(own, dtype=np.float64)
    return Report((5,), 10, np.arange(len(values)), {"recall@5": values}, {"coverage@5": coverage})


numbers = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@settings(max_examples=30)
@given(numbers)
def test_a_thing_differs_from_itself_by_nothing(own: list[float]) -> None:
    found = compare(report_of(own), report_of(own), "recall@5", draws=50)
    assert (found.difference, found.low, found.high, found.p) == (0, 0, 0, 1)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30))
def test_the_other_way_round_is_the_same_with_the_sign_turned(pairs: list[list[float]]) -> None:
    one, other = (report_of([pair[n] for pair in pairs]) for n in (0, 1))
    there, back = (compare(*pair, "recall@5", draws=99) for pair in ((one, other), (other, one)))
    assert there.difference == pytest.approx(-back.difference)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.p == back.p
    assert there.low <= there.high
    assert 0 < there.p <= 1


def test_all_better_by_the_same_is_certain() -> None:
    found = compare(report_of([0.5] * 9), report_of([0.25] * 9), "recall@5", draws=999)
    assert (found.difference, found.low, found.high) == (0.25, 0.25, 0.25)
    assert found.p == 1 / 1000
    assert found.shoppers == 9


def test_the_interval_is_that_of_the_normal_law_where_shoppers_are_many() -> None:
    own = np.random.default_rng(0).normal(0.02, 1, 4000)
    found = compare(report_of(own), report_of(0 * own), "recall@5")
    error = own.std() / np.sqrt(len(own))
    assert found.low == pytest.approx(own.mean() - 1.96 * error, abs=0.15 * error)
    assert found.high == pytest.approx(own.mean() + 1.96 * error, abs=0.15 * error)


def test_luck_is_called_luck_about_as_often_as_it_should() -> None:
    rng = np.random.default_rng(1)
    zero = report_of(np.zeros(60))
    samples = [report_of(rng.normal(0, 1, 60)) for _ in range(200)]
    false = sum(compare(own, zero, "recall@5", draws=300).p < 0.05 for own in samples)
    assert 2 <= false <= 24  # ten of two hundred are expected


def test_pairing_sees_what_means_alone_would_not() -> None:
    hard = np.random.default_rng(2).random(200)
    found = compare(report_of(hard + 0.01), report_of(hard), "recall@5")
    assert found.low == pytest.approx(0.01)


def test_who_has_no_value_is_left_out_in_pairs() -> None:
    found = compare(report_of([1, NAN, 0.5]), report_of([0.5, 1, NAN]), "recall@5", draws=9)
    assert (found.difference, found.shoppers) == (0.5, 1)
    with pytest.raises(BadRequest, match="nobody"):
        compare(report_of([NAN]), report_of([1]), "recall@5")


def test_reports_that_asked_something_else_are_refused() -> None:
    one = report_of([1, 0])
    for other in (report_of([1]), replace(one, protocol="targets + 100 uniform")):
        with pytest.raises(BadRequest, match="another protocol"):
            compare(one, other, "recall@5")
        with pytest.raises(BadRequest, match="another protocol"):
            over_seeds([one, other])


def test_what_has_no_value_per_shopper_is_refused() -> None:
    with pytest.raises(BadRequest, match=r"choose one of recall@5"):
        compare(report_of([1]), report_of([1]), "coverage@5")


def test_the_verdict_is_what_the_interval_says() -> None:
    zero = report_of(np.zeros(50))
    rng = np.random.default_rng(3)
    verdicts = [
        compare(report_of(rng.normal(mean, 0.1, 50)), zero, "recall@5").verdict
        for mean in (0.2, -0.2)
    ]
    noise = rng.normal(0, 0.1, 50)
    verdicts.append(compare(report_of(noise - noise.mean()), zero, "recall@5").verdict)
    assert verdicts == ["higher", "lower", "unclear"]


def test_the_interval_of_a_mean_holds_the_truth_about_as_often_as_it_should() -> None:
    rng, hits = np.random.default_rng(4), 0
    for _ in range(400):
        low, high = report_of(rng.exponential(1.0, 300)).interval("recall@5")
        hits += low <= 1.0 <= high
    assert 0.91 <= hits / 400 <= 0.98
    one = report_of([0.5])
    assert np.isnan(one.interval("recall@5")).all()
    assert np.isnan(one.interval("coverage@5")).all()


def test_pooled_runs_are_their_mean_shopper_by_shopper() -> None:
    found = pooled([report_of([1, 0, NAN], 0.1), report_of([0, 0, 0.5], 0.3)])
    assert found.each["recall@5"].tolist() == [0.5, 0, 0.5]
    assert found["coverage@5"] == pytest.approx(0.2)
    alone = report_of([1])
    assert pooled([alone]) is alone
    with pytest.raises(BadRequest, match="another protocol"):
        pooled([report_of([1]), report_of([1, 0])])


def test_of_several_runs_only_what_all_have_is_told() -> None:
    one, other = report_of([1, 0]), report_of([1, 1])
    more = replace(other, each={**other.each, "novelty@5": np.zeros(2)})
    for runs in ([one, more], [more, one]):
        assert set(over_seeds(runs)) == {"recall@5", "coverage@5"}
        assert set(pooled(runs).means) == {"recall@5", "coverage@5"}


def test_seeds_have_a_mean_and_a_spread() -> None:
    found = over_seeds([report_of([1, 0], 0.1), report_of([1, 1], 0.3)])
    assert (found["recall@5"].mean, found["recall@5"].runs) == (0.75, 2)
    assert found["recall@5"].sd == pytest.approx(0.5**0.5 / 2)
    assert found["coverage@5"].mean == pytest.approx(0.2)
    assert np.isnan(over_seeds([report_of([1])])["recall@5"].sd)
    with pytest.raises(BadRequest, match="one per seed"):
        over_seeds([])
