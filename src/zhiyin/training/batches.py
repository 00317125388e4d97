"""How rows are cut into batches: shuffled blocks, and blocks of rows of like length."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

Ints = npt.NDArray[np.int64]


def blocks(rows: int, size: int, rng: Generator) -> Iterator[Ints]:
    """The numbers below ``rows`` in a new order, cut into batches of near equal size.

    >>> [len(batch) for batch in blocks(10, 4, np.random.default_rng(0))]
    [3, 3, 4]
    """
    order = rng.permutation(rows)
    # Equal sizes, so that the last few rows of an epoch weigh no more than the others.
    edges = np.linspace(0, rows, -(-rows // size) + 1).astype(np.int64)
    yield from (order[start:stop] for start, stop in pairwise(edges))


def by_length(
    lengths: npt.NDArray[np.integer], tokens: int, rng: Generator, *, pool: int = 50
) -> Iterator[Ints]:
    """Batches of rows of like length: rows × their longest length is at most ``tokens``.

    Rows are shuffled, sorted by length within pools of about ``pool`` batches, cut, and
    the batches shuffled again: hardly any padding, and no epoch like another. A row longer
    than ``tokens`` has a batch of its own; rows of length 0 are left out.

    >>> lengths = np.array([1, 9, 2, 8, 1, 9])
    >>> batches = by_length(lengths, 18, np.random.default_rng(0))
    >>> sorted(sorted(lengths[batch].tolist()) for batch in batches)
    [[1, 1, 2], [8, 9], [9]]
    """
    rows = rng.permutation(np.flatnonzero(lengths > 0))
    if not len(rows):
        return
    mean = max(1, int(lengths[rows].mean()))
    size = max(1, pool * tokens // mean)
    batches: list[Ints] = []
    for start in range(0, len(rows), size):
        some = rows[start : start + size]
        some = some[np.argsort(lengths[some], kind="stable")]
        batches += _cut(some, lengths[some], tokens)
    for place in rng.permutation(len(batches)):
        yield batches[place]


def _cut(rows: Ints, lengths: npt.NDArray[np.integer], tokens: int) -> Iterator[Ints]:
    """Stretches of rows, shortest first, whose count times longest is at most ``tokens``."""
    start = 0
    while start < len(rows):
        counts = np.arange(1, len(rows) - start + 1)
        fits = counts * lengths[start:] <= tokens  # true, then false: lengths only grow
        stop = start + max(1, int(np.argmin(fits)) if not fits.all() else len(fits))
        yield rows[start:stop]
        start = stop
