"""What a file is, told by its content first and by its name only when that is silent."""

import json
from pathlib import PurePath
from typing import Literal

from zhiyin.core import BadInput

Known = Literal["csv", "tsv", "jsonl", "json", "parquet", "lines"]

_DELIMITERS = ",\t;|\x01"
# (magic, what it is, what to do)
_STRANGERS: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "unpack it, or save it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save it as CSV (UTF-8)"),
    (b"%PDF", "a PDF", "export the table as CSV"),
    (b"\x89PNG", "a picture", "give the table, not the picture"),
    (b"\xff\xd8\xff", "a picture", "give the table, not the picture"),
    (b"SQLite format 3", "an SQLite database", "export the table as CSV"),
    (b"BZh", "compressed with bzip2", "decompress it, or compress it with gzip or zstd"),
    (b"\xfd7zXZ", "compressed with xz", "decompress it, or compress it with gzip or zstd"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it"),
    (b"Rar!", "a RAR archive", "unpack it"),
    (b"ARROW1", "an Arrow or Feather file", "save it as Parquet"),
    (b"Obj\x01", "an Avro file", "save it as Parquet or JSONL"),
    (b"ORC", "an ORC file", "save it as Parquet"),
)
_SUFFIXES: dict[str, Known] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
}


def named(name: str) -> Known | None:
    """The format that a file name promises."""
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    while suffixes and suffixes[-1] in (".gz", ".gzip", ".zst", ".zstd"):
        suffixes.pop()
    return _SUFFIXES.get(suffixes[-1]) if suffixes else None


def refuse_strangers(name: str, head: bytes) -> None:
    """Raise for what is certainly no table of ours."""
    for magic, what, remedy in _STRANGERS:
        if head.startswith(magic) and not (magic == b"ORC" and head[3:4].isalnum()):
            raise BadInput(what=name, problem=f"the content is {what}", remedy=remedy)
    start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        kind = "XML" if start.startswith(b"<?xml") else "a web page"
        remedy = "export the table as CSV; a web page is often a login or an error instead"
        raise BadInput(what=name, problem=f"the content is {kind}", remedy=remedy)
    if head[257:262] == b"ustar":
        raise BadInput(what=name, problem="the content is a tar archive", remedy="unpack it")


def format_of(head: bytes) -> Known | None:
    """What the first bytes say; None for delimited text, which has no sign of its own."""
    if head.startswith(b"PAR1"):
        return "parquet"
    text = head.lstrip(b" \t\r\n")
    if text.startswith(b"[") and text[1:].lstrip()[:1] in (b"{", b"]"):
        return "json"
    if text.startswith(b"{"):
        return _json_kind(text)
    return None


def _json_kind(text: bytes) -> Known:
    """JSON Lines, or one document? A document spreads over lines or holds an array."""
    line, newline, after = text.partition(b"\n")
    if after.strip():
        spread = line.rstrip().endswith((b"{", b"[", b",")) and not after.startswith(b"{")
        return "json" if spread else "jsonl"
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        # One line longer than this sample is a document when an array opens early in it.
        return "json" if b":[{" in line.replace(b" ", b"")[:256] and not newline else "jsonl"
    holds = isinstance(row, dict) and any(
        isinstance(value, list) and value and isinstance(value[0], dict) for value in row.values()
    )
    return "json" if holds else "jsonl"


def refuse_binary(name: str, head: bytes) -> None:
    """Raise for bytes that are text in no encoding we would guess."""
    if b"\0" in head[:4096]:
        even, odd = head[:4096:2].count(b"\0"), head[1:4096:2].count(b"\0")
        wide = max(even, odd) > len(head[:4096]) // 4
        remedy = "pass --encoding utf-16-le or utf-16-be" if wide else "give a text file or Parquet"
        what = "looks like UTF-16 without a mark" if wide else "is binary, of no kind known here"
        raise BadInput(what=name, problem=f"the content {what}", remedy=remedy)


def delimiter_of(head: bytes, promised: Known | None) -> str:
    """The character that splits the first lines into equal and most columns."""
    lines = [line for line in head.decode("utf-8", "replace").split("\n")[:20] if line.strip()]
    if len(lines) > 2:
        lines = lines[:-1]  # the last may be cut
    best, most = "\t" if promised == "tsv" else ",", 0.0
    for delimiter in _DELIMITERS:
        counts = [_outside(line, delimiter) for line in lines]
        even = sum(count == counts[0] for count in counts) / len(counts) if counts else 0
        score = counts[0] * even if counts else 0
        if score > most:
            best, most = delimiter, score
    return best


def _outside(line: str, delimiter: str) -> int:
    return sum(part.count(delimiter) for part in line.split('"')[::2])
