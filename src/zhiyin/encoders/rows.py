"""Rows of vectors as all encoders give them: of length 1, or NaN where there is nothing."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zhiyin.core import Encoded, Refusal

Rows = npt.NDArray[np.float32]


def unit_rows(vectors: npt.ArrayLike) -> Rows:
    """(N, D) float32 rows of length 1; a row that is zero or not finite becomes NaN."""
    rows = np.asarray(vectors, np.float64)  # a sum of squares of float16 would overflow
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        found: Rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    found[~np.isfinite(found).all(axis=1)] = np.nan
    return found


def spread(
    vectors: npt.ArrayLike, places: Sequence[int], count: int, width: int, troubles: list[Refusal]
) -> Encoded:
    """The vectors of the contents at ``places`` among ``count``, NaN in between."""
    found = np.full((count, width), np.nan, np.float32)
    if len(places):
        found[places] = unit_rows(vectors)
    return Encoded(found, tuple(sorted(troubles, key=lambda trouble: trouble.row)))
