"""CSV: fast and careful ways agree, and no bytes whatever lose or invent a sound row."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.core import IngestSettings
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.reading import Block, Input, open_table
from zhiyin.data.ingest.reading.delimited import survey
from zhiyin.data.ingest.reading.records import Layout, Records

EVENTS = Mapping(into="events", format="csv", delimiter=",", encoding="utf-8")


@contextmanager
def blocks_of(content: bytes, batch_rows: int = 1_000) -> Iterator[list[Block]]:
    source = Input("a.csv", "a.csv", lambda: io.BytesIO(content))
    table = open_table(source, EVENTS, IngestSettings(batch_rows=batch_rows))
    yield list(table.blocks())
    table.close()


def rows_of(content: bytes, batch_rows: int = 1_000) -> list[tuple[int, tuple[str | None, ...]]]:
    with blocks_of(content, batch_rows) as blocks:
        return [
            (number, tuple(row.values()))
            for block in blocks
            for number, row in zip(block.numbers.tolist(), block.rows.to_pylist(), strict=True)
        ]


cells = st.text(st.sampled_from('ab,"\n é云'), min_size=1, max_size=6)
tables = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=20)


@settings(max_examples=150, deadline=None)
@given(table=tables, ends=st.sampled_from(["\n", "\r\n"]), every=st.booleans())
def test_what_python_wrote_is_read_back_with_its_line(
    table: list[tuple[str, ...]], ends: str, every: bool
) -> None:
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL
    writer = csv.writer(out, lineterminator=ends, quoting=quoting)
    expected, line = [], 2
    for row in table:
        expected.append((line, row))
        line += 1 + sum(cell.count("\n") for cell in row)
    writer.writerows([("a", "b", "c"), *table])
    content = out.getvalue().encode()
    assert rows_of(content) == expected
    assert rows_of(content, batch_rows=1) == expected
    assert _one_by_one(content) == expected


def _one_by_one(content: bytes) -> list[tuple[int, tuple[str | None, ...]]]:
    records = Records(Layout(",", ["a", "b", "c"], ("a", "b", "c")), 10**6, 10**6)
    records.read(content, 1, whole=True)
    rows = [tuple(row) for row in records.rows]
    return list(zip(records.numbers, rows, strict=True))[1:]


GOOD = b"1,2,3\n"
BAD = [
    b"1,2\n",
    b"1,2,3,4\n",
    b'1,"2,3\n',
    b'1,"2"x,3\n',
    b"1,\xff,3\n",
    b'"1\n',
    b'1,2,"3\n',
    b'1,"2\n3",4,5\n',
]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([GOOD, GOOD, GOOD, *BAD[:-1]]), max_size=30),
    st.sampled_from([1, 7, 1_000]),
)
def test_every_sound_row_between_bad_ones_is_read(lines: list[bytes], batch_rows: int) -> None:
    content = b"a,b,c\n" + GOOD + b"".join(lines)
    found = {number for number, row in rows_of(content, batch_rows) if row == ("1", "2", "3")}
    sound = {2} | {number for number, line in enumerate(lines, 3) if line == GOOD}
    assert found == sound


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_row_is_named_by_its_line(bad: bytes) -> None:
    with blocks_of(b"a,b,c\n" + GOOD + bad + GOOD) as blocks:
        refused = [reject.refusal.row for block in blocks for reject in block.broken]
    assert refused == [3]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_whatever_break_the_reader(content: bytes) -> None:
    data = content.replace(b"\0", b"") + b"\n"
    with blocks_of(b"a,b\n1,2\n" + data, batch_rows=3) as blocks:
        numbers = [number for block in blocks for number in block.numbers.tolist()]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 2


def test_quotes_inside_plain_cells_are_letters() -> None:
    assert rows_of(b'a,b\n5" nail,6\n7" pipe,8\n') == [(2, ('5" nail', "6")), (3, ('7" pipe', "8"))]


def test_blank_lines_are_no_rows_and_count_as_lines() -> None:
    assert rows_of(b"a,b\n\n1,2\n\r\n\n3,4\n\n") == [(3, ("1", "2")), (6, ("3", "4"))]


def test_the_last_line_needs_no_end() -> None:
    assert rows_of(b"a,b\n1,2") == [(2, ("1", "2"))]


def test_the_survey_sees_through_quotes() -> None:
    found = survey(b'1,"a\nb"\n2,c\n3,"d', ord(","), 1_000)
    assert (found.size, found.lines, found.rows.tolist(), found.sound) == (12, 3, [0, 2], True)


def test_a_place_is_where_the_next_row_starts(tmp_path: Path) -> None:
    content = b"a,b\n" + b"".join(b'%d,"x\ny"\n' % number for number in range(5_000))
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    source = Input("a.csv", "a.csv", lambda: file.open("rb"), file, len(content))
    whole = open_table(source, EVENTS, IngestSettings(batch_rows=500))
    blocks = list(whole.blocks())
    whole.close()
    assert len(blocks) > 5
    for block, after in pairwise(blocks[:4]):
        table = open_table(source, EVENTS, IngestSettings(batch_rows=500))
        first = next(iter(table.blocks(block.after)))
        table.close()
        assert first.numbers[0] == after.numbers[0]
        assert first.row(0) == after.row(0)
