"""Metarank: items, rankings and interactions in one stream."""

import json
from datetime import UTC, datetime

from zhiyin.core import Event, IngestSettings, Item, Settings
from zhiyin.data.importers import import_from
from zhiyin.data.stores import open_store


def field(name: str, value: object) -> dict[str, object]:
    return {"name": name, "value": value}


OLD = {
    "event": "item",
    "id": "e1",
    "timestamp": "1599391467000",
    "item": "item1",
    "fields": [
        field("title", "Favourite cat"),
        field("color", ["white", "black"]),
        field("price", 10),
        field("vector", [0.1, 0.2]),
    ],
}
NEW = OLD | {
    "timestamp": "2020-09-07T00:00:00Z",
    "fields": [field("price", 8), field("cute", True)],
}
RANKING = {
    "event": "ranking",
    "id": "r1",
    "timestamp": "1599391467000",
    "user": "user1",
    "session": "session1",
    "fields": [field("query", "cat")],
    "items": [{"id": "item3", "relevancy": 2.0}, {"id": "item1", "relevancy": 1.0}],
}
BUY = {
    "event": "interaction",
    "id": "i1",
    "ranking": "r1",
    "timestamp": "1599391468000",
    "user": "user1",
    "session": "session1",
    "type": "purchase",
    "item": "item1",
    "fields": [field("count", 2), field("shipping", "DHL")],
}


def lines(*documents: object) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


def test_the_newest_value_of_each_field_makes_the_item(lay, bring) -> None:
    brought = bring("metarank", lay({"events.jsonl": lines(NEW, OLD)}))
    assert brought.items == {
        "item1": Item(
            id="item1",
            title="Favourite cat",
            price="8",
            attributes={"color": ("white", "black"), "cute": True},
        )
    }


def test_a_ranking_is_a_search_and_impressions(lay, bring) -> None:
    brought = bring("metarank", lay({"events.jsonl": lines(RANKING)}))
    [search] = brought.of("search")
    assert (search.id, search.query, search.request) == ("r1", "cat", "r1")
    shown = [(e.id, e.item, e.position, e.request) for e in brought.of("impression")]
    assert shown == [("r1:0", "item3", 0, "r1"), ("r1:1", "item1", 1, "r1")]


def test_an_interaction_belongs_to_its_ranking(lay, bring) -> None:
    [event] = bring("metarank", lay({"events.jsonl.gz": lines(BUY)})).events
    assert event == Event(
        id="i1",
        shopper="user1",
        item="item1",
        kind="buy",
        time=datetime(2020, 9, 6, 11, 24, 28, tzinfo=UTC),
        value=2.0,
        session="session1",
        request="r1",
    )


def test_a_guest_is_their_session_and_what_cannot_be_read_is_refused(lay, bring) -> None:
    guest = {name: value for name, value in BUY.items() if name != "user"}
    nobody = {name: value for name, value in guest.items() if name != "session"} | {"id": "i2"}
    text = lines(guest, nobody, {"event": "banner"}, {"event": "user", "user": "u"}) + "{oops\n"
    brought = bring("metarank", lay({"events.jsonl": text}))
    assert [event.shopper for event in brought.events] == ["session1"]
    assert brought.refused == 3


def test_a_ranking_longer_than_a_batch_comes_in_whole(lay) -> None:
    shown = [{"id": f"item{place}"} for place in range(250)]
    rankings = [RANKING | {"id": f"r{n}", "items": shown} for n in range(4)]
    folder = lay({"events.jsonl": lines(*rankings)})
    store = open_store("memory://", shop="importers")
    settings = Settings(ingest=IngestSettings(batch_rows=100))
    report = import_from("metarank", folder, store, settings)
    assert (report.rows, report.new) == (4, 4 * 251)
    assert store.events.count() == 4 * 251
