"""Ids by row, and rows by id, without a Python object for each: a million open at once.

The ids stand end to end in one array of bytes; a sorted column of their hashes finds the
row. Ids added since then wait in a dictionary until the next ``packed``.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class Ids:
    """The ids of a shelf, row by row; append only."""

    def __init__(self, text: npt.NDArray[np.uint8], starts: Ints, hashes: Ints, rows: Ints):
        self.text = text
        """(…,) UTF-8, end to end."""
        self.starts = starts  # (N + 1,)
        self.hashes = hashes  # (N,) rising
        self.rows = rows  # (N,) the row of each hash
        self._new: list[str] = []
        self._new_rows: dict[str, int] = {}

    @classmethod
    def of(cls, ids: Iterable[str]) -> "Ids":
        """These ids, in rows 0, 1, 2, …"""
        raw = [id.encode("utf-8", "surrogatepass") for id in ids]
        starts = np.zeros(len(raw) + 1, np.int64)
        np.cumsum([len(one) for one in raw], out=starts[1:])
        hashes = np.array([_hash(one) for one in raw], np.int64)
        order = np.argsort(hashes, kind="stable").astype(np.int64)
        text = np.frombuffer(b"".join(raw), np.uint8)
        return cls(text, starts, hashes[order], order)

    def __len__(self) -> int:
        return len(self.rows) + len(self._new)

    def add(self, id: str) -> int:
        """The row of ``id``, the next one for a new id."""
        row = self.row(id)
        if row < 0:
            row = len(self)
            self._new.append(id)
            self._new_rows[id] = row
        return row

    def id(self, row: int) -> str:
        """The id of a row."""
        packed = len(self.rows)
        if row >= packed:
            return self._new[row - packed]
        return self._raw(row).decode("utf-8", "surrogatepass")

    def row(self, id: str) -> int:
        """The row of an id; -1 where there is none."""
        raw = id.encode("utf-8", "surrogatepass")
        wanted = _hash(raw)
        place = int(np.searchsorted(self.hashes, wanted))
        while place < len(self.hashes) and self.hashes[place] == wanted:
            row = int(self.rows[place])
            if self._raw(row) == raw:
                return row
            place += 1  # two ids of one hash
        return self._new_rows.get(id, -1)

    def packed(self) -> "Ids":
        """The same ids with none waiting."""
        if not self._new:
            return self
        new = Ids.of(self._new)
        hashes = np.concatenate([self.hashes, new.hashes])
        rows = np.concatenate([self.rows, new.rows + len(self.rows)])
        order = np.argsort(hashes, kind="stable")
        return Ids(
            np.concatenate([self.text, new.text]),
            np.concatenate([self.starts, new.starts[1:] + self.starts[-1]]),
            hashes[order],
            rows[order],
        )

    def many(self, rows: Sequence[int] | Ints) -> tuple[str, ...]:
        """The ids of rows."""
        return tuple(self.id(int(row)) for row in rows)

    def _raw(self, row: int) -> bytes:
        return self.text[self.starts[row] : self.starts[row + 1]].tobytes()


def _hash(raw: bytes) -> int:
    # Python's own hash differs from process to process, and this one is saved.
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "little", signed=True)
