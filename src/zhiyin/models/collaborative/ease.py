"""EASE: every item explained by all others at once, in one solve.

    G = XᵀX + reg · 1,   P = G⁻¹,   B = 1 − P · diag(1 / P_jj)

minimises ‖X − XB‖² + reg · ‖B‖² with diag(B) = 0 (Steck: *Embarrassingly shallow
autoencoders for sparse data*, WWW 2019). X is the evidence of shoppers × items, each
row divided by its length to the power ``damping``, the whole by its mean entry; a
history scores by its events' strengths times their rows of B.

How we depart: strengths of kinds instead of ones, under a logarithm, with returns and
dislikes below zero; long histories may say less (``damping``); items without an event
take no part in the solve; of each row only the ``keep`` entries farthest from zero may
stay, so that the table serves quickly.

The inverse is made in place by Cholesky, in single precision unless asked otherwise.
Memory of ``fit``, with n items that have events and b bytes per number (4 or 8): b · n²,
6 · 8 per event, 4 · 8 per entry of a block and 3 · 8 per entry kept. Where n² does not
fit, ``SparseEase`` does.
"""

from typing import Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from scipy.sparse import csr_array

from zhiyin.core import Config, Histories, NotFitted, get_logger
from zhiyin.data import Dataset
from zhiyin.models.evidence import ENTRY, balanced, evidence, known_items, refuse_beyond
from zhiyin.models.neighbours import Neighbours
from zhiyin.models.ridge import Precision, gram, inverted
from zhiyin.models.tables import TableRows, blocks, form_of

log = get_logger(__name__)


class EaseConfig(Config):
    """How far items may explain each other."""

    reg: PositiveFloat = 300.0
    """L2 weight on the table; larger trusts rare pairs less. In squared mean entries."""
    damping: NonNegativeFloat = 0.25
    """0: every shopper counts by length; 1: a long history says no more than a short one."""
    keep: PositiveInt | None = 500
    """Entries that stay in a row of the table; none: all, for the exact model."""
    fade: bool = False
    """Let old evidence count less in what goes together (it always does in scoring)."""
    newest_events: PositiveInt = 1_000
    """Of one shopper; more belong to a robot or a reseller."""
    precision: Precision = "single"
    """Of the solve; double takes twice the memory and time, for a tiny ``reg``."""
    block_entries: PositiveInt = 1 << 22
    """Numbers of a block that are held beside the square matrix."""
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""


class Ease:
    """A full item-to-item regression in closed form."""

    Config = EaseConfig

    def __init__(self, config: EaseConfig = EaseConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self._form: Neighbours | None = None

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Solve; ``rng`` is not used."""
        remedy = "lower keep, take SparseEase, or raise max_bytes"
        refuse_beyond(self.config.max_bytes, self.memory_needed(data), "fitting EASE", remedy)
        matrix = evidence(data, fade=self.config.fade, newest_events=self.config.newest_events)
        known = np.flatnonzero(known_items(data))
        seen = csr_array(balanced(matrix, self.config.damping)[:, known])
        reg, precision = self.config.reg, self.config.precision
        inverse = inverted(gram(seen, reg, precision, self.config.block_entries), "EASE")
        rows = TableRows(len(data.items), known, self.config.keep)
        scale = -1.0 / np.diagonal(inverse)
        for start, stop in blocks(len(known), len(known), self.config.block_entries):
            rows.add(start, inverse[start:stop] * scale)
        del inverse
        self._form = form_of(data, rows.table())
        log.info("fitted", model="EASE", items=len(known), kept=self._form.table.nnz)
        return self

    def score(self, histories: Histories) -> npt.NDArray[np.float32]:
        """(B, I) NaN for items without a training event and histories without a known item."""
        return self.compile().score(histories)

    def compile(self) -> Neighbours:
        """The table, without a prior."""
        if self._form is None:
            raise NotFitted(what="EASE")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 4 or 8 · n², 6 · 8 per event, 4 · 8 per entry of a block, 3 · 8 per entry kept."""
        items = int(known_items(data).sum())
        kept = items * min(self.config.keep or items, items)
        block = max(self.config.block_entries, items) if items else 0
        block = min(block, items**2)
        square = (4 if self.config.precision == "single" else 8) * items**2
        return square + ENTRY * (6 * len(data.interactions) + 4 * block + 3 * kept)
