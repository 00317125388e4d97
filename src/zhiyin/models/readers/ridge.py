"""Ridge: a history is the shopper whose vector explains it best, found by solving for it.

    u = argmin Σ_i c_i (⟨u, v_i⟩ − t_i)² + absent · Σ_j ⟨u, v_j⟩² + λ ‖u‖²

over the items i of the history, with c_i = log2(1 + |s_i|) / unit, s_i the summed strength
of the item's events, t_i = ±1 its sign, and λ = reg · (items + absent · I)^frequency. It
is how weighted matrix factorisation (Hu, Koren and Volinsky, ICDM 2008) folds in a shopper
whom it never met: exactly what it would have learnt for her, its item vectors given.

The solution is linear in what the events say, all their weights given: u = Σ_i A⁻¹ c_i t_i v_i.
``parts`` are these terms (§5 of the paper, "Explaining recommendations").
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from zhiyin.models import folder as on_disk
from zhiyin.models.leastsquares import Penalty, newton
from zhiyin.models.readers.reader import Known, register

Floats = npt.NDArray[np.float32]


class Ridge:
    """Regularised least squares of a history on the item vectors.

    ``vectors`` are in their principal axes: VᵀV is diagonal, ``penalty.energy`` holds it.
    """

    name = "ridge"

    def __init__(self, vectors: Floats, penalty: Penalty, unit: float = 1.0) -> None:
        if penalty.energy.shape != (vectors.shape[1],) or not unit > 0:
            raise ValueError(f"energy {penalty.energy.shape}, vectors {vectors.shape}")
        self.vectors = vectors  # (I, D)
        self.penalty = penalty
        self.unit = float(unit)

    @property
    def memory(self) -> int:
        """Bytes of the energies; the vectors are the form's."""
        return self.penalty.energy.nbytes

    def read(self, known: Known) -> Floats:
        """(B, D) the solutions, histories of the same length together."""
        matrix = self._matrix(known)
        matrix.eliminate_zeros()
        start = np.zeros((len(known), self.vectors.shape[1]), np.float32)
        return newton(start, matrix, self.vectors, self.penalty)

    def parts(self, known: Known) -> Floats:
        """(E, D) A⁻¹ of each event's share in its item's c · t · v."""
        if not len(known.items):
            return np.empty((0, self.vectors.shape[1]), np.float32)
        matrix = self._matrix(known)
        terms = self._terms(matrix)
        place = np.searchsorted(matrix.indices, known.items)
        sums = np.bincount(place, known.weights, len(terms))[place]
        # Strengths that cancel leave nothing to share.
        shares = np.divide(known.weights, sums, out=np.zeros_like(sums), where=sums != 0)
        found: Floats = (terms[place] * shares[:, None]).astype(np.float32)
        return found

    def save(self, folder: Path) -> dict[str, Any]:
        """Write the energies."""
        np.save(folder / "energy.npy", self.penalty.energy, allow_pickle=False)
        return {"unit": self.unit, **self.penalty.facts()}

    @classmethod
    def load(cls, folder: Path, facts: Mapping[str, Any], vectors: Floats) -> "Ridge":
        """Read what ``save`` wrote."""
        energy = on_disk.mapped(folder, {"energy": "f"})["energy"]
        names = ("absent", "reg", "frequency", "rows")
        return cls(vectors, Penalty(energy, **{n: facts[n] for n in names}), facts["unit"])

    def _matrix(self, known: Known) -> csr_array:
        """(B, I) t · c of every history's items."""
        parts = (known.weights, known.items, known.offsets)
        matrix = csr_array(parts, shape=(len(known), len(self.vectors)), copy=True)
        matrix.sum_duplicates()
        matrix.data = np.sign(matrix.data) * np.log2(1.0 + np.abs(matrix.data)) / self.unit
        return matrix.astype(np.float32)

    def _terms(self, matrix: csr_array) -> Floats:
        """(n, D) c_i t_i A⁻¹ v_i for the items of one history."""
        own = self.vectors[matrix.indices].astype(np.float64)
        sizes = np.abs(matrix.data)
        system = (own.T * sizes) @ own
        counted = np.array([np.count_nonzero(sizes)])
        system[np.diag_indices(len(system))] += self.penalty.diagonal(counted)[0]
        terms: Floats = (np.linalg.solve(system, own.T).T * matrix.data[:, None]).astype(np.float32)
        return terms


register("ridge", Ridge.load)
