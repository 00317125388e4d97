"""Popularity: what many want now, as the plain answer to fall back on and to beat.

    popularity(j) = Σ over shoppers u of sign(s_uj) · log2(1 + |s_uj|),  scaled to at most 1

where s_uj is the sum of u's strengths for j, faded as of the newest event. The
logarithm lets a shopper who clicks a hundred times count little more than a few; a
return or a dislike counts against. Memory of ``fit``: 3 · 8 bytes per event + 8 per item.
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
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""


class Popularity:
    """The same ranking for everybody."""

    Config = PopularityConfig

    def __init__(self, config: PopularityConfig = PopularityConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self._form: Neighbours | None = None

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Count; ``rng`` is not used."""
        remedy = "raise max_bytes, or learn from a shorter cut of the log"
        refuse_beyond(self.config.max_bytes, self.memory_needed(data), "fitting popularity", remedy)
        sums = evidence(self._in_our_time(data), fade=True).sum(axis=0).astype(np.float64)
        most = np.abs(sums).max(initial=0.0)
        prior = (sums / most if most else sums).astype(np.float32)
        prior[~known_items(data)] = np.nan
        nothing = csr_array((len(data.items), len(data.items)), dtype=np.float32)
        interactions = data.interactions
        self._form = Neighbours(
            data.items, nothing, prior, interactions.strengths, interactions.newest
        )
        return self

    def score(self, histories: Histories) -> npt.NDArray[np.float32]:
        """(B, I) every row the same."""
        return self.compile().score(histories)

    def compile(self) -> Neighbours:
        """A prior and an empty table."""
        if self._form is None:
            raise NotFitted(what="popularity")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 3 · 8 per event and 8 per item."""
        return 3 * ENTRY * len(data.interactions) + 8 * len(data.items)

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
