"""A handful of numbers already thrown, spent one by one where words are chosen."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Numbers in [0, 1); after the last it begins again, shifted, so it never runs dry."""

    def __init__(self, thrown: list[float]) -> None:
        self._thrown = thrown
        self._spent = 0

    def throw(self) -> float:
        """The next number."""
        turn, place = divmod(self._spent, len(self._thrown))
        self._spent += 1
        return (self._thrown[place] + turn * 0.6180339887498949) % 1.0

    def pick(self, choices: Sequence[T]) -> T:
        """One of ``choices``."""
        return choices[int(self.throw() * len(choices))]

    def chance(self, share: float) -> bool:
        """True in ``share`` of all cases."""
        return self.throw() < share
