"""Smooth GF: a history spread to what reads and looks like it, then one linear graph filter.

With X the evidence of shoppers × items, D_u and D_i the sums of |x| by shopper and item,
and G the likeness of goods, words plus ``image`` times pictures, scaled to a mean row of 1,

    R = D_u^-a · X · D_i^-b,   T = RᵀR without its diagonal
    W = (1 + spread · G) T (1 + after · G) + direct · s · G

with s the size of a row of what stands before it by that of a row of G. T is the linear
filter of ``GfCf`` (Shen et al., CIKM 2021), which on sparse data is as
good as a full regression; the products with G before and after it tell what it says of
an item to all that are like it, which FREEDOM (Zhou and Shen, ACM MM 2023) and MM-GF
(Ha et al., arXiv 2503.04406) do by training and by addition. Nothing is solved and nothing
is trained: three products of sparse matrices.

How we depart from those: content spreads the history rather than standing beside
behaviour (it does that as well, by ``direct``); b is larger than in ``GfCf``, since the
rare items that a spread history reaches are no longer noise.

Memory of ``fit``: 4 · 8 bytes per pair of items that share a shopper, 6 · 8 per event,
4 · 8 per entry of a block, 3 · 8 per entry kept, and what the graph takes.
"""

from typing import Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from pydantic import NonNegativeFloat, PositiveInt
from scipy.sparse import csr_array

from zhiyin.core import Config, Histories, NotFitted, get_logger
from zhiyin.data import Dataset
from zhiyin.models import graphs
from zhiyin.models.evidence import (
    ENTRY,
    evidence,
    known_items,
    pairs_at_most,
    refuse_beyond,
    weighed,
)
from zhiyin.models.neighbours import Neighbours
from zhiyin.models.tables import TableRows, blocks, form_of, table_memory

log = get_logger(__name__)
Floats = npt.NDArray[np.float32]


class SmoothGfConfig(Config):
    """How far tastes are spread, and how the graph of behaviour is weighed."""

    spread: NonNegativeFloat = 3.0
    """How much of a history goes to what is like it, per unit that stays; 0: none."""
    after: NonNegativeFloat = 0.0
    """How much of a score goes on to what is like the item; tables become dense in between."""
    direct: NonNegativeFloat = 0.35
    """Size of the likeness that counts by itself beside the rest's; names what nobody bought."""
    image: NonNegativeFloat = 0.1
    """Weight of the pictures beside the words' 1."""
    neighbours: PositiveInt = 10
    """The nearest of each item in a modality that count as like it."""
    shopper_power: NonNegativeFloat = 0.25
    """0: long histories say more; ½: the paper's."""
    item_power: NonNegativeFloat = 0.25
    """0: popular items are favoured; ½: the paper's, which favours rare ones."""
    keep: PositiveInt | None = 1_000
    """Entries that stay in a row of the table; none: all, for the exact model."""
    fade: bool = False
    """Let old evidence count less in what goes together (it always does in scoring)."""
    newest_events: PositiveInt = 1_000
    """Of one shopper; the pairs of a longer history (a robot, a reseller) grow with its square."""
    block_entries: PositiveInt = 1 << 22
    """Numbers of the table held at a time."""
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""


class SmoothGf:
    """A linear graph filter on tastes that were spread over a graph of likeness."""

    Config = SmoothGfConfig

    def __init__(self, config: SmoothGfConfig = SmoothGfConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self.notes: tuple[str, ...] = ()
        """What was missing, and what was done without it."""
        self._form: Neighbours | None = None

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Multiply; ``rng`` is not used."""
        config = self.config
        remedy = "lower newest_events, keep or block_entries, or raise max_bytes"
        refuse_beyond(config.max_bytes, self.memory_needed(data), "fitting smooth GF", remedy)
        likeness, self.notes = graphs.content(
            data, {"text": 1.0, "image": config.image}, config.neighbours
        )
        linked = np.diff(likeness.indptr) > 0
        meant = np.flatnonzero(known_items(data) | linked)
        matrix = evidence(data, fade=config.fade, newest_events=config.newest_events)
        graph = weighed(csr_array(matrix[:, meant]), config.shopper_power, config.item_power)
        pairs = csr_array(graph.T.tocsr() @ graph)  # (n, n) T
        pairs.setdiag(0)
        table = self._table(pairs, csr_array(likeness[meant][:, meant]), meant, len(data.items))
        reaches = config.direct > 0 or config.after > 0
        self._form = form_of(data, table, also=linked if reaches else None)
        log.info("fitted", model="smooth GF", items=len(meant), notes=self.notes)
        return self

    def score(self, histories: Histories) -> Floats:
        """(B, I) NaN for items without event and content, histories without a known item."""
        return self.compile().score(histories)

    def compile(self) -> Neighbours:
        """The table, without a prior."""
        if self._form is None:
            raise NotFitted(what="smooth GF")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 4 · 8 per pair, 6 · 8 per event, 4 · 8 per block entry, 3 · 8 per entry kept.

        And what the graphs take.
        """
        config, items = self.config, len(data.items)
        table = table_memory(items, config.block_entries, config.keep)
        pairs = pairs_at_most(data, config.newest_events)
        own = ENTRY * (4 * pairs + 6 * len(data.interactions)) + table
        return own + graphs.memory(data, config.neighbours)

    def _table(
        self, pairs: csr_array, likeness: csr_array, meant: npt.NDArray[np.int64], items: int
    ) -> csr_array:
        """(I, I) W, by blocks of rows."""
        config = self.config
        spread = graphs.spreading(likeness, config.spread)
        some = graphs.sample(len(meant))
        size = graphs.size_of_rows(spread[some] @ pairs)
        direct = np.float32(config.direct * size / max(graphs.size_of_rows(likeness), 1e-12))
        rows = TableRows(items, meant, config.keep)
        for start, stop in blocks(len(meant), len(meant), config.block_entries):
            block = (spread[start:stop] @ pairs).toarray()
            if config.after:
                block = block + np.float32(config.after) * (block @ likeness)
            rows.add(start, block + direct * likeness[start:stop].toarray())
        return rows.table()
