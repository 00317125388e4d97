"""Whitening: vectors of an encoder made short and more evenly spread, in closed form.

    M = (1/N) Σ x xᵀ = V diag(λ) Vᵀ
    y = A x / |A x|,   A = diag(1 / √((1 − s) λ_d + s λ̄)) V_Dᵀ

with V_D the ``width`` directions of most weight and λ̄ the mean of their λ. An encoder's
vectors lie in a narrow cone; where the few directions that all share count less, things are
told apart better (Su et al., *Whitening sentence representations for better semantics and
faster retrieval*, 2021). How we depart from it: the shrinkage s stays near one, since to
whiten in full (s = 0) blows up directions of little weight, which hold noise; and the mean
is not taken off, since a query is not spread around the same mean as the goods, and finds
less by it. ``benchmarks/understanding.py`` measures both.

What is learnt from the catalogue is applied to new items and to queries alike. A row of NaN
stays one. Where there are fewer than ``LEAST`` rows, vectors stay as the encoder gave them:
so few do not say how the others will lie.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
LEAST = 300


@dataclass(frozen=True, slots=True, eq=False)
class Whitening:
    """How the vectors of one encoder are made short, as learnt from one catalogue."""

    turn: Floats  # (D, W): Aᵀ of the docstring

    @classmethod
    def learnt(cls, blocks: Iterable[Floats], raw: int, width: int, shrinkage: float) -> Self:
        """From the rows (n, raw) of all blocks; columns without any weight are left out."""
        products, count = np.zeros((raw, raw)), 0
        for block in blocks:
            rows = block[np.isfinite(block).all(axis=1)].astype(np.float64)
            products += rows.T @ rows
            count += len(rows)
        if count < LEAST:
            return cls(np.eye(raw, dtype=np.float32))
        values, vectors = np.linalg.eigh(products / count)
        values, vectors = values[::-1], vectors[:, ::-1]
        kept = min(width, int((values > 1e-9 * values[0]).sum()))  # the rest is rounding
        values, vectors = values[:kept], _settled(vectors[:, :kept])
        spread = (1.0 - shrinkage) * values + shrinkage * values.mean()
        return cls((vectors / np.sqrt(spread)).astype(np.float32))

    @classmethod
    def opened(cls, folder: Path, name: str) -> Self:
        """As ``save`` wrote it."""
        turn = np.load(folder / f"{name}.turn.npy", allow_pickle=False)
        if turn.ndim != 2 or turn.dtype != np.float32:
            raise ValueError(f"{name}.turn.npy holds {turn.dtype} of shape {turn.shape}")
        return cls(turn)

    def save(self, folder: Path, name: str) -> None:
        """Write ``name.turn.npy``."""
        np.save(folder / f"{name}.turn.npy", self.turn, allow_pickle=False)

    @property
    def width(self) -> int:
        """W, the columns that are left."""
        return int(self.turn.shape[1])

    def __call__(self, rows: Floats) -> Floats:
        """(N, W) rows of length 1 from (N, D)."""
        turned = rows @ self.turn
        lengths = np.linalg.norm(turned, axis=1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            # A row that lies in none of the directions kept says nothing.
            found: Floats = np.where(lengths > 1e-6, turned / lengths, np.nan).astype(np.float32)
        return found


def _settled(vectors: Doubles) -> Doubles:
    """Each column with its largest entry above zero: eigenvectors come with either sign."""
    largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])]
    return vectors * np.where(largest < 0, -1.0, 1.0)
