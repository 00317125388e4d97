"""Vectors: the served form of models that put shoppers and items into one space.

    score(j) = ⟨u(history), v_j⟩ + bias_j

A reader (``zhiyin.models.readers``) turns a history into u: a sum, a regression, or a
network over the sequence. An item whose bias is NaN is one that the model never met: its
score stays NaN, and in a history it counts for nothing. A history of nothing known has no
vector; the bias alone speaks then, and where that says nothing either, the scores are NaN.

Needs numpy, and onnxruntime where the reader holds a network. One request reads every
item's vector once (a million of 64 numbers: 256 MB), mapped from disk and shared by all
processes that serve.
"""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zhiyin.core import Event, Histories, Vocabulary
from zhiyin.data import Strengths
from zhiyin.models import folder as on_disk
from zhiyin.models.form import read_events, register
from zhiyin.models.picking import best
from zhiyin.models.readers import Reader, load_reader
from zhiyin.models.readers.reader import Known

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
_BLOCK = 1 << 14
"""Items scored at a time: their scores stay in the cache until they have been sifted."""


class Vectors:
    """Item vectors with a bias each, and the reader that gives a history its vector."""

    name = "vectors"

    def __init__(
        self,
        items: Vocabulary,
        vectors: Floats,
        bias: Floats,
        reader: Reader,
        strengths: Strengths,
        now: int = 0,
    ) -> None:
        if vectors.ndim != 2 or len(vectors) != len(items) or bias.shape != (len(items),):
            raise ValueError(f"{len(items)} items, vectors {vectors.shape}, bias {bias.shape}")
        self.items = items
        self.vectors = vectors  # (I, D)
        self.bias = bias  # (I,) NaN: the model does not know the item
        self.reader = reader
        self.strengths = strengths
        self.now = now
        """Time of the newest event it was learnt from."""
        self._heard: tuple[Histories, int | None, Floats, Bools] | None = None

    @property
    def abilities(self) -> frozenset[str]:
        """ "personal", and "guests" with a bias."""
        return frozenset({"personal", "guests"} if self._has_bias else {"personal"})

    @property
    def memory(self) -> int:
        """Bytes of the vectors, the bias and the reader."""
        return int(self.vectors.nbytes + self.bias.nbytes) + self.reader.memory

    def read(self, events: Iterable[Event]) -> Histories:
        """One history from events in any order, as a request brings them.

        Items that the vocabulary does not know become -1; events about no item and
        kinds that say nothing are left out.
        """
        return read_events(events, self.items, self.strengths)

    def score(self, histories: Histories, now: int | None = None) -> Floats:
        """(B, I) scores of every item, as of ``now``. Dense: for evaluation and batches."""
        shoppers, said = self._shoppers(histories, now)
        scores: Floats = shoppers @ self.vectors.T
        scores += self.bias
        scores[~said] = np.nan
        return scores

    def scores_of(self, history: Histories, items: Ints, now: int | None = None) -> Floats:
        """(K,) the scores of some items for one history."""
        shoppers, said = self._shoppers(history, now)
        if not said[0]:
            return np.full(len(items), np.nan, np.float32)
        scores: Floats = self.vectors[items] @ shoppers[0] + self.bias[items]
        return scores

    def top(
        self,
        history: Histories,
        k: int,
        now: int | None = None,
        *,
        exclude: Ints | None = None,
        allowed: Bools | None = None,
    ) -> tuple[Ints, Floats]:
        """The best ``k`` of all known items, exactly; equal scores by number."""
        found, told = np.empty(0, np.int64), np.empty(0, np.float32)
        (shopper,), (said,) = self._shoppers(history, now)
        if not said or k < 1:
            return found, told
        unwanted = np.empty(0, np.int64) if exclude is None else np.unique(exclude)
        vectors, bias = np.asarray(self.vectors), np.asarray(self.bias)  # plain views of maps
        cuts = np.searchsorted(unwanted, np.arange(0, len(self.items) + _BLOCK, _BLOCK))
        least = -np.inf
        for block, start in enumerate(range(0, len(self.items), _BLOCK)):
            some = slice(start, start + _BLOCK)
            scores = vectors[some] @ shopper + bias[some]
            scores[unwanted[cuts[block] : cuts[block + 1]] - start] = np.nan
            if allowed is not None:
                scores[~allowed[some]] = np.nan
            # Of equal scores the lower numbers win, and those were there before.
            better = np.flatnonzero(scores > least)
            found = np.concatenate([found, better + start])
            told = np.concatenate([told, scores[better]])
            if len(found) > k:
                chosen = best(found, told, k)
                found, told = found[chosen], told[chosen]
                least = told[-1]
        chosen = best(found, told, k)
        return found[chosen], told[chosen]

    def moments(self, histories: Histories, now: int | None = None) -> tuple[Doubles, Doubles]:
        """(B,) mean and standard deviation, from those of the item vectors: √(uᵀ C u)."""
        shoppers, said = self._shoppers(histories, now)
        centre, covariance = self._item_moments
        whole = np.concatenate([shoppers, np.ones((len(shoppers), 1))], axis=1)  # (B, D + 1)
        mean = whole @ centre
        spread = np.sqrt(np.maximum(np.einsum("bd,bd->b", whole @ covariance, whole), 0.0))
        silent = ~said | ~self._known.any()
        mean[silent] = spread[silent] = np.nan
        return mean, spread

    def baseline(
        self, items: Ints, history: Histories | None = None, now: int | None = None
    ) -> Floats:
        """(K,) the bias, whatever the history."""
        return self.bias[items]

    def evidence(self, history: Histories, items: Ints, now: int | None = None) -> Floats:
        """(T, K) what each event adds to the score of each item.

        Exact where the reader is linear in the events (a sum without a head, a ridge):
        with the bias it is the score. Else what the score loses without the event.
        """
        known = self._known_of(history, now)
        found = np.zeros((len(history.items), len(items)), np.float32)
        if len(known.items) and len(items):
            found[known.places] = self.reader.parts(known) @ self.vectors[items].T
        return found

    def save(self, folder: Path, *, names: bool = True) -> None:
        """Write into an existing folder: arrays, JSON and ONNX, no pickle."""
        kinds = {name: kind.model_dump() for name, kind in self.strengths.kinds.items()}
        reader = {"name": self.reader.name, **self.reader.save(folder)}
        facts = {"now": self.now, "kinds": kinds, "reader": reader}
        centre, covariance = self._item_moments
        arrays: on_disk.Arrays = {
            "vectors": self.vectors,
            "bias": self.bias,
            "centre": centre,
            "covariance": covariance,
        }
        on_disk.write(folder, "vectors", facts, self.items if names else None, arrays)

    @classmethod
    def load(cls, folder: Path, items: Vocabulary | None = None) -> "Vectors":
        """Read what ``save`` wrote; the arrays stay on disk and are mapped into memory."""
        wanted = {"vectors": "f2", "bias": "f", "centre": "f", "covariance": "f2"}
        meta, items, arrays = on_disk.read(folder, "vectors", wanted, items)
        with on_disk.damage(folder):
            strengths = Strengths(on_disk.kinds(meta["kinds"]))
            vectors, bias = arrays["vectors"], arrays["bias"]
            reader = load_reader(folder, meta["reader"], vectors)
            form = cls(items, vectors, bias, reader, strengths, int(meta["now"]))
            size = vectors.shape[1] + 1
            if arrays["centre"].shape != (size,) or arrays["covariance"].shape != (size, size):
                raise ValueError(f"moments of {arrays['centre'].shape} for width {size - 1}")
            form._item_moments = (arrays["centre"], arrays["covariance"])
            return form

    @cached_property
    def _known(self) -> Bools:
        return ~np.isnan(self.bias)

    @cached_property
    def _has_bias(self) -> bool:
        return bool(np.nan_to_num(self.bias).any())

    @cached_property
    def _item_moments(self) -> tuple[Doubles, Doubles]:
        """(D + 1,) mean and (D + 1, D + 1) covariance of the known items' [vector, bias]."""
        known = np.flatnonzero(self._known)
        size = self.vectors.shape[1] + 1
        count = max(len(known), 1)
        centre, covariance = np.zeros(size), np.zeros((size, size))
        for some in np.array_split(known, 1 + len(known) // _BLOCK):
            centre += self._both(some).sum(axis=0) / count
        for some in np.array_split(known, 1 + len(known) // _BLOCK):
            away = self._both(some) - centre
            covariance += away.T @ away / count
        return centre, covariance

    def _both(self, items: Ints) -> Doubles:
        return np.concatenate([self.vectors[items], self.bias[items, None]], axis=1, dtype=float)

    def _known_of(self, histories: Histories, now: int | None) -> Known:
        return Known.of(histories, self.strengths.faded(histories, now), self._known)

    def _shoppers(self, histories: Histories, now: int | None) -> tuple[Floats, Bools]:
        """(B, D) their vectors, and (B,) whether anything can be said of them."""
        heard = self._heard
        # An answer asks for the top, the spread and the reasons of one and the same history.
        if heard is not None and heard[0] is histories and heard[1] == now:
            return heard[2], heard[3]
        known = self._known_of(histories, now)
        shoppers = self.reader.read(known)
        said = (known.lengths > 0) | self._has_bias
        if len(histories) == 1:
            self._heard = (histories, now, shoppers, said)
        return shoppers, said


register("vectors", Vectors.load)
