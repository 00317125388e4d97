"""Zones: clock times without a zone, put into UTC, by columns.

Where the clock is put back an hour happens twice and the first is meant; where it is
put forward an hour is missing and its times move on by what was skipped. That is what
Python's ``datetime`` does with ``fold=0``.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from zhiyin.data.ingest.reading.blocks import Ints

_SECOND = 1_000_000
_DAY = 86_400
_DECADE = 3653 * _DAY
_EARLIEST = -7 * _DECADE * _SECOND
_LATEST = 23 * _DECADE * _SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_utc(local: Ints, zone: str) -> Ints:
    """Microseconds on the wall clock of ``zone`` → microseconds in UTC."""
    if zone == "UTC" or len(local) == 0:
        return local
    # Beyond these years nobody knows the rules; whole decades let batches share the table.
    first, last = np.clip([local.min(), local.max()], _EARLIEST, _LATEST) // (_DECADE * _SECOND)
    bounds, offsets = _table(zone, int(first) - 1, int(last) + 2)
    place = np.searchsorted(bounds, local, side="right")
    return local - offsets[place]


@lru_cache(maxsize=64)
def _table(zone: str, first: int, last: int) -> tuple[Ints, Ints]:
    """Wall clock times where the offset changes, and the offsets before, between, after."""
    info = ZoneInfo(zone)
    days = range(first * _DECADE // _DAY, last * _DECADE // _DAY + 7, 7)
    bounds: list[int] = []
    offsets = [_offset(info, days[0] * _DAY)]
    for before, after in pairwise(days):
        for change in _changes(info, before * _DAY, after * _DAY):
            old, new = offsets[-1], _offset(info, change)
            bounds.append(change + max(old, new))
            offsets.append(new)
    scale = np.int64(_SECOND)
    return np.array(bounds, np.int64) * scale, np.array(offsets, np.int64) * scale


def _changes(info: ZoneInfo, low: int, high: int) -> list[int]:
    """The second of a change of offset between two moments; one a week is all there is."""
    start, end = _offset(info, low), _offset(info, high)
    if start == end:
        return []
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(info, middle) == start else (low, middle)
    return [high]


def _offset(info: ZoneInfo, second: int) -> int:
    """Seconds that the zone is ahead of UTC at a moment."""
    ahead = (_EPOCH + timedelta(seconds=second)).astimezone(info).utcoffset()
    return int(ahead.total_seconds()) if ahead is not None else 0
