"""Smooth EASE: a history spread to what reads and looks like it, then a regression in one solve.

With X the evidence of shoppers × items (as in ``Ease``) and G the likeness of goods, words
plus ``image`` times pictures, scaled to a mean row of 1,

    H = 1 + spread · G                    a history h becomes hH: also what is like it
    W = H B + direct · s · G,    B = argmin ‖X − XHB‖² + reg · ‖B‖²  with  diag(HB) = 0

with s the size of a row of HB by that of a row of G. In closed form, with
P = (HᵀXᵀXH + reg · 1)⁻¹ and A = H P Hᵀ,

    H B = A XᵀX − A · diag(γ),   γ_j = (A XᵀX)_jj / A_jj

Without G it is EASE (Steck, WWW 2019). Spreading tastes over a graph of likeness before
they are explained is the idea of FREEDOM (Zhou and Shen, ACM MM 2023), solved in closed
form rather than descended to; ``direct`` is what lets a thing nobody bought be named.

How we depart: the simple form takes EASE's table for B and applies H afterwards. Here B
knows that its input is spread, and nothing may explain itself through its neighbours: on
8,000 of Amazon Baby's valid shoppers that gave 3 to 4 % more NDCG for about twice the time
(docs/log.md), where ``SmoothGf`` is as good for a tenth of it. With more items than
``max_items``, only the most frequent explain (H has a column for each of them); a rarer
one still speaks through those that are like it, and all are explained.

Memory of ``fit``, with m items that explain and b bytes per number (4 or 8): b · m², 8 per
event and item that it is spread to, 5 · 8 per entry of a block, 3 · 8 per entry kept, and
what the graph takes.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from scipy.sparse import csr_array

from zhiyin.core import Config, Histories, NotFitted, get_logger
from zhiyin.data import Dataset
from zhiyin.models import graphs
from zhiyin.models.evidence import ENTRY, balanced, evidence, known_items, refuse_beyond
from zhiyin.models.neighbours import Neighbours
from zhiyin.models.ridge import Precision, gram, inverted
from zhiyin.models.tables import TableRows, blocks, form_of

log = get_logger(__name__)
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


class SmoothEaseConfig(Config):
    """How far tastes are spread, and how far items may explain each other."""

    spread: NonNegativeFloat = 1.5
    """How much of a history goes to what is like it, per unit that stays; 0: plain EASE."""
    direct: NonNegativeFloat = 0.5
    """Size of the likeness that counts by itself beside the rest's; names what nobody bought."""
    image: NonNegativeFloat = 0.1
    """Weight of the pictures beside the words' 1."""
    neighbours: PositiveInt = 10
    """The nearest of each item in a modality that count as like it."""
    reg: PositiveFloat = 500.0
    """L2 weight on the table; larger trusts rare pairs less. In squared mean entries."""
    damping: NonNegativeFloat = 0.25
    """0: every shopper counts by length; 1: a long history says no more than a short one."""
    max_items: PositiveInt = 20_000
    """Items that explain, the most frequent; time grows with the third power."""
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


class SmoothEase:
    """A full item-to-item regression on tastes that were spread over a graph of likeness."""

    Config = SmoothEaseConfig

    def __init__(self, config: SmoothEaseConfig = SmoothEaseConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self.notes: tuple[str, ...] = ()
        """What was missing, and what was done without it."""
        self._form: Neighbours | None = None

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Solve; ``rng`` is not used."""
        config = self.config
        remedy = "lower max_items, keep or block_entries, or raise max_bytes"
        refuse_beyond(config.max_bytes, self.memory_needed(data), "fitting smooth EASE", remedy)
        weights = {"text": 1.0, "image": config.image}
        graph, self.notes = graphs.content(data, weights, config.neighbours)
        if not graph.nnz:
            self.notes += ("nothing is known of what the goods are: plain EASE",)
        linked = np.diff(graph.indptr) > 0
        meant = np.flatnonzero(known_items(data) | linked)
        matrix = evidence(data, fade=config.fade, newest_events=config.newest_events)
        seen = csr_array(balanced(matrix, config.damping)[:, meant])  # (U, n)
        table = self._table(seen, csr_array(graph[meant][:, meant]), meant, len(data.items))
        self._form = form_of(data, table, also=linked if config.direct else None)
        log.info("fitted", model="smooth EASE", items=len(meant), notes=self.notes)
        return self

    def score(self, histories: Histories) -> Floats:
        """(B, I) NaN for items without event and content, histories without a known item."""
        return self.compile().score(histories)

    def compile(self) -> Neighbours:
        """The table, without a prior."""
        if self._form is None:
            raise NotFitted(what="smooth EASE")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes, as the head of this file says."""
        config, items = self.config, len(data.items)
        explain = min(items, config.max_items)
        square = (4 if config.precision == "single" else 8) * explain**2
        modalities = len(graphs.modalities(data))
        spread = len(data.interactions) * min(1 + 2 * config.neighbours * modalities, explain)
        width = max(items, len(data.shoppers))
        block = min(max(config.block_entries, width), items * width)
        kept = items * min(config.keep or items, items)
        return (
            square
            + ENTRY * (spread + 5 * block + 3 * kept)
            + graphs.memory(data, config.neighbours)
        )

    def _table(self, seen: csr_array, graph: csr_array, meant: Ints, items: int) -> csr_array:
        """(I, I) W, by blocks of rows."""
        config = self.config
        inputs = csr_array(graphs.spreading(graph, config.spread)[:, self._explaining(seen)])
        tastes = csr_array(seen @ inputs)  # (U, m) XH
        square = gram(tastes, config.reg, config.precision, config.block_entries)
        inverse = inverted(square, "smooth EASE").astype(np.float32, copy=False)
        width = max(*seen.shape, 1)
        stretches = [np.arange(*ends) for ends in blocks(len(meant), width, config.block_entries)]
        solved = _Solved(seen, seen.T.tocsr(), inputs, inverse)
        own = np.concatenate([np.zeros(0, np.float32), *(solved.own(s, tastes) for s in stretches)])
        del tastes
        size = graphs.size_of_rows(solved.rows(graphs.sample(len(meant)), own))
        direct = np.float32(config.direct * size / max(graphs.size_of_rows(graph), 1e-12))
        rows = TableRows(items, meant, config.keep)
        for stretch in stretches:
            likeness = direct * graph[stretch].toarray()
            rows.add(int(stretch[0]), solved.rows(stretch, own) + likeness)
        return rows.table()

    def _explaining(self, seen: csr_array) -> Ints:
        """The places of the items that explain: all that have events, or the most frequent."""
        counts = np.bincount(seen.indices, minlength=seen.shape[1])
        best = np.argsort(-counts, kind="stable")[: self.config.max_items]
        return np.sort(best[counts[best] > 0])


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    """The pieces of A, of which only blocks of rows are ever made."""

    seen: csr_array  # (U, n) X
    by_item: csr_array  # (n, U) Xᵀ
    inputs: csr_array  # (n, m) H, of those that explain
    inverse: Floats  # (m, m) P

    def rows(self, places: Ints, own: Floats) -> Floats:
        """(b, n) rows of A XᵀX - A · diag(own); the sparse matrix stands left in all products."""
        turned = np.ascontiguousarray((self.inputs[places] @ self.inverse).T)  # (m, b) P Hᵀ
        near = self.inputs @ turned  # (n, b) A, which is symmetric
        found: Floats = (self.by_item @ (self.seen @ near) - own[:, None] * near).T
        return found

    def own(self, places: Ints, tastes: csr_array) -> Floats:
        """(b,) γ: how far each item would explain itself, per unit that is taken away."""
        near = self.inputs[places] @ self.inverse  # (b, m) H P
        explained = _along(near, self.by_item[places] @ tastes)  # of A XᵀX, the diagonal
        size = _along(near, self.inputs[places])  # of A
        return (explained / np.where(size > 0, size, np.inf)).astype(np.float32)


def _along(dense: Floats, sparse: csr_array) -> npt.NDArray[np.float64]:
    """(b,) the sums of the products of two rows each, where the sparse one has entries."""
    rows = np.repeat(np.arange(len(dense)), np.diff(sparse.indptr))
    found: npt.NDArray[np.float64] = np.bincount(
        rows, dense[rows, sparse.indices] * sparse.data, len(dense)
    ).astype(np.float64)
    return found
