"""Reader: what turns histories into vectors, and the events that it is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from zhiyin.core import Histories

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """The events of B histories that a form can use: of items it knows, oldest first."""

    items: Ints  # (E,) item numbers, none of them below zero
    weights: Floats  # (E,) signed strengths, faded, none of them zero
    offsets: Ints  # (B + 1,)
    places: Ints  # (E,) where each event stood among all events of the histories

    @classmethod
    def of(cls, histories: Histories, weights: Floats, known: Bools) -> "Known":
        """What is left of histories when only the items ``known`` (I,) count."""
        keep = (histories.items >= 0) & (weights != 0)
        keep[keep] = known[histories.items[keep]]
        offsets = np.concatenate([[0], np.cumsum(keep)])[histories.offsets]
        places = np.flatnonzero(keep)
        return cls(histories.items[places].astype(np.int64), weights[places], offsets, places)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Ints:
        """(B,) how many events each has."""
        return np.diff(self.offsets)

    @property
    def owners(self) -> Ints:
        """(E,) whose each event is."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def take(self, rows: Ints) -> "Known":
        """The histories ``rows``, in that order."""
        lengths = self.lengths[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        place = np.arange(offsets[-1]) + np.repeat(self.offsets[rows] - offsets[:-1], lengths)
        return Known(self.items[place], self.weights[place], offsets, self.places[place])

    def where(self, keep: Bools) -> "Known":
        """The same histories with only the events where ``keep`` (E,) is true."""
        offsets = np.concatenate([[0], np.cumsum(keep)])[self.offsets]
        return Known(self.items[keep], self.weights[keep], offsets, self.places[keep])

    def each_without_one(self) -> "Known":
        """Of one history of T events, T histories: each lacks one event."""
        events = len(self.items)
        place = np.tile(np.arange(events), events)[~np.eye(events, dtype=np.bool_).ravel()]
        offsets = np.arange(events + 1) * max(events - 1, 0)
        return Known(self.items[place], self.weights[place], offsets, self.places[place])


class Reader(Protocol):
    """Turns a history into the vector of its shopper. A history without events: zeros."""

    @property
    def name(self) -> str:
        """What it is called in a saved form."""
        ...

    @property
    def memory(self) -> int:
        """Bytes of its own arrays."""
        ...

    def read(self, known: Known) -> Floats:
        """(B, D) the vectors of B histories."""
        ...

    def parts(self, known: Known) -> Floats:
        """(E, D) what each event of one history adds to its vector, all others as weighed."""
        ...

    def save(self, folder: Path) -> dict[str, Any]:
        """Write its arrays and graphs; what is returned is kept as JSON beside them."""
        ...


Loader = Callable[[Path, Mapping[str, Any], Floats], Reader]
_LOADERS: dict[str, Loader] = {}


def register(name: str, load: Loader) -> None:
    """Let ``load_reader`` open readers of that name: folder, facts, item vectors → reader."""
    _LOADERS[name] = load


def load_reader(folder: Path, facts: Mapping[str, Any], vectors: Floats) -> Reader:
    """The reader that ``save`` wrote, over the items' ``vectors`` (I, D)."""
    return _LOADERS[facts["name"]](folder, facts, vectors)
