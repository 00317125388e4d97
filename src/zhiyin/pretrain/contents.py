"""Contents: what of an item an encoder is given, and what became of it.

Nothing an item says or shows stops the others: what cannot be read or encoded leaves a row
of NaN, and its reason is told.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from zhiyin.core import Encoder, Item, Refusal
from zhiyin.pretrain.pictures import PictureFolder
from zhiyin.pretrain.wording import words_of

Floats = npt.NDArray[np.float32]
Contents = Sequence[tuple[str | bytes, float]]
"""What an item has for an encoder, with weights."""
GROUP = 16
"""Items whose contents are given to an encoder at a time."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An item of which an encoder could make nothing, though there was something."""

    item: str
    modality: str
    refusal: Refusal

    def record(self) -> dict[str, object]:
        """The line of a report."""
        told = self.refusal.record()
        told.pop("row")  # of a batch, and nobody saw the batches
        told.pop("file")
        return {"item": self.item, "modality": self.modality, **told}


Tell = Callable[[Trouble], None]


@dataclass(slots=True)
class Tally:
    """What became of the items in one modality."""

    encoder: str
    encoded: int = 0
    """Items that have a vector."""
    empty: int = 0
    """Items without anything to encode."""
    contents: int = 0
    """Texts or pictures that were given to the encoder."""
    kept: int = 0
    """Of these, how many it remembered and had not to encode again."""
    broken: Counter[str] = field(default_factory=Counter)
    """Items whose content could not be read or encoded, by code."""
    examples: dict[str, Trouble] = field(default_factory=dict)
    """The first of each code."""
    seconds: float = 0.0

    def record(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return {
            "encoder": self.encoder,
            "encoded": self.encoded,
            "empty": self.empty,
            "contents": self.contents,
            "kept": self.kept,
            "broken": dict(self.broken),
            "examples": [each.record() for each in self.examples.values()],
            "seconds": round(self.seconds, 3),
        }


@runtime_checkable
class Remembering(Protocol):
    """An encoder that keeps what it made."""

    @property
    def found(self) -> int:
        """Contents that had not to be encoded, so far."""
        ...


class Source:
    """One modality: where its contents are found in an item, and what encodes them."""

    def __init__(self, encoder: Encoder, content: Callable[[Item], Contents | Refusal]) -> None:
        self.encoder, self._content = encoder, content

    def rows(self, items: Sequence[Item], tally: Tally, tell: Tell) -> Floats:
        """(N, D) a vector per item, NaN where there is none; the tally is kept."""
        began, kept = time.monotonic(), self._remembered()
        found = np.full((len(items), self.encoder.width), np.nan, np.float32)
        for start in range(0, len(items), GROUP):
            group = items[start : start + GROUP]
            found[start : start + GROUP] = self._group(group, tally, tell)
        tally.seconds += time.monotonic() - began
        tally.kept += self._remembered() - kept
        return found

    def _group(self, items: Sequence[Item], tally: Tally, tell: Tell) -> Floats:
        """A few items: all their contents in one call, and the weighed mean of each item's."""
        contents: list[Any] = []
        weights: list[float] = []
        owners: list[int] = []
        troubles: dict[int, Refusal] = {}
        for place, item in enumerate(items):
            content = self._content(item)
            if isinstance(content, Refusal):
                troubles[place] = content
                continue
            for each, weight in content:
                contents.append(each)
                weights.append(weight)
                owners.append(place)
        found = np.full((len(items), self.encoder.width), np.nan, np.float32)
        if contents:
            encoded = self.encoder.encode(contents)
            for refusal in encoded.troubles:
                troubles.setdefault(owners[refusal.row - 1], refusal)
            found = _means(encoded.vectors, np.array(weights, np.float32), owners, len(items))
        there = np.isfinite(found[:, 0])  # a row is NaN as a whole
        tally.contents += len(contents)
        tally.encoded += int(there.sum())
        # What could not be read of an item is no trouble where something else of it could.
        broken = {place: why for place, why in troubles.items() if not there[place]}
        tally.empty += int((~there).sum()) - len(broken)
        for place, refusal in sorted(broken.items()):
            self._note(items[place], refusal, tally, tell)
        return found

    def _note(self, item: Item, refusal: Refusal, tally: Tally, tell: Tell) -> None:
        trouble = Trouble(item.id, self.encoder.modality, refusal)
        tally.broken[refusal.code] += 1
        tally.examples.setdefault(refusal.code, trouble)
        tell(trouble)

    def _remembered(self) -> int:
        return self.encoder.found if isinstance(self.encoder, Remembering) else 0


def _means(rows: Floats, weights: Floats, owners: Sequence[int], count: int) -> Floats:
    """(count, D) for each owner the weighed mean of its rows, of length 1; NaN without any."""
    known = np.isfinite(rows).all(axis=1)
    sums = np.zeros((count, rows.shape[1]), np.float32)
    np.add.at(sums, np.array(owners)[known], rows[known] * weights[known, None])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(lengths > 0, sums / lengths, np.nan).astype(np.float32)
    return found


def _picture(folder: PictureFolder) -> Callable[[Item], Contents | Refusal]:
    def read(item: Item) -> Contents | Refusal:
        found = folder.picture_of(item)
        if isinstance(found, Refusal):
            return found
        return [] if found is None else [(found, 1.0)]

    return read


def sources(encoders: Iterable[Encoder], images: Path) -> dict[str, Source]:
    """Modality → source; pictures lie in ``images``."""
    content: dict[str, Callable[[Item], Contents | Refusal]] = {
        "text": words_of,
        "image": _picture(PictureFolder(images)),
    }
    return {each.modality: Source(each, content[each.modality]) for each in encoders}
