"""Ids that are made: the same for the same event, for ever; another for any other."""

from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.checking.identity import content_ids

ROW = {"user": "u1", "item": "i1", "event": "buy", "time": 1_600_000_000, "value": 2}


def test_made_ids_never_change_between_versions(take: Any, events: Any) -> None:
    """Golden: with another id the same file would come in twice."""
    take([ROW, {**ROW, "value": None, "session": "s"}], into="events")
    assert [event["id"] for event in events()] == [
        "2quc87kg1kggmtpgnl95th80",
        "2quc87kgsmfuchhjd80patn0",
    ]


def test_ids_of_the_file_are_kept_and_gaps_are_filled(take: Any, events: Any) -> None:
    take([{**ROW, "event_id": "mine"}, {**ROW, "item": "i2", "event_id": None}], into="events")
    first, second = (event["id"] for event in events())
    assert first == "mine"
    assert len(second) == 24


def test_by_content_the_same_row_twice_is_one_event_and_by_row_it_is_two(
    take: Any, store: Any
) -> None:
    assert take([ROW, ROW], into="events").seen == 1
    by_row = Mapping(into="events", identity="row")
    assert take([ROW, ROW], mapping=by_row, name="log.csv").new == 2
    again = take([ROW, ROW], mapping=by_row, name="log.csv")
    assert (again.new, again.seen) == (0, 2)
    assert take([ROW], mapping=by_row, name="other.csv").new == 1


def test_events_made_of_one_row_are_told_apart_by_row(take: Any) -> None:
    mapping = Mapping(into="events", identity="row", expand=lambda row: [row, row, row])
    assert take([ROW, ROW], mapping=mapping).new == 6


texts = st.none() | st.text(max_size=3)


@given(st.lists(st.tuples(texts, texts, texts), min_size=2, max_size=8, unique=True))
def test_whatever_differs_has_another_id(rows: list[tuple[str | None, ...]]) -> None:
    columns = dict(zip(("shopper", "item", "session"), zip(*rows, strict=True), strict=True))
    arrays = {name: pa.array(cells, pa.string()) for name, cells in columns.items()}
    ids = content_ids({**arrays, "time": pa.array([1_600_000_000_000_000] * len(rows))})
    assert len(set(ids.to_pylist())) == len(rows)
    assert all(len(id) == 24 for id in ids.to_pylist())


def test_made_ids_stand_in_the_order_of_time(take: Any, events: Any) -> None:
    take([{**ROW, "time": 10**9 + 86_400 * day} for day in range(20_000)][::40], into="events")
    ids = [event["id"] for event in sorted(events(), key=lambda event: event["time"])]
    assert ids == sorted(ids)


def test_ids_by_row_stand_in_the_order_of_rows(take: Any, events: Any) -> None:
    take([ROW] * 300, mapping=Mapping(into="events", identity="row"))
    ids = [event["id"] for event in events()]
    assert ids == sorted(set(ids))
