"""Events as numpy columns while they are being made, and the outbox that puts them in order."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

KINDS = (
    "impression",
    "click",
    "view",
    "dwell",
    "favourite",
    "cart",
    "buy",
    "return",
    "rate",
    "dislike",
    "hide",
    "search",
)
KIND = {name: number for number, name in enumerate(KINDS)}
SURFACES = ("for_you", "category", "search", "similar")
NONE = -1
"""In a column of numbers: nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Events, one row each; times in microseconds since 1970."""

    time: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int8]
    shopper: npt.NDArray[np.int32]
    item: npt.NDArray[np.int32]
    value: npt.NDArray[np.float64]
    session: npt.NDArray[np.int64]
    request: npt.NDArray[np.int64]
    surface: npt.NDArray[np.int8]
    position: npt.NDArray[np.int8]
    propensity: npt.NDArray[np.float64]
    query: npt.NDArray[np.int32]
    wrong: npt.NDArray[np.bool_]
    """A slip of the finger; only the truth knows."""

    def __len__(self) -> int:
        return len(self.time)

    def take(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> "Columns":
        """The rows asked for, in that order."""
        return Columns(*(getattr(self, column.name)[rows] for column in fields(self)))


_EMPTY: dict[str, tuple[type, float]] = {
    "item": (np.int32, NONE),
    "value": (np.float64, np.nan),
    "session": (np.int64, NONE),
    "request": (np.int64, NONE),
    "surface": (np.int8, NONE),
    "position": (np.int8, NONE),
    "propensity": (np.float64, np.nan),
    "query": (np.int32, NONE),
    "wrong": (np.bool_, False),
}


def events(kind: str, time: npt.NDArray[np.int64], **given: npt.NDArray[Any]) -> Columns:
    """Events of one kind; columns not given are empty."""
    rows = len(time)
    columns: dict[str, npt.NDArray[Any]] = {
        name: given[name].astype(dtype) if name in given else np.full(rows, blank, dtype)
        for name, (dtype, blank) in _EMPTY.items()
    }
    return Columns(
        time=time.astype(np.int64),
        kind=np.full(rows, KIND[kind], np.int8),
        shopper=given["shopper"].astype(np.int32),
        **columns,
    )


def joined(parts: Sequence[Columns]) -> Columns:
    """All rows of ``parts``, one part after the other."""
    return Columns(
        *(
            np.concatenate([getattr(part, column.name) for part in parts])
            for column in fields(Columns)
        )
    )


class Outbox:
    """Holds events back until nothing earlier can come any more."""

    def __init__(self) -> None:
        self._held: list[Columns] = []

    def put(self, rows: Columns) -> None:
        """Take events in any order."""
        self._held.append(rows)

    def release(self, until: int) -> Columns | None:
        """All events before ``until`` in time order; the later ones stay."""
        if not self._held:
            return None
        everything = joined(self._held)
        due = everything.time < until
        self._held = [everything.take(~due)]
        now = everything.take(due)
        return now.take(np.argsort(now.time, kind="stable")) if len(now) else None
