"""Interrupted and started again: it goes on where it was, and nothing is twice."""

import gzip
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhiyin.core import Settings, Store, Unavailable
from zhiyin.data.ingest import Mapping, ingest
from zhiyin.data.stores import open_store

ROWS = 20_000
HEAD = "user_id,item_id,event,timestamp\n"


def _row(number: int) -> str:
    kind = "teleport" if number % 1_000 == 0 else "view"
    return f"u{number % 977},i{number},{kind},{1_600_000_000 + number}\n"


def _content(kind: str) -> bytes:
    if kind.startswith("jsonl"):
        names = HEAD.strip().split(",")
        lines = [dict(zip(names, _row(n).strip().split(","), strict=True)) for n in range(ROWS)]
        whole = "".join(json.dumps(line) + "\n" for line in lines).encode()
    else:
        whole = (HEAD + "".join(map(_row, range(ROWS)))).encode()
    return gzip.compress(whole) if kind.endswith("gz") else whole


@pytest.fixture
def small(settings: Settings) -> Settings:
    limits = settings.ingest.model_copy(update={"batch_rows": 1_000})
    return settings.model_copy(update={"ingest": limits})


class Cut(KeyboardInterrupt):
    """Somebody pressed Ctrl-C."""


def _break_after(store: Store, batches: int) -> None:
    inner, left = store.events.append, [batches]

    def append(batch: Any) -> Any:
        if left[0] == 0:
            store.events.append = inner  # type: ignore[method-assign]
            raise Cut
        left[0] -= 1
        return inner(batch)

    store.events.append = append  # type: ignore[method-assign]


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "jsonl", "jsonl.gz", "parquet", "json", "wide"])
def test_an_interrupted_run_goes_on_where_it_was(
    kind: str, take: Any, write: Any, store: Store, small: Settings, tmp_path: Path
) -> None:
    if kind == "parquet":
        write("e.parquet", "")
        names = HEAD.strip().split(",")
        cells = [_row(n).strip().split(",") for n in range(ROWS)]
        columns = dict(zip(names, zip(*cells, strict=True), strict=True))
        pq.write_table(pa.table(columns), tmp_path / "in" / "e.parquet", row_group_size=3_000)
        file = tmp_path / "in" / "e.parquet"
    elif kind == "json":
        lines = _content("jsonl").decode().strip().replace("\n", ",")
        file = write("e.json", f"[{lines}]")
    elif kind == "wide":
        file = write("e.csv", _content("csv").decode().encode("utf-16"))
    else:
        file = write(f"e.{kind}", _content(kind))
    rejects = tmp_path / "rejects.jsonl"
    _break_after(store, 5)
    with pytest.raises(Cut):
        take(file, settings=small, rejects=rejects)
    before = store.events.count()
    report = take(file, settings=small, rejects=rejects)
    assert report.files[0].resumed is not None
    assert report.files[0].resumed > 1
    assert report.rows < ROWS
    assert report.new == ROWS - ROWS // 1_000 - before
    assert store.events.count() == ROWS - ROWS // 1_000
    refused = [json.loads(line)["row"] for line in rejects.read_text().splitlines()]
    first = 2 if kind.startswith(("csv", "wide")) else 1
    assert refused == [first + 1_000 * number for number in range(ROWS // 1_000)]


def test_refusals_that_were_written_but_not_marked_are_not_written_twice(
    take: Any, write: Any, store: Store, small: Settings, tmp_path: Path
) -> None:
    file, rejects = write("e.csv", _content("csv")), tmp_path / "rejects.jsonl"
    inner, left = store.checkpoints.put, [3]

    def put(key: str, value: str | None) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Cut
        inner(key, value)

    store.checkpoints.put = put  # type: ignore[method-assign]
    with pytest.raises(Cut):
        take(file, settings=small, rejects=rejects)
    store.checkpoints.put = inner  # type: ignore[method-assign]
    with rejects.open("a") as torn:
        torn.write('{"file": "half a li')
    report = take(file, settings=small, rejects=rejects)
    assert report.seen > 0
    refused = [json.loads(line)["row"] for line in rejects.read_text().splitlines()]
    assert refused == [2 + 1_000 * number for number in range(ROWS // 1_000)]


def test_a_folder_goes_on_with_the_file_that_was_open(
    take: Any, write: Any, store: Store, small: Settings, tmp_path: Path
) -> None:
    write("a.csv", HEAD + "".join(map(_row, range(3_000))))
    write("b.csv", HEAD + "".join(map(_row, range(3_000, 9_000))))
    _break_after(store, 5)
    rejects = tmp_path / "rejects.jsonl"
    with pytest.raises(Cut):
        take(tmp_path / "in", settings=small, rejects=rejects)
    first, second = take(tmp_path / "in", settings=small, rejects=rejects).files
    assert first.skipped or first.resumed
    assert second.rows > 0
    assert store.events.count() == 9_000 - 9
    assert len(rejects.read_text().splitlines()) == 9


def test_a_store_that_goes_away_ends_the_run_and_the_next_goes_on(
    take: Any, write: Any, store: Store, small: Settings, tmp_path: Path
) -> None:
    write("a.csv", HEAD + "".join(map(_row, range(9_000))))
    write("b.csv", HEAD + "".join(map(_row, range(9_000, 12_000))))
    inner, left = store.events.append, [4]

    def append(batch: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise Unavailable(what="the store", problem="disk full", remedy="make room")
        return inner(batch)

    store.events.append = append  # type: ignore[method-assign]
    with pytest.raises(Unavailable, match="disk full"):
        take(tmp_path / "in", settings=small)
    first, second = take(tmp_path / "in", settings=small).files
    assert first.resumed
    assert second.resumed is None
    assert store.events.count() == 12_000 - 12


def test_goods_go_on_where_they_were(take: Any, write: Any, store: Store, small: Settings) -> None:
    rows = "".join(f"a{number},{'Scarf ' * 20}{number}\n" for number in range(5_000))
    file = write("goods.csv", "id,title\n" + rows)
    inner, left = store.catalogue.upsert, [3]

    def upsert(items: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise Cut
        return inner(items)

    store.catalogue.upsert = upsert  # type: ignore[method-assign]
    with pytest.raises(Cut):
        take(file, settings=small)
    report = take(file, settings=small)
    assert report.files[0].resumed
    assert store.catalogue.count() == 5_000
    assert take(file, settings=small).files[0].resumed is None


def test_another_mapping_starts_from_the_beginning(
    take: Any, write: Any, store: Store, small: Settings
) -> None:
    file = write("e.csv", _content("csv"))
    _break_after(store, 5)
    with pytest.raises(Cut):
        take(file, settings=small)
    mapping = Mapping(into="events", kinds={"teleport": "view"})
    report = take(file, settings=small, mapping=mapping)
    assert (report.files[0].resumed, report.rows) == (None, ROWS)
    assert store.events.count() == ROWS


def test_a_file_that_changed_starts_from_the_beginning(
    take: Any, write: Any, store: Store, small: Settings
) -> None:
    file = write("e.csv", _content("csv"))
    _break_after(store, 5)
    with pytest.raises(Cut):
        take(file, settings=small)
    with file.open("a") as more:
        more.write(_row(ROWS + 1))
    report = take(file, settings=small)
    assert (report.files[0].resumed, report.rows) == (None, ROWS + 1)


CHILD = """
import sys
from pathlib import Path
from zhiyin.core import IngestSettings, Settings
from zhiyin.data.ingest import ingest
from zhiyin.data.stores import open_store

folder = Path(sys.argv[1])
settings = Settings(ingest=IngestSettings(batch_rows=500))
store = open_store("sqlite:///shop.db", "shop", folder=folder)
append = store.events.append

def told(batch):
    receipt = append(batch)
    print(receipt.new + receipt.seen, flush=True)  # acknowledged: on disk from here on
    return receipt

store.events.append = told
print("ready", flush=True)
ingest(folder / "e.csv", store, settings, rejects=folder / "rejects.jsonl")
store.close()
"""


@pytest.mark.slow
def test_killed_at_fifty_moments_nothing_acknowledged_is_lost_and_nothing_is_twice(
    tmp_path: Path,
) -> None:
    (tmp_path / "e.csv").write_bytes(_content("csv"))
    expected = ROWS - ROWS // 1_000
    chance = random.Random(7)
    kills, worlds = 0, itertools.count()
    while kills < 50:
        # A run that got through unharmed counts for no kill, and leaves its world behind.
        folder = tmp_path / f"world{next(worlds)}"
        folder.mkdir()
        os.link(tmp_path / "e.csv", folder / "e.csv")
        acknowledged, finished = 0, False
        while not finished:
            # Again and again on the same store, until one run gets through.
            told, finished = _killed(folder, chance.random() * 0.6)
            kills += not finished
            acknowledged = max(acknowledged, told)
            store = open_store("sqlite:///shop.db", "shop", folder=folder)
            assert told <= store.events.count() <= expected
            store.close()
        _complete(folder, expected)


def _killed(folder: Path, seconds: float) -> tuple[int, bool]:
    """Run the child and kill it; rows it acknowledged, and whether it was done before."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    told = [child.stdout.readline()]
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    told += child.stdout.readlines()
    child.stdout.close()
    done = child.wait() == 0
    return sum(int(line) for line in told if line.endswith("\n") and line[0].isdigit()), done


def _complete(folder: Path, expected: int) -> None:
    store = open_store("sqlite:///shop.db", "shop", folder=folder)
    try:
        again = ingest(folder / "e.csv", store, Settings(), resume=False)
        assert (again.new, again.seen) == (0, expected)
        ids = [id for batch in store.events.read(columns=["id"]) for id in batch["id"].to_pylist()]
        assert len(ids) == len(set(ids)) == expected
    finally:
        store.close()
    lines = (folder / "rejects.jsonl").read_text().splitlines()
    refused = [json.loads(line)["row"] for line in lines]
    assert refused == [2 + 1_000 * number for number in range(ROWS // 1_000)]
