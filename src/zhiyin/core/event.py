"""Event: something a shopper did, alone and as columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from zhiyin.core.errors import BadInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

EVENT_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("shopper", pa.string(), nullable=False),
        pa.field("item", pa.string()),  # null: an event about no item, such as a search
        pa.field("kind", pa.string(), nullable=False),
        pa.field("time", pa.int64(), nullable=False),  # microseconds since 1970, UTC
        pa.field("value", pa.float64()),  # pieces, seconds, stars or money: the kind says
        pa.field("session", pa.string()),
        pa.field("request", pa.string()),  # the slate it came from
        pa.field("surface", pa.string()),
        pa.field("position", pa.int32()),  # from 0, best first
        pa.field("propensity", pa.float64()),  # chance that the slate showed it there
        pa.field("query", pa.string()),
    ]
)
"""The columns of events everywhere: ingest, stores, arrays."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something a shopper did with an item, at a time."""

    id: str
    shopper: str
    kind: str
    time: datetime
    item: str | None = None
    value: float | None = None
    session: str | None = None
    request: str | None = None
    surface: str | None = None
    position: int | None = None
    propensity: float | None = None
    query: str | None = None


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970; the moment must carry its time zone."""
    if moment.tzinfo is None:
        raise BadInput(
            what=f"time {moment.isoformat()}",
            what_zh=f"时间 {moment.isoformat()}",
            problem="it has no time zone",
            problem_zh="没有时区",
            remedy="give it one, such as datetime(…, tzinfo=UTC)",
            remedy_zh="请加上时区，例如 datetime(…, tzinfo=UTC)",
        )
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(micro: int) -> datetime:
    """The UTC time of so many microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micro)


def to_batch(events: Iterable[Event]) -> pa.RecordBatch:
    """Events as columns of ``EVENT_SCHEMA``."""
    rows = list(events)
    columns: list[pa.Array] = []
    for column in EVENT_SCHEMA:
        values: list[Any] = [getattr(event, column.name) for event in rows]
        if column.name == "time":
            values = [micros(value) for value in values]
        columns.append(pa.array(values, column.type))
    return pa.RecordBatch.from_arrays(columns, schema=EVENT_SCHEMA)


def from_row(row: Sequence[Any]) -> Event:
    """An event from one row of values in the order of ``EVENT_SCHEMA``."""
    id_, shopper, item, kind, time, *rest = row
    return Event(id_, shopper, kind, moment(time), item, *rest)
