"""Item-kNN: goods that the same people turned to go together.

With x_ui = sign(s) · log2(1 + |s|) / (len_u ** damping), s the summed strength of the
shopper u for the item i, len_u how many items u has, all divided by the mean |x|:

    likeness(i, j) = Σ_u x_ui · x_uj / (‖x_i‖^2a · ‖x_j‖^2(1 - a) + shrink)

cosine with shrinkage (Sarwar et al., WWW 2001; Deshpande and Karypis, TOIS 2004) where
``asymmetry`` a is ½; near 1 it is how many of those of i also turned to j, which favours
popular items (Aiolli, RecSys 2013). Two other ways to weigh a shopper, after Robertson:

* "tfidf": x_ui · log(I / (1 + len_u)) in place of the damping;
* "bm25": the same times 2.2 / (1.2 · (1 - b + b · n_i / mean n) + x_ui) with b the
  ``length`` and n_i how many shoppers item i has, and the likeness is the sum itself,
  without norms or shrinkage.

Per
item the ``neighbours`` largest positive ones are kept; a history scores an item by the
weighted sum of its items' rows.

How we depart: a dislike or return is negative on both sides of the product, so who
bought i and returned j pushes them apart; likeness at or below zero is not kept.
Shoppers with long histories say less per pair (``damping``); ``shrink`` counts in mean
entries, so it means the same whatever the weights of the kinds.

The product is made in blocks of rows of bounded size. Memory of ``fit``: 6 · 8 bytes per
event, 4 · 8 per entry of a block, 2 · 8 per kept neighbour.
"""

from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from pydantic import Field, NonNegativeFloat, PositiveInt
from scipy.sparse import csr_array

from zhiyin.core import Config, Histories, NotFitted, get_logger
from zhiyin.data import Dataset
from zhiyin.models.evidence import ENTRY, balanced, evidence, refuse_beyond
from zhiyin.models.neighbours import Neighbours
from zhiyin.models.tables import form_of

log = get_logger(__name__)
Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
SATURATION = 1.2
"""BM25's k1, at its usual value: strengths are under a logarithm already."""


class ItemKnnConfig(Config):
    """How much evidence makes two items neighbours."""

    neighbours: PositiveInt = 100
    """Kept per item; more is rarely better and always slower."""
    shrink: NonNegativeFloat = 300.0
    """Larger trusts pairs that few shoppers share less."""
    asymmetry: float = Field(default=0.5, ge=0, le=1)
    """½: cosine; 1: popular neighbours are favoured, 0: rare ones."""
    weighting: Literal["damping", "tfidf", "bm25"] = "damping"
    """How much a shopper's events say; only "damping" reads ``damping``, "bm25" no ``shrink``."""
    length: float = Field(default=0.1, ge=0, le=1)
    """Of "bm25": 0: popular items are favoured; the usual 0.75 favours rare ones too far here."""
    damping: NonNegativeFloat = 0.25
    """0: every shopper's pairs count alike; 1: a long history says no more than a short one."""
    fade: bool = False
    """Let old evidence count less in what goes together (it always does in scoring)."""
    newest_events: PositiveInt = 1_000
    """Of one shopper; the pairs of a longer history (a robot, a reseller) grow with its square."""
    block_entries: PositiveInt = 1 << 23
    """Entries of the item-item product held at a time."""
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""


class ItemKnn:
    """Neighbourhoods of items, learnt from who turned to what."""

    Config = ItemKnnConfig

    def __init__(self, config: ItemKnnConfig = ItemKnnConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self._form: Neighbours | None = None

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Find every item's neighbours; ``rng`` is not used."""
        remedy = "lower block_entries, neighbours or newest_events, or raise max_bytes"
        needed = self.memory_needed(data)
        refuse_beyond(self.config.max_bytes, needed, "fitting item-kNN", remedy)
        matrix = evidence(data, fade=self.config.fade, newest_events=self.config.newest_events)
        table = self._table(self._weighed(matrix))
        self._form = form_of(data, table)
        log.info("fitted", model="item-kNN", items=len(data.items), neighbours=table.nnz)
        return self

    def score(self, histories: Histories) -> Floats:
        """(B, I) NaN for items without a training event and histories without a known item."""
        return self.compile().score(histories)

    def compile(self) -> Neighbours:
        """The table, without a prior."""
        if self._form is None:
            raise NotFitted(what="item-kNN")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 6 · 8 per event, 4 · 8 per entry of a block, 2 · 8 per kept neighbour."""
        items = len(data.items)
        # One row of the product may be as long as the catalogue, however small the block.
        block = self.config.block_entries + items
        kept = items * min(self.config.neighbours, items)
        return ENTRY * (6 * len(data.interactions) + 4 * block + 2 * kept)

    def _weighed(self, matrix: csr_array) -> csr_array:
        """(U, I) the evidence as ``weighting`` says, with a mean entry of size 1."""
        if self.config.weighting == "damping":
            return balanced(matrix, self.config.damping)
        even = balanced(matrix, 0.0)
        lengths = np.diff(even.indptr)
        rarity = np.log(max(even.shape[1], 1) / (1.0 + lengths))
        data = even.data * np.repeat(np.maximum(rarity, 0.0), lengths)
        if self.config.weighting == "bm25":
            counts = np.bincount(even.indices, minlength=even.shape[1])
            mean = counts[counts > 0].mean() if even.nnz else 1.0
            length = 1.0 + self.config.length * (counts / mean - 1.0)
            data *= (1.0 + SATURATION) / (SATURATION * length[even.indices] + np.abs(even.data))
        parts = (data.astype(np.float32), even.indices, even.indptr)
        return balanced(csr_array(parts, shape=even.shape), 0.0)

    def _table(self, matrix: csr_array) -> csr_array:
        """(I, I) the kept neighbours of every item."""
        by_item = matrix.T.tocsr()  # (I, U)
        norms = by_item.power(2).sum(axis=1).astype(np.float32)  # squared
        a = self.config.asymmetry
        left, right = norms**a, norms ** (1.0 - a)
        indptr, indices, data = [np.zeros(1, np.int64)], [], []
        for start, stop in _blocks(matrix, by_item, self.config.block_entries):
            block = by_item[start:stop] @ matrix  # (rows, I)
            lengths, columns, values = self._nearest(block, left, right, start)
            indptr.append(indptr[-1][-1] + np.cumsum(lengths))
            indices.append(columns)
            data.append(values)
        parts = (
            np.concatenate([np.empty(0, np.float32), *data]),
            np.concatenate([np.empty(0, np.int32), *indices]),
            np.concatenate(indptr),
        )
        table = csr_array(parts, shape=(len(norms), len(norms)))
        table.sort_indices()
        return table

    def _nearest(
        self, block: csr_array, left: Floats, right: Floats, first: int
    ) -> tuple[list[int], npt.NDArray[np.int32], Floats]:
        """Per row of a block: how many neighbours, which, and how alike."""
        rows = np.repeat(np.arange(block.shape[0]) + first, np.diff(block.indptr))
        alike = block.data.copy()
        if self.config.weighting != "bm25":
            alike /= left[rows] * right[block.indices] + self.config.shrink
        alike[block.indices == rows] = 0.0  # an item is no neighbour of itself
        del rows
        lengths: list[int] = []
        places: list[npt.NDArray[np.int64]] = []
        for start, stop in zip(block.indptr[:-1], block.indptr[1:], strict=True):
            best = _largest(alike[start:stop], self.config.neighbours) + start
            lengths.append(len(best))
            places.append(best)
        chosen = np.concatenate([np.empty(0, np.int64), *places])
        return lengths, block.indices[chosen], alike[chosen].astype(np.float32)


def _largest(values: Floats, limit: int) -> npt.NDArray[np.int64]:
    """The places of the ``limit`` largest positive values."""
    positive = np.flatnonzero(values > 0)
    if len(positive) <= limit:
        return positive
    return positive[np.argpartition(-values[positive], limit - 1)[:limit]]


def _blocks(matrix: csr_array, by_item: csr_array, entries: int) -> list[tuple[int, int]]:
    """Stretches of items whose rows of the product hold about ``entries`` at most."""
    lengths = np.diff(matrix.indptr).astype(np.int64)  # (U,)
    pattern = csr_array(
        (np.ones(by_item.nnz, np.int64), by_item.indices, by_item.indptr), shape=by_item.shape
    )
    work = np.minimum(pattern @ lengths, by_item.shape[0])  # (I,) an upper bound of each row
    blocks, start, held = [], 0, 0
    for item, size in enumerate(work.tolist()):
        if item > start and held + size > entries:
            blocks.append((start, item))
            start, held = item, 0
        held += size
    return [*blocks, (start, len(work))] if len(work) else []
