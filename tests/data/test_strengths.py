"""What an event counts: by hand, per kind of value."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import DEFAULT_KINDS, Histories, KindSettings
from zhiyin.data import Strengths

DAY = 86_400_000_000
NAN = float("nan")


def strength(number: float, **settings: object) -> float:
    rule = Strengths({"it": KindSettings(**settings)})  # type: ignore[arg-type]
    return float(rule.of(np.zeros(1, np.int16), np.array([number]))[0])


@pytest.mark.parametrize(
    ("settings", "value", "expected"),
    [
        ({"weight": 2, "value": "none"}, 7, 2),  # the number means nothing
        ({"weight": 6, "value": "quantity"}, 1, 6),
        ({"weight": 6, "value": "quantity"}, 4, 18),  # 6 · (1 + log2 4)
        ({"weight": 6, "value": "quantity"}, 1e9, 24),  # capped at 4
        ({"weight": 6, "value": "quantity"}, 0.3, 1.8),  # 0.3 kg is not a refund
        ({"weight": 6, "value": "quantity"}, -4, -18),  # a refund in the till is
        ({"weight": -6, "value": "quantity"}, 4, -18),  # four returned
        ({"weight": 1, "value": "seconds", "scale": 30}, 15, 0.5),
        ({"weight": 1, "value": "seconds", "scale": 30}, 1e6, 4),
        ({"weight": 1, "value": "seconds", "scale": 30}, -5, 0),
        ({"weight": 4, "value": "stars", "scale": 2}, 5, 4),
        ({"weight": 4, "value": "stars", "scale": 2}, 3, 0),
        ({"weight": 4, "value": "stars", "scale": 2}, 1, -4),
        ({"weight": 4, "value": "stars", "scale": 2}, 100, 16),
        ({"weight": 5, "value": "revenue", "scale": 100}, 100, 5),  # 5 · log2(1 + 1)
        ({"weight": 5, "value": "revenue", "scale": 100}, 700, 15),
        ({"weight": 5, "value": "revenue", "scale": 100}, -100, -5),
    ],
)
def test_strength_by_hand(settings: dict[str, object], value: float, expected: float) -> None:
    assert strength(value, **settings) == pytest.approx(expected)


@pytest.mark.parametrize("value", ["none", "quantity", "seconds", "stars", "revenue"])
def test_a_missing_value_counts_once(value: str) -> None:
    assert strength(NAN, weight=3, value=value, scale=9) == 3


@given(st.sampled_from([*DEFAULT_KINDS.values()]), st.floats(0, 1e9), st.floats(0, 1e9))
def test_more_never_says_less(kind: KindSettings, one: float, other: float) -> None:
    low, high = sorted([one, other])
    rule = Strengths({"it": kind})
    less, more = rule.of(np.zeros(2, np.int16), np.array([low, high])) * np.sign(kind.weight)
    assert less <= more


def history(ages: list[float], kinds: list[int], names: tuple[str, ...]) -> Histories:
    times = np.array([round(-age * DAY) for age in ages], np.int64)
    size = len(ages)
    return Histories(
        np.zeros(size, np.int32),
        np.array(kinds, np.int16),
        times,
        np.ones(size, np.float32),
        np.array([0, size]),
        names,
    )


RULE = Strengths({"view": KindSettings(weight=1, half_life_days=10), "buy": KindSettings(weight=1)})


def test_an_event_counts_half_after_its_half_life() -> None:
    events = history([0, 10, 20, 500], [0, 0, 0, 1], ("view", "buy"))
    assert RULE.faded(events, 0).tolist() == [1.0, 0.5, 0.25, 1.0]


def test_an_event_ahead_of_the_clock_counts_as_now() -> None:
    assert RULE.faded(history([-3], [0], ("view", "buy")), 0).tolist() == [1.0]


def test_kinds_go_by_name_and_a_strange_one_never_fades() -> None:
    events = history([10, 10, 10], [0, 1, 2], ("buy", "wave", "view"))
    assert RULE.faded(events, 0).tolist() == [1.0, 1.0, 0.5]


def test_what_is_very_old_keeps_its_order_among_kinds_and_is_not_zero() -> None:
    assert RULE.faded(history([1e5], [0], ("view", "buy")), 0)[0] > 0


def test_without_a_moment_each_history_is_seen_as_of_its_own_newest_event() -> None:
    # Newest last; the second shopper stayed away for long, the third did nothing.
    events = history([20, 10, 0, 1010, 1000], [0] * 5, ("view", "buy"))
    two = replace(events, offsets=np.array([0, 3, 5, 5]))
    assert RULE.faded(two, None).tolist() == [0.25, 0.5, 1.0, 0.5, 1.0]
