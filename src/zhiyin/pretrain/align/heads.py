"""Head: what brings one modality's vectors into the shared space; numpy alone.

    z = (x − mean) · matrix,   y = z + relu(z · inner + bias) · outer,   y / ‖y‖

The second part is there when the head was learnt by contrast.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zhiyin.pretrain.align.moments import Floats, known

_BLOCK = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Bend:
    """The part of a head that is not linear."""

    inner: Floats  # (d, H)
    bias: Floats  # (H,)
    outer: Floats  # (H, d)


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """One modality's way into the shared space."""

    mean: Floats  # (D,)
    matrix: Floats  # (D, d)
    bend: Bend | None = None

    def __post_init__(self) -> None:
        width, size = self.matrix.shape
        fits = self.mean.shape == (width,)
        if self.bend is not None:
            hidden = len(self.bend.bias)
            fits &= self.bend.inner.shape == (size, hidden)
            fits &= self.bend.outer.shape == (hidden, size)
        if not fits or any(not np.isfinite(part).all() for part in self.arrays().values()):
            shapes = {name: part.shape for name, part in self.arrays().items()}
            raise ValueError(f"a head's arrays do not fit each other or are not finite: {shapes}")

    @classmethod
    def linear(cls, mean: npt.ArrayLike, matrix: npt.ArrayLike) -> "Head":
        """A head without a bend."""
        return cls(np.asarray(mean, np.float32), np.asarray(matrix, np.float32))

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[np.float32]]) -> "Head":
        """The head that ``arrays`` gave."""
        bend = None
        if "inner" in arrays:
            bend = Bend(arrays["inner"], arrays["bias"], arrays["outer"])
        return cls(arrays["mean"], arrays["matrix"], bend)

    def arrays(self) -> dict[str, Floats]:
        """Name → array; enough to make it again."""
        found: dict[str, Floats] = {"mean": self.mean, "matrix": self.matrix}
        if self.bend is not None:
            bend = self.bend
            found |= {"inner": bend.inner, "bias": bend.bias, "outer": bend.outer}
        return found

    def flat(self, rows: Floats) -> Floats:
        """(…, D) → (…, d) by the linear part alone, of any length; 0 where a row is no number."""
        flat = rows.reshape(-1, rows.shape[-1])
        found = np.zeros((len(flat), self.matrix.shape[1]), np.float32)
        for start in range(0, len(flat), _BLOCK):
            some = flat[start : start + _BLOCK].astype(np.float32)
            there = known(some)
            found[start : start + _BLOCK][there] = (some[there] - self.mean) @ self.matrix
        return found.reshape(*rows.shape[:-1], -1)

    def scaled(self, rows: Floats) -> "Head":
        """The same directions, with numbers of spread 1 on average for these rows."""
        size = float(np.sqrt(np.square(self.flat(rows[known(rows)])).mean()))
        return Head(self.mean, self.matrix / np.float32(size)) if size > 0 else self

    def __call__(self, rows: Floats) -> Floats:
        """(N, D) → (N, d) of length 1; NaN where a row is no number, or has no direction here."""
        found = np.full((len(rows), self.matrix.shape[1]), np.nan, np.float32)
        for start in range(0, len(rows), _BLOCK):
            some = rows[start : start + _BLOCK]
            there = known(some)
            found[start : start + _BLOCK][there] = self._moved(some[there].astype(np.float32))
        return found

    def _moved(self, rows: Floats) -> Floats:
        z = (rows - self.mean) @ self.matrix
        if self.bend is not None:
            z = z + np.maximum(z @ self.bend.inner + self.bend.bias, 0) @ self.bend.outer
        return unit(z)


def unit(rows: npt.NDArray[Any]) -> Floats:
    """(N, d) rows of length 1; NaN for a row of zeros, which has no direction."""
    sizes = np.linalg.norm(rows, axis=1, keepdims=True)
    found: Floats = np.divide(rows, sizes, out=np.full_like(rows, np.nan), where=sizes > 1e-12)
    return found
