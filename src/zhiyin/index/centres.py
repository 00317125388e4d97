"""Centres of a cloud of unit vectors: spherical k-means on a sample of them.

    assign   c(v) = argmax_c ⟨v, m_c⟩          update   m_c = Σ_{v: c(v) = c} v / ‖·‖

A centre that nobody chooses starts again at a vector of the sample. A few of Lloyd's steps
do: how far a query has to read is measured afterwards, whatever the centres are like.
"""

import numpy as np
from numpy.random import Generator

from zhiyin.core import Step, Unit
from zhiyin.index.nearest import Numbers

_BLOCK_ENTRIES = 1 << 22


def assigned(vectors: Unit, centres: Unit) -> Numbers:
    """(N,) the nearest centre of each vector."""
    found = np.empty(len(vectors), np.int64)
    step = max(1, _BLOCK_ENTRIES // len(centres))
    for start in range(0, len(vectors), step):
        block = vectors[start : start + step]
        found[start : start + step] = (block @ centres.T).argmax(axis=1)
    return found


def find_centres(vectors: Unit, count: int, rounds: int, rng: Generator, step: Step) -> Unit:
    """(count, D) unit centres of the vectors."""
    centres = vectors[rng.choice(len(vectors), count, replace=False)]
    for _ in range(rounds):
        owners = assigned(vectors, centres)
        order = np.argsort(owners, kind="stable")
        used, starts = np.unique(owners[order], return_index=True)
        sums = np.add.reduceat(vectors[order], starts, axis=0)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = vectors[rng.choice(len(vectors), count, replace=False)]
        centres[used] = np.where(lengths > 0, sums / np.maximum(lengths, 1e-30), centres[used])
        step.advance()
    return centres
