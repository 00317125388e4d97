"""Table: one input opened, its format and columns known, ready to give its rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from zhiyin.core import BadInput, IngestSettings, ZhiyinError
from zhiyin.data.ingest.mapping import LINE, Mapping
from zhiyin.data.ingest.reading.blocks import Block, Place, Reader
from zhiyin.data.ingest.reading.columnar import Parquet
from zhiyin.data.ingest.reading.delimited import Delimited
from zhiyin.data.ingest.reading.documents import Document
from zhiyin.data.ingest.reading.jsonlines import JsonLines, PlainLines, sample_columns
from zhiyin.data.ingest.reading.records import Layout, first_record
from zhiyin.data.ingest.reading.sniffing import (
    Known,
    delimiter_of,
    format_of,
    named,
    refuse_binary,
    refuse_strangers,
)
from zhiyin.data.ingest.reading.sources import Input, not_opened
from zhiyin.data.ingest.reading.streams import Stream
from zhiyin.data.ingest.reading.text import Text
from zhiyin.data.ingest.wording import GIVE_ROWS, problem, remedy

_HEAD = 1 << 16
_AUTO = remedy(
    "leave the format to be found out (--format auto), or name the right one",
    "请让程序自行判断格式（--format auto），或指定正确的格式",
)


@dataclass
class Table:
    """What was found at the front of an input."""

    stream: Stream | None
    format: str
    reader: Reader
    first: Place
    """Where the first row stands: behind the header."""
    columns: tuple[str, ...] = ()
    """Names of the columns where the file says so before its rows."""
    notes: list[str] = field(default_factory=list)
    text: Text | None = None
    layout: Layout | None = None
    sample: tuple[str, ...] = ()
    """Names in the first rows, where the file does not say its columns."""

    @property
    def taken(self) -> int:
        """Bytes of the file read so far."""
        return self.stream.taken if self.stream is not None else 0

    def columnar(self) -> None:
        """Let rows of JSON come as columns, where that is faster."""
        if isinstance(self.reader, JsonLines):
            self.reader.columnar = True

    def blocks(self, start: Place | None = None, keep: tuple[str, ...] = ()) -> Iterator[Block]:
        """The rows from ``start`` on; of delimited files only the columns to ``keep``."""
        if self.layout is not None:
            kept = tuple(name for name in self.layout.names if name in keep) or self.columns
            self.layout.kept = kept
        start = start or self.first
        if self.text is not None and start.offset > self.first.offset:
            self.text.skip(start.offset - self.first.offset)
        yield from self.reader.blocks(start)

    @property
    def encoding(self) -> str:
        """What the text is written in; empty as long as that makes no difference."""
        return self.text.encoding if self.text is not None else ""

    @property
    def problem(self) -> ZhiyinError | None:
        """What ended the input before its end."""
        return self.reader.problem

    def close(self) -> None:
        """Give files back."""
        if isinstance(self.reader, Parquet):
            self.reader.close()
        if self.stream is not None:
            self.stream.close()


def open_table(
    source: Input, mapping: Mapping, limits: IngestSettings, encoding: str = ""
) -> Table:
    """Open ``source`` and find out what it is.

    Args:
        mapping: What is said about it; ``into`` makes no difference here.
        encoding: What an earlier run found, when this one goes on in the middle.

    Raises:
        NotFound, BadInput, Damaged: nothing of it can be read, and why.
    """
    try:
        stream = Stream(source, limits.max_ratio)
    except OSError as error:
        raise not_opened(source.name, error) from error
    try:
        return _open(stream, mapping, limits, encoding)
    except BaseException:
        stream.close()
        raise


def _open(stream: Stream, mapping: Mapping, limits: IngestSettings, encoding: str) -> Table:
    name = stream.source.name
    head = stream.peek(_HEAD)
    if not head.strip():
        empty = BadInput(what=name, **problem("the file is empty", "文件是空的"), **GIVE_ROWS)
        raise stream.problem or empty
    refuse_strangers(name, head)
    if head.startswith(b"PAR1"):
        return _parquet(stream, mapping, limits)
    text = Text(stream, encoding or mapping.encoding)
    if not text.encoding:
        refuse_binary(name, head)
    known = _decide(name, mapping, text.peek(_HEAD))
    notes = _notes(name, known, mapping)
    first = Place(text.start, 1)
    rows, longest = limits.batch_rows, limits.max_field_bytes
    reader: Reader
    if known == "lines":
        reader = PlainLines(text, rows, longest, LINE)
        return Table(stream, known, reader, first, (LINE,), notes, text)
    if known == "jsonl":
        reader = JsonLines(text, rows, longest)
        sample = sample_columns(text.peek(_HEAD))
        return Table(stream, known, reader, first, (), notes, text, sample=sample)
    if known == "json":
        return Table(stream, known, Document(text, rows, longest), Place(), (), notes, text)
    return _delimited(stream, text, mapping, limits)


def _decide(name: str, mapping: Mapping, head: bytes) -> Known:
    seen, promised = format_of(head), named(name)
    if mapping.format == "auto":
        return seen or ("tsv" if promised == "tsv" else "csv")
    if mapping.format == "parquet" or (mapping.format in ("json", "jsonl") and seen is None):
        raise BadInput(
            what=name,
            **problem(f"the content is not {mapping.format}", f"内容不是 {mapping.format}"),
            **_AUTO,
        )
    return mapping.format


def _notes(name: str, known: Known, mapping: Mapping) -> list[str]:
    promised = named(name)
    text = ("csv", "tsv", "lines")
    if promised is None or promised == known or (promised in text and known in text):
        return []
    return [f"the name says {promised}, the content is {known}: read as {known}"]


def _parquet(stream: Stream, mapping: Mapping, limits: IngestSettings) -> Table:
    name = stream.source.name
    if mapping.format not in ("auto", "parquet"):
        raise BadInput(
            what=name,
            **problem(
                f"the content is Parquet, not {mapping.format}",
                f"内容是 Parquet，不是 {mapping.format}",
            ),
            **_AUTO,
        )
    reader = Parquet(stream, limits.batch_rows)
    notes = _notes(name, "parquet", mapping)
    return Table(stream, "parquet", reader, Place(), reader.columns, notes)


def _delimited(stream: Stream, text: Text, mapping: Mapping, limits: IngestSettings) -> Table:
    name = stream.source.name
    head = text.peek(_HEAD)
    delimiter = mapping.delimiter
    if delimiter is None:
        delimiter = "\t" if mapping.format == "tsv" else delimiter_of(head, named(name))
    known: Known = "tsv" if delimiter == "\t" else "csv"
    first = Place(text.start, 1)
    names = [
        f"_{place}" if column == "_" else column
        for place, column in enumerate(mapping.columns_in_order, 1)
    ]
    if mapping.header:
        names, first = _header(name, text, head, delimiter, first)
    encoding = (text.encoding or "utf-8").upper()
    layout = Layout(delimiter, _distinct(names), encoding=encoding)
    layout.kept = tuple(layout.names)
    reader = Delimited(text, layout, limits.batch_rows, limits.max_field_bytes)
    notes = _notes(name, known, mapping)
    return Table(stream, known, reader, first, layout.kept, notes, text, layout)


def _header(
    name: str, text: Text, head: bytes, delimiter: str, start: Place
) -> tuple[list[str], Place]:
    """The names in the first line that is not empty, and where the next line starts."""
    try:
        names, size = first_record(head, delimiter)
    except ValueError as error:
        raise BadInput(
            what=name,
            **problem(f"the header line cannot be read ({error})", f"无法读取表头（{error}）"),
            **remedy(
                "correct its quotes, or pass --delimiter", "请改正其中的引号，或指定 --delimiter"
            ),
        ) from error
    text.skip(size)
    return names, Place(start.offset + size, start.row + head.count(b"\n", 0, size))


def _distinct(names: list[str]) -> list[str]:
    """Names with the second ``x`` called ``x.2``, and the nameless ``column 3``."""
    seen: dict[str, int] = {}
    distinct = []
    for place, name in enumerate(names, 1):
        name = name or f"column {place}"
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return distinct
