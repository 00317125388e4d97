"""Sparse EASE: every item explained by its likeliest candidates, for large catalogues.

Column j of EASE's table B is a ridge regression of item j on all other items. Here it is
one on the ``candidates`` C of j alone:

    B[C, j] = (G[C, C] + reg · 1)⁻¹ G[C, j],   G = XᵀX

after Steck: *Markov random fields for collaborative filtering*, NeurIPS 2019, and the
feature selection of Ning and Karypis: *SLIM*, ICDM 2011. With candidates for all of the
catalogue it is EASE. X and the scores are those of ``Ease``.

How we depart: candidates are those that would explain the item best alone, a fixed
number of them, rather than all beyond a threshold, so that every solve has the same size
and they are made in blocks; nothing is shared between neighbouring solves.

The time grows with items · candidates³, not with items³. Memory of ``fit``: 2 · 8 bytes
per pair of items that share a shopper, 4 · 8 per entry of a block, 6 · 8 per event,
4 · 8 per candidate of an item.
"""

from typing import Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from scipy.linalg import lapack
from scipy.sparse import csr_array

from zhiyin.core import BadRequest, Config, Histories, NotFitted, get_logger
from zhiyin.data import Dataset
from zhiyin.models.collaborative.regressions import Pairs, Regressions, assembled
from zhiyin.models.evidence import balanced, evidence, known_items, refuse_beyond
from zhiyin.models.neighbours import Neighbours
from zhiyin.models.tables import farthest, form_of

log = get_logger(__name__)


class SparseEaseConfig(Config):
    """How many items explain one, and how far."""

    candidates: PositiveInt = 100
    """Items that may explain one; the time grows with the third power."""
    reg: PositiveFloat = 300.0
    """L2 weight on the table; larger trusts rare pairs less. In squared mean entries."""
    damping: NonNegativeFloat = 0.25
    """0: every shopper counts by length; 1: a long history says no more than a short one."""
    keep: PositiveInt | None = 500
    """Entries that stay in a row of the table; none: all, long for what everybody buys."""
    fade: bool = False
    """Let old evidence count less in what goes together (it always does in scoring)."""
    newest_events: PositiveInt = 1_000
    """Of one shopper; the pairs of a longer history (a robot, a reseller) grow with its square."""
    block_entries: PositiveInt = 1 << 22
    """Numbers of the regressions held at a time."""
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""


class SparseEase:
    """An item-to-item regression on few items each, in closed form."""

    Config = SparseEaseConfig

    def __init__(self, config: SparseEaseConfig = SparseEaseConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self._form: Neighbours | None = None

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Solve for every item; ``rng`` is not used."""
        config = self.config
        remedy = "lower newest_events, candidates or block_entries, or raise max_bytes"
        refuse_beyond(config.max_bytes, self.memory_needed(data), "fitting sparse EASE", remedy)
        matrix = evidence(data, fade=config.fade, newest_events=config.newest_events)
        known = np.flatnonzero(known_items(data))
        seen = csr_array(balanced(matrix, config.damping)[:, known])
        pairs = Pairs(seen, config.candidates, config.reg, positive=False)
        parts = ((block, self._solved(block)) for block in pairs.blocks(config.block_entries))
        table = assembled(parts, known, len(data.items))
        self._form = form_of(data, farthest(table, config.keep))
        log.info("fitted", model="sparse EASE", items=len(known), kept=self._form.table.nnz)
        return self

    def score(self, histories: Histories) -> npt.NDArray[np.float32]:
        """(B, I) NaN for items without a training event and histories without a known item."""
        return self.compile().score(histories)

    def compile(self) -> Neighbours:
        """The table, without a prior."""
        if self._form is None:
            raise NotFitted(what="sparse EASE")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 2 · 8 per pair, 4 · 8 per entry of a block, 6 · 8 per event, 4 · 8 per weight."""
        config = self.config
        return Pairs.memory(data, config.newest_events, config.candidates, config.block_entries)

    def _solved(self, block: Regressions) -> npt.NDArray[np.float32]:
        """(b, m) the weights of a block's candidates; zeros where there is none."""
        weights = np.zeros_like(block.target)
        sizes = block.filled.sum(axis=1).tolist()
        # One by one: numpy's solve of a whole block took 15 times as long (no Cholesky).
        for place, size in enumerate(sizes):
            if size:
                gram = block.gram[place, :size, :size]
                gram[np.diag_indices(size)] += self.config.reg
                _, weights[place, :size], problem = lapack.sposv(gram, block.target[place, :size])
                if problem:
                    raise BadRequest(
                        what="sparse EASE cannot be solved: reg is too small for its precision",
                        remedy="raise reg",
                    )
        return weights
