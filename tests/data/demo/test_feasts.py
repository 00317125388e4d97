"""The shop's calendar."""

from datetime import date

import numpy as np

from zhiyin.data.demo import DemoSize
from zhiyin.data.demo.feasts import FEASTS, HOURS, crowd, feast_days, swell


def test_mid_autumn_falls_on_the_right_day() -> None:
    size = DemoSize()
    assert feast_days(size, "mid_autumn") == [size.day_of(date(2026, 9, 25))]


def test_demand_swells_before_a_feast_and_is_over_after_it() -> None:
    size = DemoSize()
    near, day = swell(size)[:, FEASTS.index("mid_autumn")], feast_days(size, "mid_autumn")[0]
    assert near[day - 3] > near[day - 12] > near[day - 40] == 0
    assert near[day + 1] == 0
    assert near.min() >= 0
    assert near.max() <= 1


def test_more_people_come_before_mid_autumn_than_in_july() -> None:
    size = DemoSize()
    visits = crowd(size)
    assert visits[72:76].mean() > 1.6 * visits[:14].mean()


def test_the_hours_of_a_day_add_up_and_the_night_is_quiet() -> None:
    share = np.diff(HOURS, prepend=0)
    assert np.isclose(HOURS[-1], 1)
    assert share[21] > 8 * share[4]


def test_years_without_a_table_keep_the_feasts_of_the_sun() -> None:
    size = DemoSize(days=30, end=date(2040, 10, 8))
    assert feast_days(size, "mid_autumn") == []
    assert feast_days(size, "national_day") == [size.day_of(date(2040, 10, 1))]
