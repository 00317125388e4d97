"""Cells as text and as numbers, from every type of column."""

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from zhiyin.data.ingest.checking.cells import number, plain_number, text


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("12.5", "12.5"),
        ("¥1,299.00", "1299.00"),
        ("$12.5", "12.5"),
        ("US$ 12.50", "12.50"),
        ("1.299,00 €", "1299.00"),
        ("12,5", "12.5"),
        ("1,299", "1299"),
        ("1 299.90", "1299.90"),
        ("1'299.90", "1299.90"),
        ("129元", "129"),
        ("-3", "-3"),
        ("1e3", "1e3"),
    ],
)
def test_prices_as_people_write_them(cell: str, plain: str) -> None:
    assert plain_number(cell) == plain


@pytest.mark.parametrize("cell", ["", "free", "1-2", "$10 - $20", "1.2.3,4,5", "1_000", "¥"])
def test_what_is_no_number_is_said(cell: str) -> None:
    with pytest.raises(ValueError):
        plain_number(cell)


def test_ids_are_text_whatever_they_were() -> None:
    def as_text(values: list[Any], kind: pa.DataType | None = None) -> list[str | None]:
        found: list[str | None] = text(pa.array(values, kind))[0].to_pylist()
        return found

    assert as_text([1, None]) == ["1", None]
    assert as_text([1.0, None]) == ["1", None]  # pandas makes floats of numbers with gaps
    assert as_text([1.5]) == ["1.5"]
    assert as_text([" a ", "", "NULL", r"\N", "  "]) == ["a", None, None, None, None]
    assert as_text([Decimal("7")]) == ["7"]
    assert as_text(["a"], pa.large_string()) == ["a"]


def test_objects_are_no_text() -> None:
    _, nested = text(pa.array([{"id": 1}, None]))
    assert nested.tolist() == [True, False]


def test_numbers_with_gaps_and_faults_keep_their_places() -> None:
    values, gaps, wrong = number(pa.array(["1", None, "x", "¥2,000"]))
    assert values.tolist() == [1, 0, 0, 2000]
    assert gaps.tolist() == [False, True, False, False]
    assert wrong.tolist() == [False, False, True, False]
