"""Histories as sequences to learn from: which item came next, batch by batch.

Only events of positive strength are in a sequence. One that is longer than a model reads
is cut into pieces, the newest full, so that nothing is thrown away. Where the next event
is about the same item (viewed, then bought), nothing is asked: what one has is not news.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from zhiyin.core import Histories
from zhiyin.training import by_length

Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """B sequences, right-padded, and the P places in them where a next item is asked for."""

    items: Ints  # (B, T) padded with -1
    lengths: Ints  # (B,)
    places: Ints  # (P,) among the B · T
    following: Ints  # (P,) what came next


class Sequences:
    """Pieces of at most ``length`` + 1 items, in the order of the events."""

    def __init__(self, histories: Histories, length: int) -> None:
        positive = (histories.weights > 0) & (histories.items >= 0)
        self.items: Ints = histories.items[positive].astype(np.int64)
        ends = np.concatenate([[0], np.cumsum(positive)])[histories.offsets]
        self.starts, self.lengths = _pieces(ends, length)  # lengths: of what is read

    @property
    def tokens(self) -> int:
        """How many items are read in an epoch."""
        return int(self.lengths.sum())

    def batches(self, tokens: int, rng: Generator, shuffled: float = 0.0) -> Iterator[Batch]:
        """All pieces once, those of like length together, ``tokens`` items at most.

        A share ``shuffled`` of them in an order drawn anew.
        """
        for rows in by_length(self.lengths, tokens, rng):
            chosen = rng.random(len(rows)) < shuffled
            keys = rng.random((len(rows), int(self.lengths[rows].max()) + 1))
            yield self._batch(rows, np.where(chosen[:, None], keys, np.arange(keys.shape[1])))

    def batch(self, rows: Ints) -> Batch:
        """Some pieces, in their order."""
        longest = int(self.lengths[rows].max(initial=0))
        return self._batch(rows, np.tile(np.arange(longest + 1.0), (len(rows), 1)))

    def _batch(self, rows: Ints, keys: Doubles) -> Batch:
        """Some pieces, the items of each sorted by its ``keys`` (B, T + 1)."""
        lengths = self.lengths[rows]
        steps = np.arange(keys.shape[1])
        order = np.argsort(np.where(steps <= lengths[:, None], keys, np.inf), axis=1, kind="stable")
        # Behind the end of a piece, its last item again: it is there, and is not looked at.
        place = self.starts[rows, None] + np.minimum(order, lengths[:, None])
        items = self.items[place]  # (B, T + 1)
        inside = steps[:-1] < lengths[:, None]  # (B, T)
        read = np.where(inside, items[:, :-1], -1)
        asked = np.flatnonzero(inside & (items[:, 1:] != read))
        return Batch(read, lengths, asked, items[:, 1:].ravel()[asked])


def _pieces(ends: Ints, length: int) -> tuple[Ints, Ints]:
    """Where each piece starts, and how many items are read in it: one less than it has.

    The last item of a piece is the first of the next, so each is asked for once.
    """
    asked = np.maximum(np.diff(ends) - 1, 0)  # (B,) a first item has nothing before it
    counts = -(-asked // length)
    owners = np.repeat(np.arange(len(asked)), counts)
    nth = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)  # from the newest
    stops = asked[owners] - nth * length
    begins = np.maximum(stops - length, 0)
    return ends[:-1][owners] + begins, stops - begins
