"""Torch's randomness for a while: from a generator that was passed, and put back afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from numpy.random import Generator


@contextmanager
def seeded(rng: Generator) -> Iterator[None]:
    """Starting weights and dropout in this block draw from ``rng``: one number is taken.

    They draw from torch's global stream, and there is no other way to tell them.
    """
    devices = [torch.cuda.current_device()] if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices):
        torch.manual_seed(int(rng.integers(2**62)))
        yield
