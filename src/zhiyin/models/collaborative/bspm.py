"""BSPM: tastes are blurred over the graph of items, then sharpened again.

With X the evidence of shoppers × items, D_u and D_i the sums of |x| by shopper and item,
and P scaled so that its largest eigenvalue is 1,

    R = D_u^-a · X · D_i^-b,   P = RᵀR,   V = the first ``width`` eigenvectors of P
    blurred   y = h P + smooth · h · D_i^-b V Vᵀ D_i^b
    sharpened dx/dt = -x P  from x(0) = y until t = ``sharpen``

(Choi et al.: *Blurring-sharpening process models for collaborative filtering*, SIGIR 2023;
a = b = ½ there, one Euler step of blurring, then Runge-Kutta of the fourth order.) All of
it is linear in h, so it is a table: a polynomial of P. ``early`` sharpens the low-pass as
well, as in the paper's early merge; else it is added afterwards.

How we depart: both exponents are settings and begin small, as in ``GfCf``; strengths of
kinds instead of ones, under a logarithm, with returns and dislikes below zero; of each
row only the ``keep`` entries farthest from zero stay and none on the diagonal.

Memory of ``fit``: 8 bytes · width · (6 per item and 2 per shopper), 6 · 8 per event,
6 · 8 per entry of a block, 3 · 8 per entry kept.
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
from zhiyin.models.filters import polynomial, singular
from zhiyin.models.neighbours import Neighbours
from zhiyin.models.tables import TableRows, blocks, form_of

log = get_logger(__name__)
Floats = npt.NDArray[np.float32]


class BspmConfig(Config):
    """How far tastes are blurred, and sharpened."""

    sharpen: NonNegativeFloat = 0.5
    """Time of sharpening; 0: none. The paper's 1.2 to 2.5 is too much for short histories."""
    steps: PositiveInt = 1
    """Of Runge-Kutta; each costs four products with P."""
    width: PositiveInt = 64
    """Eigenvectors of the ideal low-pass; fewer smooth more."""
    smooth: NonNegativeFloat = 0.0
    """Weight of the ideal low-pass beside the blurring; 0: without it. The paper's: 0.2."""
    early: bool = True
    """Sharpen the low-pass too, rather than add it afterwards."""
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


class Bspm:
    """A blurring and a sharpening filter on the graph of items, without training."""

    Config = BspmConfig

    def __init__(self, config: BspmConfig = BspmConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self._form: Neighbours | None = None

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Find the eigenvectors, beginning with a vector from ``rng``, and multiply."""
        config = self.config
        remedy = "lower width, keep or block_entries, or raise max_bytes"
        refuse_beyond(config.max_bytes, self.memory_needed(data), "fitting BSPM", remedy)
        matrix = evidence(data, fade=config.fade, newest_events=config.newest_events)
        known = np.flatnonzero(known_items(data))
        seen = csr_array(matrix[:, known])
        graph = weighed(seen, config.shopper_power, config.item_power)  # (U, n)
        vectors, values = singular(graph, config.width if config.smooth else 1, rng)
        graph = csr_array(graph / max(float(values.max(initial=0.0)), 1e-12))
        out, back = self._low_pass(seen, vectors, values)
        coefficients = _sharpening(config.sharpen, config.steps)
        by_item = graph.T.tocsr()
        rows = TableRows(len(data.items), known, config.keep)
        for start, stop in blocks(len(known), max(*graph.shape, 1), config.block_entries):
            first = (by_item[start:stop] @ graph).toarray()
            block = polynomial(lambda part: (part @ by_item) @ graph, first, coefficients)
            rows.add(start, block + out[start:stop] @ back)
        self._form = form_of(data, rows.table())
        log.info("fitted", model="BSPM", items=len(known), kept=self._form.table.nnz)
        return self

    def score(self, histories: Histories) -> Floats:
        """(B, I) NaN for items without a training event and histories without a known item."""
        return self.compile().score(histories)

    def compile(self) -> Neighbours:
        """The table, without a prior."""
        if self._form is None:
            raise NotFitted(what="BSPM")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 8 · width · (6 I + 2 U), 6 · 8 per event, 6 · 8 per block entry, 3 · 8 kept."""
        config, items = self.config, len(data.items)
        width = min(config.width, items) if config.smooth else 1
        vectors = width * (6 * items + 2 * len(data.shoppers))
        longest = max(items, len(data.shoppers))
        block = min(max(config.block_entries, longest), items * longest)
        kept = items * min(config.keep or items, items)
        return ENTRY * (vectors + 6 * len(data.interactions) + 6 * block + 3 * kept)

    def _low_pass(self, seen: csr_array, vectors: Floats, values: Floats) -> tuple[Floats, Floats]:
        """(n, width) and (width, n) whose product is added to the rows of the polynomial.

        An eigenvector stays one under every polynomial of P: sharpening it is a factor.
        """
        config = self.config
        if not config.smooth:
            return vectors[:, :0], vectors[:, :0].T
        sums = np.maximum(np.abs(seen).sum(axis=0), np.finfo(np.float32).tiny)
        eigenvalues = (values / values.max(initial=1e-12)) ** 2
        powers = np.vander(eigenvalues, len(self._decay) or 1, increasing=True)
        factors = powers @ np.array(self._decay) if config.early else np.ones(len(values))
        out = config.smooth * vectors * factors * (sums**-config.item_power)[:, None]
        back = (vectors * (sums**config.item_power)[:, None]).T
        return out.astype(np.float32), back.astype(np.float32)

    @property
    def _decay(self) -> tuple[float, ...]:
        """What sharpening multiplies by, as coefficients of 1, P, P² …"""
        return _sharpening(self.config.sharpen, self.config.steps)


def _sharpening(time: float, steps: int) -> tuple[float, ...]:
    """Coefficients of 1, P, P² … after Runge-Kutta of dx/dt = -x P over ``time``.

    One step of length s multiplies by 1 - sP + (sP)²/2 - (sP)³/6 + (sP)⁴/24.
    """
    if not time:
        return (1.0,)
    s = time / steps
    one = np.array([1.0, -s, s**2 / 2, -(s**3) / 6, s**4 / 24])
    total = np.ones(1)
    for _ in range(steps):
        total = np.convolve(total, one)
    return tuple(float(c) for c in total)
