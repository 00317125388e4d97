"""Ta Feng, as rows and as baskets."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zhiyin.core import BadInput, Event, Item


def test_a_row_is_a_purchase_of_so_many_pieces_on_a_day_in_taipei(shelf, bring) -> None:
    brought = bring("tafeng", shelf("tafeng"))
    first = brought.events[0]
    assert first == Event(
        id=first.id,
        shopper="01104905",
        item="4710199010372",
        kind="buy",
        time=datetime(2000, 10, 31, 16, 0, tzinfo=UTC),
        value=2.0,
        session="01104905 11/1/2000",
    )
    assert [e.session for e in brought.events[:2]] == [first.session] * 2
    assert brought.refused == 2


def test_products_are_stored_once_with_their_subclass(shelf, bring) -> None:
    brought = bring("tafeng", shelf("tafeng"))
    assert len(brought.items) == 2
    assert brought.items["4710857472535"] == Item(id="4710857472535", category=("120107",))


def test_baskets_stay_in_order_and_together(lay, bring) -> None:
    brought = bring("tafeng", lay({"tafeng_merged.json": '{"1": [[0, 1], [0]], "2": [[7]]}'}))
    found = [(e.shopper, e.item, e.session) for e in brought.events]
    assert found == [("1", "0", "1 0"), ("1", "1", "1 0"), ("1", "0", "1 1"), ("2", "7", "2 0")]
    assert brought.events[0].time == brought.events[1].time
    assert brought.events[2].time - brought.events[0].time == timedelta(seconds=1)


@pytest.mark.parametrize("text", ["[[1, 2]]", '{"1": [[0, 1', '{"1": 5}'])
def test_a_file_without_baskets_is_named(lay, bring, text: str) -> None:
    with pytest.raises(BadInput, match=r"tafeng_merged\.json"):
        bring("tafeng", lay({"tafeng_merged.json": text}))


@pytest.mark.slow
def test_the_real_baskets_come_in_whole(data: Path, bring) -> None:
    brought = bring("tafeng", data / "tafeng")
    assert len({event.shopper for event in brought.events}) == 13_858
    assert len({event.item for event in brought.events}) == 11_997
    assert len({event.session for event in brought.events}) == 91_227
    assert brought.refused == 0
