"""Coveo's sessions, searches and products."""

from datetime import UTC, datetime

from zhiyin.core import Event, Item


def test_a_session_is_the_shopper_and_actions_are_kinds(shelf, bring) -> None:
    brought = bring("coveo", shelf("coveo") / "browsing_train.csv")
    assert [event.kind for event in brought.events] == ["view", "cart", "buy"]
    first = brought.events[0]
    assert first == Event(
        id=first.id,
        shopper="s1",
        item="p1",
        kind="view",
        time=datetime(2019, 2, 23, 1, 26, 50, 881000, tzinfo=UTC),
        session="s1",
    )
    assert brought.refused == 1


def test_a_search_shows_products_and_some_are_clicked(shelf, bring) -> None:
    brought = bring("coveo", shelf("coveo") / "search_train.csv")
    asked = brought.of("search")
    assert [event.shopper for event in asked] == ["s1", "s2"]
    shown = [(e.item, e.position, e.request) for e in brought.of("impression")]
    request = asked[0].request
    assert shown == [("p1", 0, request), ("p2", 1, request), ("p3", 2, request)]
    [click] = brought.of("click")
    assert (click.item, click.position, click.request) == ("p2", 1, request)


def test_products_have_a_path_and_a_price_bucket(shelf, bring) -> None:
    items = bring("coveo", shelf("coveo") / "sku_to_content.csv").items
    assert items["p1"] == Item(
        id="p1", category=("c1", "c2", "c3"), attributes={"price_bucket": 3.0}
    )
    assert items["p2"] == Item(id="p2")
