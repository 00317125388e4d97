"""GF-CF: tastes as a signal on the graph of items, and two low-pass filters on it.

With X the evidence of shoppers × items, D_u and D_i the sums of |x| by shopper and item,

    R = D_u^-a · X · D_i^-b,   V = its first ``width`` right singular vectors
    T = RᵀR + smooth · D_i^-b · V Vᵀ · D_i^b

The first term is the linear filter, the second the ideal low-pass (Shen et al.: *How
powerful is graph convolution for recommendation?*, CIKM 2021, where a = b = ½). A history
scores by its events' strengths times their rows of T.

How we depart: both exponents are settings and begin small, since b = ½ favours rare items
where shoppers have few events; strengths of kinds instead of ones, under a logarithm,
with returns and dislikes below zero; of each row only the ``keep`` entries farthest from
zero stay and none on the diagonal, so that the filter serves as a table.

Memory of ``fit``: 8 bytes · width · (6 per item and 2 per shopper), 6 · 8 per event,
4 · 8 per entry of a block, 3 · 8 per entry kept.
"""

from typing import Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from pydantic import NonNegativeFloat, PositiveInt
from scipy.sparse import csr_array

from zhiyin.core import Config, Histories, NotFitted, get_logger
from zhiyin.data import Dataset
from zhiyin.models.evidence import ENTRY, evidence, known_items, refuse_beyond, weighed
from zhiyin.models.filters import singular
from zhiyin.models.neighbours import Neighbours
from zhiyin.models.tables import TableRows, blocks, form_of, table_memory

log = get_logger(__name__)


class GfCfConfig(Config):
    """How tastes are smoothed."""

    width: PositiveInt = 64
    """Singular vectors of the ideal low-pass; fewer smooth more. The paper's: 256."""
    smooth: NonNegativeFloat = 0.3
    """Weight of the ideal low-pass beside the linear filter; 0: without it."""
    shopper_power: NonNegativeFloat = 0.15
    """0: long histories say more; ½: the paper's."""
    item_power: NonNegativeFloat = 0.15
    """0: popular items are favoured; ½: the paper's, which favours rare ones."""
    keep: PositiveInt | None = 500
    """Entries that stay in a row of the table; none: all, for the exact model."""
    fade: bool = False
    """Let old evidence count less in what goes together (it always does in scoring)."""
    newest_events: PositiveInt = 1_000
    """Of one shopper; more belong to a robot or a reseller."""
    block_entries: PositiveInt = 1 << 22
    """Numbers of the filter held at a time."""
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""


class GfCf:
    """A graph filter without training: neighbours of neighbours, smoothed."""

    Config = GfCfConfig

    def __init__(self, config: GfCfConfig = GfCfConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self._form: Neighbours | None = None

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Find the singular vectors, beginning with a vector from ``rng``."""
        config = self.config
        remedy = "lower width, keep or block_entries, or raise max_bytes"
        refuse_beyond(config.max_bytes, self.memory_needed(data), "fitting GF-CF", remedy)
        matrix = evidence(data, fade=config.fade, newest_events=config.newest_events)
        known = np.flatnonzero(known_items(data))
        seen = csr_array(matrix[:, known])
        graph = weighed(seen, config.shopper_power, config.item_power)  # (U, n)
        sums = np.maximum(np.abs(seen).sum(axis=0), np.finfo(np.float32).tiny)
        rows = TableRows(len(data.items), known, config.keep)
        vectors, _ = singular(graph, config.width if config.smooth else 0, rng)  # (n, width)
        out = config.smooth * vectors * (sums**-config.item_power)[:, None]
        back = (vectors * (sums**config.item_power)[:, None]).T
        by_item = graph.T.tocsr()
        for start, stop in blocks(len(known), len(known), config.block_entries):
            rows.add(start, (by_item[start:stop] @ graph).toarray() + out[start:stop] @ back)
        self._form = form_of(data, rows.table())
        log.info("fitted", model="GF-CF", items=len(known), kept=self._form.table.nnz)
        return self

    def score(self, histories: Histories) -> npt.NDArray[np.float32]:
        """(B, I) NaN for items without a training event and histories without a known item."""
        return self.compile().score(histories)

    def compile(self) -> Neighbours:
        """The table, without a prior."""
        if self._form is None:
            raise NotFitted(what="GF-CF")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 8 · width · (6 I + 2 U), 6 · 8 per event, 4 · 8 per block entry, 3 · 8 kept."""
        config, items = self.config, len(data.items)
        width = min(config.width, items) if config.smooth else 0
        vectors = width * (6 * items + 2 * len(data.shoppers))
        table = table_memory(items, config.block_entries, config.keep)
        return ENTRY * (vectors + 6 * len(data.interactions)) + table
