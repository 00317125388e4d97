"""The binary dump of Gorse, record by record.

A dump is a row of numbers and messages: 64-bit little-endian -1, -2, -3 begin users,
items, feedback; a number above zero is the size of the protobuf message that follows;
0 ends the dump. The fields are those of ``User``, ``Item`` and ``Feedback`` in Gorse's
``protocol.proto`` (0.5); fields that came later are skipped.
"""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from zhiyin.core import Damaged, moment
from zhiyin.data.ingest.mapping import Row

LARGEST = 16 << 20
_STREAMS = {-1: "user", -2: "item", -3: "feedback"}
_FIELDS = {
    "user": {1: "UserId", 2: "Labels", 3: "Comment"},
    "item": {
        2: "ItemId",
        3: "IsHidden",
        4: "Categories",
        5: "Timestamp",
        6: "Labels",
        7: "Comment",
    },
    "feedback": {2: "FeedbackType", 3: "UserId", 4: "ItemId", 5: "Timestamp", 6: "Comment"},
}


def records(dump: Path, wanted: str) -> Iterator[Row]:
    """The rows of one kind ("user", "item", "feedback") with the names of the JSON export."""
    stream = ""
    with dump.open("rb") as file:
        while size := _number(file, dump):
            if size < 0:
                stream = _STREAMS.get(size, "")
            if not stream or size > LARGEST:
                raise _damaged(dump, "it has a mark that no dump of Gorse has", "含有未知标记")
            if size > 0:
                message = file.read(size)
                if len(message) < size:
                    raise _damaged(dump, "it ends in the middle of a record", "在一条记录中间中断")
                if stream == wanted:
                    yield _row(message, stream, dump)


def _number(file: BinaryIO, dump: Path) -> int:
    head = file.read(8)
    if len(head) < 8:
        raise _damaged(dump, "it ends before its end mark", "缺少结束标记")
    number: int = struct.unpack("<q", head)[0]
    return number


def _damaged(dump: Path, problem: str, problem_zh: str) -> Damaged:
    return Damaged(
        what=str(dump),
        problem=problem,
        problem_zh=problem_zh,
        remedy="dump it again: GET /api/dump",
        remedy_zh="请重新转储：GET /api/dump",
    )


def _row(message: bytes, stream: str, dump: Path) -> Row:
    row: Row = {}
    try:
        for field, value in _fields(message):
            name = _FIELDS[stream].get(field)
            if name == "Categories":
                row.setdefault(name, []).append(value.decode())
            elif name == "Timestamp":
                row[name] = _time(value)
            elif name == "Labels":
                row[name] = json.loads(value or b"null")
            elif name == "IsHidden":
                row[name] = bool(value)
            elif name:
                row[name] = value.decode()
    except (ValueError, IndexError, AttributeError, OverflowError) as error:
        problem = f"a record of {stream} cannot be read ({error})"
        raise _damaged(dump, problem, f"无法读取一条 {stream} 记录（{error}）") from error
    return row


def _time(message: bytes) -> str | None:
    """RFC 3339, or None for times before 1970, which Go writes where there is none."""
    parts = dict(_fields(message))
    seconds, nanos = parts.get(1, 0), parts.get(2, 0)
    if seconds >= 1 << 63:
        return None
    return moment(seconds * 1_000_000 + nanos // 1000).isoformat()


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Field numbers and values of a protobuf message: numbers, or bytes."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        field, wire = key >> 3, key & 7
        if wire == 0:
            value, place = _varint(message, place)
            yield field, value
            continue
        if wire == 2:
            size, place = _varint(message, place)
        else:
            size = {1: 8, 5: 4}[wire] if wire in (1, 5) else len(message) + 1
        if place + size > len(message):
            raise ValueError("a field is longer than its record")
        yield field, message[place : place + size]
        place += size


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place
