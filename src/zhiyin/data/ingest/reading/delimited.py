"""CSV and TSV, fast where a block is sound and careful where it is not.

A block of whole lines goes through Arrow's parser at once when its quotes pair up. A
block with a stray quote, invalid text or an oversized line is taken apart record by
record, and only the records at fault are refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyarrow import csv

from zhiyin.core import ZhiyinError
from zhiyin.data.ingest.reading.blocks import EMPTY, Block, Ints, Place, Reject, malformed
from zhiyin.data.ingest.reading.records import Layout, Records
from zhiyin.data.ingest.reading.text import Text
from zhiyin.data.ingest.reading.window import Window

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


@dataclass(frozen=True, slots=True)
class _Survey:
    """Where the records of some bytes begin, found from newlines and quotes alone."""

    size: int
    """Bytes of whole records."""
    lines: int
    rows: Ints
    """Line of each record that is not empty, from 0."""
    sound: bool


class Delimited:
    """The records of a delimited text."""

    def __init__(self, text: Text, layout: Layout, rows: int, max_field: int) -> None:
        self._text, self._layout = text, layout
        self._rows, self._max_field = rows, max_field

    @property
    def problem(self) -> ZhiyinError | None:
        """What ended the text early."""
        return self._text.stream.problem

    def blocks(self, start: Place) -> Iterator[Block]:
        """The rows from ``start`` on."""
        window = Window(self._text, start, self._rows, longest=16 * self._max_field)
        while window.fill():
            survey = self._survey(window)
            if survey.sound and survey.size:
                yield self._whole(window, survey)
            else:
                yield from self._records(window)

    def _survey(self, window: Window) -> _Survey:
        data = window.data
        if window.ended and not data.endswith(b"\n"):
            window.data = data = data + b"\n"
        return survey(data, ord(self._layout.delimiter), self._max_field)

    def _whole(self, window: Window, found: _Survey) -> Block:
        row = window.row
        body = window.data[: found.size]
        wrong: list[csv.InvalidRow] = []
        if not _is_text(body):
            return self._careful(window, found.size)
        try:
            table = self._parse(body, wrong) if len(found.rows) else None
        except pa.ArrowInvalid:
            return self._careful(window, found.size)
        good = 0 if table is None else table.num_rows
        if good + len(wrong) != len(found.rows):
            return self._careful(window, found.size)
        window.take(found.size, found.lines, len(found.rows))
        numbers = found.rows + row
        places = [each.number - 1 for each in wrong]
        broken = [
            malformed(int(numbers[place]), self._layout.counted(each.actual_columns), each.text)
            for place, each in zip(places, wrong, strict=True)
        ]
        batch = self._layout.empty() if table is None else _one_batch(table)
        return Block(batch, np.delete(numbers, places), window.place, broken)

    def _parse(self, body: bytes, wrong: list[csv.InvalidRow]) -> pa.Table:
        def note(row: csv.InvalidRow) -> str:
            wrong.append(row)
            return "skip"

        names = self._layout.names
        return csv.read_csv(
            pa.BufferReader(body),
            read_options=csv.ReadOptions(
                column_names=names, use_threads=False, block_size=len(body) + 1
            ),
            parse_options=csv.ParseOptions(
                delimiter=self._layout.delimiter, newlines_in_values=True, invalid_row_handler=note
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=list(self._layout.kept),
                strings_can_be_null=True,
                null_values=list(EMPTY),
            ),
        )

    def _records(self, window: Window) -> Iterator[Block]:
        """A block whose quotes do not pair up, or that holds no whole record yet."""
        if b"\n" not in window.data:
            if len(window.data) > window.longest:
                reject = window.drop_line(None, window.longest)
                yield Block(self._layout.empty(), np.array([], np.int64), window.place, [reject])
            else:
                window.fill(more=True)
            return
        block = self._careful(window, len(window.data))
        if len(block.numbers) or block.broken or not window.data:
            yield block
        else:
            window.fill(more=True)

    def _careful(self, window: Window, size: int) -> Block:
        found = Records(self._layout, self._max_field, window.longest)
        whole = window.ended or size < len(window.data)
        used, lines = found.read(window.data[:size], window.row, whole)
        window.take(used, lines, len(found.numbers))
        numbers = np.array(found.numbers, np.int64)
        return Block(found.batch(), numbers, window.place, found.broken)


def survey(data: bytes, delimiter: int, max_field: int) -> _Survey:
    """Find the records of ``data``: the newlines outside quotes, if all quotes pair up."""
    array = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(array == _NEWLINE)
    sound = True
    if b'"' in data:
        quotes = np.flatnonzero(array == _QUOTE)
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
        size = int(ends[-1]) + 1 if len(ends) else 0
        sound = _paired(array, quotes[: np.searchsorted(quotes, size)], delimiter)
    size = int(ends[-1]) + 1 if len(ends) else 0
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else np.array([], np.int64)
    lengths = ends - starts
    if len(lengths) and int(lengths.max()) > max_field:
        sound = False
    empty = (lengths == 0) | ((lengths == 1) & (array[starts] == _RETURN))
    lines = data.count(b"\n", 0, size)
    if lines == len(ends):
        rows = np.arange(lines)
    else:
        newlines = np.flatnonzero(array[:size] == _NEWLINE)
        rows = np.searchsorted(newlines, starts)
    return _Survey(size, lines, rows[~empty].astype(np.int64), sound)


def _paired(array: np.ndarray, quotes: Ints, delimiter: int) -> bool:
    """Whether every quote opens a field, closes one, or is half of a doubled quote."""
    if len(quotes) % 2:
        return False
    opens, closes = quotes[::2], quotes[1::2]
    before = array[np.maximum(opens - 1, 0)]
    after = array[np.minimum(closes + 1, len(array) - 1)]
    doubled = np.zeros(len(opens), bool)
    doubled[1:] = closes[:-1] + 1 == opens[1:]
    begins = (opens == 0) | doubled | (before == delimiter) | (before == _NEWLINE)
    finish = np.ones(len(closes), bool)
    finish &= (after == delimiter) | (after == _NEWLINE) | (after == _RETURN) | (after == _QUOTE)
    return bool(begins.all() and finish.all())


def _is_text(body: bytes) -> bool:
    # Arrow would find out too, but not in a row with a wrong number of columns.
    if body.isascii():
        return True
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], table.schema)


__all__ = ["Delimited", "Layout", "Reject", "survey"]
