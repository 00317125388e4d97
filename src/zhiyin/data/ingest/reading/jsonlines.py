"""JSON Lines, and plain lines: one row per line.

Arrow's parser wants every row of a block to agree on types. Where a block does not, or
holds a line that is no JSON, the block is read again line by line with the standard
library, and only the lines at fault are refused.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import json as arrow_json

from zhiyin.core import Refusal, ZhiyinError, shorten
from zhiyin.data.ingest.reading.blocks import Block, Place, Reject, Row, malformed
from zhiyin.data.ingest.reading.text import Text
from zhiyin.data.ingest.reading.window import Window

_SAMPLE = 200


class JsonLines:
    """One JSON object per line."""

    def __init__(self, text: Text, rows: int, max_field: int) -> None:
        self._text, self._rows, self._max_field = text, rows, max_field
        self.columnar = False
        """Whether rows may come as columns, where those that lack a name get a null."""
        self._schema: pa.Schema | None = None

    @property
    def problem(self) -> ZhiyinError | None:
        """What ended the text early."""
        return self._text.stream.problem

    def blocks(self, start: Place) -> Iterator[Block]:
        """The rows from ``start`` on."""
        yield from _line_blocks(self._text, start, self._rows, 16 * self._max_field, self._block)

    def _block(self, body: bytes, first: int) -> Block:
        lines = body.split(b"\n")
        lines.pop()
        long = max(map(len, lines)) > self._max_field
        if (
            self.columnar
            and not long
            and _is_text(body)
            and (batch := self._at_once(body, lines)) is not None
        ):
            full = [index for index, line in enumerate(lines) if line and not line.isspace()]
            if len(full) == batch.num_rows:
                return Block(batch, np.array(full, np.int64) + first, Place())
        return self._one_by_one(lines, first)

    def _at_once(self, body: bytes, lines: list[bytes]) -> pa.RecordBatch | None:
        if self._schema is None:
            self._schema = _schema(lines[:_SAMPLE])
        options = arrow_json.ParseOptions(
            explicit_schema=self._schema, unexpected_field_behavior="infer"
        )
        read = arrow_json.ReadOptions(use_threads=False, block_size=len(body) + 1)
        try:
            table = arrow_json.read_json(pa.BufferReader(body), read, options)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            self._schema = None  # learn again: this may be where the layout changes
            return None
        if any(_changed(kind) for kind in table.schema.types):
            return None
        batches = table.combine_chunks().to_batches()
        return batches[0] if len(batches) == 1 else None

    def _one_by_one(self, lines: list[bytes], first: int) -> Block:
        rows: list[Row] = []
        numbers: list[int] = []
        broken: list[Reject] = []
        for number, line in enumerate(lines, first):
            if not line or line.isspace():
                continue
            found = _row(line, number, self._max_field, self._text.encoding)
            if isinstance(found, Reject):
                broken.append(found)
            else:
                rows.append(found)
                numbers.append(number)
        return Block(rows, np.array(numbers, np.int64), Place(), broken)


class PlainLines:
    """Any text: each line is a row with one column."""

    def __init__(self, text: Text, rows: int, max_field: int, column: str) -> None:
        self._text, self._rows, self._max_field, self._column = text, rows, max_field, column

    @property
    def problem(self) -> ZhiyinError | None:
        """What ended the text early."""
        return self._text.stream.problem

    def blocks(self, start: Place) -> Iterator[Block]:
        """The rows from ``start`` on."""
        yield from _line_blocks(self._text, start, self._rows, 16 * self._max_field, self._block)

    def _block(self, body: bytes, first: int) -> Block:
        rows: list[str] = []
        numbers: list[int] = []
        broken: list[Reject] = []
        for number, line in enumerate(body.split(b"\n")[:-1], first):
            if not line or line.isspace():
                continue
            if len(line) > self._max_field:
                broken.append(_too_long(line, number, self._column, self._max_field))
                continue
            try:
                rows.append(line.decode().rstrip("\r"))
                numbers.append(number)
            except UnicodeDecodeError:
                broken.append(_not_text(line, number, self._text.encoding))
        batch = pa.RecordBatch.from_arrays([pa.array(rows, pa.string())], names=[self._column])
        return Block(batch, np.array(numbers, np.int64), Place(), broken)


def _line_blocks(
    text: Text, start: Place, rows: int, longest: int, parse: Callable[[bytes, int], Block]
) -> Iterator[Block]:
    window = Window(text, start, rows, longest)
    while window.fill():
        if window.ended and not window.data.endswith(b"\n"):
            window.data += b"\n"
        size = window.data.rfind(b"\n") + 1
        if size:
            lines = window.data.count(b"\n", 0, size)
            first = window.row
            block = parse(window.take(size, lines, lines), first)
            block.after = window.place
            yield block
        elif len(window.data) > longest:
            reject = window.drop_line(None, longest)
            yield Block([], np.array([], np.int64), window.place, [reject])
        else:
            window.fill(more=True)


def _row(line: bytes, number: int, max_field: int, encoding: str) -> Row | Reject:
    try:
        row = json.loads(line.decode())
    except UnicodeDecodeError:
        return _not_text(line, number, encoding)
    except (ValueError, RecursionError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
        return malformed(number, f"not JSON ({reason})", _shown(line))
    if not isinstance(row, dict):
        return malformed(number, "a JSON object was expected", _shown(line))
    if len(line) > max_field:
        for name, value in row.items():
            if _size(value) > max_field:
                return _too_long(line, number, name, max_field)
    return row


def _too_long(line: bytes, number: int, name: str, max_field: int) -> Reject:
    shown = _shown(line)
    limit = f"{max_field:,} bytes"
    return Reject(Refusal("too_long", number, name, shorten(shown), limit), shown)


def _is_text(body: bytes) -> bool:
    """Arrow's JSON parser takes any bytes for text."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-8", "replace"))
    return len(json.dumps(value)) if isinstance(value, list | dict) else 0


def _shown(line: bytes) -> str:
    return line[:2_000].decode("utf-8", "backslashreplace")


def _not_text(line: bytes, number: int, encoding: str) -> Reject:
    shown = _shown(line)
    expected = (encoding or "utf-8").upper()
    return Reject(Refusal("bad_encoding", number, None, shorten(shown), expected), shown)


def sample_columns(head: bytes) -> tuple[str, ...]:
    """The names in the first rows of a text."""
    rows = _sampled(head.split(b"\n")[:_SAMPLE])
    return tuple(dict.fromkeys(name for row in rows for name in row))


def _sampled(lines: list[bytes]) -> list[Row]:
    rows = []
    for line in lines:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            rows.append(row)
    return rows


def _schema(lines: list[bytes]) -> pa.Schema:
    """What the first rows hold, so that text which looks like a time stays text."""
    rows = _sampled(lines)
    names = dict.fromkeys(name for row in rows for name in row)
    found = {name: _kind([row.get(name) for row in rows]) for name in names}
    return pa.schema([(name, kind) for name, kind in found.items() if kind is not None])


def _kind(values: list[Any]) -> pa.DataType | None:
    try:
        kind = pa.array([value for value in values if value is not None]).type
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return None
    return None if pa.types.is_null(kind) else kind


def _changed(kind: pa.DataType) -> bool:
    """Whether Arrow turned text into a time, somewhere inside."""
    if pa.types.is_timestamp(kind):
        return True
    return any(_changed(kind.field(index).type) for index in range(kind.num_fields))
