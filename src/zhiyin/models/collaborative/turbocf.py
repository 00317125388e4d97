"""Turbo-CF: a polynomial of the item graph as the filter, without any decomposition.

With X the evidence of shoppers × items, D_u and D_i the sums of |x| by shopper and item,

    R = D_u^-a · X · D_i^(a - 1),   P = sign(RᵀR) · |RᵀR|^s, entry by entry
    T = c_1 P + c_2 P² + c_3 P³ + ...

(Park et al.: *Turbo-CF: matrix decomposition-free graph filtering for fast
recommendation*, SIGIR 2024). The paper's filters are ``coefficients`` of (1,), of
(2, -1) and of (0.71, 0.1, -0.01). A history scores by its events' strengths times their
rows of T.

How we depart: strengths of kinds instead of ones, under a logarithm, with returns and
dislikes below zero, which the power leaves on their side; P stays sparse; of each row of
T only the ``keep`` entries farthest from zero stay and none on the diagonal, so that the
filter serves as a table.

Memory of ``fit``: 4 · 8 bytes per pair of items that share a shopper, 6 · 8 per event,
4 · 8 per entry of a block, 3 · 8 per entry kept.
"""

from typing import Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt
from scipy.sparse import csr_array

from zhiyin.core import Config, Histories, NotFitted, get_logger
from zhiyin.data import Dataset
from zhiyin.models.evidence import (
    ENTRY,
    evidence,
    known_items,
    pairs_at_most,
    refuse_beyond,
)
from zhiyin.models.filters import polynomial, turbo
from zhiyin.models.neighbours import Neighbours
from zhiyin.models.tables import TableRows, blocks, form_of, table_memory

log = get_logger(__name__)


class TurboCfConfig(Config):
    """The polynomial and the graph that it filters on."""

    coefficients: tuple[float, ...] = Field(default=(1.0,), min_length=1)
    """Of P, P², P³ …; each further one costs a product with P."""
    shopper_power: NonNegativeFloat = Field(default=0.89, le=1)
    """a: near 1 long histories say less and popular items are favoured; near 0 the reverse."""
    power: PositiveFloat = 0.67
    """s: below 1 draws strong and weak ties together, above 1 apart."""
    keep: PositiveInt | None = 500
    """Entries that stay in a row of the table; none: all, for the exact model."""
    fade: bool = False
    """Let old evidence count less in what goes together (it always does in scoring)."""
    newest_events: PositiveInt = 1_000
    """Of one shopper; the pairs of a longer history (a robot, a reseller) grow with its square."""
    block_entries: PositiveInt = 1 << 22
    """Numbers of the filter held at a time."""
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""


class TurboCf:
    """A graph filter of few sparse products."""

    Config = TurboCfConfig

    def __init__(self, config: TurboCfConfig = TurboCfConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self._form: Neighbours | None = None

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Multiply; ``rng`` is not used."""
        config = self.config
        remedy = "lower newest_events, keep or block_entries, or raise max_bytes"
        refuse_beyond(config.max_bytes, self.memory_needed(data), "fitting Turbo-CF", remedy)
        matrix = evidence(data, fade=config.fade, newest_events=config.newest_events)
        known = np.flatnonzero(known_items(data))
        seen = csr_array(matrix[:, known])
        pairs = turbo(seen, config.shopper_power, config.power)
        rows = TableRows(len(data.items), known, config.keep)
        for start, stop in blocks(len(known), len(known), config.block_entries):
            block = pairs[start:stop].toarray()
            rows.add(start, polynomial(lambda part: part @ pairs, block, config.coefficients))
        self._form = form_of(data, rows.table())
        log.info("fitted", model="Turbo-CF", items=len(known), kept=self._form.table.nnz)
        return self

    def score(self, histories: Histories) -> npt.NDArray[np.float32]:
        """(B, I) NaN for items without a training event and histories without a known item."""
        return self.compile().score(histories)

    def compile(self) -> Neighbours:
        """The table, without a prior."""
        if self._form is None:
            raise NotFitted(what="Turbo-CF")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 4 · 8 per pair, 6 · 8 per event, 4 · 8 per block entry, 3 · 8 per entry kept."""
        config, items = self.config, len(data.items)
        table = table_memory(items, config.block_entries, config.keep)
        pairs = pairs_at_most(data, config.newest_events)
        return ENTRY * (4 * pairs + 6 * len(data.interactions)) + table
