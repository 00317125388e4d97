"""Questions: which words are looked for, and which are left between the chips."""

from decimal import Decimal
from typing import Any

import pytest

from zhiyin.application.search.question import Question, Reader
from zhiyin.application.shelf import Shelf
from zhiyin.core import Item, Request
from zhiyin.data.stores import open_store

GOODS = (
    Item(
        id="scarf",
        title="丝巾",
        brand="岫云坊",
        category=("丝巾",),
        price=Decimal(100),
        attributes={"colours": ("朱砂",), "craft": "苏绣"},
    ),
    Item(id="pot", title="茶壶", category=("茶壶",), price=Decimal(200), currency="CNY"),
)


@pytest.fixture
def read() -> Any:
    store = open_store("memory://", "shop")
    store.catalogue.upsert(GOODS)
    shelf, reader = Shelf.open(store.catalogue), Reader()

    def call(query: str, **words: Any) -> Question:
        return reader.read(Request(query=query, **words), shelf.view)

    return call


@pytest.mark.parametrize(
    ("query", "text", "rest", "kinds"),
    [
        ("红色丝巾 150元以内", "红色丝巾", "", {"colour", "category", "price"}),
        ("我想买红色的丝巾", "我想买红色的丝巾", "", {"colour", "category"}),
        ("云纹丝巾", "云纹丝巾", "云纹", {"category"}),
        ("丝巾 不要红色", "丝巾", "", {"category", "not"}),
        ("the pottery", "the pottery", "the pottery", set()),
        ("。，！", "。，！", "", set()),
        ("🧣", "🧣", "🧣", set()),
        ("", "", "", set()),
    ],
)
def test_words_and_what_is_left_of_them(
    read: Any, query: str, text: str, rest: str, kinds: set[str]
) -> None:
    found = read(query)
    assert (found.text, found.rest) == (text, rest)
    assert {chip.kind for chip in found.chips} == kinds


def test_a_price_in_a_currency_of_nobody_is_not_looked_for_among_words(read: Any) -> None:
    found = read("丝巾 under $30")
    assert found.text == "丝巾"
    assert [chip.hard for chip in found.chips if chip.kind == "price"] == [False]


def test_a_chip_that_was_taken_away_goes_with_its_words(read: Any) -> None:
    (price,) = [chip for chip in read("丝巾 150元以内").chips if chip.kind == "price"]
    found = read("丝巾 150元以内", without=frozenset({price.id}))
    assert (found.text, [chip.kind for chip in found.chips]) == ("丝巾", ["category"])
