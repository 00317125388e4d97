"""Text: a stream as UTF-8, whatever it was written in.

UTF-8 passes through unchanged, so that a position in the text is a position in the
file. Bytes that are no text in the given encoding stay invalid here too: the line that
holds them is refused later, and only that line.
"""

import codecs
import re

from zhiyin.core import Damaged
from zhiyin.data.ingest.reading.streams import Stream
from zhiyin.data.ingest.wording import problem, remedy

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 1 << 16


class Text:
    """Reads UTF-8 forward; decides the encoding at the first byte that is not ASCII."""

    def __init__(self, stream: Stream, encoding: str | None) -> None:
        self.stream = stream
        self.start = 0
        """Where the text begins: after a byte order mark."""
        self.encoding = codecs.lookup(encoding).name.removesuffix("-sig") if encoding else ""
        self._over = b""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._read_mark()
        head = stream.peek(_SAMPLE)
        # Files of the first Macintosh end their lines with a carriage return alone.
        self._returns = b"\r" in head and b"\n" not in head and len(head) > head.find(b"\r") + 1
        if self.encoding:
            self._settle(self.encoding)

    def _read_mark(self) -> None:
        head = self.stream.peek(4)
        for mark, encoding in _MARKS:
            if head.startswith(mark):
                self.encoding = encoding
                # The decoders of UTF-16 and UTF-32 read the mark themselves.
                self.start = len(mark) if encoding == "utf-8" else 0
                self.stream.skip(self.start)
                return

    def _settle(self, encoding: str) -> None:
        self.encoding = encoding
        if encoding != "utf-8":
            errors = "surrogatepass" if encoding.startswith(("utf-16", "utf-32")) else _KEEP
            self._decoder = codecs.getincrementaldecoder(encoding)(errors)

    @property
    def seekable(self) -> bool:
        """Whether positions in the text are positions in the stream."""
        return self._decoder is None

    def read(self, size: int) -> bytes:
        """About ``size`` bytes of UTF-8; empty only at the end."""
        if self._over:
            over, self._over = self._over[:size], self._over[size:]
            return over
        while True:
            piece = self.stream.read(size)
            if not self.encoding and not piece.isascii():
                self._settle(guess(piece))
            if self._decoder is not None:
                text = self._decoded(piece, final=not piece)
            else:
                text = piece
            if text or not piece:
                return text.replace(b"\r", b"\n") if self._returns else text

    def _decoded(self, piece: bytes, final: bool) -> bytes:
        assert self._decoder is not None
        try:
            text = self._decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            self.stream.problem = self.stream.problem or Damaged(
                what=self.stream.source.name,
                **problem(
                    f"the text stops being {self.encoding} ({error.reason})",
                    f"文本从某处起不再是 {self.encoding}（{error.reason}）",
                ),
                **remedy(
                    "the rows before are in; save the file again as UTF-8",
                    "之前的行已导入；请将文件另存为 UTF-8",
                ),
            )
            return b""
        try:
            return text.encode()
        except UnicodeEncodeError:
            kept = "surrogatepass" if self.encoding.startswith("utf-") else "surrogateescape"
            return text.encode("utf-8", kept)

    def peek(self, size: int) -> bytes:
        """About ``size`` bytes of what comes next, which stay to be read."""
        parts: list[bytes] = []
        missing = size
        while missing > 0 and (piece := self.read(missing)):
            parts.append(piece)
            missing -= len(piece)
        self._over = b"".join(parts) + self._over
        return self._over[:size]

    def skip(self, size: int) -> None:
        """Go ``size`` bytes of text forward; decoded text has to be read again for that."""
        held = min(size, len(self._over))
        self._over = self._over[held:]
        size -= held
        if self.seekable:
            self.stream.skip(size)
            return
        while size > 0 and (piece := self.read(_SAMPLE)):
            self._over = piece[size:] + self._over
            size -= len(piece)


def _keep(error: UnicodeError) -> tuple[str, int]:
    """Keep undecodable bytes as lone surrogates, so that they are seen and refused."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start]
    return (chr(0xDC00 + byte) if byte > 127 else chr(byte)), error.start + 1


_KEEP = "zhiyin-keep"
codecs.register_error(_KEEP, _keep)


def guess(sample: bytes) -> str:
    """UTF-8, unless the sample is no UTF-8 and looks like Chinese text in GB18030.

    Chinese comes in pairs of high bytes; an accented letter of a Western encoding
    stands alone, and one broken line does not make a file Chinese.
    """
    runs = [(match.group(), match.end() < len(sample)) for match in _HIGH.finditer(sample)]
    total = sum(len(run) for run, _ in runs)
    good = sum(len(run) for run, whole in runs if _is(run, "utf-8", whole))
    if good * 2 >= total:
        return "utf-8"
    pairs = sum(len(run) for run, _ in runs if len(run) % 2 == 0 or len(run) > 3)
    chinese = pairs * 10 >= 6 * total
    return "gb18030" if chinese and _is(sample, "gb18030", False) else "utf-8"


def _is(sample: bytes, encoding: str, whole: bool) -> bool:
    """Whether the bytes decode; unless they are whole, the last letter may be cut."""
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(sample, whole)
    except UnicodeDecodeError:
        return False
    return True
