"""Gorse: JSON lines, the older CSV, and the binary dump."""

import json
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhiyin.core import Damaged, Event, Item

ITEM = {
    "ItemId": "1",
    "IsHidden": False,
    "Categories": ["x", "y"],
    "Timestamp": "2020-01-01T01:01:01.000000001Z",
    "Labels": {"genre": ["comedy"], "size": {"width": 3}, "embedding": [0.1, 0.2]},
    "Comment": "A film",
}
HIDDEN = {"ItemId": "2", "IsHidden": True, "Timestamp": "0001-01-01T00:00:00Z", "Comment": "a\nb"}
STAR = {
    "FeedbackType": "star",
    "UserId": "u1",
    "ItemId": "1",
    "Value": 0,
    "Timestamp": "2021-05-04T03:02:01.5Z",
    "Comment": "",
}
READ = STAR | {"FeedbackType": "read", "Timestamp": "0001-01-01T00:00:00Z"}
FORK = STAR | {"FeedbackType": "fork", "ItemId": "9"}


def lines(*documents: object) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


def test_an_item_has_labels_as_attributes_without_vectors(lay, bring) -> None:
    items = bring("gorse", lay({"items.jsonl": lines(ITEM, HIDDEN)})).items
    assert items["1"] == Item(
        id="1",
        title="A film",
        category=("x", "y"),
        attributes={"genre": ("comedy",), "size.width": 3},
        available_from=datetime(2020, 1, 1, 1, 1, 1, tzinfo=UTC),
    )


def test_a_hidden_item_stays_known_and_is_never_available(lay, bring) -> None:
    hidden = bring("gorse", lay({"items.jsonl": lines(ITEM, HIDDEN)})).items["2"]
    assert hidden.available_until == datetime(1970, 1, 1, tzinfo=UTC)
    assert hidden.available_from is None
    assert hidden.description == "a\nb"


def test_feedback_types_are_kinds_and_unknown_ones_can_be_mapped(lay, bring) -> None:
    folder = lay({"feedback.jsonl": lines(STAR, READ, FORK)})
    brought = bring("gorse", folder)
    star, read = brought.events
    assert star == Event(
        id=star.id,
        shopper="u1",
        item="1",
        kind="favourite",
        time=datetime(2021, 5, 4, 3, 2, 1, 500000, tzinfo=UTC),
    )
    assert (read.kind, read.time) == ("view", datetime(2000, 1, 1, tzinfo=UTC))
    assert brought.refused == 1
    mapped = bring("gorse", folder, kinds={"fork": "favourite"})
    assert [event.kind for event in mapped.events] == ["favourite", "view", "favourite"]


def test_the_older_csv_is_read_with_its_own_names(lay, bring) -> None:
    items = (
        "item_id,is_hidden,categories,time_stamp,labels,description\r\n"
        '1,false,x|y,2020-01-01 01:01:01.000000001 +0000 UTC,a|b,"o,n,e"\r\n'
        '2,true,,2021-01-01 01:01:01 +0000 UTC,"{""genre"":[""sci-fi""]}",two\r\n'
    )
    feedback = (
        "feedback_type,user_id,item_id,time_stamp\r\n"
        "click,0,2,2020-06-01 10:00:00 +0800 CST\r\n"
        "click,0,2,last week\r\n"
    )
    brought = bring("gorse", lay({"items.csv": items, "feedback.csv": feedback}))
    assert brought.items["1"].tags == ("a", "b")
    assert brought.items["2"].attributes == {"genre": ("sci-fi",)}
    assert [event.time for event in brought.events] == [datetime(2020, 6, 1, 2, tzinfo=UTC)]
    assert brought.refused == 1


def varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
    return out + bytes([number])


def text(field: int, value: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(value)) + value


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def dump(*parts: int | bytes) -> bytes:
    sized = [p if isinstance(p, int) else (len(p), p) for p in parts]
    flat = [
        struct.pack("<q", s) if isinstance(s, int) else struct.pack("<q", s[0]) + s[1]
        for s in sized
    ]
    return b"".join(flat)


USER = text(1, b"u1") + text(2, b"null")
GOOD = (
    text(2, b"1")
    + number(3, 1)
    + text(4, b"x")
    + text(4, b"y")
    + text(5, number(1, 1_577_840_461) + number(2, 1_000))
    + text(6, b'{"genre": ["comedy"]}')
    + text(7, "茶".encode())
)
LIKE = text(2, b"like") + text(3, b"u1") + text(4, b"1") + text(5, number(1, 1_620_097_321))
LATER = varint(9 << 3 | 1) + struct.pack("<d", 2.5)  # a field that no version here knows


def test_the_binary_dump_is_read_record_by_record(tmp_path: Path, bring) -> None:
    (tmp_path / "shop.dump").write_bytes(dump(-1, USER, -2, GOOD, -3, LIKE + LATER, 0))
    brought = bring("gorse", tmp_path)
    item = brought.items["1"]
    assert (item.title, item.category) == ("茶", ("x", "y"))
    assert item.attributes == {"genre": ("comedy",)}
    assert item.available_from == datetime(2020, 1, 1, 1, 1, 1, 1, tzinfo=UTC)
    assert item.available_until == datetime(1970, 1, 1, tzinfo=UTC)
    [event] = brought.events
    assert (event.shopper, event.item, event.kind) == ("u1", "1", "favourite")
    assert event.time == datetime(2021, 5, 4, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [
        dump(-1, USER, -2, GOOD),
        dump(-2, GOOD, 0)[:-20],
        dump(-9, USER, 0),
        dump(-2, b"\x12\x7f1", 0),
        dump(-2, text(2, b"\xff\xfe"), 0),
        struct.pack("<qq", -2, 1 << 40),
    ],
    ids=["no end", "cut", "strange mark", "field too long", "no text", "huge"],
)
def test_a_damaged_dump_is_named(tmp_path: Path, bring, content: bytes) -> None:
    (tmp_path / "shop.dump").write_bytes(content)
    with pytest.raises(Damaged, match=r"shop\.dump"):
        bring("gorse", tmp_path)
