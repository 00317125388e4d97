"""iALS: shoppers and items as vectors, from what was done and, a little, from what was not.

    L = Σ_seen c_ui (⟨w_u, h_i⟩ − t_ui)² + a · Σ_all ⟨w_u, h_i⟩²
        + reg · (Σ_u (n_u + a · I)^frequency ‖w_u‖² + Σ_i (n_i + a · U)^frequency ‖h_i‖²)

Weighted matrix factorisation (Hu, Koren and Volinsky, *Collaborative filtering for implicit
feedback datasets*, ICDM 2008) with the penalty that makes it strong again (Rendle, Krichene,
Zhang and Koren, *Revisiting the performance of iALS on item recommendation benchmarks*,
RecSys 2022): n_u and n_i are how many pairs a shopper and an item have. Shoppers are solved
given the items, then items given the shoppers, ``epochs`` times; with ``block`` only so many
coordinates at a time (Rendle et al., *iALS++*, 2021), for widths of many hundreds.

How we depart: c is the evidence of the pair (``log2(1 + |s|)``, its mean 1) and t its sign,
so a return or dislike is wanted below zero and not at it. What silence says is told for all
pairs together: a = absent · (pairs seen) / (U · I), at most 1, so that one setting means the
same for a small shop and a large one. Each system is solved exactly, in the principal axes of
the other side and in the space of whichever is smaller, the row's items or the coordinates
(``zhiyin.models.leastsquares``). No shopper's vector is kept: a history gets the one that
solves for it, its events fading, so whom it met and whom it never met are the same case.

Memory of ``fit``: 6 · 8 bytes per event, 3 · 4 · width per shopper and item, 8 · 4 per number
of a batch.
"""

from typing import Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from scipy.sparse import csr_array

from zhiyin.core import SILENT, Config, Histories, NotFitted, Progress, get_logger
from zhiyin.data import Dataset
from zhiyin.models.evidence import ENTRY, evidence, known_items, refuse_beyond
from zhiyin.models.leastsquares import NUMBERS, Penalty, newton
from zhiyin.models.readers import Ridge
from zhiyin.models.vectors import Vectors

log = get_logger(__name__)
Floats = npt.NDArray[np.float32]


class IalsConfig(Config):
    """How large the space is, and how much silence says."""

    width: PositiveInt = 128
    """Coordinates of a vector; more are better and slower, up to about 256."""
    epochs: PositiveInt = 16
    """Rounds of solving for the shoppers, then for the items."""
    absent: PositiveFloat = 6.0
    """How much all pairs of which nothing is known count, beside all that are known."""
    reg: PositiveFloat = 0.05
    """L2 weight on the vectors; search it and ``absent`` together, on a grid of powers."""
    frequency: NonNegativeFloat = 1.0
    """1: the frequent pay as much per pair as the rare; 0: the same for all."""
    block: PositiveInt | None = None
    """Coordinates solved at a time (iALS++); none: all, exactly."""
    fade: bool = False
    """Let old evidence count less in learning (it always does in scoring)."""
    newest_events: PositiveInt = 1_000
    """Of one shopper; more belong to a robot or a reseller."""
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""


class Ials:
    """Matrix factorisation by alternating least squares, all pairs weighed."""

    Config = IalsConfig

    def __init__(self, config: IalsConfig = IalsConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self._form: Vectors | None = None

    def fit(self, data: Dataset, rng: Generator, *, progress: Progress = SILENT) -> Self:
        """Alternate; ``rng`` draws where the item vectors start."""
        needed = self.memory_needed(data)
        refuse_beyond(
            self.config.max_bytes, needed, "fitting iALS", "lower width, or raise max_bytes"
        )
        matrix = evidence(data, fade=self.config.fade, newest_events=self.config.newest_events)
        known = np.flatnonzero(known_items(data))
        seen = csr_array(matrix[:, known])
        unit = float(np.abs(seen.data).mean()) if seen.nnz else 1.0
        seen.data /= np.float32(unit)
        items = self._alternated(seen, rng, progress)
        vectors = np.zeros((len(data.items), self.config.width), np.float32)
        bias = np.full(len(data.items), np.nan, np.float32)
        vectors[known], bias[known] = items, 0.0
        reader = Ridge(vectors, self._penalty(items, seen), unit)
        told = data.interactions
        self._form = Vectors(data.items, vectors, bias, reader, told.strengths, told.newest)
        log.info("fitted", model="iALS", items=len(known), width=self.config.width)
        return self

    def score(self, histories: Histories) -> Floats:
        """(B, I) NaN for items without a training event and histories without a known item."""
        return self.compile().score(histories)

    def compile(self) -> Vectors:
        """Item vectors, and the regression that finds a history's vector."""
        if self._form is None:
            raise NotFitted(what="iALS")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 6 · 8 per event, 3 · 4 · width per shopper and item, 8 · 4 per batch number."""
        rows = len(data.shoppers) + len(data.items)
        batch = NUMBERS + 2 * self.config.width**2
        return ENTRY * 6 * len(data.interactions) + 4 * (3 * rows * self.config.width + 8 * batch)

    def _alternated(self, seen: csr_array, rng: Generator, progress: Progress) -> Floats:
        """(n, D) the item vectors, in their principal axes."""
        width, block = self.config.width, self.config.block
        by_item = seen.T.tocsr()
        shoppers = np.zeros((seen.shape[0], width), np.float32)
        items = rng.normal(0.0, 0.1 / np.sqrt(width), (seen.shape[1], width)).astype(np.float32)
        with progress.step("fit iALS", self.config.epochs, "epochs") as step:
            for _ in range(self.config.epochs):
                items, shoppers = _principal(items, shoppers)
                shoppers = newton(shoppers, seen, items, self._penalty(items, seen), block)
                shoppers, items = _principal(shoppers, items)
                items = newton(items, by_item, shoppers, self._penalty(shoppers, seen), block)
                step.advance()
        return _principal(items, shoppers)[0]

    def _penalty(self, others: Floats, seen: csr_array) -> Penalty:
        """What a row pays beside its own terms, the ``others`` in their principal axes."""
        energy = np.einsum("nd,nd->d", others, others, dtype=np.float64).astype(np.float32)
        config, (shoppers, items) = self.config, seen.shape
        absent = min(1.0, config.absent * seen.nnz / max(shoppers * items, 1))
        return Penalty(energy, absent, config.reg, config.frequency, len(others))


def _principal(some: Floats, others: Floats) -> tuple[Floats, Floats]:
    """Both sides turned so that someᵀ some is diagonal; no product of the two changes."""
    axes = np.linalg.eigh((some.T @ some).astype(np.float64))[1].astype(np.float32)
    return some @ axes, others @ axes
