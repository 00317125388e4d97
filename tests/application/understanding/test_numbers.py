"""Numbers as shoppers write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.application.understanding.numbers import number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("200", 200), ("1,200", 1_200), ("19.90", "19.9"), ("1.5万", 15_000), ("2k", 2_000),
        ("1千5", 1_500), ("3百", 300), ("两百", 200), ("两百五", 250), ("一千五", 1_500),
        ("一百零五", 105), ("一千零五十", 1_050), ("十二", 12), ("二十", 20), ("百", 100),
        ("千", 1_000), ("三万五", 35_000), ("十万", 100_000), ("九百九十九", 999), ("零", 0),
        ("一万两千", 12_000), ("三四百", None), ("", None),
    ],
)  # fmt: skip
def test_a_number_is_read(text: str, value: int | str | None) -> None:
    assert number(text) == (None if value is None else Decimal(value))


def written(value: int) -> str:
    """1 … 9,999 in Chinese, in full."""
    digits = "零一二三四五六七八九"
    text, zero = "", False
    for unit, name in ((1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            text += ("零" if zero and text else "") + digits[digit] + name
            zero = False
        else:
            zero = True
    return text


@given(st.integers(1, 9_999))
def test_numbers_written_in_full_are_read_back(value: int) -> None:
    assert number(written(value)) == value
