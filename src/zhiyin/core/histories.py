"""Vocabulary and Histories: names to numbers, and shoppers as ragged columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.integer[Any]]  # int32 where millions of events are held
Floats = npt.NDArray[np.float32]


class Vocabulary:
    """A fixed list of names, each with its number: 0, 1, 2, …"""

    def __init__(self, names: Iterable[str]) -> None:
        self.names: tuple[str, ...] = tuple(names)
        self._numbers = {name: number for number, name in enumerate(self.names)}
        if len(self._numbers) != len(self.names):
            raise ValueError("a vocabulary names each thing once")

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self._numbers

    def numbers(self, names: Iterable[str | None]) -> Ints:
        """The number of each name, -1 for the unknown."""
        return np.array([self._numbers.get(name or "", -1) for name in names], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """What B shoppers did, oldest first: one row each, all rows end to end.

    Shopper ``b`` owns ``items[offsets[b]:offsets[b + 1]]`` and the same stretch of the
    other columns. ``weights`` are signed: a dislike or a return is negative.
    """

    items: Numbers  # (E,) item numbers; -1 is an item the vocabulary does not know
    kinds: npt.NDArray[np.int16]  # (E,) place in ``kind_names``
    times: Ints  # (E,) microseconds since 1970, UTC
    weights: Floats  # (E,) strength of each event before decay
    offsets: Ints  # (B + 1,)
    kind_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lengths = {len(self.items), len(self.kinds), len(self.times), len(self.weights)}
        if lengths != {int(self.offsets[-1])} or self.offsets[0] != 0:
            raise ValueError("columns and offsets of histories disagree")

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def rows(self) -> Ints:
        """(E,) the shopper of each event."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.offsets))

    def take(self, shoppers: Sequence[int] | Ints) -> "Histories":
        """The histories of ``shoppers``, in that order."""
        chosen = np.asarray(shoppers, dtype=np.int64)
        lengths = np.diff(self.offsets)[chosen]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        starts = np.repeat(self.offsets[chosen] - offsets[:-1], lengths)
        place = np.arange(offsets[-1], dtype=np.int64) + starts
        return Histories(
            self.items[place],
            self.kinds[place],
            self.times[place],
            self.weights[place],
            offsets,
            self.kind_names,
        )
