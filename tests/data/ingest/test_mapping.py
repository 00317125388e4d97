"""Mappings are checked when they are made, and may come from a file."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pydantic import ValidationError

from zhiyin.core import BadInput, NotFound
from zhiyin.data.ingest import Mapping, load_mapping
from zhiyin.data.ingest.mapping import ROW

TAOBAO = """
into = "events"
header = false
columns_in_order = ["shopper", "item", "_", "kind", "time"]
[kinds]
pv = "view"
fav = "favourite"
cart = ""
"""


def test_a_mapping_may_be_a_small_file(take: Any, write: Any, events: Any) -> None:
    mapping = load_mapping(write("taobao.toml", TAOBAO))
    rows = "1,11,5,pv,1511544070\n1,12,5,fav,1511544071\n1,13,5,cart,1511544072\n"
    report = take(write("UserBehavior.csv", rows), mapping=mapping)
    assert (report.rows, report.new, report.refused) == (3, 2, {})
    assert [event["kind"] for event in events()] == ["view", "favourite"]


def test_a_mapping_may_be_json(write: Any) -> None:
    assert load_mapping(write("m.json", '{"into": "items"}')) == Mapping(into="items")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('into = "event"', "into"),
        ('into = "events"\nnoise = 1', "noise"),
        ("into =", "m.toml"),
        ('into = "events"\ntimezone = "Mars"', "not a time zone such as Asia/Shanghai"),
        ('into = "events"\nencoding = "klingon"', "not an encoding such as gb18030"),
        ('into = "events"\n[fields]\nprice = "p"', "'price' is no field of events"),
        ('into = "events"\nheader = false', "needs columns_in_order"),
    ],
)
def test_what_is_wrong_in_a_mapping_is_named(content: str, words: str, write: Any) -> None:
    with pytest.raises(BadInput, match=words):
        load_mapping(write("m.toml", content))


def test_a_mapping_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"none\.toml"):
        load_mapping(tmp_path / "none.toml")


def test_mappings_are_frozen_and_know_their_keys() -> None:
    with pytest.raises(ValidationError):
        Mapping(into="events", colour="red")  # type: ignore[call-arg]


def test_mappings_that_say_the_same_have_one_fingerprint() -> None:
    first = Mapping(into="events", kinds={"pv": "view"})
    assert first.fingerprint == Mapping(into="events", kinds={"pv": "view"}).fingerprint
    assert first.fingerprint != Mapping(into="events").fingerprint


def test_columns_of_objects_are_reached_by_dotted_paths(take: Any, write: Any, events: Any) -> None:
    mapping = Mapping(
        into="events",
        fields={"item": "event.object.id", "shopper": "client.id", "time": "event.at"},
        constants={"kind": "click"},
    )
    line = '{"client":{"id":"c1"},"event":{"at":"2020-01-01T00:00:00Z","object":{"id":"p%d"}}}\n'
    take(write("ubi.jsonl", line % 1 + line % 2), mapping=mapping)
    assert [(event["shopper"], event["item"]) for event in events()] == [("c1", "p1"), ("c1", "p2")]


def test_one_row_may_become_many_or_none(take: Any, events: Any, refuse: Any) -> None:
    def expand(row: dict[str, Any]) -> list[dict[str, Any]]:
        if row["items"] is None:
            raise ValueError("a basket without items")
        return [{**row, "item": item} for item in row["items"]]

    mapping = Mapping(into="events", expand=expand, constants={"kind": "buy"})
    baskets = [["i1", "i2"], [], None, ["i3"]]
    rows = [{"user": "u", "time": 1_600_000_000, "items": basket} for basket in baskets]
    report, [reject] = refuse(rows, mapping=mapping)
    assert (report.rows, report.new, report.refused) == (4, 3, {"malformed": 1})
    assert (reject["row"], "a basket without items" in reject["message"]) == (3, True)
    assert [event["item"] for event in events()] == ["i1", "i2", "i3"]


def test_a_batch_may_be_turned_at_once_and_rows_keep_their_numbers(write: Any, refuse: Any) -> None:
    def clicks(batch: pa.RecordBatch) -> pa.RecordBatch:
        batch = batch.filter(pc.equal(batch["click"], "1"))
        return batch.append_column("kind", pa.array(["click"] * batch.num_rows))

    content = "user,item,time,click\nu1,i1,1600000000,0\nu2,i2,1600000000,1\n,i3,1600000000,1\n"
    report, [reject] = refuse(
        write("e.csv", content), mapping=Mapping(into="events", transform=clicks)
    )
    assert (report.rows, report.new, reject["row"], reject["code"]) == (3, 1, 4, "missing")


def test_a_transform_must_carry_the_row_numbers(take: Any, write: Any) -> None:
    mapping = Mapping(into="events", transform=lambda batch: batch.drop_columns([ROW]))
    with pytest.raises(BadInput, match="lost the column __row__"):
        take(write("e.csv", "user,item,event,time\nu,i,buy,1600000000\n"), mapping=mapping)


def test_lines_are_rows_for_expand_to_take_apart(take: Any, write: Any, events: Any) -> None:
    def pairs(row: dict[str, Any]) -> list[dict[str, Any]]:
        shopper, *items = row["line"].split()
        return [{"user": shopper, "item": item} for item in items]

    mapping = Mapping(
        into="events", format="lines", expand=pairs, constants={"kind": "buy", "time": "2020-01-01"}
    )
    take(write("pairs.txt", "u1 i1 i2\nu2 i3\n"), mapping=mapping)
    assert [event["item"] for event in events()] == ["i1", "i2", "i3"]


def test_missing_cells_take_the_default(take: Any, write: Any, events: Any) -> None:
    mapping = Mapping(into="events", defaults={"kind": "view", "value": 1})
    take(write("e.csv", "user,item,event,time,value\nu,i,,1600000000,\n"), mapping=mapping)
    [event] = events()
    assert (event["kind"], event["value"]) == ("view", 1.0)
