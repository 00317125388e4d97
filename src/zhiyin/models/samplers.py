"""What a model is shown: pairs of shopper and item that belong together, and pairs that do not.

No loop over rows: a negative is drawn for all at once, looked up among the sorted numbers
shopper · I + item of what belongs together, and drawn again where it was found, which is
rare.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from numpy.random import Generator
from scipy.sparse import csr_array

from zhiyin.training import blocks

Ints = npt.NDArray[np.int64]


class Pairs:
    """The entries above zero of a matrix of shoppers × items, and items that are none of theirs.

    >>> pairs = Pairs(csr_array(np.array([[1, 0, -1], [1, 1, 0]])), np.array([0, 1, 2]))
    >>> pairs.shoppers.tolist(), pairs.items.tolist()
    ([0, 1, 1], [0, 0, 1])
    >>> pairs.negatives(np.array([1, 1]), np.random.default_rng(0)).tolist()
    [2, 2]
    """

    def __init__(self, matrix: csr_array, candidates: Ints) -> None:
        """``candidates``: the items that may be drawn as negatives."""
        rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        liked = matrix.data > 0
        shoppers, items = rows[liked], matrix.indices[liked].astype(np.int64)
        self._width = matrix.shape[1]
        self._candidates = candidates
        self._keys = np.sort(shoppers * self._width + items)
        # Who likes every candidate has no negative, and so nothing to teach by comparison.
        drawable = np.isin(items, candidates)
        counts = np.bincount(shoppers[drawable], minlength=matrix.shape[0])
        teaches = counts[shoppers] < len(candidates)
        self.shoppers: Ints = shoppers[teaches]
        self.items: Ints = items[teaches]

    def __len__(self) -> int:
        return len(self.items)

    def negatives(self, shoppers: Ints, rng: Generator) -> Ints:
        """One item for each of some of ``shoppers``, uniform among candidates she has not liked."""
        items = self._drawn(len(shoppers), rng)
        again = np.flatnonzero(self.liked(shoppers, items))
        while len(again):
            items[again] = self._drawn(len(again), rng)
            again = again[self.liked(shoppers[again], items[again])]
        return items

    def triples(self, batch: int, rng: Generator) -> Iterator[tuple[Ints, Ints, Ints]]:
        """One epoch: shoppers, what they like and what they do not, every pair once."""
        negatives = self.negatives(self.shoppers, rng)
        for rows in blocks(len(self), batch, rng):
            yield self.shoppers[rows], self.items[rows], negatives[rows]

    def liked(self, shoppers: Ints, items: Ints) -> npt.NDArray[np.bool_]:
        """Which of the pairs belong together."""
        keys = shoppers * self._width + items
        place = np.minimum(np.searchsorted(self._keys, keys), max(len(self._keys) - 1, 0))
        found: npt.NDArray[np.bool_] = self._keys[place] == keys
        return found

    def _drawn(self, count: int, rng: Generator) -> Ints:
        drawn: Ints = self._candidates[rng.integers(0, len(self._candidates), count)]
        return drawn
