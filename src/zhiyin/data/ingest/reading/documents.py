"""A JSON document: an array of objects, or an object that holds one, read as it streams.

Elements are decoded one at a time, so memory does not grow with the file. Only one
element must fit: at most sixteen times the longest field that is allowed.
"""

import codecs
import json
import re
from collections.abc import Iterator

import numpy as np

from zhiyin.core import Damaged, Refusal, ZhiyinError
from zhiyin.data.ingest.reading.blocks import Block, Place, Reject, Row, malformed
from zhiyin.data.ingest.reading.text import Text
from zhiyin.data.ingest.wording import FETCH_AGAIN, problem, remedy

_PIECE = 1 << 18
_SPACE = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


class Document:
    """The elements of the first array of objects in a JSON text."""

    def __init__(self, text: Text, rows: int, max_field: int) -> None:
        self._text, self._rows = text, rows
        self._longest = 16 * max_field
        self._buffer = ""
        self._place = 0
        self._decode = codecs.getincrementaldecoder("utf-8")("backslashreplace").decode
        self._ended = False
        self._problem: ZhiyinError | None = None

    @property
    def problem(self) -> ZhiyinError | None:
        """What ended the document early."""
        return self._text.stream.problem or self._problem

    def blocks(self, start: Place) -> Iterator[Block]:
        """The elements from number ``start.row`` on."""
        rows: list[Row] = []
        numbers: list[int] = []
        broken: list[Reject] = []
        after = start
        for number, found in enumerate(self._elements(), 1):
            if number < start.row:
                continue
            after = Place(0, number + 1)
            if isinstance(found, dict):
                rows.append(found)
                numbers.append(number)
            elif isinstance(found, str):
                broken.append(malformed(number, "not a JSON object", found))
            else:
                broken.append(Reject(Refusal("too_long", number, "row", None, found[1]), found[0]))
            if len(rows) + len(broken) >= self._rows:
                yield Block(rows, np.array(numbers, np.int64), after, broken)
                rows, numbers, broken = [], [], []
        yield Block(rows, np.array(numbers, np.int64), after, broken)

    def _elements(self) -> Iterator[Row | str | tuple[str, str]]:
        """Each element as an object, or the text of what is none."""
        if not self._enter():
            return
        while True:
            self._place = self._solid(self._place)
            if self._place >= len(self._buffer):
                self._problem = self._cut()
                return
            if self._buffer[self._place] == "]":
                return
            found = self._element()
            if found is None:
                self._problem = self._cut()
                return
            yield found

    def _enter(self) -> bool:
        """Go to the first element; False where there is no array of objects."""
        self._place = self._solid(0)
        if self._buffer[self._place : self._place + 1] == "[":
            self._place += 1
            return True
        self._place += 1  # the brace
        while self._key():
            opening = self._solid(self._place)
            if self._buffer[opening : opening + 1] == "[":
                inside = self._solid(opening + 1)
                if self._buffer[inside : inside + 1] == "{":
                    self._place = inside
                    return True
            self._place = opening
            if self._value() is None:
                return False
        return False

    def _key(self) -> bool:
        self._place = self._solid(self._place)
        if self._buffer[self._place : self._place + 1] != '"' or self._value() is None:
            return False
        self._place = self._solid(self._place)
        if self._buffer[self._place : self._place + 1] != ":":
            return False
        self._place += 1
        return True

    def _value(self) -> tuple[object] | None:
        """Decode the value here, reading on as needed; None where that is impossible."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._place)
            except (ValueError, RecursionError):
                if self._ended or len(self._buffer) - self._place > self._longest:
                    return None
                self._more()
                continue
            if end == len(self._buffer) and not self._ended:
                self._more()  # a number may go on
                continue
            self._place = end
            return (value,)

    def _element(self) -> Row | str | tuple[str, str] | None:
        start = self._place
        try:
            value, end = _DECODER.raw_decode(self._buffer, start)
        except (ValueError, RecursionError):
            return self._broken_element()
        self._place = end
        return value if isinstance(value, dict) else self._buffer[start:end]

    def _broken_element(self) -> Row | str | tuple[str, str] | None:
        """An element that does not decode: not all here yet, or wrong in itself."""
        start = self._place
        while (end := _end_of(self._buffer, start)) < 0:
            if self._ended:
                return None
            if len(self._buffer) - start > self._longest:
                return self._pass_over()
            start = self._more()
        text = self._buffer[start:end]
        self._place = end
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return text[:2_000]
        return value if isinstance(value, dict) else text[:2_000]

    def _pass_over(self) -> tuple[str, str] | None:
        """Skip an element that is too long to hold, up to the next that starts a line."""
        shown = self._buffer[self._place : self._place + 2_000]
        self._ended = True
        self._problem = Damaged(
            what=self._text.stream.source.name,
            **problem("one element is too long to be held", "有一个元素过长，无法读入"),
            **remedy(
                "the rows before are in; write one object per line (JSONL) instead",
                "之前的行已导入；请改为每行一个对象（JSONL）",
            ),
        )
        self._buffer, self._place = "]", 0
        return shown, f"{self._longest:,} bytes"

    def _solid(self, place: int) -> int:
        """The first place from ``place`` on that is neither blank nor a comma."""
        while True:
            found = _SPACE.match(self._buffer, place)
            place = found.end() if found else place
            if place < len(self._buffer) or self._ended:
                return place
            self._place = place
            place = self._more()

    def _more(self) -> int:
        """Read on, forget what is behind; the new place."""
        piece = self._text.read(_PIECE)
        self._ended = not piece
        self._buffer = self._buffer[self._place :] + self._decode(piece, not piece)
        self._place = 0
        return 0

    def _cut(self) -> ZhiyinError | None:
        return self._problem or Damaged(
            what=self._text.stream.source.name,
            **problem("the JSON ends in the middle", "JSON 在中途结束"),
            **FETCH_AGAIN,
        )


_MARKS = re.compile(r'["{}\[\]]')
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def _end_of(text: str, start: int) -> int:
    """Where the element at ``start`` ends, by its braces; -1 if that is not here."""
    depth, place = 0, start
    if text[start] not in "{[":
        ends = re.compile(r"[,\]\n]").search(text, start + 1)
        return ends.start() if ends else -1
    while (mark := _MARKS.search(text, place)) is not None:
        place = mark.end()
        if mark.group() == '"':
            string = _STRING.match(text, mark.start())
            if string is None:
                return -1
            place = string.end()
        else:
            depth += 1 if mark.group() in "{[" else -1
            if depth == 0:
                return place
    return -1
