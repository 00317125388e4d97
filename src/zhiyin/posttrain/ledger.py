"""Ledger: which seconds are promised, by stated estimates, and which the clock has taken.

The plan spends ``PLANNED`` of the budget, counted in stated seconds: so equal data and an
equal budget try the same recipes on any machine, and the same seed gives the same bytes.
The other half is room for judging on the test days, for learning from everything, and
for a machine up to twice as slow as the estimates. A slower one runs out of real time:
the clock then stops what would run over, which is told, and may change what is chosen.
"""

import time
from collections.abc import Callable

PLANNED = 0.5
_TOLD = 2.0  # stated seconds after which the pace of this machine can be told


class Ledger:
    """A budget of seconds, spent on paper and in fact."""

    def __init__(self, budget: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.budget = budget
        self.promised = 0.0
        self._clock = clock
        self._began = clock()
        self._stated = self._taken = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds by the clock since the ledger was opened."""
        return self._clock() - self._began

    @property
    def pace(self) -> float:
        """How many times slower than stated this machine was so far; never below 1."""
        return max(1.0, self._taken / self._stated) if self._stated >= _TOLD else 1.0

    def left(self, share: float = 1.0) -> float:
        """Stated seconds that the plan may still spend of ``share`` of its part."""
        return share * PLANNED * self.budget - self.promised

    def affords(self, seconds: float, share: float = 1.0) -> bool:
        """Whether the plan has so many stated seconds left; the clock is not asked."""
        return seconds <= self.left(share)

    def in_time(self, seconds: float) -> bool:
        """Whether work of so many stated seconds would end before the budget does."""
        return self.elapsed + seconds * self.pace <= self.budget

    def promise(self, seconds: float) -> None:
        """Spend stated seconds."""
        self.promised += seconds

    def took(self, stated: float, taken: float) -> None:
        """Remember what work that was stated took, to know the pace of this machine."""
        self._stated += stated
        self._taken += taken
