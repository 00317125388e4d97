"""Stream: the decompressed bytes of one input, guarded against cuts and bombs.

A stream that breaks (truncated, corrupt, growing without bounds, vanished) does not
raise: it ends early and says so in ``problem``, so that the rows before are taken in.
"""

import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

import pyarrow as pa

from zhiyin.core import Damaged, TooLarge, Unavailable, ZhiyinError
from zhiyin.data.ingest.reading.sources import Input
from zhiyin.data.ingest.wording import CHECK_DISK, FETCH_AGAIN, problem, remedy

PIECE = 65_536
# Small files of zeros and repeated lines may grow a thousandfold and harm nobody.
HARMLESS = 64 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


class Stream:
    """Reads forward, knows how many raw bytes it took and how many it gave."""

    def __init__(self, source: Input, max_ratio: int) -> None:
        self.source = source
        self.problem: ZhiyinError | None = None
        self.given = 0
        self.compression = ""
        self._max_ratio = max_ratio
        self._raw = _Counted(source.open())
        self._held = b""
        self._open()

    def _open(self) -> None:
        self._guarded(self._raw.look)
        self._inner: _Plain | _Gzip | _Zstd = _Plain(self._raw)
        if self._raw.head.startswith(_GZIP):
            self.compression, self._inner = "gzip", _Gzip(self._raw)
        elif self._raw.head.startswith(_ZSTD):
            self.compression, self._inner = "zstd", _Zstd(self._raw)

    @property
    def taken(self) -> int:
        """Raw bytes read so far: what progress counts."""
        return self._raw.taken

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes, fewer only at the end."""
        parts = [self._held[:size]]
        self._held = self._held[size:]
        missing = size - len(parts[0])
        while missing > 0 and self.problem is None:
            piece = self._guarded(lambda: self._inner.read(min(missing, PIECE)))  # noqa: B023
            if not piece:
                break
            self._weigh(len(piece))
            parts.append(piece)
            missing -= len(piece)
        return b"".join(parts)

    def peek(self, size: int) -> bytes:
        """The next bytes, which stay to be read."""
        if len(self._held) < size:
            self._held = self.read(size)
        return self._held[:size]

    def skip(self, size: int) -> None:
        """Go forward, without reading where the file allows it."""
        from_held = min(size, len(self._held))
        self._held = self._held[from_held:]
        size -= from_held
        if size and not self.compression and self._raw.jump(size):
            return
        while size > 0 and (piece := self.read(min(size, 1 << 20))):
            size -= len(piece)

    def close(self) -> None:
        """Give the file back; standard input stays open."""
        if self.source.path is not None:
            self._raw.file.close()

    def _weigh(self, size: int) -> None:
        self.given += size
        allowed = max(HARMLESS, self._max_ratio * self.taken)
        if self.compression and self.given > allowed:
            self.problem = TooLarge(
                what=f"{self.source.name} (decompressed)",
                needs=f"{self.given // max(1, self.taken)} times its size",
                needs_zh=f"原文件的 {self.given // max(1, self.taken)} 倍",
                limit=f"{self._max_ratio} times",
                limit_zh=f"{self._max_ratio} 倍",
                **remedy(
                    "check where it comes from; raise ingest.max_ratio if you trust it",
                    "请核对来源；若可信，请调高 ingest.max_ratio",
                ),
            )

    def _guarded(self, read: Callable[[], bytes]) -> bytes:
        try:
            return read()
        except (EOFError, zlib.error, OSError) as error:
            self.problem = self._broken(error)
        return self._inner.rescue(self.source) if hasattr(self, "_inner") else b""

    def _broken(self, error: Exception) -> ZhiyinError:
        if isinstance(error, OSError) and error.errno is not None:
            return Unavailable(what=self.source.name, problem=str(error), **CHECK_DISK)
        cut = isinstance(error, EOFError) or "runcated" in str(error)
        what, what_zh = ("ends", "中断") if cut else ("is corrupt", "损坏")
        return Damaged(
            what=self.source.name,
            **problem(
                f"the {self.compression} data {what} {self.taken:,} bytes into the file, "
                f"after {self.given:,} bytes of content",
                f"{self.compression} 数据在文件第 {self.taken:,} 字节处{what_zh}，"
                f"此前内容共 {self.given:,} 字节",
            ),
            **FETCH_AGAIN,
        )


class _Counted:
    """The raw file, with a head that was looked at already."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.head = b""
        self.taken = 0

    def look(self) -> bytes:
        while len(self.head) < 4 and (more := self.file.read(4 - len(self.head))):
            self.head += more
        return self.head

    def read(self, size: int) -> bytes:
        if self.head:
            piece, self.head = self.head[:size], self.head[size:]
        else:
            piece = self.file.read(size)
        self.taken += len(piece)
        return piece

    def jump(self, size: int) -> bool:
        try:
            if not self.file.seekable():
                return False
            self.file.seek(size - len(self.head), 1)
        except (OSError, AttributeError):
            return False
        self.head = b""
        self.taken += size
        return True


class _Plain:
    def __init__(self, raw: _Counted) -> None:
        self.read = raw.read

    def rescue(self, source: Input) -> bytes:
        return b""


class _Gzip:
    """Members one after the other; output bounded whatever the input claims."""

    def __init__(self, raw: _Counted) -> None:
        self._raw = raw
        self._member = zlib.decompressobj(wbits=31)
        self._waiting = b""
        self._fresh = True  # at a boundary between members, where the file may end

    def read(self, size: int) -> bytes:
        while True:
            if not self._waiting:
                self._waiting = self._raw.read(PIECE)
                if not self._waiting:
                    if self._fresh:
                        return b""
                    raise EOFError
            if self._fresh and not self._waiting.strip(b"\0"):
                self._waiting = b""  # padding after the last member, as tape archives have it
                continue
            out = self._member.decompress(self._waiting, size)
            self._waiting, self._fresh = self._member.unconsumed_tail, False
            if self._member.eof:
                self._waiting, self._fresh = self._member.unused_data, True
                self._member = zlib.decompressobj(wbits=31)
            if out:
                return out

    def rescue(self, source: Input) -> bytes:
        return b""  # everything before the break was given already


class _Zstd:
    def __init__(self, raw: _Counted) -> None:
        self._stream = _unzstd(raw)
        self._given = 0

    def read(self, size: int) -> bytes:
        piece: bytes = self._stream.read(size)
        self._given += len(piece)
        return piece

    def rescue(self, source: Input) -> bytes:
        """The bytes that Arrow threw away with its error, read again one by one."""
        found = bytearray()
        if source.path is None:
            return b""
        try:
            with source.open() as file:
                stream = _unzstd(file)
                left = self._given
                while left:
                    left -= len(stream.read(min(left, PIECE)))
                while len(found) < PIECE and (piece := stream.read(1)):
                    found += piece
        except OSError:
            pass  # the same break, met as expected
        return bytes(found)


def _unzstd(file: Any) -> Any:
    wrapped = pa.PythonFile(_ReadOnly(file), mode="r")
    return pa.CompressedInputStream(wrapped, "zstd")


class _ReadOnly:
    """What Arrow asks of a file that is only read forward."""

    closed = False

    def __init__(self, file: Any) -> None:
        self.read = file.read

    def close(self) -> None:
        pass
