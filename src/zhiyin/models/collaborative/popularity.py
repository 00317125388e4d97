"""Popularity: what many want now, as the plain answer to fall back on and to beat.

    popularity(j) = Σ over shoppers u of sign(s_uj) · log2(1 + |s_uj|),  scaled to at most 1

where s_uj is the sum of u's strengths for j, faded as of the newest event. The
logarithm lets a shopper who clicks a hundred times count little more than a few; a
return or a dislike counts against.

With ``by_category`` it answers each by their history: what is popular in the categories
that they turned to,

    score(j) = popularity(j) / Σ over all + Σ over the history's events e in j's category
               of w(e) · popularity(j) / Σ over that category

as a table of the ``neighbours`` most popular of each category. Items of no category
(-1), and all where the data has none, are popular or not and no more than that.

Memory of ``fit``: 3 · 8 bytes per event, 8 per item, 4 · 8 per item and neighbour.
"""

from typing import Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from pydantic import PositiveFloat, PositiveInt
from scipy.sparse import csr_array

from zhiyin.core import Config, Histories, NotFitted
from zhiyin.data import Dataset, Interactions, Strengths
from zhiyin.models.evidence import ENTRY, evidence, known_items, refuse_beyond
from zhiyin.models.neighbours import Neighbours


class PopularityConfig(Config):
    """How quickly fame fades."""

    half_life_days: PositiveFloat | None = None
    """One half-life for all kinds of events; none: each kind's own, from the settings."""
    by_category: bool = False
    """What is popular in the categories of one's history, where the data has categories."""
    neighbours: PositiveInt = 100
    """Of each category, the most popular that are kept."""
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""


class Popularity:
    """The same ranking for everybody, or one for each category."""

    Config = PopularityConfig

    def __init__(self, config: PopularityConfig = PopularityConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self.notes: tuple[str, ...] = ()
        """What was missing, and what was done without it."""
        self._form: Neighbours | None = None

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Count; ``rng`` is not used."""
        remedy = "raise max_bytes, or learn from a shorter cut of the log"
        refuse_beyond(self.config.max_bytes, self.memory_needed(data), "fitting popularity", remedy)
        sums = evidence(self._in_our_time(data), fade=True).sum(axis=0).astype(np.float64)
        self.notes = ()
        most = np.abs(sums).max(initial=0.0)
        table = csr_array((len(data.items), len(data.items)), dtype=np.float32)
        if self.config.by_category and data.categories is not None:
            most = np.maximum(sums, 0.0).sum()
            table = _within(data.categories, sums, self.config.neighbours)
        elif self.config.by_category:
            self.notes = ("the data has no categories: popular with all",)
        prior = (sums / most if most else sums).astype(np.float32)
        prior[~known_items(data)] = np.nan
        interactions = data.interactions
        self._form = Neighbours(
            data.items, table, prior, interactions.strengths, interactions.newest
        )
        return self

    def score(self, histories: Histories) -> npt.NDArray[np.float32]:
        """(B, I) every row the same, but for ``by_category``."""
        return self.compile().score(histories)

    def compile(self) -> Neighbours:
        """A prior, and a table that is empty but for ``by_category``."""
        if self._form is None:
            raise NotFitted(what="popularity")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 3 · 8 per event, 8 per item, 4 · 8 per item and neighbour of a category."""
        items = len(data.items)
        kept = 0
        if self.config.by_category and data.categories is not None:
            kept = items * min(self.config.neighbours, items)
        return ENTRY * (3 * len(data.interactions) + items + 4 * kept)

    def _in_our_time(self, data: Dataset) -> Dataset:
        days = self.config.half_life_days
        if days is None:
            return data
        old = data.interactions
        kinds = {
            name: kind.model_copy(update={"half_life_days": days})
            for name, kind in old.strengths.kinds.items()
        }
        return data.learning_from(
            Interactions(old.shoppers, old.items, old.histories, Strengths(kinds))
        )


def _within(
    categories: npt.NDArray[np.int32], sums: npt.NDArray[np.float64], limit: int
) -> csr_array:
    """(I, I) each item's row: the shares of the ``limit`` most popular of its category."""
    size = len(categories)
    best: dict[int, tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]] = {}
    for category in np.unique(categories[categories >= 0]):
        own = np.flatnonzero((categories == category) & (sums > 0))
        top = own[np.argsort(-sums[own], kind="stable")][:limit]
        best[int(category)] = (np.sort(top), sums[np.sort(top)] / max(sums[own].sum(), 1e-12))
    nothing = (np.empty(0, np.int64), np.empty(0, np.float64))
    rows = [best.get(int(category), nothing) for category in categories]
    lengths = [len(columns) for columns, _ in rows]
    parts = (
        np.concatenate([nothing[1], *(shares for _, shares in rows)]).astype(np.float32),
        np.concatenate([nothing[0], *(columns for columns, _ in rows)]).astype(np.int32),
        np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]),
    )
    return csr_array(parts, shape=(size, size))
