"""Bands: ranges of prices with round ends and about as many goods in each."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from zhiyin.application.conditions import Condition
from zhiyin.application.conditions.condition import Price
from zhiyin.application.shelf import MICRO, in_micros
from zhiyin.core import FacetValue

_ROUND = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
"""What the first digits of a round price may be."""
_ENOUGH = 50_000
"""Ends that are rounded anyway need no more prices than this."""


def bands(prices: npt.NDArray[np.int64], count: int, currency: str | None) -> list[FacetValue]:
    """Ranges from round price to round price, those with goods in them.

    Args:
        prices: In millionths.
        count: About how many ranges.
        currency: That the conditions name; None: they name none.
    """
    ends = sorted({_rounded(cut) for cut in _cuts(prices, count)} - {Decimal(0)})
    limits = [None, *ends, None] if ends else []
    every = [_value(_condition(low, high, currency), prices) for low, high in pairwise(limits)]
    return [value for value in every if value.count]


def _cuts(prices: npt.NDArray[np.int64], count: int) -> Iterable[float]:
    if len(prices) == 0:
        return ()
    shares = np.linspace(0, 1, count + 1)[1:-1]
    few = prices[:: 1 + len(prices) // _ENOUGH]
    cuts: list[float] = np.quantile(few, shares).tolist()
    return cuts


def _rounded(price: float) -> Decimal:
    """The round price that is nearest by ratio."""
    if price < 1:
        return Decimal(0)
    scale = 10.0 ** np.floor(np.log10(price))
    nearest = min(_ROUND, key=lambda step: abs(np.log(step * scale / price)))
    return (Decimal(round(nearest * scale)) / MICRO).normalize()


def _condition(low: Decimal | None, high: Decimal | None, currency: str | None) -> Price:
    return Price(at_least=low, at_most=high, currency=currency)


def _value(price: Price, prices: npt.NDArray[np.int64]) -> FacetValue:
    inside = np.ones(len(prices), bool)
    if price.at_least is not None:
        inside &= prices >= in_micros(price.at_least)
    if price.at_most is not None:
        inside &= prices <= in_micros(price.at_most)
    return FacetValue(*label(price), int(inside.sum()), Condition(price=price).record())


def label(price: Price) -> tuple[str, str]:
    """What a range is called in English and Chinese."""
    low, high = price.at_least, price.at_most
    if low is None and high is None:
        return "any price", "有标价"
    if low is None:
        return f"up to {high:f}", f"{high:f} 以内"
    if high is None:
        return f"{low:f} and more", f"{low:f} 以上"
    return f"{low:f} to {high:f}", f"{low:f}–{high:f}"
