"""SLIM: every item explained by few others, none of them against it.

For each item j, over its candidates C, with G = XᵀX:

    min over w >= 0 of  ½ ‖x_j − X_C w‖² + ½ reg · ‖w‖² + sparsity · Σ w

(Ning and Karypis: *SLIM: sparse linear methods for top-N recommender systems*, ICDM
2011), by coordinate descent on G: w_k ← max(0, (G_kj − Σ_{l≠k} G_kl w_l − sparsity) /
(G_kk + reg)). X and the scores are those of ``Ease``.

How we depart: as in the paper's fsSLIM only the likeliest items are candidates, chosen
by how well they would explain the item alone; all items of a block take each step
together; strengths of kinds instead of ones, with returns and dislikes below zero, and
long histories damped.

Memory of ``fit``: 2 · 8 bytes per pair of items that share a shopper, 4 · 8 per entry of
a block, 6 · 8 per event, 4 · 8 per candidate of an item.
"""

from typing import Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from scipy.sparse import csr_array

from zhiyin.core import Config, Histories, NotFitted, get_logger
from zhiyin.data import Dataset
from zhiyin.models.collaborative.regressions import Pairs, Regressions, assembled
from zhiyin.models.evidence import balanced, evidence, known_items, refuse_beyond
from zhiyin.models.neighbours import Neighbours
from zhiyin.models.tables import farthest, form_of

log = get_logger(__name__)
Floats = npt.NDArray[np.float32]


class SlimConfig(Config):
    """How many items explain one, how far, and how few of them in the end."""

    candidates: PositiveInt = 100
    """Items that may explain one; time and memory of a block grow with the square."""
    reg: PositiveFloat = 300.0
    """L2 weight on the table; larger trusts rare pairs less. In squared mean entries."""
    sparsity: NonNegativeFloat = 0.1
    """L1 weight; larger leaves fewer items that explain one."""
    damping: NonNegativeFloat = 0.25
    """0: every shopper counts by length; 1: a long history says no more than a short one."""
    sweeps: PositiveInt = 50
    """Times that every weight is set, at most."""
    tolerance: PositiveFloat = 1e-4
    """The descent of a block ends when no weight moves farther in a sweep."""
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


class Slim:
    """An item-to-item regression with weights at or above zero."""

    Config = SlimConfig

    def __init__(self, config: SlimConfig = SlimConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self._form: Neighbours | None = None

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Descend for every item; ``rng`` is not used."""
        config = self.config
        remedy = "lower newest_events, candidates or block_entries, or raise max_bytes"
        refuse_beyond(config.max_bytes, self.memory_needed(data), "fitting SLIM", remedy)
        matrix = evidence(data, fade=config.fade, newest_events=config.newest_events)
        known = np.flatnonzero(known_items(data))
        seen = csr_array(balanced(matrix, config.damping)[:, known])
        pairs = Pairs(seen, config.candidates, config.reg, positive=True)
        parts = ((block, self._descended(block)) for block in pairs.blocks(config.block_entries))
        table = assembled(parts, known, len(data.items))
        self._form = form_of(data, farthest(table, config.keep))
        log.info("fitted", model="SLIM", items=len(known), kept=self._form.table.nnz)
        return self

    def score(self, histories: Histories) -> Floats:
        """(B, I) NaN for items without a training event and histories without a known item."""
        return self.compile().score(histories)

    def compile(self) -> Neighbours:
        """The table, without a prior."""
        if self._form is None:
            raise NotFitted(what="SLIM")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 2 · 8 per pair, 4 · 8 per entry of a block, 6 · 8 per event, 4 · 8 per weight."""
        config = self.config
        return Pairs.memory(data, config.newest_events, config.candidates, config.block_entries)

    def _descended(self, block: Regressions) -> Floats:
        """(b, m) the weights of a block's candidates; zeros where there is none."""
        weights = np.zeros_like(block.target)
        left = block.target.copy()  # (b, m) what is not explained yet, seen by each candidate
        norms = np.einsum("bkk->bk", block.gram)  # (b, m)
        for _ in range(self.config.sweeps):
            farthest_step = 0.0
            for k in range(weights.shape[1]):
                wanted = left[:, k] + norms[:, k] * weights[:, k] - self.config.sparsity
                new = np.maximum(wanted / (norms[:, k] + self.config.reg), 0.0)
                step = (new - weights[:, k]).astype(np.float32)
                weights[:, k] += step
                left -= block.gram[:, k] * step[:, None]
                farthest_step = max(farthest_step, float(np.abs(step).max(initial=0.0)))
            if farthest_step < self.config.tolerance:
                break
        return weights
