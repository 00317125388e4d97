"""Event ids where the file has none: made from what the event says, or from its row.

24 letters that sort as text. By content: 8 for the time, 16 (80 bits of BLAKE2b) for the
rest, so that a log in order of time is stored in order of ids, which databases like, and
two events could only be taken for one within the same 16 milliseconds. By row: 12 for the
file, 12 for the row. What is hashed, and how, is part of the promise: an event that was
stored must get the same id when its file is read again by a later version, whatever
format it comes in.
"""

from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.data.ingest.reading.blocks import Ints

Words = npt.NDArray[np.uint64]
_LETTERS = np.frombuffer(b"0123456789abcdefghijklmnopqrstuv", np.uint8)
_TICK = 14  # bits of a microsecond count that are left out: 40 bits then reach past 2500
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
_UNIT, _NOTHING, _ESCAPE = "\x1f", "\x00", "\x10"
_CONTROLS = "[\x00\x10\x1f]"
_SPELLED = {_ESCAPE: _ESCAPE + "e", _UNIT: _ESCAPE + "u", _NOTHING: _ESCAPE + "n"}


def content_ids(columns: dict[str, pa.Array]) -> pa.Array:
    """Ids from the content: the same event twice has the same id."""
    parts: list[pa.Array | pa.Scalar] = []
    for name in _HASHED:
        column = columns.get(name)
        if column is None or column.null_count == len(column):
            parts.append(pa.scalar(_NOTHING))
        else:
            parts.append(_unmistakable(column.cast(pa.string())))
    joined = pc.binary_join_element_wise(
        *parts, _UNIT, null_handling="replace", null_replacement=_NOTHING
    )
    hashes = _hashed(joined)
    times = columns["time"].to_numpy(zero_copy_only=False).astype(np.uint64) >> np.uint64(_TICK)
    return _spelled((times, 8), (hashes[:, 0], 8), (hashes[:, 1], 8))


def _unmistakable(cells: pa.Array) -> pa.Array:
    """Cells in which no letter stands for the end of a cell, or for an empty one.

    Nearly every file has none of them, and its ids are those of its plain cells.
    """
    if not pc.any(pc.match_substring_regex(cells, _CONTROLS)).as_py():
        return cells
    for letter, spelled in _SPELLED.items():
        cells = pc.replace_substring(cells, letter, spelled)
    return cells


def row_ids(label: str, numbers: Ints, copies: Ints) -> pa.Array:
    """Ids from file name and row; ``copies`` tells several events of one row apart."""
    digest = blake2b(label.encode(), digest_size=8).digest()
    file = np.full(len(numbers), int.from_bytes(digest, "big") >> 4, np.uint64)
    return _spelled((file, 12), (numbers.astype(np.uint64), 8), (copies.astype(np.uint64), 4))


def copies(numbers: Ints) -> Ints:
    """0 for the first event of a row, 1 for the second: rows may be taken apart."""
    if len(numbers) == 0:
        return numbers
    starts = np.flatnonzero(np.concatenate(([True], numbers[1:] != numbers[:-1])))
    lengths = np.diff(np.append(starts, len(numbers)))
    return np.arange(len(numbers), dtype=np.int64) - np.repeat(starts, lengths)


def _hashed(texts: pa.Array) -> Words:
    """80 bits of each text, as two words of 40."""
    cells = texts.cast(pa.binary()).to_pylist()
    joined = b"".join([blake2b(cell, digest_size=10).digest() for cell in cells])
    bytes_ = np.frombuffer(joined, np.uint8).reshape(len(cells), 2, 5)
    words = np.zeros((len(cells), 2), np.uint64)
    for byte in range(5):
        words = (words << np.uint64(8)) | bytes_[:, :, byte]
    return words


def _spelled(*words: tuple[Words, int]) -> pa.Array:
    """Numbers as text: each in so many letters of five bits."""
    rows, width = len(words[0][0]), sum(letters for _, letters in words)
    text = np.empty((rows, width), np.uint8)
    place = 0
    for word, letters in words:
        for letter in range(letters):
            shift = np.uint64(5 * (letters - 1 - letter))
            fives = (word >> shift) & np.uint64(31)
            text[:, place] = _LETTERS[fives.astype(np.intp)]
            place += 1
    offsets = np.arange(rows + 1, dtype=np.int32) * width
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(text.tobytes()))
