"""Conditions as JSON: what is wrong is refused at its place, in both languages."""

from typing import Any

import pytest

from zhiyin.application.conditions import Condition, read_condition
from zhiyin.core import BadInput


@pytest.mark.parametrize(
    ("where", "place", "problem"),
    [
        ({"brnad": "A"}, "where.brnad", "no such field"),
        ({"all": [{}, {"price": {"max": 3}}]}, "where.all.1.price.max", "no such field"),
        ({"any": {"brand": "A"}}, "where.any", "tuple"),
        ({"price": {"at_most": "cheap"}}, "where.price.at_most", "'cheap'"),
        ({"price": {"at_most": float("nan")}}, "where.price.at_most", "nan"),
        ({"price": {"at_most": -1}}, "where.price.at_most", "-1"),
        ({"price": {"currency": "yuan"}}, "where.price.currency", "'yuan'"),
        ({"brand": 5}, "where.brand", "5"),
        ({"brand": []}, "where.brand", "[]"),
        ({"brand": [None]}, "where.brand.0", "None"),
        ({"attribute": {"any_of": ["x"]}}, "where.attribute.name", "required"),
        ({"attribute": {"name": "x", "any_of": [{}]}}, "where.attribute.any_of.0", "{}"),
        ({"attribute": {"name": "x", "any_of": 1, "at_most": 2}}, "where.attribute", "not both"),
        ({"on_sale": "yes"}, "where.on_sale", "'yes'"),
        ({"not": {"time": {"start": "2026-01-01"}}}, "where.not.time.start", "2026-01-01"),
        ({"id": ["x" * 3_000]}, "where.id.0", "2000"),
    ],
)
def test_a_bad_condition_is_refused_at_its_place(where: Any, place: str, problem: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_condition(where)
    assert f"the condition at {place}: " in str(caught.value)
    assert problem in str(caught.value)
    chinese = caught.value.text("zh")
    assert f"条件 {place}：" in chinese
    assert "请" in chinese or "可用" in chinese


def test_a_misspelt_field_is_told_which_fields_there_are_at_that_place() -> None:
    with pytest.raises(BadInput, match="use one of at_least, at_most, currency"):
        read_condition({"price": {"max": 3}})
    with pytest.raises(BadInput, match="use one of all, any, not, category"):
        read_condition({"not": {"colour": "red"}})


@pytest.mark.parametrize("where", ["brand", 3, [{"brand": "A"}]])
def test_what_is_no_object_is_refused(where: Any) -> None:
    with pytest.raises(BadInput, match="not an object"):
        read_condition(where)


def test_conditions_too_deep_or_too_long_are_refused_before_anything_recurses() -> None:
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"not": deep}
    with pytest.raises(BadInput, match="12 conditions inside each other"):
        read_condition(deep)
    with pytest.raises(BadInput, match="simpler"):
        read_condition({"id": [f"item-{n}" for n in range(20_000)]})
    while deep:  # taken apart by hand: freeing it would recurse
        deep = deep["not"]


def test_one_text_stands_for_a_list_of_one() -> None:
    assert read_condition({"brand": "A", "category": "B"}) == Condition(
        brand=("A",), category=("B",)
    )


def test_numbers_and_texts_of_a_price_are_the_same_condition() -> None:
    one, other = ({"price": {"at_most": value}} for value in (200, "200"))
    assert read_condition(one).key() == read_condition(other).key()
    assert read_condition(one).record() == {"price": {"at_most": "200"}}
