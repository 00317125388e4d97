"""From batches of events to columns of numbers, in one pass and 22 bytes per event."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from zhiyin.core import SILENT, Progress
from zhiyin.data.naming import Int32s, Known, Names, encoded
from zhiyin.data.strengths import Floats, Strengths

COLUMNS = ("shopper", "item", "kind", "time", "value")
"""What of the event log is needed to learn from it."""
LABELLED = (*COLUMNS, "surface")
"""The same, when a split is written into the surface as ``split:0``, ``split:1`` …"""
LABEL_PREFIX = "split:"
GROUP_ROWS = 1 << 19
SILENT_KIND, UNDECLARED = -1, -2

Int16s = npt.NDArray[np.int16]
Int8s = npt.NDArray[np.int8]
Int64s = npt.NDArray[np.int64]


@dataclass(slots=True)
class Columns:
    """Events as numbers, in the order in which they were read."""

    shopper: Int32s  # (E,)
    item: Int32s  # (E,)
    kind: Int16s  # (E,)
    time: Int64s  # (E,) microseconds since 1970, UTC
    weight: Floats  # (E,)
    label: Int8s | None  # (E,) 0 train, 1 valid, 2 test, -1 none of them


@dataclass(slots=True)
class Encoder:
    """Reads batches of events into lists of small columns."""

    strengths: Strengths
    shoppers: Names = field(default_factory=Names)
    items: Names | Known = field(default_factory=Names)
    labelled: bool = False
    skipped: Counter[str] = field(default_factory=Counter)
    parts: dict[str, list[npt.NDArray[Any]]] = field(default_factory=lambda: defaultdict(list))

    def read(self, batches: Iterable[pa.RecordBatch], progress: Progress = SILENT) -> Columns:
        """All that says something about an item, as one set of columns."""
        with progress.step("read events", unit="events") as step:
            for table in grouped(batches, LABELLED if self.labelled else COLUMNS):
                self._take(table)
                step.advance(table.num_rows)
        self.shoppers.settle()
        self.items.settle()
        types = {"shopper": np.int32, "item": np.int32, "kind": np.int16, "time": np.int64}
        columns = {name: joined(self.parts[name], types[name]) for name in types}
        weight = joined(self.parts["weight"], np.float32)
        label = joined(self.parts["label"], np.int8) if self.labelled else None
        return Columns(**columns, weight=weight, label=label)

    def _take(self, table: pa.Table) -> None:
        kinds = looked_up(table["kind"], self._kind_numbers)
        aimed = table["item"].is_valid().to_numpy()
        self.skipped["kinds not declared"] += int(np.count_nonzero(kinds == UNDECLARED))
        self.skipped["without an item"] += int(np.count_nonzero((kinds >= 0) & ~aimed))
        keep = (kinds >= 0) & aimed
        table, kinds = table.filter(pa.array(keep)), kinds[keep].astype(np.int16)
        items = self.items.number(table["item"])
        if (items < 0).any():
            keep = items >= 0
            self.skipped["items not in the catalogue"] += int(np.count_nonzero(~keep))
            table, kinds, items = table.filter(pa.array(keep)), kinds[keep], items[keep]
        values = table["value"].to_numpy().astype(np.float64)  # null becomes NaN
        self.parts["kind"].append(kinds)
        self.parts["item"].append(items)
        self.parts["shopper"].append(self.shoppers.number(table["shopper"]))
        self.parts["time"].append(table["time"].to_numpy())
        self.parts["weight"].append(self.strengths.of(kinds, values))
        if self.labelled:
            self.parts["label"].append(looked_up(table["surface"], label_numbers).astype(np.int8))

    def _kind_numbers(self, names: list[str]) -> Int32s:
        """The place of each kind among the declared; SILENT_KIND for one of weight 0."""
        places = {name: place for place, name in enumerate(self.strengths.names)}
        silent = [n for n, kind in self.strengths.kinds.items() if kind.weight == 0.0]
        places |= dict.fromkeys(silent, SILENT_KIND)
        return np.array([places.get(name, UNDECLARED) for name in names], np.int32)


def label_numbers(surfaces: list[str | None]) -> Int32s:
    """2 for ``split:2``, -1 for a surface that is no label."""
    labels = {f"{LABEL_PREFIX}{n}": n for n in (0, 1, 2)}
    return np.array([labels.get(surface or "", -1) for surface in surfaces], np.int32)


def grouped(batches: Iterable[pa.RecordBatch], columns: tuple[str, ...]) -> Iterator[pa.Table]:
    """Tables of about ``GROUP_ROWS`` rows: few distinct names per row, little memory."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch.select(list(columns)))
        rows += batch.num_rows
        if rows >= GROUP_ROWS:
            yield pa.Table.from_batches(waiting).combine_chunks()
            waiting, rows = [], 0
    if rows:
        yield pa.Table.from_batches(waiting).combine_chunks()


def looked_up(column: pa.ChunkedArray, numbers: Callable[[list[Any]], Int32s]) -> Int32s:
    """(E,) a number for each row of a column with few names; each name is asked once."""
    names, rows = encoded(column)
    return numbers(names.to_pylist())[rows] if len(rows) else rows


def joined(parts: list[npt.NDArray[Any]], dtype: Any) -> npt.NDArray[Any]:
    """One array of all parts, each given free as soon as it is copied."""
    whole = np.empty(sum(map(len, parts)), dtype)
    place = len(whole)
    while parts:
        part = parts.pop()
        whole[place - len(part) : place] = part
        place -= len(part)
    return whole
