"""Prices as shops write them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.data.demo.goods.prices import as_written


@pytest.mark.parametrize(
    ("wanted", "written"),
    [(3, 9), (21, 19), (97, 99), (127, 128), (1_234, 1_280), (12_500, 12_800)],
)
def test_the_nearest_price_a_shop_would_print(wanted: float, written: float) -> None:
    assert as_written(wanted) == written


@given(st.floats(9, 500_000))
def test_a_price_is_never_far_from_what_was_wanted(wanted: float) -> None:
    assert abs(float(as_written(wanted)) - wanted) <= 0.16 * wanted


@given(st.floats(1, 500_000))
def test_a_written_price_stays_as_it_is(wanted: float) -> None:
    once = as_written(wanted)
    assert as_written(once) == once


def test_prices_are_whole_yuan() -> None:
    written = as_written(np.geomspace(1, 1e6, 2_000))
    assert (written == np.floor(written)).all()
