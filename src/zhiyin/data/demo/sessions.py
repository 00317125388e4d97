"""Sessions under way, and what holds for the day they happen on."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhiyin.data.demo.people import People
from zhiyin.data.demo.policy import Deal
from zhiyin.data.demo.taste import Market

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SECOND = 1_000_000
"""Microseconds in a second."""


@dataclass(slots=True, eq=False)
class Sessions:
    """Visits under way, one row each; the clock and the liking move on as they go."""

    shopper: Ints
    number: Ints
    clock: Ints
    pages: Ints
    """How many pages each will look at."""
    liked: Ints
    """The last good opened on purpose, or -1."""

    def __len__(self) -> int:
        return len(self.shopper)

    def take(self, rows: slice) -> "Sessions":
        """Some of the sessions."""
        return Sessions(
            self.shopper[rows],
            self.number[rows],
            self.clock[rows],
            self.pages[rows],
            self.liked[rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """What holds for a whole day."""

    number: int
    dealt: dict[str, Deal]
    who: People
    market: Market
