"""ingest end to end: files, folders, streams and iterables into a store."""

import gzip
import io
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from zhiyin.core import BadInput, BadRequest, Event, Item, NotFound, Settings, Store
from zhiyin.data.ingest import Mapping, check, ingest

CSV = "user_id,item_id,event,timestamp\nu1,i1,view,1600000000\nu2,i2,buy,1600000060\n"
JSONL = '{"shopper": "u3", "item": "i3", "kind": "cart", "time": "2020-09-13T12:28:00Z"}\n'


def test_a_csv_of_events_comes_in(take: Any, write: Any, events: Any) -> None:
    report = take(write("events.csv", CSV))
    assert (report.rows, report.new, report.seen, report.refused) == (2, 2, 0, {})
    assert report.files[0].into == "events"
    first = events()[0]
    assert (first["shopper"], first["item"], first["kind"]) == ("u1", "i1", "view")
    assert first["time"] == 1_600_000_000_000_000


def test_the_same_file_again_changes_nothing(take: Any, write: Any, store: Store) -> None:
    file = write("events.csv", CSV)
    take(file)
    assert take(file).files[0].skipped
    again = take(file, resume=False)
    assert (again.new, again.seen, store.events.count()) == (0, 2, 2)


def test_a_changed_file_is_read_again_and_only_news_goes_in(take: Any, write: Any) -> None:
    take(write("events.csv", CSV))
    report = take(write("events.csv", CSV + "u9,i9,view,1600000100\n"))
    assert (report.new, report.seen) == (1, 2)


def test_a_file_of_goods_is_read_again_because_goods_may_have_changed(
    take: Any, write: Any, store: Store
) -> None:
    file = write("goods.csv", "id,title,price\na,Cloud scarf,12.50\n")
    take(file)
    store.catalogue.patch("a", {"price": 1})
    report = take(file)
    assert (report.new, report.files[0].skipped) == (1, False)
    item = store.catalogue.get(["a"])[0]
    assert item is not None
    assert str(item.price) == "12.50"


def test_a_folder_is_read_in_the_order_of_names_with_all_formats(
    take: Any, write: Any, events: Any, tmp_path: Path
) -> None:
    write("b/late.jsonl", JSONL)
    write("a.csv.gz", gzip.compress(CSV.encode()))
    write("README.md", "# not data")
    write(".hidden.csv", "x")
    report = take(tmp_path / "in")
    assert [Path(file.file).name for file in report.files] == ["a.csv.gz", "late.jsonl"]
    assert [event["shopper"] for event in events()] == ["u1", "u2", "u3"]


def test_goods_and_events_may_lie_in_one_folder(
    take: Any, write: Any, store: Store, tmp_path: Path
) -> None:
    write("events.csv", CSV)
    write("goods.csv", "商品编号,商品名称,价格\ni1,云纹丝巾,¥129.00\n")
    report = take(tmp_path / "in")
    assert [file.into for file in report.files] == ["events", "items"]
    assert (store.events.count(), store.catalogue.count()) == (2, 1)


def test_one_bad_file_of_a_folder_does_not_stop_the_others(
    take: Any, write: Any, tmp_path: Path
) -> None:
    write("a.csv", "")
    write("b.csv", CSV)
    report = take(tmp_path / "in")
    assert report.new == 2
    assert "empty" in str(report.problems[0])


def test_a_stream_is_read_and_its_compression_found(take: Any, store: Store) -> None:
    packed = pa.Codec("zstd").compress(CSV.encode()).to_pybytes()
    for content in (CSV.encode(), gzip.compress(CSV.encode()), packed):
        take(io.BytesIO(content))
        assert store.events.count() == 2


def test_standard_input_is_a_dash(take: Any, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(CSV.encode())))
    report = take("-")
    assert (report.new, report.files[0].file) == (2, "standard input")


def test_parquet_through_a_pipe_is_held_on_disk(take: Any) -> None:
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    columns = {"user": ["u"], "item": ["i"], "event": ["buy"], "time": [1_600_000_000]}
    pq.write_table(pa.table(columns), sink)
    sink.seek(0)
    assert take(sink).new == 1


def test_dictionaries_events_and_batches_are_rows_too(take: Any, events: Any) -> None:
    when = datetime(2020, 1, 2, tzinfo=UTC)
    row = {"user_id": "u1", "item_id": "i1", "event": "view", "ts": "2020-01-02T00:00:00Z"}
    batch = pa.RecordBatch.from_pylist([{**row, "user_id": "u3"}])
    take([row], into="events")
    take([Event("e2", "u2", "buy", when, "i1", value=2.0)], into="events")
    take([batch], into="events")
    assert [(event["shopper"], event["time"]) for event in events()] == [
        (shopper, 1_577_923_200_000_000) for shopper in ("u1", "u2", "u3")
    ]
    assert events()[1]["id"] == "e2"


def test_items_are_rows_too(take: Any, store: Store) -> None:
    item = Item("a", "Cloud scarf", category=("Silk", "Scarves"), attributes={"motif": "cloud"})
    take([item], into="items")
    assert store.catalogue.get(["a"]) == [item]


def test_an_iterable_may_be_longer_than_memory(take: Any, settings: Settings) -> None:
    small = settings.model_copy(
        update={"ingest": settings.ingest.model_copy(update={"batch_rows": 10})}
    )
    held: list[int] = []

    def rows() -> Any:
        for number in range(95):
            held.append(number)
            yield {"shopper": f"u{number}", "item": "i", "kind": "view", "time": 1_600_000_000}

    assert take(rows(), into="events", settings=small).new == 95


def test_check_stores_nothing_and_counts_the_same(
    write: Any, settings: Settings, clock: Any, store: Store, tmp_path: Path
) -> None:
    file = write("events.csv", CSV + "u1,i1,teleport,1600000000\n")
    rejects = tmp_path / "rejects.jsonl"
    report = check(file, settings, clock=clock, rejects=rejects)
    assert (report.rows, report.new, report.refused) == (3, 2, {"unknown_kind": 1})
    assert len(rejects.read_text().splitlines()) == 1
    assert store.events.count() == 0


def test_what_it_was_told_twice_must_agree(store: Store, settings: Settings) -> None:
    with pytest.raises(BadRequest, match="the mapping is for items, not events"):
        ingest([], store, settings, mapping=Mapping(into="items"), into="events")


def test_a_file_that_is_not_there_is_named(take: Any, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"nowhere\.csv"):
        take(tmp_path / "nowhere.csv")


def test_progress_counts_bytes_to_the_end(take: Any, write: Any) -> None:
    watched = Watched()
    file = write("events.csv", CSV * 1)
    take(file, progress=watched)
    assert watched.total == file.stat().st_size
    assert watched.done == file.stat().st_size
    assert watched.notes == {"rows": 2, "refused": 0}


def test_progress_of_a_stream_has_no_total(take: Any) -> None:
    watched = Watched()
    take(io.BytesIO(CSV.encode()), progress=watched)
    assert (watched.total, watched.done) == (None, len(CSV))


def test_progress_of_a_folder_ends_where_it_said(take: Any, write: Any, tmp_path: Path) -> None:
    watched = Watched()
    write("a.csv", CSV)
    write("b.jsonl.gz", gzip.compress(JSONL.encode()))
    write("c.csv", "a,b\n1,2\n")
    take(tmp_path / "in", progress=watched)
    assert watched.done == watched.total


class Watched:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.total: int | None = None
        self.done = 0
        self.notes: dict[str, object] = {}

    @contextmanager
    def step(self, name: str, total: int | None = None, unit: str = "") -> Any:
        self.total = total
        yield self

    def advance(self, amount: int = 1, **notes: object) -> None:
        self.done += amount
        self.notes.update(notes)


def test_memory_does_not_grow_with_the_file(tmp_path: Path, settings: Settings, clock: Any) -> None:
    few, many = (_peak(tmp_path, rows, settings, clock) for rows in (200_000, 600_000))
    assert many < few * 1.5


def _peak(tmp_path: Path, rows: int, settings: Settings, clock: Any) -> int:
    file = tmp_path / f"{rows}.csv"
    with file.open("w") as out:
        out.write("user_id,item_id,event,timestamp\n")
        out.writelines(
            f"u{row % 9999},i{row % 999},view,{1_600_000_000 + row}\n" for row in range(rows)
        )
    peaks: list[int] = []
    pa.default_memory_pool().release_unused()

    class Meter(Watched):
        def advance(self, amount: int = 1, **notes: object) -> None:
            peaks.append(pa.total_allocated_bytes())

    small = settings.ingest.model_copy(update={"batch_rows": 20_000})
    report = check(
        file, settings.model_copy(update={"ingest": small}), clock=clock, progress=Meter()
    )
    assert report.new == rows
    return max(peaks)


def test_a_bad_row_is_named_and_the_rest_goes_in(refuse: Callable[..., Any], write: Any) -> None:
    file = write("events.csv", CSV + ",i1,view,1600000000\n")
    report, rejects = refuse(file)
    assert (report.new, report.refused) == (2, {"missing": 1})
    [reject] = rejects
    assert (reject["file"], reject["row"], reject["field"]) == (str(file), 4, "shopper")
    assert "give every row one" in reject["message"]
    assert "每行都需要" in reject["message_zh"]
    assert '"item_id": "i1"' in reject["raw"]


def test_columns_that_cannot_be_told_are_asked_for(take: Any, write: Any) -> None:
    with pytest.raises(BadInput, match="no column for kind among: user_id, item_id, rating, ts"):
        take(write("a.csv", "user_id,item_id,rating,ts\nu,i,5,1600000000\n"), into="events")
