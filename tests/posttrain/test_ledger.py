"""Ledger: the plan never asks the clock; the clock only stops what would run over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.posttrain.ledger import PLANNED, Ledger


class Hands:
    """A clock whose hands are moved by the test."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(st.floats(0, 1e6), st.lists(st.floats(0, 50), max_size=8))
def test_what_the_plan_affords_does_not_hang_on_the_clock(
    passed: float, spent: list[float]
) -> None:
    hands = Hands()
    quick, slow = Ledger(100.0, hands), Ledger(100.0, hands)
    for seconds in spent:
        quick.promise(seconds)
        hands.now += passed
        slow.promise(seconds)
        slow.took(seconds, passed)
        assert quick.left() == slow.left()
        assert quick.affords(seconds, 0.5) == slow.affords(seconds, 0.5)


def test_the_plan_spends_its_part_and_no_more() -> None:
    ledger = Ledger(100.0, Hands())
    assert ledger.affords(100 * PLANNED)
    assert not ledger.affords(100 * PLANNED + 1)
    assert not ledger.affords(100 * PLANNED, 0.5)
    ledger.promise(100 * PLANNED)
    assert not ledger.affords(0.01)


def test_work_that_would_end_after_the_budget_is_not_begun() -> None:
    hands = Hands()
    ledger = Ledger(100.0, hands)
    assert ledger.in_time(99)
    hands.now += 60
    assert ledger.in_time(39)
    assert not ledger.in_time(41)


def test_a_slow_machine_is_known_by_what_work_took() -> None:
    hands = Hands()
    ledger = Ledger(100.0, hands)
    ledger.took(0.01, 5.0)
    assert ledger.pace == 1.0, "a hundredth of a second tells nothing"
    ledger.took(10.0, 35.0)
    assert ledger.pace == pytest.approx(4.0, abs=0.01)
    assert ledger.in_time(24)
    assert not ledger.in_time(26)


def test_a_quick_machine_is_not_trusted_to_stay_so() -> None:
    ledger = Ledger(100.0, Hands())
    ledger.took(50.0, 1.0)
    assert ledger.pace == 1.0
