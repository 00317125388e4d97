"""The same events come in, whatever format, compression and encoding they were written in."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiyin.core import EVENT_SCHEMA, IngestSettings, Settings
from zhiyin.data.ingest import Mapping, ingest
from zhiyin.data.stores import open_store

Rows = list[dict[str, Any]]
Writer = Callable[[Rows], bytes]
COLUMNS = ("shopper", "item", "kind", "time", "value", "session", "position", "query")
KINDS = ("view", "click", "buy", "search", "favourite")

# Printable text that every encoding here can write; blanks at the ends are not kept.
letters = st.sampled_from("abcXYZ019 _-,;|\t\"'\n\r.:/\\{}[]云纹丝巾茶器é龘😀𠀀")
words = st.text(letters, min_size=1, max_size=12).map(lambda text: f"w{text}w")
rows = st.lists(
    st.fixed_dictionaries(
        {
            "shopper": words,
            "item": words,
            "kind": st.sampled_from(KINDS),
            "time": st.integers(1_000_000_000, 1_700_000_000),
            "value": st.none() | st.floats(0, 1e9, width=32).map(float),
            "session": st.none() | words,
            "position": st.none() | st.integers(0, 10_000),
            "query": st.none() | words,
        }
    ),
    min_size=1,
    max_size=30,
)


def as_csv(table: Rows, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue().encode()


def as_tsv(table: Rows) -> bytes:
    return as_csv(table, "\t")


def as_jsonl(table: Rows) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in table).encode()


def as_json(table: Rows) -> bytes:
    return json.dumps({"total": len(table), "events": table}, indent=1).encode()


def as_parquet(table: Rows) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(table), out, row_group_size=7)
    return out.getvalue()


WRITERS: dict[str, Writer] = {
    "events.csv": as_csv,
    "events.tsv": as_tsv,
    "events.jsonl": as_jsonl,
    "events.json": as_json,
    "events.parquet": as_parquet,
    "events.csv.gz": lambda table: gzip.compress(as_csv(table)),
    "events.jsonl.zst": lambda table: pa.Codec("zstd").compress(as_jsonl(table)).to_pybytes(),
    "bom.csv": lambda table: b"\xef\xbb\xbf" + as_csv(table),
    "gb.csv": lambda table: as_csv(table).decode().encode("gb18030"),
    "gb.jsonl.gz": lambda table: gzip.compress(as_jsonl(table).decode().encode("gb18030")),
    "wide.tsv": lambda table: as_tsv(table).decode().encode("utf-16"),
}


@pytest.mark.parametrize("batch_rows", [1, 1_000])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(table=rows)
def test_every_format_gives_the_same_events(
    table: Rows, batch_rows: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("formats")
    expected = _expected(table)
    for name, writer in WRITERS.items():
        encoding = "gb18030" if name.startswith("gb") else None
        (folder / name).write_bytes(writer(table))
        found = _taken(folder / name, Mapping(into="events", encoding=encoding), batch_rows)
        assert found.keys() == expected.keys(), name
        assert list(found.values()) == list(expected.values()), name


def _expected(table: Rows) -> dict[str, Any]:
    """What the rows say as dictionaries, which is the shortest way in."""
    return _taken(table, Mapping(into="events"), 1_000)


def _taken(source: Any, mapping: Mapping, batch_rows: int) -> dict[str, Any]:
    store = open_store("memory://", "shop")
    shop = Settings(ingest=IngestSettings(batch_rows=batch_rows))
    report = ingest(source, store, shop, mapping=mapping, clock=_Clock())
    assert report.refused == {}
    stored = pa.Table.from_batches(list(store.events.read()), EVENT_SCHEMA).to_pylist()
    return {row["id"]: row for row in stored}


class _Clock:
    def now(self) -> datetime:
        return datetime(2024, 1, 1, tzinfo=UTC)


@given(table=rows)
@settings(max_examples=50, deadline=None)
def test_an_event_says_what_its_row_said(table: Rows) -> None:
    found = _expected(table)
    said = {tuple(row[name] for name in COLUMNS) for row in table}
    assert len(found) <= len(said)
    for row in found.values():
        back = {**row, "time": row["time"] // 1_000_000}
        assert tuple(back[name] for name in COLUMNS) in said


def test_gb18030_is_recognised_where_the_first_chinese_comes_late(
    tmp_path: Path, take: Any, events: Any
) -> None:
    plain = "u1,i1,view,1600000000\n" * 20_000
    content = f"user,item,event,time\n{plain}顾客,云纹丝巾,购买,1600000001\n"
    (tmp_path / "late.csv").write_bytes(content.encode("gb18030"))
    report = take(tmp_path / "late.csv")
    assert report.files[0].encoding == "gb18030"
    assert (events()[-1]["item"], events()[-1]["kind"]) == ("云纹丝巾", "buy")


def test_old_macintosh_line_ends_are_lines(take: Any, write: Any) -> None:
    assert take(write("mac.csv", "user,item,event,time\ru,i,buy,1600000000\r")).new == 1


def test_semicolons_and_bars_part_columns_too(take: Any, write: Any) -> None:
    for delimiter in ";|\t":
        rows = ["user,item,event,time", "u,i,buy,1600000000"]
        content = "\n".join(rows).replace(",", delimiter)
        assert take(write("odd.csv", content), resume=False).rows == 1
