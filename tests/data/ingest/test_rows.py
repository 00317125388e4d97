"""Rows that somebody waits for: stored or refused, each with its number."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zhiyin.core import BadInput, Receipt, Settings, Store
from zhiyin.data.ingest import take

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Noon:
    def now(self) -> datetime:
        return NOON


@pytest.fixture
def taken(store: Store, tmp_path: Path) -> Any:
    def taken(rows: list[dict[str, Any]], into: Any = "events") -> Receipt:
        return take(rows, into, store, Settings(), Noon(), tmp_path)

    return taken


def test_the_good_rows_go_in_and_each_bad_one_is_told(taken: Any, store: Store) -> None:
    good = {"id": "e1", "shopper": "lin", "item": "scarf", "kind": "view"}
    receipt = taken([good, {**good, "id": "e2", "kind": "teleport"}, {**good, "id": "e3"}])
    assert (receipt.new, receipt.seen) == (2, 0)
    assert [(r.row, r.code, r.field) for r in receipt.refused] == [(2, "unknown_kind", "kind")]
    assert [event.id for event in store.events.recent("lin")] == ["e3", "e1"]


def test_an_event_without_a_time_happened_now(taken: Any, store: Store) -> None:
    row = {"id": "e1", "shopper": "lin", "item": "scarf", "kind": "view"}
    taken([row, {**row, "id": "e2", "time": "2026-02-01T00:00:00Z"}])
    times = {event.id: event.time for event in store.events.recent("lin")}
    assert times == {"e1": NOON, "e2": datetime(2026, 2, 1, tzinfo=UTC)}


def test_the_same_rows_again_are_seen(taken: Any) -> None:
    rows = [{"id": "e1", "shopper": "lin", "item": "scarf", "kind": "view", "time": 1_700_000_000}]
    assert taken(rows).new == 1
    assert taken(rows).seen == 1
    (refused,) = taken([{**rows[0], "item": "cup"}]).refused
    assert (refused.row, refused.code) == (1, "other_content")


def test_items_go_in_and_a_bad_price_stays_out(taken: Any, store: Store) -> None:
    rows = [{"id": "a", "title": "丝巾", "price": "20"}, {"id": "b", "price": -1}]
    receipt = taken(rows, "items")
    assert receipt.new == 1
    assert [(r.row, r.field) for r in receipt.refused] == [(2, "price")]
    assert store.catalogue.get(["a", "b"])[1] is None


def test_rows_that_are_nothing_like_events_are_refused_whole(taken: Any, store: Store) -> None:
    with pytest.raises(BadInput):
        taken([{"x": 1}])
    assert store.events.count() == 0


def test_no_rows_are_no_trouble(taken: Any) -> None:
    assert taken([]) == Receipt()


def test_half_a_surrogate_pair_keeps_its_row_out_and_no_other(taken: Any) -> None:
    good = {"id": "e1", "shopper": "lin", "item": "scarf", "kind": "view"}
    rows = [{**good, "shopper": "\ud800"}, good, {**good, "id": "e2", "\udfff": 1}]
    receipt = taken(rows)
    assert receipt.new == 1
    assert [(r.row, r.code) for r in receipt.refused] == [(1, "bad_encoding"), (3, "bad_encoding")]
    assert receipt.refused[0].field == "shopper"
    for refusal in receipt.refused:
        (refusal.text("en") + refusal.text("zh") + str(refusal.value)).encode()
