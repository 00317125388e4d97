"""Hard negatives: what looks alike and means otherwise, and what reads alike and looks otherwise.

The survey's example is a foreign pattern that looks like a native one. For each pair, of the
``_NEAR`` items nearest by picture, those whose words are not nearly the same, nearest first:
their words are wrong answers to this picture that are easily given. And the reverse.
"""

import numpy as np
import numpy.typing as npt

from zhiyin.pretrain.align.moments import Floats

Ints = npt.NDArray[np.int64]
_NEAR = 64
_BLOCK_ENTRIES = 1 << 22


def hard(by: Floats, other: Floats, k: int, alike: float) -> Ints:
    """(N, k) rows near in ``by`` (N, D) whose ``other`` (N, E) is not; -1 where there are fewer.

    Rows of both are of length 1; ``alike`` is the cosine of ``other`` from which a row counts
    as the same thing once more.
    """
    size = len(by)
    near = min(max(_NEAR, 2 * k), size - 1)
    found = np.full((size, k), -1, np.int64)
    if near < 1:
        return found
    step = max(1, _BLOCK_ENTRIES // size)
    for start in range(0, size, step):
        rows = np.arange(start, min(start + step, size))
        cosines = by[rows] @ by.T
        cosines[np.arange(len(rows)), rows] = -np.inf
        nearest = np.argpartition(-cosines, near - 1, axis=1)[:, :near]
        order = np.argsort(-np.take_along_axis(cosines, nearest, axis=1), axis=1, kind="stable")
        nearest = np.take_along_axis(nearest, order, axis=1)
        differs = np.einsum("nd,nmd->nm", other[rows], other[nearest]) < alike
        # Those that differ first, each in the order of nearness.
        first = np.argsort(~differs, axis=1, kind="stable")[:, :k]
        kept = np.where(
            np.take_along_axis(differs, first, axis=1),
            np.take_along_axis(nearest, first, axis=1),
            -1,
        )
        found[rows, : kept.shape[1]] = kept
    return found
