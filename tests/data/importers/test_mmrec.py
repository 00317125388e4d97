"""MMRec's interactions, small, and the real Baby and Sports."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zhiyin.core import Event, Item

START = datetime(2000, 1, 1, tzinfo=UTC)
INTER = "userID\titemID\tx_label\n0\t5\t0\n0\t3\t1\n0\t4\t2\n1\t5\t0\n1\t\t0\n"
ITEMS = "asin\titemID\nB00A\t3\nB00B\t4\nB00C\t5\n"


def test_labels_become_surfaces_and_the_order_of_the_file_stays(lay, bring) -> None:
    brought = bring("mmrec", lay({"toys.inter": INTER}))
    surfaces = [(e.shopper, e.item, e.surface) for e in brought.events]
    assert surfaces == [
        ("0", "5", "split:0"),
        ("0", "3", "split:1"),
        ("0", "4", "split:2"),
        ("1", "5", "split:0"),
    ]
    times = [event.time for event in brought.events]
    assert times == sorted(set(times))
    assert max(times) - min(times) < timedelta(seconds=1)
    assert brought.refused == 1


def test_one_row_says_who_bought_what_and_nothing_else(lay, bring) -> None:
    event = bring("mmrec", lay({"toys.inter": INTER})).events[0]
    assert event == Event(
        id=event.id, shopper="0", item="5", kind="buy", time=event.time, surface="split:0"
    )


def test_items_keep_their_numbers_and_know_their_asin(lay, bring) -> None:
    pictures = "itemID,asin,imUrl\n3,B00A,http://pictures/a.jpg\n"
    words = "itemID\tasin\tbrand_and_categories\n3\tB00A\tGhost | Sports | Cycling\n"
    folder = lay(
        {
            "toys.inter": INTER,
            "i_id_mapping.csv": ITEMS,
            "toys_url.csv": pictures,
            "item_text.tsv": words,
        }
    )
    items = bring("mmrec", folder).items
    assert items["3"] == Item(
        id="3",
        description="Ghost | Sports | Cycling",
        images=("http://pictures/a.jpg",),
        attributes={"asin": "B00A"},
    )
    assert items["4"] == Item(id="4", attributes={"asin": "B00B"})


def test_relative_times_and_order_are_kept_where_they_are_told(lay, bring) -> None:
    rows = "userID\titemID\tx_label\torder\trel_time_s\n"
    rows += "0\t1\t0\t0\t0\n0\t2\t0\t1\t0\n0\t3\t2\t2\t86400\n"
    brought = bring("mmrec", lay({"toys.inter": rows + "1\t1\t0\t0\tsoon\n"}))
    assert brought.report.refused == {"missing": 1}
    assert [event.time for event in brought.events] == [
        START,
        START + timedelta(microseconds=1),
        START + timedelta(days=1, microseconds=2),
    ]


def test_stars_and_timestamps_are_taken_where_they_are_told(lay, bring) -> None:
    rows = "userID\titemID\trating\ttimestamp\tx_label\n0\t1\t4.0\t1400000000\t0\n"
    event = bring("mmrec", lay({"toys.inter": rows})).events[0]
    assert (event.kind, event.value, event.surface) == ("rate", 4.0, "split:0")
    assert event.time == datetime(2014, 5, 13, 16, 53, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "shoppers", "items", "parts"),
    [
        ("baby", 19_445, 7_050, (118_551, 20_559, 21_682)),
        pytest.param("sports", 35_598, 18_357, (218_409, 37_899, 40_029), marks=pytest.mark.slow),
    ],
)
def test_the_real_interactions_come_in_whole(
    data: Path, bring, name: str, shoppers: int, items: int, parts: tuple[int, ...]
) -> None:
    brought = bring("mmrec", data / "amazon" / name)
    surfaces = [event.surface for event in brought.events]
    assert tuple(surfaces.count(f"split:{label}") for label in range(3)) == parts
    assert len(brought.events) == sum(parts)
    assert brought.refused == 0
    assert len({event.shopper for event in brought.events}) == shoppers
    assert len(brought.items) == items
