"""The shop's calendar: feasts, how demand swells before them, and the hours of a day."""

from datetime import date

import numpy as np
import numpy.typing as npt

from zhiyin.data.demo.size import DemoSize

Floats = npt.NDArray[np.float64]

# Lunar feasts by year; for years not listed only the solar ones are kept.
_LUNAR: dict[str, tuple[date, ...]] = {
    "spring_festival": (date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6)),
    "dragon_boat": (date(2025, 5, 31), date(2026, 6, 19), date(2027, 6, 9)),
    "qixi": (date(2025, 8, 29), date(2026, 8, 19), date(2027, 8, 8)),
    "mid_autumn": (date(2025, 10, 6), date(2026, 9, 25), date(2027, 9, 15)),
}
_SOLAR: dict[str, tuple[int, int]] = {
    "mothers": (5, 10),
    "fathers": (6, 21),
    "school": (9, 1),
    "teachers": (9, 10),
    "national_day": (10, 1),
}
# How many days before the feast buying begins, how long it lasts after, and the crowd it draws.
_SWELL: dict[str, tuple[int, int, float]] = {
    "spring_festival": (24, 2, 0.9),
    "dragon_boat": (12, 1, 0.3),
    "qixi": (12, 0, 0.45),
    "mid_autumn": (20, 0, 1.1),
    "mothers": (9, 0, 0.3),
    "fathers": (8, 0, 0.15),
    "school": (12, 4, 0.2),
    "teachers": (7, 0, 0.15),
    "national_day": (10, 5, 0.35),
}
# Share of visits by hour in China: lunch and late evening.
_HOURS = np.array(
    [2.2, 1.1, 0.6, 0.4, 0.3, 0.5, 1.2, 2.4, 3.4, 4.2, 4.9, 5.2]
    + [6.2, 5.4, 4.4, 4.3, 4.4, 4.6, 5.0, 6.2, 7.9, 8.8, 8.0, 5.0]
)  # fmt: skip
HOURS: Floats = np.cumsum(_HOURS) / _HOURS.sum()
"""(24,) the share of visits up to the end of each hour."""

FEASTS: tuple[str, ...] = tuple(_SWELL)


def feast_days(size: DemoSize, feast: str) -> list[int]:
    """The numbers of the days on which ``feast`` falls, in and around the demo's time."""
    first, last = size.calendar_day(-60), size.calendar_day(size.days + 60)
    if feast in _LUNAR:
        dates = list(_LUNAR[feast])
    else:
        month, day = _SOLAR[feast]
        dates = [date(year, month, day) for year in range(first.year, last.year + 1)]
    return [size.day_of(one) for one in dates if first <= one <= last]


def swell(size: DemoSize) -> Floats:
    """(days, feasts) how near each feast is: 0 far off, 1 when buying for it is at its height."""
    near = np.zeros((size.days, len(FEASTS)))
    for column, feast in enumerate(FEASTS):
        before, after, _ = _SWELL[feast]
        for day in feast_days(size, feast):
            gap = day - np.arange(size.days)
            rising = np.clip(1 - (gap - 2) / before, 0, 1) ** 1.5
            near[:, column] = np.maximum(
                near[:, column], np.where(gap >= 0, np.minimum(rising, 1), gap >= -after)
            )
    return near


def crowd(size: DemoSize) -> Floats:
    """(days,) how many visits a day draws, 1 being an ordinary Tuesday."""
    pull = np.array([extra for _, _, extra in _SWELL.values()])
    weekday = np.array([size.calendar_day(day).weekday() for day in range(size.days)])
    week: Floats = np.array([1.0, 1.0, 1.0, 1.0, 1.06, 1.22, 1.18])[weekday]
    visits: Floats = week * (1 + swell(size) @ pull)
    return visits
