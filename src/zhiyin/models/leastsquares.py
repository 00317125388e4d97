"""Many small weighted least squares at once: one per shopper over the same item vectors.

Row u of ``matrix`` holds t · c of its items: what is wanted (the sign t) and how much it
counts (c). Its own vector w is to minimise

    Σ_i c_i (⟨w, v_i⟩ − t_i)² + absent · Σ_j ⟨w, v_j⟩² + λ_u ‖w‖²,
    λ_u = reg · (n_u + absent · rows)^frequency

over all ``rows`` vectors v_j, n_u how many items the row has. That is a quadratic with the
Hessian A = Σ_i c_i v_i v_iᵀ + absent · VᵀV + λ_u · 1, so one Newton step from anywhere ends
in its minimum, and one that moves a block of coordinates in the minimum over that block.

In the principal axes of V, VᵀV is diagonal and so is A but for its n_u rank-one terms. A
row of fewer items than coordinates is solved in the space of its items (Woodbury):

    A⁻¹ g = D⁻¹ g − D⁻¹ Bᵀ (1 + B D⁻¹ Bᵀ)⁻¹ B D⁻¹ g,   B = √C V_u,  D = absent · energy + λ_u

n² · D instead of D³ steps, without any approximation, for the short histories that shops
have: with 5 items and 256 coordinates a hundredth of the time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
NUMBERS = 1 << 20
"""Held at a time in a batch of systems; 4 MB stay in the cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Penalty:
    """What every row pays beside its own terms."""

    energy: Floats  # (D,) the diagonal of VᵀV
    absent: float
    """How much a pair counts of which nothing is known."""
    reg: float
    frequency: float
    rows: int
    """How many vectors v_j there are."""

    def diagonal(self, counts: Ints) -> Floats:
        """(B, D) absent · energy + λ of rows with so many items."""
        base = counts + self.absent * self.rows
        reg = self.reg * np.maximum(base, 1e-9) ** self.frequency
        found: Floats = (self.absent * self.energy + reg[:, None]).astype(np.float32)
        return found

    def facts(self) -> dict[str, float]:
        """The numbers, without the energies."""
        names = ("absent", "reg", "frequency", "rows")
        return {name: getattr(self, name) for name in names}


def newton(
    start: Floats, matrix: csr_array, vectors: Floats, penalty: Penalty, block: int | None = None
) -> Floats:
    """(B, D) the rows' vectors after one Newton step in each ``block`` of coordinates.

    Without a block: the minima. ``vectors`` are in their principal axes; entries of
    ``matrix`` are distinct and not zero. A row without any has zeros.
    """
    found = np.zeros(start.shape, np.float32)
    width = start.shape[1]
    size = width if block is None else min(block, width)
    for rows, length in _groups(matrix, width):
        place, inside = _places(matrix, rows, length)
        wanted = np.where(inside, matrix.data[place], 0.0).astype(np.float32)  # (b, n) t · c
        counts = np.abs(wanted)
        own = np.asarray(vectors[np.where(inside, matrix.indices[place], 0)], np.float32)
        root = np.sqrt(counts)[:, :, None]
        diagonal = penalty.diagonal(inside.sum(axis=1))
        here = start[rows]
        wrong = counts * (own @ here[:, :, None])[:, :, 0] - wanted  # c (⟨w, v⟩ − t)
        for first in range(0, width, size):
            some = slice(first, first + size)
            part = own[:, :, some]
            slope = (wrong[:, None, :] @ part)[:, 0] + diagonal[:, some] * here[:, some]
            step = _solved(diagonal[:, some], root * part, slope)
            here[:, some] -= step
            if size < width:
                wrong -= counts * (part @ step[:, :, None])[:, :, 0]
        found[rows] = here
    return found


def _solved(diagonal: Floats, own: Floats, slope: Floats) -> Floats:
    """(b, d) the x of (diagonal + ownᵀ own) x = slope, own (b, n, d)."""
    count, width = own.shape[1:]
    if count >= width:
        system = own.transpose(0, 2, 1) @ own
        system[:, np.arange(width), np.arange(width)] += diagonal
        whole: Floats = np.linalg.solve(system, slope[:, :, None])[:, :, 0]
        return whole
    eased = own / diagonal[:, None, :]
    small = eased @ own.transpose(0, 2, 1)  # (b, n, n)
    small[:, np.arange(count), np.arange(count)] += 1.0
    inner = np.linalg.solve(small, eased @ slope[:, :, None])
    found: Floats = slope / diagonal - (eased.transpose(0, 2, 1) @ inner)[:, :, 0]
    return found


def _groups(matrix: csr_array, width: int) -> Iterator[tuple[Ints, int]]:
    """Rows of about the same length, few enough to be solved together; no empty ones."""
    padded = _padded(np.diff(matrix.indptr).astype(np.int64))
    order = np.argsort(padded, kind="stable")
    starts = np.flatnonzero(np.diff(padded[order], prepend=-1))
    for first, last in zip(starts, np.append(starts, len(order))[1:], strict=True):
        length = int(padded[order[first]])
        # One system takes its vectors twice, and the smaller of n² and D².
        size = max(1, NUMBERS // max(2 * length * width + min(length, width) ** 2, 1))
        if length:
            for start in range(first, last, size):
                yield order[start : min(start + size, last)], length


def _padded(lengths: Ints) -> Ints:
    """Above 32, lengths rounded up by an eighth at most: fewer different ones."""
    step = 2 ** (np.log2(np.maximum(lengths, 8)).astype(np.int64) - 3)
    rounded: Ints = np.where(lengths > 32, -(-lengths // step) * step, lengths)
    return rounded


def _places(matrix: csr_array, rows: Ints, length: int) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """(b, n) where the rows' entries are, and which of them there are."""
    starts = matrix.indptr[rows].astype(np.int64)
    counts = matrix.indptr[rows + 1] - starts
    inside = np.arange(length) < counts[:, None]
    return np.where(inside, starts[:, None] + np.arange(length), 0), inside
