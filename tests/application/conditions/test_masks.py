"""Masks: what a condition says of a whole shelf is what it says of each item."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.application.conditions import (
    Condition,
    all_of,
    holding_rows,
    holds,
    mask,
    read_condition,
)
from zhiyin.application.shelf import Shelf
from zhiyin.core import Item, Variant
from zhiyin.data.stores import open_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CATEGORIES = [(), ("茶器",), ("茶器", "盖碗"), ("丝巾", "方巾"), ("丝巾", "盖碗")]
BRANDS = [None, "Nike", "ＮＩＫＥ", "岫云坊"]
PRICES = [None, *map(Decimal, ("0", "9.99", "10", "10.01", "200"))]
VALUES: list[Any] = ["red", "Red ", "blue", True, 1, 1.0, 12.5, ("red", "blue"), ()]
MOMENTS = [None, NOW - timedelta(days=1), NOW, NOW + timedelta(days=1)]

_stock = st.sampled_from([None, 0, 1, 7])
_price = st.sampled_from(PRICES)
_attributes = st.dictionaries(st.sampled_from(["colour", "grams"]), st.sampled_from(VALUES))
_variants = st.builds(
    Variant, id=st.just("v"), price=_price, stock=_stock, attributes=_attributes
)  # fmt: skip


def items(id: str) -> st.SearchStrategy[Item]:
    """An item of that id."""
    return st.builds(
        Item,
        id=st.just(id),
        category=st.sampled_from(CATEGORIES),
        brand=st.sampled_from(BRANDS),
        price=_price,
        list_price=_price,
        currency=st.sampled_from([None, "CNY", "USD"]),
        stock=_stock,
        attributes=_attributes,
        tags=st.lists(st.sampled_from(["gift", "Gift", "新年"]), max_size=2).map(tuple),
        variants=st.lists(_variants, max_size=2).map(tuple),
        available_from=st.sampled_from(MOMENTS),
        available_until=st.sampled_from(MOMENTS),
    )


_leaves: Any = st.one_of(
    st.fixed_dictionaries({"category": st.sampled_from([*CATEGORIES, "茶器", ("無",)])}),
    st.fixed_dictionaries({"brand": st.sampled_from(["nike", "岫云坊", "nobody"])}),
    st.fixed_dictionaries(
        {
            "price": st.fixed_dictionaries(
                {},
                optional={
                    "at_least": st.sampled_from([0, 9.99, "10"]),
                    "at_most": st.sampled_from([0, "10", 10.01]),
                    "currency": st.sampled_from(["CNY", "USD", "EUR"]),
                },
            )
        }
    ),
    st.fixed_dictionaries({"stock": st.sampled_from([{}, {"at_least": 1}, {"at_most": 3}])}),
    st.fixed_dictionaries({"available": st.booleans()}),
    st.fixed_dictionaries({"on_sale": st.booleans()}),
    st.fixed_dictionaries(
        {
            "attribute": st.fixed_dictionaries(
                {"name": st.sampled_from(["colour", "grams"])},
                optional={"any_of": st.sampled_from([["RED"], "blue", True, [1, 12.5]])},
            )
        }
    ),
    st.just({"attribute": {"name": "grams", "at_least": 1, "at_most": 12}}),
    st.fixed_dictionaries({"tag": st.sampled_from(["gift", ["新年", "gift"], "none"])}),
    st.fixed_dictionaries({"id": st.sampled_from(["item-1", ["item-2", "no such item"]])}),
    st.just({"time": {"start": "2026-03-01T12:00:00Z"}}),
    st.just({"time": {"stop": "2026-03-01T12:00:00Z"}}),
    st.just({}),
)
conditions: Any = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
        st.builds(lambda a, b: {**a, **b}, inner, inner),
    ),
    max_leaves=6,
)

IDS = [f"item-{number}" for number in range(5)]
shops = st.tuples(*(items(id) for id in IDS)).map(list)


def shelf_of(goods: list[Item], later: Sequence[Item] = (), deleted: Sequence[str] = ()) -> Shelf:
    """A shelf that saw ``goods`` first, and the rest in a second look."""
    catalogue = open_store("memory://", "shop").catalogue
    catalogue.upsert(goods)
    shelf = Shelf.open(catalogue)
    catalogue.upsert(later)
    catalogue.delete(deleted)
    shelf.refresh()
    return shelf


def said(shelf: Shelf, condition: Condition) -> set[str]:
    return set(shelf.view.ids_of(np.flatnonzero(mask(condition, shelf.view, NOW))))


def plainly(goods: list[Item], condition: Condition) -> set[str]:
    return {item.id for item in goods if holds(condition, item, NOW)}


@settings(max_examples=25)
@given(shops, conditions)
def test_a_mask_says_of_each_item_what_the_condition_says(goods: Any, where: Any) -> None:
    condition = read_condition(where)
    assert said(shelf_of(goods), condition) == plainly(goods, condition)


@settings(max_examples=25)
@given(shops, shops, conditions, st.sets(st.sampled_from(IDS)))
def test_it_also_says_so_of_items_that_changed_since(
    goods: Any, later: Any, where: Any, gone: Any
) -> None:
    condition = read_condition(where)
    shelf = shelf_of(goods[:3], later[1:], [*gone])
    now = [item for item in [goods[0], *later[1:]] if item.id not in gone]
    assert said(shelf, condition) == plainly(now, condition)
    # A second time the masks that were kept answer.
    assert said(shelf, condition) == plainly(now, condition)
    rows = np.arange(shelf.view.size)[::-1]
    few = holding_rows(condition, shelf.view, rows, NOW)
    assert set(shelf.view.ids_of(rows[few])) == plainly(now, condition)


@settings(max_examples=25)
@given(shops, conditions, conditions)
def test_de_morgan(goods: Any, one: Any, other: Any) -> None:
    shelf = shelf_of(goods)
    neither = read_condition({"not": {"any": [one, other]}})
    both_not = read_condition({"all": [{"not": one}, {"not": other}]})
    assert said(shelf, neither) == said(shelf, both_not)


@settings(max_examples=25)
@given(shops, conditions)
def test_a_condition_and_its_negation_share_all_goods(goods: Any, where: Any) -> None:
    shelf = shelf_of(goods)
    yes, no = said(shelf, read_condition(where)), said(shelf, read_condition({"not": where}))
    assert yes | no == set(IDS)
    assert not yes & no


@settings(max_examples=25)
@given(conditions)
def test_a_condition_survives_its_own_json(where: Any) -> None:
    condition = read_condition(where)
    assert read_condition(condition.record()) == condition
    assert read_condition(condition.record()).key() == condition.key()


def test_nothing_said_means_everything_and_a_deleted_item_is_never_meant() -> None:
    shelf = shelf_of([Item("a"), Item("b")], deleted=["a"])
    assert said(shelf, read_condition(None)) == {"b"}
    assert said(shelf, read_condition({"id": ["a", "b"]})) == {"b"}
    assert said(shelf, read_condition({"any": []})) == set()


def test_parts_are_joined_in_the_simplest_form() -> None:
    one, other = Condition(on_sale=True), Condition(brand=("A",))
    assert all_of([]) == all_of([Condition()]) == Condition()
    assert all_of([Condition(), one]) == one
    assert all_of([one, other]) == Condition(all=(one, other))


def test_masks_that_are_kept_stay_true_for_a_brand_that_comes_later(tmp_path: Path) -> None:
    condition = read_condition({"brand": "new"})
    catalogue = open_store("memory://", "shop").catalogue
    catalogue.upsert([Item("a", brand="old")])
    shelf = Shelf.open(catalogue)
    assert said(shelf, condition) == set()
    catalogue.upsert([Item("b", brand="NEW")])
    shelf.refresh()
    assert said(shelf, condition) == {"b"}
    shelf.save(tmp_path)
    assert said(Shelf.open(catalogue, folder=tmp_path), condition) == {"b"}
