"""Whitening: vectors of an encoder made short, centred and evenly spread, in closed form.

    m = mean of the rows,   Cov = (1/N) Σ (x − m)(x − m)ᵀ = V diag(λ) Vᵀ
    y = A (x − m) / |A (x − m)|,   A = diag(1 / √((1 − s) λ_d + s λ̄)) V_Dᵀ

with V_D the ``width`` directions of most spread and λ̄ the mean of their λ. An encoder's
vectors lie in a narrow cone, where everything is like everything; without the mean and the
few directions that all share, what is left tells things apart (Su et al., *Whitening
sentence representations for better semantics and faster retrieval*, 2021, who whiten in
full: s = 0). Shrinkage s keeps directions of little spread, which hold noise, from being
blown up; s = 1 only turns and cuts.

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


class Moments:
    """Mean and covariance of rows that come in blocks; rows of NaN do not count."""

    def __init__(self, width: int) -> None:
        self.rows = 0
        self._sum = np.zeros(width)
        self._products = np.zeros((width, width))

    def add(self, block: Floats) -> None:
        """Count a block (n, D) in."""
        rows = block[np.isfinite(block).all(axis=1)].astype(np.float64)
        self.rows += len(rows)
        self._sum += rows.sum(axis=0)
        self._products += rows.T @ rows

    @property
    def mean(self) -> Doubles:
        return self._sum / max(self.rows, 1)

    @property
    def covariance(self) -> Doubles:
        found: Doubles = self._products / max(self.rows, 1) - np.outer(self.mean, self.mean)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Whitening:
    """How the vectors of one encoder are made short, as learnt from one catalogue."""

    mean: Floats  # (D,)
    turn: Floats  # (D, W): Aᵀ of the docstring

    @classmethod
    def learnt(cls, blocks: Iterable[Floats], raw: int, width: int, shrinkage: float) -> Self:
        """From the rows (n, raw) of all blocks; columns without any spread are left out."""
        moments = Moments(raw)
        for block in blocks:
            moments.add(block)
        if moments.rows < LEAST:
            return cls(np.zeros(raw, np.float32), np.eye(raw, dtype=np.float32))
        values, vectors = np.linalg.eigh(moments.covariance)
        values, vectors = values[::-1], vectors[:, ::-1]
        kept = min(width, max(1, int((values > 1e-9 * values[0]).sum())))  # the rest is rounding
        values, vectors = values[:kept].clip(min=0.0), _settled(vectors[:, :kept])
        spread = (1.0 - shrinkage) * values + shrinkage * values.mean()
        turn = vectors / np.sqrt(np.maximum(spread, 1e-12))
        return cls(moments.mean.astype(np.float32), turn.astype(np.float32))

    @classmethod
    def opened(cls, folder: Path, name: str) -> Self:
        """As ``save`` wrote it."""
        mean, turn = (
            np.load(folder / f"{name}.{part}.npy", allow_pickle=False) for part in ("mean", "turn")
        )
        if mean.ndim != 1 or turn.ndim != 2 or len(mean) != len(turn):
            raise ValueError(f"{name}: a mean {mean.shape} does not go with a turn {turn.shape}")
        return cls(mean.astype(np.float32), turn.astype(np.float32))

    def save(self, folder: Path, name: str) -> None:
        """Write ``name.mean.npy`` and ``name.turn.npy``."""
        np.save(folder / f"{name}.mean.npy", self.mean, allow_pickle=False)
        np.save(folder / f"{name}.turn.npy", self.turn, allow_pickle=False)

    @property
    def width(self) -> int:
        """W, the columns that are left."""
        return int(self.turn.shape[1])

    def __call__(self, rows: Floats) -> Floats:
        """(N, W) rows of length 1 from (N, D)."""
        turned = (rows - self.mean) @ self.turn
        lengths = np.linalg.norm(turned, axis=1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = np.where(lengths > 1e-6, turned / lengths, np.nan).astype(np.float32)
        return found


def _settled(vectors: Doubles) -> Doubles:
    """Each column with its largest entry above zero: eigenvectors come with either sign."""
    largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])]
    return vectors * np.where(largest < 0, -1.0, 1.0)
