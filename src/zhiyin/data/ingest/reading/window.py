"""Window: whole lines at the front of a text, a bounded part of it at a time."""

from zhiyin.core import Refusal, shorten
from zhiyin.data.ingest.reading.blocks import Place, Reject
from zhiyin.data.ingest.reading.text import Text

_LEAST = 1 << 12
_FIRST = 1 << 18
_MOST = 1 << 24
_SHOWN = 2_000


class Window:
    """``data`` is what is held; take lines from its front, fill it at its back."""

    def __init__(self, text: Text, start: Place, rows: int, longest: int) -> None:
        self.data = b""
        self.offset = start.offset
        self.row = start.row
        self.ended = False
        self.longest = longest
        self._text = text
        self._rows = rows
        self._size = max(_LEAST, min(_FIRST, rows * 48))

    @property
    def place(self) -> Place:
        """Where the first byte of ``data`` stands."""
        return Place(self.offset, self.row)

    def fill(self, more: bool = False) -> bool:
        """Read on until a block is held; False when nothing is left."""
        wanted = len(self.data) + self._size if more else self._size
        parts = [self.data]
        held = len(self.data)
        while held < wanted and not self.ended:
            piece = self._text.read(wanted - held)
            self.ended = not piece
            parts.append(piece)
            held += len(piece)
        self.data = b"".join(parts)
        if self.ended and self._text.stream.problem is not None:
            self._drop_half_line()
        return bool(self.data)

    def _drop_half_line(self) -> None:
        """Where a stream broke, the last line is not all of itself."""
        self.data = self.data[: self.data.rfind(b"\n") + 1]

    def take(self, size: int, lines: int, rows: int) -> bytes:
        """Remove ``size`` bytes with ``lines`` lines from the front."""
        taken, self.data = self.data[:size], self.data[size:]
        self.offset += size
        self.row += lines
        if rows:  # aim at a block of as many rows as are committed at a time
            self._size = max(_LEAST, min(_MOST, size // rows * self._rows))
        return taken

    def drop_line(self, field: str | None, limit: int) -> Reject:
        """Pass over a line that is too long to hold, and say so."""
        place, shown = self.place, self.data[:_SHOWN]
        while (end := self.data.find(b"\n")) < 0 and not self.ended:
            self.offset += len(self.data)
            self.data = b""
            self.fill()
        size = end + 1 if end >= 0 else len(self.data)
        self.take(size, 1, 0)
        raw = shorten(shown.decode("utf-8", "replace"))
        return Reject(Refusal("too_long", place.row, field or "row", raw, f"{limit:,} bytes"), raw)
