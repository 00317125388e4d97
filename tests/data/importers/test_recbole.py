"""RecBole's atomic files: types in the header."""

from datetime import UTC, datetime

from zhiyin.core import Event, Item


def test_stars_and_seconds_are_read_by_their_typed_names(shelf, bring) -> None:
    brought = bring("recbole", shelf("recbole") / "ml.inter")
    first = brought.events[0]
    assert first == Event(
        id=first.id,
        shopper="196",
        item="242",
        kind="rate",
        time=datetime(1997, 12, 4, 15, 55, 49, tzinfo=UTC),
        value=3.0,
    )
    assert [event.value for event in brought.events] == [3.0, 3.5]
    assert brought.refused == 1


def test_an_item_has_words_numbers_and_quotes_as_they_are(shelf, bring) -> None:
    brought = bring("recbole", shelf("recbole"))
    assert brought.items["242"] == Item(
        id="242",
        title='Kolya 20" cut',
        tags=("Comedy", "Drama"),
        attributes={"release_year": 1996.0, "cast": ("Zdenek", "Andrej")},
    )
    assert brought.items["302"] == Item(id="302", title='L.A. "Noir"', tags=("Crime",))
    assert brought.refused == 2


def test_without_stars_and_time_the_name_tells_the_kind_and_the_file_the_order(lay, bring) -> None:
    rows = "session_id:token\titem_id:token\ns1\tb\ns1\ta\n"
    events = bring("recbole", lay({"yoochoose-clicks.inter": rows})).events
    assert [(e.shopper, e.session, e.item, e.kind) for e in events] == [
        ("s1", "s1", "b", "click"),
        ("s1", "s1", "a", "click"),
    ]
    assert events[0].time < events[1].time
