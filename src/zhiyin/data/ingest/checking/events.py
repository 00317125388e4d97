"""Events: their columns as ours, each row sound or refused with its reason."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.core import EVENT_SCHEMA, Clock, Settings, moment
from zhiyin.data.ingest.checking.cells import column, constant, number, text
from zhiyin.data.ingest.checking.faults import Faults, Mask, mask, nulls
from zhiyin.data.ingest.checking.identity import content_ids, copies, row_ids
from zhiyin.data.ingest.checking.names import known_kind
from zhiyin.data.ingest.checking.plan import Plan
from zhiyin.data.ingest.checking.times import Clockwork
from zhiyin.data.ingest.mapping import Mapping
from zhiyin.data.ingest.reading.blocks import Block, Ints

_DAY = 86_400_000_000
_LONGEST = {"surface": 256, "query": 2_000}
_COUNTED = ("quantity", "seconds", "revenue")
_DROPPED = ""


class Events:
    """Checks blocks of one file."""

    def __init__(self, settings: Settings, mapping: Mapping, label: str, clock: Clock) -> None:
        self._settings, self._mapping, self._label, self._clock = settings, mapping, label, clock
        self._clockwork = Clockwork(mapping, settings.timezone)
        self._kinds: dict[str | None, str | None] = {}

    def check(self, block: Block, plan: Plan) -> tuple[pa.RecordBatch, Ints, Faults]:
        """The sound events, the row of each, and the faults of the others by place."""
        rows = len(block.numbers)
        faults = Faults(rows)
        cells = {name: self._cell(block, plan, name, faults) for name in EVENT_SCHEMA.names}
        ready: dict[str, pa.Array] = {}
        for name in ("shopper", "kind", "item", "session", "request", "surface", "query", "id"):
            if (cell := cells[name]) is not None:
                ready[name] = self._text(name, cell, faults)
        dropped = self._kind(ready, faults, rows)
        self._needed(ready, faults, rows)
        ready["time"] = self._time(cells["time"], faults, rows)
        self._numbers(cells, ready, faults)
        return self._finished(ready, block.numbers, faults, dropped)

    def _cell(self, block: Block, plan: Plan, name: str, faults: Faults) -> pa.Array | None:
        rows = len(faults.ok)
        if name in self._mapping.constants:
            return constant(name, self._mapping.constants[name], rows)
        found = None
        if name in plan.fields:
            found, nested = column(block, plan.fields[name])
            if nested is not None and nested.any():
                faults.refuse(nested, "wrong_type", name, _shows(found), "text or a number")
        if name in self._mapping.defaults:
            default = constant(name, self._mapping.defaults[name], rows)
            if found is None or found.null_count == rows:
                return default
            if found.null_count:
                return pc.coalesce(found, default.cast(found.type))
        return found

    def _text(self, name: str, cell: pa.Array, faults: Faults) -> pa.Array:
        found, nested = text(cell)
        if nested.any():
            faults.refuse(nested, "wrong_type", name, _shows(cell), "text or a number")
        limit = _LONGEST.get(name, 256)
        if len(found) and (pc.max(pc.binary_length(found)).as_py() or 0) > limit:
            long = mask(pc.greater(pc.utf8_length(found), limit))
            faults.refuse(long, "too_long", name, _shows(found), f"{limit} characters")
        return found

    def _kind(self, ready: dict[str, pa.Array], faults: Faults, rows: int) -> Mask:
        """Put kinds in our words; where a kind is to be dropped."""
        if "kind" not in ready:
            ready["kind"] = pa.nulls(rows, pa.string())
        theirs = ready["kind"]
        coded = theirs.dictionary_encode()
        ours = [self._our_kind(name) for name in coded.dictionary.to_pylist()]
        found = pa.array(ours, pa.string()).take(coded.indices)
        ready["kind"] = found
        unknown = nulls(found) & ~nulls(theirs)
        if unknown.any():
            known = ", ".join(self._settings.kinds)
            faults.refuse(unknown, "unknown_kind", "kind", _shows(theirs), known)
        if self._mapping.kinds and _DROPPED in ours:
            return mask(pc.equal(found, _DROPPED))
        return np.zeros(rows, np.bool_)

    def _our_kind(self, theirs: str | None) -> str | None:
        if theirs not in self._kinds:
            self._kinds[theirs] = self._translated(theirs)
        return self._kinds[theirs]

    def _translated(self, theirs: str | None) -> str | None:
        if theirs is None:
            return None
        if theirs in self._mapping.kinds:
            return self._mapping.kinds[theirs] if self._declared(theirs) else None
        if theirs in self._settings.kinds:
            return theirs
        ours = known_kind(theirs)
        return ours if ours in self._settings.kinds else None

    def _declared(self, theirs: str) -> bool:
        ours = self._mapping.kinds[theirs]
        return ours == _DROPPED or ours in self._settings.kinds

    def _needed(self, ready: dict[str, pa.Array], faults: Faults, rows: int) -> None:
        for name in ("shopper", "item"):
            ready.setdefault(name, pa.nulls(rows, pa.string()))
        faults.refuse(nulls(ready["shopper"]), "missing", "shopper")
        faults.refuse(nulls(ready["kind"]), "missing", "kind")
        without = nulls(ready["item"])
        if without.any():
            without &= ~mask(pc.equal(ready["kind"], "search"))
            if "query" in ready:
                without &= nulls(ready["query"])
            faults.refuse(without, "missing", "item")

    def _time(self, cell: pa.Array | None, faults: Faults, rows: int) -> pa.Array:
        cell = pa.nulls(rows, pa.string()) if cell is None else cell
        if pa.types.is_string(cell.type):
            cell, _ = text(cell)
        faults.refuse(nulls(cell), "missing", "time")
        times, wrong = self._clockwork.read(cell)
        if wrong.any():
            faults.refuse(wrong, "unreadable_time", "time", _shows(cell))
        now = self._clock.now().timestamp() * 1e6
        future = times > now + self._settings.ingest.future_days * _DAY
        if future.any():
            faults.refuse(future, "future", "time", lambda index: _moment(cell, times, index))
        early = times < 0
        if early.any():
            faults.refuse(early, "out_of_range", "time", _shows(cell), "1970 to today")
        return pa.array(times)

    def _numbers(self, cells: dict[str, Any], ready: dict[str, pa.Array], faults: Faults) -> None:
        for name in ("value", "position", "propensity"):
            cell = cells[name]
            if cell is None or cell.null_count == len(cell):
                continue
            values, gaps, wrong = number(cell)
            shows = _shows(cell)
            faults.refuse(wrong, "wrong_type", name, shows, "a number")
            faults.refuse(~np.isfinite(values), "not_finite", name, shows)
            if name == "value":
                negative = (values < 0) & self._counted(ready["kind"])
                faults.refuse(negative, "negative", name, shows)
                ready[name] = pa.array(values, mask=gaps)
                continue
            if name == "position":
                faults.refuse(values < 0, "negative", name, shows)
                odd = (values != np.floor(values)) | (values >= 2**31)
                faults.refuse(odd, "wrong_type", name, shows, "a whole number from 0")
                safe = np.where(faults.ok, values, 0).astype(np.int32)
                ready[name] = pa.array(safe, mask=gaps)
                continue
            outside = ~gaps & ((values <= 0) | (values > 1))
            faults.refuse(outside, "out_of_range", name, shows, "0 to 1 (and more than 0)")
            ready[name] = pa.array(values, mask=gaps)

    def _counted(self, kinds: pa.Array) -> Mask:
        """Where the value counts something, so that less than nothing is a fault."""
        counted = [name for name, kind in self._settings.kinds.items() if kind.value in _COUNTED]
        return mask(pc.is_in(kinds, pa.array(counted, pa.string())))

    def _finished(
        self, ready: dict[str, pa.Array], numbers: Ints, faults: Faults, dropped: Mask
    ) -> tuple[pa.RecordBatch, Ints, Faults]:
        wanted = faults.ok & ~dropped
        if not wanted.all():
            chosen = pa.array(wanted)
            ready = {name: each.filter(chosen) for name, each in ready.items()}
            numbers, places = numbers[wanted], copies(numbers)[wanted]
        elif self._mapping.identity == "row":
            places = copies(numbers)
        else:
            places = numbers
        ready["id"] = self._ids(ready, numbers, places)
        arrays = [
            ready[field.name].cast(field.type)
            if field.name in ready
            else pa.nulls(len(numbers), field.type)
            for field in EVENT_SCHEMA
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=EVENT_SCHEMA), numbers, faults

    def _ids(self, ready: dict[str, pa.Array], numbers: Ints, places: Ints) -> pa.Array:
        if len(numbers) == 0:  # every row was refused or dropped
            return pa.array([], pa.string())
        given = ready.get("id")
        if given is not None and given.null_count == 0:
            return given
        if self._mapping.identity == "row":
            made = row_ids(self._label, numbers, places)
        else:
            made = content_ids(ready)
        return made if given is None else pc.coalesce(given, made)


def _shows(cells: pa.Array) -> Any:
    """What stands in a cell, for messages."""
    return lambda index: cells[index].as_py()


def _moment(cells: pa.Array, times: Ints, index: int) -> str:
    """What stands there, and when that would be."""
    shown = str(cells[index].as_py())
    try:
        when = moment(int(times[index])).isoformat(timespec="seconds")
    except OverflowError:
        when = "beyond the year 9999"
    return f"{shown} ({when})"
