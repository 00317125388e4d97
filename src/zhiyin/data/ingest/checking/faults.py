"""Faults: which rows of a batch are refused and why, at most one reason per row."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from zhiyin.core import Refusal, shorten

Mask = npt.NDArray[np.bool_]


class Faults:
    """Collects refusals by place in the batch; the first fault of a row is the one told."""

    def __init__(self, rows: int) -> None:
        self.ok: Mask = np.ones(rows, np.bool_)
        self.found: dict[int, Refusal] = {}

    def refuse(
        self,
        where: Mask,
        code: str,
        field: str,
        value: Callable[[int], Any] | None = None,
        expected: str | None = None,
    ) -> None:
        """Refuse the rows where ``where`` holds; ``value`` gives what stands there."""
        for index in np.flatnonzero(where & self.ok).tolist():
            shown = None if value is None else shorten(value(index))
            self.found[index] = Refusal(code, 0, field, shown, expected)
        self.ok &= ~where


def mask(array: pa.BooleanArray) -> Mask:
    """A boolean array as numpy, nulls as False."""
    found: Mask = array.fill_null(False).to_numpy(zero_copy_only=False)
    return found


def nulls(array: pa.Array) -> Mask:
    """Where nothing stands."""
    if array.null_count == 0:
        return np.zeros(len(array), np.bool_)
    found: Mask = array.is_null().to_numpy(zero_copy_only=False)
    return found
