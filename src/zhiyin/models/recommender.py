"""Recommender: the promise of every model, that it learns and then scores histories."""

from typing import Protocol, Self

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from zhiyin.core import Histories
from zhiyin.data import Dataset
from zhiyin.models.form import Form


class Recommender(Protocol):
    """Learns from a data set; scores any history, also of people it never saw."""

    def fit(self, data: Dataset, rng: Generator) -> Self:
        """Learn; the second call forgets the first. Refuses what would not fit (TooLarge)."""
        ...

    def score(self, histories: Histories) -> npt.NDArray[np.float32]:
        """(B, I) larger is better; NaN: "I cannot say". As of the newest event learnt from."""
        ...

    def compile(self) -> Form:
        """The form that serves: same scores, no model."""
        ...

    def memory_needed(self, data: Dataset) -> int:
        """Bytes that ``fit`` will hold at most, by the formula in its docstring."""
        ...
