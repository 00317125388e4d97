"""Streams: compression found by content, members joined, positions kept."""

import gzip
import io
from pathlib import Path

import pyarrow as pa
import pytest

from zhiyin.core import Damaged, Unavailable
from zhiyin.data.ingest.reading import Input
from zhiyin.data.ingest.reading.streams import Stream

WORDS = b"".join(b"%d,word,%d\n" % (number, number * 7919 % 9_973) for number in range(50_000))


def zst(content: bytes) -> bytes:
    packed: bytes = pa.Codec("zstd").compress(content).to_pybytes()
    return packed


def stream_of(content: bytes) -> Stream:
    return Stream(Input("a", "a", lambda: io.BytesIO(content)), 200)


@pytest.mark.parametrize(
    ("content", "compression"),
    [
        (WORDS, ""),
        (gzip.compress(WORDS), "gzip"),
        (gzip.compress(WORDS[:999]) + gzip.compress(WORDS[999:]) + b"\0" * 999, "gzip"),
        (zst(WORDS), "zstd"),
        (zst(WORDS[:999]) + zst(WORDS[999:]), "zstd"),
    ],
)
def test_the_content_comes_whole_whatever_it_is_packed_in(content: bytes, compression: str) -> None:
    for size in (7_001, 10**7):
        stream = stream_of(content)
        assert stream.compression == compression
        assert stream.peek(10) == WORDS[:10]
        assert b"".join(iter(lambda: stream.read(size), b"")) == WORDS  # noqa: B023
        assert (stream.problem, stream.taken) == (None, len(content))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zst])
def test_skipping_goes_where_reading_would(pack: object, tmp_path: Path) -> None:
    content: bytes = pack(WORDS)  # type: ignore[operator]
    file = tmp_path / "a"
    file.write_bytes(content)
    stream = Stream(Input("a", "a", lambda: file.open("rb"), file), 200)
    stream.peek(100)
    stream.skip(300_000)
    assert stream.read(50) == WORDS[300_000:300_050]
    stream.close()


def test_what_follows_the_last_member_is_told() -> None:
    stream = stream_of(gzip.compress(WORDS) + b"something else")
    assert stream.read(10**7) == WORDS
    assert isinstance(stream.problem, Damaged)


def test_of_zstd_every_byte_before_the_break_is_given(tmp_path: Path) -> None:
    file = tmp_path / "a.zst"
    file.write_bytes(zst(WORDS)[:-50])
    with file.open("rb") as whole:
        expected = 0
        inner = pa.CompressedInputStream(whole, "zstd")
        with pytest.raises(OSError, match="Truncated"):
            while inner.read(1):
                expected += 1
    stream = Stream(Input("a", "a", lambda: file.open("rb"), file), 200)
    assert len(stream.read(10**7)) == expected
    stream.close()


def test_a_disk_that_fails_halfway_is_told() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 100_000:
                raise OSError(5, "Input/output error")
            return super().read(size)

    stream = Stream(Input("a", "a", lambda: Failing(WORDS)), 200)
    assert WORDS.startswith(stream.read(10**7))
    assert isinstance(stream.problem, Unavailable)
    assert "check the disk" in str(stream.problem)
