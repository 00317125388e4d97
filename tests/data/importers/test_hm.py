"""H&M: purchases whose equal rows are all real, and articles with leading zeros."""

from datetime import UTC, datetime

from zhiyin.core import Event, Item


def test_rows_that_say_the_same_are_pieces_of_one_purchase(shelf, bring) -> None:
    brought = bring("hm", shelf("hm") / "transactions_train.csv")
    assert [event.item for event in brought.events] == ["0663713001", "0663713001", "0108775015"]
    first = brought.events[0]
    assert first == Event(
        id=first.id,
        shopper="000058a1",
        item="0663713001",
        kind="buy",
        time=datetime(2018, 9, 20, tzinfo=UTC),
        surface="2",
    )
    assert brought.refused == 1


def test_importing_again_adds_nothing(shelf, bring) -> None:
    folder = shelf("hm")
    first, again = bring("hm", folder), bring("hm", folder)
    assert [e.id for e in first.events] == [e.id for e in again.events]


def test_an_article_keeps_its_zeros_and_its_picture(shelf, bring) -> None:
    folder = shelf("hm")
    picture = folder / "images" / "010" / "0108775015.jpg"
    picture.parent.mkdir(parents=True)
    picture.touch()
    brought = bring("hm", folder)
    assert brought.items["0108775015"] == Item(
        id="0108775015",
        title="Strap top",
        description="Jersey top, with straps.",
        category=("Ladieswear", "Garment Upper body", "Vest top"),
        images=("010/0108775015.jpg",),
        attributes={
            "product": "0108775",
            "colour": "Black",
            "colour_shade": "Dark",
            "pattern": "Solid",
            "department": "Jersey Basic",
            "section": "Womens Everyday Basics",
            "garment_group": "Jersey Basic",
        },
    )
    assert brought.items["0663713001"].images == ()
    assert sorted(brought.items) == ["0108775015", "0663713001"]
