"""Times of all shapes come out as microseconds in UTC, the same alone and in a column."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.core import micros
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.checking.times import Clockwork
from zhiyin.data.ingest.checking.zones import to_utc

NOON = micros(datetime(2020, 1, 31, 12, 30, tzinfo=UTC))


def read(cells: list[Any], zone: str = "UTC", **said: Any) -> list[int | None]:
    clockwork = Clockwork(Mapping(into="events", **said), zone)
    times, wrong = clockwork.read(pa.array(cells))
    return [None if bad else time for time, bad in zip(times.tolist(), wrong.tolist(), strict=True)]


@pytest.mark.parametrize(
    "cell",
    [
        "2020-01-31T12:30:00Z",
        "2020-01-31 12:30:00",
        "2020-01-31 12:30",
        "2020-01-31T12:30:00.000000",
        "2020-01-31T12:30:00.000000123Z",
        "2020-01-31T20:30:00+08:00",
        "2020-01-31T20:30:00+0800",
        "2020-01-31 20:30:00 +08:00",
        "2020-01-31 12:30:00 UTC",
        "2020/01/31 12:30",
        "2020/1/31 12:30",
        "2020.01.31 12:30:00",
        "2020年1月31日 12:30",
        "20200131123000",
        "202001311230",
        str(NOON // 10**6),
        str(NOON // 10**3),
        str(NOON),
        str(NOON * 10**3),
        f"{NOON // 10**6}.0",
        f"{NOON / 10**6:.9e}",
        NOON // 10**6,
        NOON // 10**3,
        NOON,
        NOON / 10**6,
        datetime(2020, 1, 31, 12, 30),
        datetime(2020, 1, 31, 20, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
    ],
)
def test_the_same_moment_in_every_shape(cell: Any) -> None:
    assert read([cell]) == [NOON]
    if isinstance(cell, str):
        assert read([cell, "never", None, cell]) == [NOON, None, 0, NOON]


def test_a_day_is_its_midnight() -> None:
    midnight = micros(datetime(2020, 1, 31, tzinfo=UTC))
    assert read(["2020-01-31", "2020/1/31", "20200131"]) == [midnight] * 3
    assert read([20200131]) == [midnight]
    assert read([date(2020, 1, 31)]) == [midnight]


@pytest.mark.parametrize("cell", ["", "soon", "31/01/2020", "2020-02-30", "2020-13-01", "12:30"])
def test_what_is_no_time_is_said(cell: str) -> None:
    assert read([cell]) == [None]
    assert read([cell, "2020-01-31T12:30:00Z"]) == [None, NOON]


def test_fractions_of_seconds_are_kept() -> None:
    assert read(["1580473800.25", (1580473800.25).hex()])[0] == NOON + 250_000
    assert read([1580473800.25]) == [NOON + 250_000]
    assert read(["2020-01-31T12:30:00.25Z"]) == [NOON + 250_000]


def test_a_unit_that_was_said_is_believed() -> None:
    assert read([5], time_unit="ms") == [5_000]
    assert read(["5"], time_unit="s") == [5_000_000]
    assert read([5_000], time_unit="ns") == [5]
    assert read(["20200131"], time_unit="s") == [20200131 * 10**6]
    assert read([1580473800], time_unit="iso") == [None]


def test_a_pattern_that_was_said_is_believed() -> None:
    said = {"time_format": "%m/%d/%Y %H:%M"}
    assert read(["01/31/2020 12:30", "31/01/2020 12:30"], **said) == [NOON, None]


def test_times_without_a_zone_are_in_the_zone_of_the_mapping_or_the_shop() -> None:
    eight = 8 * 3600 * 10**6
    assert read(["2020-01-31 12:30"], zone="Asia/Shanghai") == [NOON - eight]
    assert read(["2020-01-31 12:30"], timezone="Asia/Shanghai") == [NOON - eight]
    assert read(["2020-01-31 12:30Z"], zone="Asia/Shanghai") == [NOON]
    assert read([str(NOON)], zone="Asia/Shanghai") == [NOON]


def test_the_hour_that_happens_twice_is_the_first_and_the_missing_one_moves_on() -> None:
    berlin = {"zone": "Europe/Berlin"}
    assert read(["2023-10-29 02:30"], **berlin) == [
        micros(datetime(2023, 10, 29, 0, 30, tzinfo=UTC))
    ]
    assert read(["2023-03-26 02:30"], **berlin) == [
        micros(datetime(2023, 3, 26, 1, 30, tzinfo=UTC))
    ]


zones = st.sampled_from(
    [
        "Europe/Berlin",
        "America/New_York",
        "Asia/Shanghai",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    zone=zones,
    moments=st.lists(
        st.datetimes(datetime(1975, 1, 1), datetime(2035, 1, 1)), min_size=1, max_size=40
    ),
)
def test_whole_columns_agree_with_python_at_every_change_of_the_clock(
    zone: str, moments: list[datetime]
) -> None:
    local = np.array([micros(each.replace(tzinfo=UTC)) for each in moments])
    expected = [micros(each.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)) for each in moments]
    assert to_utc(local, zone).tolist() == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 2 * 10**18), min_size=1, max_size=20))
def test_numbers_mean_the_same_as_text_and_as_numbers_alone_and_together(
    numbers: list[int],
) -> None:
    together = read(list(numbers))
    assert read([str(number) for number in numbers]) == together
    assert [read([number])[0] for number in numbers] == together
    assert read([*map(str, numbers), "x"])[:-1] == together


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_no_text_whatever_breaks_the_clockwork(texts: list[str]) -> None:
    assert len(read(texts)) == len(texts)
