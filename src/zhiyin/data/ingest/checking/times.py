"""Times: epochs and calendar times of many shapes, as microseconds since 1970.

A column that agrees with itself is read at once. Only the rows that are left over are
looked at one by one.
"""

import re
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.core import micros
from zhiyin.data.ingest.checking.faults import Mask, mask, nulls
from zhiyin.data.ingest.checking.zones import to_utc
from zhiyin.data.ingest.mapping import Mapping
from zhiyin.data.ingest.reading.blocks import Ints

_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
_SHORT = re.compile(r"(19\d\d|20\d\d|2100)\d{4}(\d{4}|\d{6})?")
_CLOCK = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?"
# Shapes that Arrow reads in bulk, where a column mixes them or holds something else.
_SHAPES: tuple[tuple[str, pa.DataType], ...] = (
    (r"^\d{1,18}$", pa.int64()),
    (f"^{_CLOCK}$", pa.timestamp("us")),
    (f"^{_CLOCK}(Z|[+-]\\d\\d:?\\d\\d)$", pa.timestamp("us", "UTC")),
)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
# As seconds these reach the year 5138, so a larger number counts something smaller.
_SECONDS, _MILLIS, _MICROS = 10**11, 10**14, 10**17
_UNITS = {"s": 1_000_000, "ms": 1_000, "us": 1}
_LOW, _HIGH = -(2**62), 2**62

Times = tuple[Ints, Mask]
"""Microseconds in UTC, and where the cell was no time."""


class Clockwork:
    """Reads times as one mapping and one shop mean them."""

    def __init__(self, mapping: Mapping, zone: str) -> None:
        self._unit = mapping.time_unit
        self._format = mapping.time_format
        self._zone = mapping.timezone or zone

    def read(self, array: pa.Array) -> Times:
        """A column of any type as times; nulls are neither time nor fault."""
        kind = array.type
        if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
            return self._timestamps(array)
        if pa.types.is_integer(kind):
            return self._whole(array.cast(pa.int64()))
        if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            return self._broken(array.cast(pa.float64()))
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            return self._text(array)
        return np.zeros(len(array), np.int64), ~nulls(array)

    def _timestamps(self, array: pa.Array) -> Times:
        zoned = pa.types.is_timestamp(array.type) and array.type.tz is not None
        plain = pa.timestamp("us", array.type.tz if zoned else None)
        times = _values(array.cast(plain, safe=False).cast(pa.int64()))
        return (times if zoned else self._local(times)), np.zeros(len(array), np.bool_)

    def _local(self, times: Ints) -> Ints:
        return to_utc(times, self._zone)

    def _whole(self, array: pa.Array) -> Times:
        """Whole numbers: the unit said, or the one that their size betrays."""
        values = _values(array)
        none = np.zeros(len(values), np.bool_)
        if self._unit == "iso":
            return values, ~nulls(array)
        if self._unit != "auto":
            return _scaled(values, self._unit)
        size = np.abs(values)
        if len(size) and int(size.max()) < _SECONDS and int(size.min()) > 22_000_000:
            return values * 1_000_000, none
        dates = self._dates(values)
        if dates.any():
            times, wrong = self._one_by_one([str(value) for value in values[dates].tolist()])
            rest, _ = self._by_size(values)
            rest[dates] = np.where(wrong, rest[dates], times)
            return rest, none
        return self._by_size(values)

    def _by_size(self, values: Ints) -> Times:
        size = np.abs(values)
        times = np.where(
            size < _SECONDS,
            np.clip(values, -_SECONDS, _SECONDS) * 1_000_000,
            np.where(
                size < _MILLIS,
                np.clip(values, -_MILLIS, _MILLIS) * 1_000,
                np.where(size < _MICROS, values, values // 1_000),
            ),
        )
        return times, np.zeros(len(values), np.bool_)

    def _dates(self, values: Ints) -> Mask:
        """Numbers that are written dates: 20200131, with or without a clock time."""
        found = np.zeros(len(values), np.bool_)
        for digits in (8, 12, 14):
            day = values // 10 ** (digits - 8)
            found |= (
                (day >= 19000101)
                & (day <= 21001231)
                & (day % 100 <= 31)
                & ((day % 100 > 0) & (day // 100 % 100 > 0) & (day // 100 % 100 <= 12))
            )
        return found

    def _broken(self, array: pa.Array) -> Times:
        """Numbers with fractions."""
        values = array.fill_null(0).to_numpy(zero_copy_only=False).astype(np.float64)
        wrong = ~np.isfinite(values)
        values = np.where(wrong, 0, values)
        whole = np.abs(values) >= _SECONDS
        if not whole.any() and self._unit in ("auto", "s") and np.abs(values).max(initial=0) > 3e7:
            return np.round(values * 1e6).astype(np.int64), wrong
        if (values == np.floor(values)).all():
            times, more = self._whole(pa.array(np.clip(values, -9e18, 9e18).astype(np.int64)))
            return times, wrong | more
        scale = np.select(
            [np.abs(values) < _SECONDS, np.abs(values) < _MILLIS, np.abs(values) < _MICROS],
            [1e6, 1e3, 1.0],
            1e-3,
        )
        if self._unit in _UNITS:
            scale = np.full(len(values), float(_UNITS[self._unit]))
        return np.round(np.clip(values * scale, _LOW, _HIGH)).astype(np.int64), wrong

    def _text(self, array: pa.Array) -> Times:
        if self._format is None:
            for kind in (pa.int64(), pa.timestamp("us"), pa.timestamp("us", "UTC"), pa.float64()):
                try:
                    return self.read(array.cast(kind))
                except pa.ArrowInvalid:
                    continue
        return self._mixed(array)

    def _mixed(self, array: pa.Array) -> Times:
        """Text that does not agree with itself: by shape, and the rest one by one."""
        times = np.zeros(len(array), np.int64)
        wrong = np.zeros(len(array), np.bool_)
        left = ~nulls(array)
        for pattern, kind in () if self._format else _SHAPES:
            fits = mask(pc.match_substring_regex(array, pattern)) & left
            if fits.any():
                try:
                    times[fits], wrong[fits] = self.read(array.filter(pa.array(fits)).cast(kind))
                    left &= ~fits
                except pa.ArrowInvalid:
                    continue
        rest = array.filter(pa.array(left)).to_pylist()
        times[left], wrong[left] = self._one_by_one(rest)
        return times, wrong

    def _one_by_one(self, texts: list[str]) -> Times:
        times = np.zeros(len(texts), np.int64)
        wrong = np.zeros(len(texts), np.bool_)
        local = np.zeros(len(texts), np.bool_)
        for index, text in enumerate(texts):
            found = self._one(text)
            if found is None:
                wrong[index] = True
            elif isinstance(found, int):
                times[index] = found
            else:
                local[index] = found.tzinfo is None
                moment = found.replace(tzinfo=UTC) if found.tzinfo is None else found
                times[index] = micros(moment)
        times[local] = self._local(times[local])
        return times, wrong

    def _one(self, text: str) -> datetime | int | None:
        """A calendar time, or microseconds in UTC, or None for what is neither."""
        text = text.strip()
        try:
            if self._format is not None:
                return datetime.strptime(text, self._format)
            if self._unit in ("auto", "iso") and _SHORT.fullmatch(text):
                shape = "%Y%m%d%H%M%S"[: len(text) - 2]
                return datetime.strptime(text, shape)
        except ValueError:
            if self._format is not None:
                return None
        if _NUMBER.fullmatch(text):
            return self._number(text)
        return _calendar(text)

    def _number(self, text: str) -> int | None:
        if self._unit == "iso":
            return None
        try:
            whole = re.fullmatch(r"[+-]?\d+", text) is not None
            value: pa.Array = pa.array([int(text)]) if whole else pa.array([float(text)])
        except (OverflowError, ValueError, pa.ArrowInvalid):
            return None
        times, wrong = (
            self._by_size(_values(value)) if whole and self._unit == "auto" else (self.read(value))
        )
        return None if wrong[0] else int(times[0])


def _scaled(values: Ints, unit: str) -> Times:
    if unit == "ns":
        return values // 1_000, np.zeros(len(values), np.bool_)
    scale = _UNITS[unit]
    return np.clip(values, _LOW // scale, _HIGH // scale) * scale, np.zeros(len(values), np.bool_)


def _calendar(text: str) -> datetime | None:
    shaped = _DATE.sub(lambda m: f"{m[1]}-{int(m[2]):02}-{int(m[3]):02}", text, count=1)
    shaped = re.sub(r"\s*(UTC|GMT)$", "Z", shaped)
    shaped = re.sub(r"(?<=\d)\s+(?=[+-]\d\d:?\d\d$)", "", shaped)
    shaped = re.sub(r"(?<=[T ])(\d):", r"0\1:", shaped)
    shaped = re.sub(r"(\.\d{6})\d+", r"\1", shaped)
    try:
        return datetime.fromisoformat(shaped)
    except ValueError:
        return None


def _values(array: pa.Array) -> Ints:
    found: Ints = array.fill_null(0).to_numpy(zero_copy_only=False)
    return found.astype(np.int64, copy=False)
