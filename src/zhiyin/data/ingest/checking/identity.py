"""Event ids where the file has none: made from what the event says, or from its row.

120 bits of BLAKE2b as 24 letters. The text hashed is part of the promise: an event that
was stored under an id must get the same one when its file is read again by a later
version, whatever format it comes in.
"""

from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.data.ingest.reading.blocks import Ints

_BYTES = 15
_LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
_HASHED = (
    "shopper",
    "item",
    "kind",
    "time",
    "value",
    "session",
    "request",
    "surface",
    "position",
    "propensity",
    "query",
)
_UNIT, _NOTHING = "\x1f", "\x00"


def content_ids(columns: dict[str, pa.Array]) -> pa.Array:
    """Ids from the content: the same event twice has the same id."""
    parts: list[pa.Array | pa.Scalar] = []
    for name in _HASHED:
        column = columns.get(name)
        if column is None or column.null_count == len(column):
            parts.append(pa.scalar(_NOTHING))
        else:
            parts.append(column.cast(pa.string()))
    return _hashed(_joined(parts))


def row_ids(label: str, numbers: Ints, copies: Ints) -> pa.Array:
    """Ids from file name and row; ``copies`` tells several events of one row apart."""
    rows = pa.array(numbers).cast(pa.string())
    return _hashed(_joined([pa.scalar(label), rows, pa.array(copies).cast(pa.string())]))


def copies(numbers: Ints) -> Ints:
    """0 for the first event of a row, 1 for the second: rows may be taken apart."""
    if len(numbers) == 0:
        return numbers
    starts = np.flatnonzero(np.concatenate(([True], numbers[1:] != numbers[:-1])))
    lengths = np.diff(np.append(starts, len(numbers)))
    return np.arange(len(numbers), dtype=np.int64) - np.repeat(starts, lengths)


def _joined(parts: list[pa.Array | pa.Scalar]) -> pa.Array:
    return pc.binary_join_element_wise(
        *parts, _UNIT, null_handling="replace", null_replacement=_NOTHING
    )


def _hashed(texts: pa.Array) -> pa.Array:
    rows = len(texts)
    joined = b"".join(
        [blake2b(text, digest_size=_BYTES).digest() for text in texts.cast(pa.binary()).to_pylist()]
    )
    fives = np.frombuffer(joined, np.uint8).reshape(rows, 3, 5).astype(np.uint64)  # 40 bits each
    words = np.zeros((rows, 3), np.uint64)
    for byte in range(5):
        words = (words << np.uint64(8)) | fives[:, :, byte]
    shifts = np.arange(35, -1, -5, dtype=np.uint64)
    letters = _LETTERS[((words[:, :, None] >> shifts) & np.uint64(31)).astype(np.intp)]
    offsets = np.arange(rows + 1, dtype=np.int32) * 24
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(letters.tobytes()))
