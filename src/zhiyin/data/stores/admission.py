"""The door of every event log: what a batch must be, and which of its rows must stay out.

All stores share it, so that what one takes every other one takes, and gives back the same.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.core import EVENT_SCHEMA, BadInput, Receipt, Refusal, shorten

LONGEST_NAME = 256
"""Characters of a key: longer ones would not fit into Postgres' indexes."""
LONGEST_KEY = 512
"""Characters of a note's name, which may be the path of a file."""
_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_799_999_999  # the years 1 to 9999

_TEXT = [field.name for field in EVENT_SCHEMA if field.type == pa.string()]
_NEEDED = [field.name for field in EVENT_SCHEMA if not field.nullable]
_NEEDED_TEXT = [name for name in _NEEDED if name in _TEXT]
_FRACTIONS = [field.name for field in EVENT_SCHEMA if field.type == pa.float64()]
Mask = Callable[[pa.Array], pa.Array]


@dataclass(frozen=True, slots=True)
class Admitted:
    """The rows of a batch that may go in, and why the others may not."""

    rows: pa.RecordBatch
    places: tuple[int, ...] | None
    """Number of each row in the caller's batch, from 1; None: all rows are here."""
    refused: tuple[Refusal, ...]

    def receipt(self, stored: Receipt) -> Receipt:
        """What became of the caller's batch, when ``stored`` became of ``rows``."""
        if self.places is None:
            return stored
        moved = [replace(r, row=self.places[r.row - 1]) for r in stored.refused]
        refused = sorted([*self.refused, *moved], key=lambda refusal: refusal.row)
        return Receipt(stored.new, stored.seen, tuple(refused))


def admit(batch: pa.RecordBatch) -> Admitted:
    """Check a batch: BadInput where its form is wrong, refusals where a row is."""
    batch = _shape(batch)
    bad = np.zeros(batch.num_rows, bool)
    refused: list[Refusal] = []
    for code, name, expected, wrong in _checks(batch):
        column = batch.column(name)
        # No fill before this test: it is one pass, and nearly always the last.
        mask = wrong(column)
        if not pc.any(mask).as_py():
            continue
        found = pc.fill_null(mask, False).to_numpy(zero_copy_only=False) & ~bad
        refused += [
            Refusal(code, int(row) + 1, name, _shown(column[int(row)]), expected)
            for row in np.flatnonzero(found)
        ]
        bad |= found
    if not refused:
        return Admitted(batch, None, ())
    places = np.flatnonzero(~bad)
    return Admitted(batch.take(pa.array(places)), tuple((places + 1).tolist()), tuple(refused))


def check_name(what: str, name: str, longest: int = LONGEST_NAME) -> None:
    """BadInput unless ``name`` can be a key in every store."""
    problem = None
    if not isinstance(name, str) or not name:
        problem = "it is empty"
    elif len(name) > longest:
        problem = f"it is longer than {longest} characters"
    elif not storable(name):
        problem = "it has a NUL or half a surrogate pair"
    if problem:
        raise BadInput(what=f"{what} {shorten(name)!r}", problem=problem, remedy="give another")


def storable(text: str) -> bool:
    """Whether every store can keep ``text``: Postgres refuses NUL, UTF-8 lone surrogates."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def check_note(key: str, value: str | None) -> None:
    """BadInput unless every store can keep the note."""
    check_name("the name of a note", key, LONGEST_KEY)
    if value is not None and not storable(value):
        remedy = "write plain text"
        problem = "it has a NUL or half a surrogate pair"
        raise BadInput(what=f"the note {shorten(key)!r}", problem=problem, remedy=remedy)


def event_columns(columns: Sequence[str] | None) -> list[str]:
    """The columns asked for, all of them for None; BadInput where there is none such."""
    names = list(EVENT_SCHEMA.names if columns is None else columns)
    if not names or len(set(names)) < len(names) or not set(names) <= set(EVENT_SCHEMA.names):
        raise BadInput(
            what=f"columns {', '.join(names) or 'of no name'}",
            problem="events have no such set of columns",
            remedy=f"ask for some of {', '.join(EVENT_SCHEMA.names)}, each once",
        )
    return names


def _shape(batch: pa.RecordBatch) -> pa.RecordBatch:
    for field in EVENT_SCHEMA:
        places = batch.schema.get_all_field_indices(field.name)
        problem = None
        if len(places) != 1:
            problem = f"{len(places)} columns are named {field.name}"
        elif batch.schema.field(places[0]).type != field.type:
            problem = f"{field.name} is {batch.schema.field(places[0]).type}, not {field.type}"
        if problem:
            remedy = "send the columns of EVENT_SCHEMA, each once"
            raise BadInput(what="the batch of events", problem=problem, remedy=remedy)
    if batch.num_columns != len(EVENT_SCHEMA):
        extra = sorted(set(batch.schema.names) - set(EVENT_SCHEMA.names))
        raise BadInput(
            what="the batch of events",
            problem=f"columns that events do not have: {', '.join(extra)}",
            remedy="send the columns of EVENT_SCHEMA",
        )
    batch = batch.select(EVENT_SCHEMA.names)
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid as error:
        remedy = "send text as UTF-8"
        raise BadInput(what="the batch of events", problem=str(error), remedy=remedy) from error
    return batch


def _checks(batch: pa.RecordBatch) -> Iterator[tuple[str, str, str | None, Mask]]:
    filled = {n for n in batch.schema.names if batch.column(n).null_count < batch.num_rows}
    for name in _NEEDED:
        if batch.column(name).null_count:
            yield "missing", name, None, pc.is_null
    for name in _NEEDED_TEXT:
        yield "missing", name, None, lambda text: pc.equal(pc.binary_length(text), 0)
    for name in ("id", "shopper", "item"):
        yield "too_long", name, f"{LONGEST_NAME} characters", _too_long
    for name in _TEXT:
        if name in filled:
            yield "wrong_type", name, "text without NUL", _has_nul
    for name in _FRACTIONS:
        if name in filled:
            yield "not_finite", name, None, lambda numbers: pc.invert(pc.is_finite(numbers))
    yield "out_of_range", "time", "the years 1 to 9999", _no_moment


def _too_long(text: pa.Array) -> pa.Array:
    return pc.greater(pc.utf8_length(text), LONGEST_NAME)


def _has_nul(text: pa.Array) -> pa.Array:
    return pc.match_substring(text, "\0")


def _no_moment(times: pa.Array) -> pa.Array:
    return pc.or_(pc.less(times, _FIRST), pc.greater(times, _LAST))


def _shown(value: pa.Scalar) -> str | None:
    return None if value.as_py() is None else shorten(value.as_py())
