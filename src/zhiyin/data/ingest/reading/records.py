"""Records of delimited text one by one, where something among them is wrong."""

from dataclasses import dataclass, field

import pyarrow as pa

from zhiyin.core import Refusal, shorten
from zhiyin.data.ingest.reading.blocks import EMPTY, Reject, malformed

_EMPTY = frozenset(EMPTY)


@dataclass
class Layout:
    """The columns of a delimited file."""

    delimiter: str
    names: list[str]
    kept: tuple[str, ...] = ()
    """The columns that are wanted; the others are not even decoded."""
    encoding: str = "UTF-8"

    def counted(self, found: int) -> str:
        """The words for a row with a wrong number of columns."""
        return f"{found} columns where the header has {len(self.names)}"

    def empty(self) -> pa.RecordBatch:
        """No rows of these columns."""
        schema = pa.schema([(name, pa.string()) for name in self.kept])
        return pa.RecordBatch.from_pylist([], schema)


class _Fault(Exception):
    """Why a record cannot be read: as a refusal without its row number."""

    def __init__(self, code: str, field: str | None, value: str | None, expected: str) -> None:
        self.code, self.field, self.value, self.expected = code, field, value, expected


@dataclass
class Records:
    """Reads record by record; the sound ones become columns, the others refusals."""

    layout: Layout
    max_field: int
    longest: int
    numbers: list[int] = field(default_factory=list)
    broken: list[Reject] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)

    def read(self, data: bytes, number: int, whole: bool) -> tuple[int, int]:
        """Take the records of ``data``; the bytes and lines used.

        Unless ``data`` is the ``whole`` rest, a quoted field that runs off its end is
        left for later: the next block may close it.
        """
        place, lines = 0, 0
        while place < len(data):
            line_end = data.find(b"\n", place)
            if line_end < 0 and not whole:
                break
            line_end = len(data) if line_end < 0 else line_end
            try:
                cells, end = self._cells(data, place, line_end)
                if end == len(data) and not whole:
                    break
                if end is None:
                    if not whole and len(data) - place < self.longest:
                        break
                    raise _Fault("malformed", None, None, "a quote is opened and never closed")
                self._keep(cells, data[place:end], number + lines)
            except _Fault as fault:
                end = line_end
                self._refuse(fault, data[place:line_end], number + lines)
            lines += data.count(b"\n", place, end) + 1
            place = end + 1
        return min(place, len(data)), lines

    def batch(self) -> pa.RecordBatch:
        """The sound records as columns."""
        arrays = []
        for name in self.layout.kept:
            index = self.layout.names.index(name)
            arrays.append(pa.array([row[index] for row in self.rows], pa.string()))
        return pa.RecordBatch.from_arrays(arrays, names=list(self.layout.kept))

    def _keep(self, cells: list[bytes], line: bytes, number: int) -> None:
        if line.strip(b"\r") == b"":
            return
        if len(cells) != len(self.layout.names):
            raise _Fault("malformed", None, None, self.layout.counted(len(cells)))
        row = []
        for name, cell in zip(self.layout.names, cells, strict=True):
            row.append(self._text(name, cell))
        self.rows.append(row)
        self.numbers.append(number)

    def _text(self, name: str, cell: bytes) -> str | None:
        if len(cell) > self.max_field:
            shown = shorten(cell[:1000].decode("utf-8", "replace"))
            raise _Fault("too_long", name, shown, f"{self.max_field:,} bytes")
        try:
            text = cell.decode()
        except UnicodeDecodeError as error:
            shown = shorten(cell.decode("utf-8", "backslashreplace"))
            encoding = self.layout.encoding
            raise _Fault("bad_encoding", name, shown, encoding) from error
        return None if text in _EMPTY else text

    def _refuse(self, fault: _Fault, line: bytes, number: int) -> None:
        raw = line[:2_000].decode("utf-8", "backslashreplace").rstrip("\r")
        if fault.code == "malformed":
            self.broken.append(malformed(number, fault.expected, raw))
            return
        refusal = Refusal(fault.code, number, fault.field, fault.value, fault.expected)
        self.broken.append(Reject(refusal, raw))

    def _cells(self, data: bytes, start: int, line_end: int) -> tuple[list[bytes], int | None]:
        """The cells of the record at ``start`` and where it ends (its newline)."""
        delimiter = self.layout.delimiter.encode()
        if data.find(b'"', start, line_end) < 0:
            return data[start:line_end].rstrip(b"\r").split(delimiter), line_end
        cells: list[bytes] = []
        place = start
        while True:
            if data[place : place + 1] == b'"':
                cell, place = self._quoted(data, place)
                if place < 0:
                    return cells, None
            else:
                cell, place = self._bare(data, place, delimiter)
            cells.append(cell)
            if data[place : place + 1] != delimiter:
                if data[place : place + 1] == b"\r":
                    place += 1
                if place < len(data) and data[place : place + 1] != b"\n":
                    raise _Fault("malformed", None, None, "text follows a closing quote")
                return cells, place
            place += 1

    def _quoted(self, data: bytes, opening: int) -> tuple[bytes, int]:
        """The cell and the place behind its closing quote; -1 where there is none."""
        place = opening + 1
        while True:
            closing = data.find(b'"', place, opening + self.longest)
            if closing < 0:
                return b"", -1
            if data[closing + 1 : closing + 2] != b'"':
                return data[opening + 1 : closing].replace(b'""', b'"'), closing + 1
            place = closing + 2

    def _bare(self, data: bytes, place: int, delimiter: bytes) -> tuple[bytes, int]:
        line_end = data.find(b"\n", place)
        line_end = len(data) if line_end < 0 else line_end
        end = data.find(delimiter, place, line_end)
        if end < 0:
            end = line_end
            while end > place and data[end - 1 : end] == b"\r":
                end -= 1
        return data[place:end], end


def first_record(data: bytes, delimiter: str) -> tuple[list[str], int]:
    """The cells of the first record that is not empty, and the bytes up to behind it.

    Raises:
        ValueError: the record has no end, or a quote in it has none.
    """
    start = len(data) - len(data.lstrip(b"\r\n"))
    line_end = data.find(b"\n", start)
    line_end = len(data) if line_end < 0 else line_end
    records = Records(Layout(delimiter, []), len(data), len(data))
    try:
        cells, end = records._cells(data, start, line_end)
    except _Fault as fault:
        raise ValueError(fault.expected) from fault
    if end is None:
        raise ValueError("a quote is opened and never closed")
    return [cell.decode("utf-8", "replace").strip() for cell in cells], min(end + 1, len(data))
