"""User-kNN: what the shoppers nearest to each thing one turned to also turned to.

For one event on item i, the shoppers near it are those who turned to i, the nearer the
more of their history that is:

    near(i, u) = x_ui / (‖x_u‖ + shrink),    the ``neighbours`` largest above zero
    table[i, j] = Σ over those u of near(i, u) · x_uj / Σ near(i, u)^mean

with x the evidence of ``ItemKnn``, and a history scores by its events' strengths times
their rows (Resnick et al.: *GroupLens*, CSCW 1994; Herlocker et al., SIGIR 1999).

How we depart: the classic searches the shoppers nearest to the whole history, so nothing
it says can be kept in a table and every request reads the log of all others. Here each
event asks for its own nearest shoppers, which is the classic for a history of one event
and a sum of those for a longer one. What that costs beside the classic is not measured.

Memory of ``fit``: 6 · 8 bytes per event, 4 · 8 per entry of a block, 3 · 8 per entry kept.
"""

from typing import Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from pydantic import Field, NonNegativeFloat, PositiveInt
from scipy.sparse import csr_array, diags_array

from zhiyin.core import Config, Histories, NotFitted, get_logger
from zhiyin.data import Dataset
from zhiyin.models.evidence import ENTRY, balanced, evidence, known_items, refuse_beyond
from zhiyin.models.neighbours import Neighbours
from zhiyin.models.tables import TableRows, blocks, farthest, form_of, table_memory

log = get_logger(__name__)


class UserKnnConfig(Config):
    """How many shoppers are asked, and how much each says."""

    neighbours: PositiveInt = 200
    """Shoppers asked for each item, the nearest."""
    shrink: NonNegativeFloat = 10.0
    """Larger lets short histories say less; they are the nearest otherwise."""
    mean: float = Field(default=0.2, ge=0, le=1)
    """1: what share of the asked turned to it; 0: how many did, which favours what many have."""
    keep: PositiveInt | None = 500
    """Entries that stay in a row of the table; none: all."""
    fade: bool = False
    """Let old evidence count less in what goes together (it always does in scoring)."""
    newest_events: PositiveInt = 1_000
    """Of one shopper; more belong to a robot or a reseller."""
    block_entries: PositiveInt = 1 << 22
    """Numbers of the table held at a time."""
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""


class UserKnn:
    """Neighbourhoods of shoppers, laid down as a table of items."""

    Config = UserKnnConfig

    def __init__(self, config: UserKnnConfig = UserKnnConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self._form: Neighbours | None = None

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Ask every item's nearest shoppers; ``rng`` is not used."""
        config = self.config
        remedy = "lower keep or block_entries, or raise max_bytes"
        refuse_beyond(config.max_bytes, self.memory_needed(data), "fitting user-kNN", remedy)
        matrix = evidence(data, fade=config.fade, newest_events=config.newest_events)
        known = np.flatnonzero(known_items(data))
        seen = csr_array(balanced(matrix, 0.0)[:, known])
        near = self._near(seen)
        rows = TableRows(len(data.items), known, config.keep)
        for start, stop in blocks(len(known), len(known), config.block_entries):
            rows.add(start, (near[start:stop] @ seen).toarray())
        self._form = form_of(data, rows.table())
        log.info("fitted", model="user-kNN", items=len(known), kept=self._form.table.nnz)
        return self

    def score(self, histories: Histories) -> npt.NDArray[np.float32]:
        """(B, I) NaN for items without a training event and histories without a known item."""
        return self.compile().score(histories)

    def compile(self) -> Neighbours:
        """The table, without a prior."""
        if self._form is None:
            raise NotFitted(what="user-kNN")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 6 · 8 per event, 4 · 8 per entry of a block, 3 · 8 per entry kept."""
        config, items = self.config, len(data.items)
        table = table_memory(items, config.block_entries, config.keep)
        return ENTRY * 6 * len(data.interactions) + table

    def _near(self, seen: csr_array) -> csr_array:
        """(n, U) how much each item asks of whom."""
        norms = np.sqrt(seen.power(2).sum(axis=1)) + np.float32(self.config.shrink)
        weights = np.where(norms > 0, 1.0 / np.maximum(norms, 1e-12), 0.0).astype(np.float32)
        near = csr_array((diags_array(weights) @ seen).T.tocsr())
        near.data = np.maximum(near.data, 0.0)
        near.eliminate_zeros()
        near = farthest(near, self.config.neighbours)
        sums = np.maximum(near.sum(axis=1), 1e-12) ** -self.config.mean
        return csr_array(diags_array(sums.astype(np.float32)) @ near)
