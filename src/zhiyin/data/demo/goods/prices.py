"""Prices as shops write them: 128, 399, 1280."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_SMALL = np.array([9, 12, 15, 19, 25, 29, 36, 39, 45, 49, 58, 59, 68, 69, 79, 88, 89, 99.0])
_HUNDREDS = np.array(
    [100 * hundred + ending for hundred in range(1, 10) for ending in (8, 28, 39, 58, 68, 88, 99)],
    dtype=np.float64,
)


def as_written(prices: npt.ArrayLike) -> Floats:
    """The nearest price that a shop would print."""
    wanted = np.maximum(np.asarray(prices, dtype=np.float64), _SMALL[0])
    # 1,234 is priced as 123.4 would be, ten times over: 1,280.
    scale = 10.0 ** np.maximum(np.floor(np.log10(wanted)) - 2, 0)
    return np.where(
        wanted < 100, _nearest(_SMALL, wanted), _nearest(_HUNDREDS, wanted / scale) * scale
    )


def _nearest(written: Floats, wanted: Floats) -> Floats:
    after = np.clip(np.searchsorted(written, wanted), 1, len(written) - 1)
    lower, upper = written[after - 1], written[after]
    return np.where(wanted - lower <= upper - wanted, lower, upper)
