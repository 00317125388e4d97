"""What a file is, told by its content first and by its name only when that is silent."""

import json
from pathlib import PurePath
from typing import Literal

from zhiyin.core import BadInput
from zhiyin.data.ingest.wording import problem, remedy

Known = Literal["csv", "tsv", "jsonl", "json", "parquet", "lines"]

_DELIMITERS = ",\t;|\x01"
_SAVE_CSV = remedy("save it as CSV (UTF-8)", "请另存为 CSV（UTF-8）")
_EXPORT = remedy("export the table as CSV", "请将表格导出为 CSV")
_UNPACK = remedy("unpack it, or save it as CSV", "请先解压，或另存为 CSV")
_TABLE = remedy("give the table, not the picture", "请提供表格而非图片")
_AGAIN = remedy(
    "decompress it, or compress it with gzip or zstd", "请先解压，或改用 gzip 或 zstd 压缩"
)
_PARQUET = remedy("save it as Parquet or JSONL", "请另存为 Parquet 或 JSONL")
# magic, what it is in both languages, what to do
_STRANGERS: tuple[tuple[bytes, str, str, dict[str, str]], ...] = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "zip 压缩包或 Excel 工作簿", _UNPACK),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "旧版 Excel 工作簿", _SAVE_CSV),
    (b"%PDF", "a PDF", "PDF", _EXPORT),
    (b"\x89PNG", "a picture", "图片", _TABLE),
    (b"\xff\xd8\xff", "a picture", "图片", _TABLE),
    (b"SQLite format 3", "an SQLite database", "SQLite 数据库", _EXPORT),
    (b"BZh", "compressed with bzip2", "bzip2 压缩数据", _AGAIN),
    (b"\xfd7zXZ", "compressed with xz", "xz 压缩数据", _AGAIN),
    (b"7z\xbc\xaf", "a 7z archive", "7z 压缩包", _UNPACK),
    (b"Rar!", "a RAR archive", "RAR 压缩包", _UNPACK),
    (b"ARROW1", "an Arrow or Feather file", "Arrow 或 Feather 文件", _PARQUET),
    (b"Obj\x01", "an Avro file", "Avro 文件", _PARQUET),
    (b"ORC", "an ORC file", "ORC 文件", _PARQUET),
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
    for magic, what, what_zh, answer in _STRANGERS:
        if head.startswith(magic) and not (magic == b"ORC" and head[3:4].isalnum()):
            raise _stranger(name, what, what_zh, answer)
    start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<?xml"):
        raise _stranger(name, "XML", "XML", _EXPORT)
    if start.startswith((b"<!doctype", b"<html")):
        answer = remedy(
            "export the table as CSV; a web page is often a login or an error instead",
            "请将表格导出为 CSV；网页往往是登录页或错误页",
        )
        raise _stranger(name, "a web page", "网页", answer)
    if head[257:262] == b"ustar":
        raise _stranger(name, "a tar archive", "tar 归档", _UNPACK)


def _stranger(name: str, what: str, what_zh: str, answer: dict[str, str]) -> BadInput:
    return BadInput(what=name, **problem(f"the content is {what}", f"内容是{what_zh}"), **answer)


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
    sample = head[:4096]
    if b"\0" not in sample:
        return
    if max(sample[::2].count(b"\0"), sample[1::2].count(b"\0")) > len(sample) // 4:
        raise BadInput(
            what=name,
            **problem(
                "the content looks like UTF-16 without a mark", "内容像是没有 BOM 标记的 UTF-16"
            ),
            **remedy(
                "pass --encoding utf-16-le or utf-16-be",
                "请指定 --encoding utf-16-le 或 utf-16-be",
            ),
        )
    raise BadInput(
        what=name,
        **problem("the content is binary, of no kind known here", "内容是二进制，且类型未知"),
        **remedy("give a text file or Parquet", "请提供文本文件或 Parquet"),
    )


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
