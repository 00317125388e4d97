"""OpenSearch UBI: queries with their hits, and what was done with them."""

import json
from datetime import UTC, datetime

from zhiyin.core import Event

QUERY = {
    "application": "shop",
    "query_id": "q1",
    "client_id": "c1",
    "user_query": "盖碗",
    "timestamp": "2024-08-01T10:00:00.000Z",
    "query_response_id": "r1",
    "query_response_hit_ids": ["p1", "p2"],
}
CLICK = {
    "action_name": "add_to_cart",
    "query_id": "q1",
    "client_id": "c1",
    "session_id": "s1",
    "timestamp": "2024-08-01T10:00:05.000Z",
    "event_attributes": {"object": {"object_id": 42}, "position": {"ordinal": 2}},
}


def lines(*documents: object) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


def test_a_query_is_a_search_and_the_impressions_of_its_hits(lay, bring) -> None:
    brought = bring("ubi", lay({"ubi_queries.jsonl": lines(QUERY)}))
    [search] = brought.of("search")
    assert search == Event(
        id=search.id,
        shopper="c1",
        kind="search",
        time=datetime(2024, 8, 1, 10, tzinfo=UTC),
        request="q1",
        surface="search",
        query="盖碗",
    )
    shown = [(e.item, e.position, e.request) for e in brought.of("impression")]
    assert shown == [("p1", 0, "q1"), ("p2", 1, "q1")]


def test_an_action_on_an_object_is_an_event_of_the_same_request(lay, bring) -> None:
    [event] = bring("ubi", lay({"ubi_events.ndjson": lines(CLICK)})).events
    assert event == Event(
        id=event.id,
        shopper="c1",
        item="42",
        kind="cart",
        time=datetime(2024, 8, 1, 10, 0, 5, tzinfo=UTC),
        session="s1",
        request="q1",
        position=1,
    )


def test_wrappers_of_exports_and_bulk_files_are_seen_through(lay, bring) -> None:
    older = {"object": {"object_id": "p9"}, "position": {"ordinal": {"index": 3}}}
    text = lines(
        {"index": {"_index": "ubi_events"}},
        {"_index": "ubi_events", "_id": "1", "_source": CLICK | {"event_attributes": older}},
    )
    [event] = bring("ubi", lay({"ubi_events.json": text})).events
    assert (event.item, event.position) == ("p9", 2)


def test_actions_without_an_object_are_dropped_and_unknown_ones_refused(lay, bring) -> None:
    text = (
        lines(CLICK | {"event_attributes": {}}, CLICK | {"action_name": "share"}) + "{oops\n[1]\n"
    )
    folder = lay({"ubi_events.jsonl": text})
    brought = bring("ubi", folder)
    assert brought.events == []
    assert brought.refused == 3
    shared = bring("ubi", folder, kinds={"share": "favourite"})
    assert [event.kind for event in shared.events] == ["favourite"]
