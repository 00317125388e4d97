"""Facets: every count is what choosing it leaves, and a choice does not shrink its own facet."""

from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.application.conditions import ANYTHING, all_of, mask, read_condition
from zhiyin.application.facets import FacetsConfig, facets, split
from zhiyin.application.shelf import Shelf, View
from zhiyin.core import Facet, Item, moment
from zhiyin.data.stores import open_store

NOW = moment(0)


def view_of(goods: list[Item], later: list[Item] | None = None) -> View:
    catalogue = open_store("memory://", "shop").catalogue
    catalogue.upsert(goods)
    shelf = Shelf.open(catalogue)
    catalogue.upsert(later or [])
    shelf.refresh()
    return shelf.view


def goods(id: str) -> st.SearchStrategy[Item]:
    return st.builds(
        Item,
        id=st.just(id),
        category=st.sampled_from([(), ("茶器",), ("茶器", "盖碗"), ("茶器", "茶壶"), ("丝巾",)]),
        brand=st.sampled_from([None, "A", "B"]),
        price=st.sampled_from([None, *map(Decimal, ("9.9", "20", "55", "188", "1999"))]),
        list_price=st.sampled_from([None, Decimal(100)]),
        currency=st.sampled_from([None, None, "USD"]),
        attributes=st.dictionaries(
            st.sampled_from(["colour", "motif"]), st.sampled_from(["r", "b", ("r", "b"), True])
        ),
        tags=st.sampled_from([(), ("t",), ("t", "u")]),
    )


shops = st.tuples(*(goods(f"item-{n}") for n in range(8))).map(list)
choices = st.dictionaries(
    st.sampled_from(["brand", "category", "price", "attribute", "tag", "on_sale"]),
    st.just(None),
    max_size=3,
).map(
    lambda wanted: {
        name: {
            "brand": "A",
            "category": ["茶器"],
            "price": {"at_most": 60},
            "attribute": {"name": "colour", "any_of": ["r"]},
            "tag": ["t"],
            "on_sale": True,
        }[name]
        for name in wanted
    }
)


@settings(max_examples=30)
@given(shops, shops, choices)
def test_every_count_is_what_the_choice_would_leave(first: Any, later: Any, where: Any) -> None:
    view = view_of(first, later[:3])
    rest, chosen = split(read_condition(where))
    matched = mask(rest, view, NOW)
    for facet in facets(view, matched, chosen, NOW):
        others = all_of(part for name, part in chosen.items() if name != facet.name)
        for value in facet.values:
            choice = all_of([others, read_condition(value.where)])
            assert value.count == int((matched & mask(choice, view, NOW)).sum()), (facet, value)
            assert value.count > 0 or value.chosen


@settings(max_examples=30)
@given(shops, choices)
def test_a_condition_taken_apart_means_the_same(first: Any, where: Any) -> None:
    view = view_of(first)
    both = {"all": [where, {"not": {"brand": "B"}}], **where}
    condition = read_condition(both)
    rest, chosen = split(condition)
    again = all_of([rest, *chosen.values()])
    assert (mask(again, view, NOW) == mask(condition, view, NOW)).all()
    assert set(chosen) == {"attribute:colour" if name == "attribute" else name for name in where}


def named(found: tuple[Facet, ...], name: str) -> dict[str, int]:
    (facet,) = [one for one in found if one.name == name]
    return {value.zh: value.count for value in facet.values}


SILK = [
    Item("1", brand="A", category=("丝巾", "方巾"), attributes={"colour": "红"}, price=Decimal(80)),
    Item("2", brand="B", category=("丝巾", "长巾"), attributes={"colour": "蓝"}, price=Decimal(90)),
    Item(
        "3", brand="B", category=("丝巾", "长巾"), attributes={"colour": "蓝"}, price=Decimal(400)
    ),
]


def test_who_chose_red_still_sees_the_blue_ones() -> None:
    view = view_of(SILK)
    where = {"attribute": {"name": "colour", "any_of": ["红"]}}
    rest, chosen = split(read_condition(where))
    assert rest == ANYTHING
    found = facets(view, view.present(), chosen, NOW)
    assert named(found, "attribute:colour") == {"红": 1, "蓝": 2}
    assert named(found, "brand") == {"A": 1}
    (colour,) = [one for one in found if one.name == "attribute:colour"]
    assert [value.chosen for value in colour.values] == [True, False]


def test_categories_are_offered_where_they_branch() -> None:
    view = view_of(SILK)
    found = facets(view, view.present(), {}, NOW)
    assert named(found, "category") == {"长巾": 2, "方巾": 1}
    view = view_of([*SILK, Item("4", category=("茶器",))])
    assert named(facets(view, view.present(), {}, NOW), "category") == {"丝巾": 3, "茶器": 1}


def test_a_chosen_category_shows_what_is_below_it() -> None:
    view = view_of([*SILK, Item("4", category=("茶器",))])
    _, chosen = split(read_condition({"category": ["丝巾"]}))
    found = named(facets(view, view.present(), chosen, NOW), "category")
    assert found == {"丝巾": 3, "长巾": 2, "方巾": 1, "茶器": 1}


def test_price_ranges_have_round_ends_and_cover_all_goods() -> None:
    goods = [Item(str(n), price=Decimal(n)) for n in range(1, 1_000)]
    view = view_of(goods)
    found = facets(view, view.present(), {}, NOW)
    assert [*named(found, "price")] == ["200 以内", "200–400", "400–600", "600–800", "800 以上"]
    assert sum(named(found, "price").values()) >= len(goods)


def test_an_attribute_that_is_another_for_each_item_is_no_facet() -> None:
    goods = [Item(str(n), attributes={"sku": f"s{n}", "half": n % 2}) for n in range(40)]
    view = view_of(goods)
    assert [one.name for one in facets(view, view.present(), {}, NOW)] == ["attribute:half"]


def test_few_values_are_shown_and_chosen_ones_first() -> None:
    goods = [Item(str(n), brand=f"b{n // 3}") for n in range(60)]
    view = view_of(goods)
    _, chosen = split(read_condition({"brand": "Ｂ19"}))
    (brands,) = facets(view, view.present(), chosen, NOW, FacetsConfig(values=4))
    assert [value.zh for value in brands.values] == ["b19", "b0", "b1", "b10"]


def test_nothing_found_has_no_facets_but_what_was_chosen() -> None:
    view = view_of(SILK)
    nothing = np.zeros(len(view), bool)
    _, chosen = split(read_condition({"brand": "A"}))
    (brands,) = facets(view, nothing, chosen, NOW)
    assert [(value.zh, value.count, value.chosen) for value in brands.values] == [("A", 0, True)]
