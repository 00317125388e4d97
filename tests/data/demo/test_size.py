"""The size of a demo shop and its clock."""

from datetime import UTC, date, datetime

import pytest

from zhiyin.core import BadRequest, moment
from zhiyin.data.demo import DemoSize


@pytest.mark.parametrize("wrong", [{"items": 0}, {"shoppers": -1}, {"days": 0}, {"seed": -3}])
def test_a_size_that_makes_no_sense_is_refused_with_its_value(wrong: dict[str, int]) -> None:
    with pytest.raises(BadRequest, match=str(next(iter(wrong.values())))):
        DemoSize(**wrong)


def test_the_days_begin_at_midnight_in_china_and_end_with_the_last_one() -> None:
    size = DemoSize(days=2, end=date(2026, 10, 8))
    assert moment(size.start) == datetime(2026, 10, 6, 16, tzinfo=UTC)
    assert moment(size.stop) == datetime(2026, 10, 8, 16, tzinfo=UTC)


def test_days_and_dates_convert_both_ways() -> None:
    size = DemoSize(days=90)
    assert size.calendar_day(89) == size.end
    assert all(size.day_of(size.calendar_day(day)) == day for day in (-3, 0, 41, 89, 95))


def test_the_usual_ninety_days_hold_mid_autumn_and_national_day() -> None:
    size = DemoSize()
    assert 0 <= size.day_of(date(2026, 9, 25)) < size.day_of(date(2026, 10, 1)) < size.days
