"""Encodings: told by marks, by the mapping, or by the first bytes that are not ASCII."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.reading import Input
from zhiyin.data.ingest.reading.streams import Stream
from zhiyin.data.ingest.reading.text import Text, guess

CHINESE = "云纹丝巾，国潮好物；茶器与盖碗。"


@pytest.mark.parametrize(
    ("sample", "encoding"),
    [
        (CHINESE.encode(), "utf-8"),
        (CHINESE.encode("gb18030"), "gb18030"),
        (("a,b,c\n" * 999).encode() + "丝巾".encode("gb18030"), "gb18030"),
        (b"plain", "utf-8"),
        ("un café crème, très élégant\n".encode("latin-1") * 9, "utf-8"),
        (CHINESE.encode() * 9 + b"\xff\n", "utf-8"),
        (b"a,b\n" * 99 + b"caf\xe9,b\n", "utf-8"),
    ],
)
def test_chinese_is_told_from_broken_and_western_text(sample: bytes, encoding: str) -> None:
    assert guess(sample) == encoding


def text_of(content: bytes, encoding: str | None = None) -> Text:
    return Text(Stream(Input("a", "a", lambda: io.BytesIO(content)), 200), encoding)


def all_of(text: Text, size: int = 1_000) -> bytes:
    return b"".join(iter(lambda: text.read(size), b""))


@given(st.text(max_size=60), st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-32"]))
def test_what_was_written_is_read_in_pieces_of_any_size(said: str, encoding: str) -> None:
    # A UTF-16 text that begins with NUL begins with the very bytes of UTF-32's mark.
    said = said.replace("\r", "").replace("\ufeff", "").lstrip("\0") + "\n"
    for size in (1, 3, 1_000):
        named = encoding if encoding == "gb18030" else None
        assert all_of(text_of(said.encode(encoding), named), size).decode() == said


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_skipping_is_reading_and_throwing_away(encoding: str) -> None:
    said = (CHINESE + "\n") * 5_000
    text = text_of(said.encode(encoding), None if encoding == "utf-16" else encoding)
    text.peek(100)
    text.skip(200_000)
    assert all_of(text) == said.encode()[200_000:]


@pytest.mark.parametrize("encoding", ["latin-1", "big5", "shift_jis", "cp1251"])
def test_other_encodings_are_read_when_named(
    encoding: str, take: Any, write: Any, events: Any
) -> None:
    word = {"latin-1": "café", "big5": "絲巾", "shift_jis": "茶碗", "cp1251": "чай"}[encoding]
    content = f"user,item,event,time\nu,{word},buy,1600000000\n".encode(encoding)
    take(write("e.csv", content), mapping=Mapping(into="events", encoding=encoding))
    assert events()[0]["item"] == word


def test_a_line_that_is_no_gb18030_is_refused_alone(refuse: Any, write: Any) -> None:
    row = "顾客,云纹丝巾,购买,1600000000\n".encode("gb18030")
    content = b"user,item,event,time\n" + row + b"\xff\xff,i,buy,1600000000\n" + row
    report, [reject] = refuse(
        write("e.csv", content), mapping=Mapping(into="events", encoding="gb18030")
    )
    assert (report.new, report.seen) == (1, 1)
    assert (reject["code"], reject["row"], reject["expected"]) == ("bad_encoding", 3, "GB18030")


def test_utf16_that_stops_in_a_letter_is_told(take: Any, write: Any) -> None:
    content = "user,item,event,time\nu,i,buy,1600000000\nu,i,buy,16".encode("utf-16")
    report = take(write("e.csv", content[:-1]))
    assert report.new == 1
    assert "stops being utf-16" in str(report.problems[0])
