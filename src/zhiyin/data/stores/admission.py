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
Words = tuple[str, str]  # in English and in Chinese

_BATCH = "the batch of events"
_SEND = ("send the columns of EVENT_SCHEMA, each once", "请发送 EVENT_SCHEMA 的各列，每列一次")
_UNSTORABLE = ("it has a NUL or half a surrogate pair", "含有 NUL 或不成对的代理字符")
_EXPECTED_ZH = {
    f"{LONGEST_NAME} characters": f" {LONGEST_NAME} 个字符",
    "text without NUL": "不含 NUL 的文本",
    "the years 1 to 9999": "公元 1 至 9999 年",
}


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
            Refusal(
                code,
                int(row) + 1,
                name,
                _shown(column[int(row)]),
                expected,
                expected_zh=_EXPECTED_ZH.get(expected or ""),
            )
            for row in np.flatnonzero(found)
        ]
        bad |= found
    if not refused:
        return Admitted(batch, None, ())
    places = np.flatnonzero(~bad)
    return Admitted(batch.take(pa.array(places)), tuple((places + 1).tolist()), tuple(refused))


def check_name(what: str, name: str, longest: int = LONGEST_NAME) -> None:
    """BadInput unless ``name`` can be a key in every store."""
    problem: Words | None = None
    if not isinstance(name, str) or not name:
        problem = ("it is empty", "为空")
    elif len(name) > longest:
        problem = (f"it is longer than {longest} characters", f"超过 {longest} 个字符")
    elif not storable(name):
        problem = _UNSTORABLE
    if problem:
        raise _bad(f"{what} {shorten(name)!r}", problem, ("give another", "请另取一个"))


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
        remedy = ("write plain text", "请写入纯文本")
        raise _bad(f"the note {shorten(key)!r}", _UNSTORABLE, remedy)


def event_columns(columns: Sequence[str] | None) -> list[str]:
    """The columns asked for, all of them for None; BadInput where there is none such."""
    names = list(EVENT_SCHEMA.names if columns is None else columns)
    if not names or len(set(names)) < len(names) or not set(names) <= set(EVENT_SCHEMA.names):
        all_names = ", ".join(EVENT_SCHEMA.names)
        raise _bad(
            f"columns {', '.join(names) or 'of no name'}",
            ("events have no such set of columns", "事件没有这样的一组列"),
            (f"ask for some of {all_names}, each once", f"可选 {all_names}，每列一次"),
        )
    return names


def _shape(batch: pa.RecordBatch) -> pa.RecordBatch:
    for field in EVENT_SCHEMA:
        places = batch.schema.get_all_field_indices(field.name)
        problem: Words | None = None
        if len(places) != 1:
            found = len(places)
            problem = (f"{found} columns are named {field.name}", f"{field.name} 列有 {found} 个")
        elif (kind := batch.schema.field(places[0]).type) != field.type:
            problem = (
                f"{field.name} is {kind}, not {field.type}",
                f"{field.name} 的类型是 {kind}，应为 {field.type}",
            )
        if problem:
            raise _bad(_BATCH, problem, _SEND)
    if batch.num_columns != len(EVENT_SCHEMA):
        extra = ", ".join(sorted(set(batch.schema.names) - set(EVENT_SCHEMA.names)))
        raise _bad(
            _BATCH, (f"columns that events do not have: {extra}", f"事件没有的列：{extra}"), _SEND
        )
    batch = batch.select(EVENT_SCHEMA.names)
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid as error:
        remedy = ("send text as UTF-8", "文本请用 UTF-8 编码")
        raise _bad(_BATCH, (str(error), str(error)), remedy) from error
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


def _bad(what: str, problem: Words, remedy: Words) -> BadInput:
    return BadInput(
        what=what,
        problem=problem[0],
        problem_zh=problem[1],
        remedy=remedy[0],
        remedy_zh=remedy[1],
    )
