"""Means and covariances of two modalities, summed up block by block: all that closed forms need.

A modality's own mean and covariance are of every row that has it, those without a partner
too; the covariance between the two is of the pairs. So an item with a picture and no words
still says what pictures are like.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_BLOCK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How one modality's vectors are spread."""

    rows: int
    mean: Doubles  # (D,)
    covariance: Doubles  # (D, D)

    @property
    def size(self) -> float:
        """The mean variance of a column; what a ``reg`` is a share of."""
        return float(np.trace(self.covariance)) / max(len(self.mean), 1)


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """All that a closed form has to know of a catalogue."""

    text: Spread
    image: Spread
    pairs: int
    cross: Doubles  # (D of text, D of image) covariance over the pairs


def known(rows: npt.NDArray[np.floating]) -> Bools:
    """(N,) True where a row is all numbers."""
    found: Bools = np.isfinite(rows).all(axis=1)
    return found


def moments(blocks: Iterable[tuple[Floats, Floats]], widths: tuple[int, int]) -> Moments:
    """Sum up blocks of (text, image) rows of these widths; a row of NaN: it has none."""
    text, image = widths
    own, both = (_Sum(text, text), _Sum(image, image)), _Sum(text, image)
    for block in blocks:
        has = known(block[0]), known(block[1])
        for total, rows, there in zip(own, block, has, strict=True):
            total.add(rows[there], rows[there])
        paired = has[0] & has[1]
        both.add(block[0][paired], block[1][paired])
    spreads = [Spread(total.rows, total.left, total.covariance) for total in own]
    return Moments(spreads[0], spreads[1], both.rows, both.covariance)


def in_blocks(
    text: Floats, image: Floats, where: Bools | None = None
) -> Iterator[tuple[Floats, Floats]]:
    """The rows that count, some at a time: doubles of all of them are never held."""
    rows = np.arange(len(text)) if where is None else np.flatnonzero(where)
    for start in range(0, len(rows), _BLOCK):
        some = rows[start : start + _BLOCK]
        yield text[some], image[some]


class _Sum:
    """Means and products of deviations so far; blocks are merged as Chan et al. (1979) do.

    So nothing cancels out, however far from zero the vectors are.
    """

    def __init__(self, left: int, right: int) -> None:
        self.rows = 0
        self.left, self.right = np.zeros(left), np.zeros(right)
        self._products = np.zeros((left, right))

    @property
    def covariance(self) -> Doubles:
        return self._products / max(self.rows, 1)

    def add(self, left: Floats, right: Floats) -> None:
        """Take a block of rows in; they belong to each other one by one."""
        count = len(left)
        if not count:
            return
        a, b = left.astype(np.float64), right.astype(np.float64)
        centre, other = a.mean(axis=0), b.mean(axis=0)
        share = count / (self.rows + count)
        self._products += (a - centre).T @ (b - other)
        away, off = centre - self.left, other - self.right
        self._products += np.outer(away, off) * (self.rows * share)
        self.left += away * share
        self.right += off * share
        self.rows += count
