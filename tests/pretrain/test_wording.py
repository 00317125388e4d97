"""The words of an item: all that it says of itself, what names it first."""

from decimal import Decimal

from zhiyin.core import Item, Text
from zhiyin.pretrain.wording import MOST, words_of

SCARF = Item(
    "s",
    "云锦丝巾",
    "轻而暖。",
    category=("服饰", "丝巾"),
    brand="桂月楼",
    price=Decimal("399"),
    stock=3,
    attributes={"colours": ("朱砂", "缃黄"), "craft": "宋锦", "washable": True, "weight": 120},
    tags=("国风", "送礼"),
    texts={"en": Text("Cloud scarf", "Light and warm.")},
)


def test_what_names_a_thing_comes_before_what_describes_it() -> None:
    assert words_of(SCARF).splitlines() == [
        "云锦丝巾",
        "Cloud scarf",
        "服饰 丝巾",
        "桂月楼",
        "朱砂 缃黄 宋锦",
        "国风 送礼",
        "轻而暖。",
        "Light and warm.",
    ]


def test_prices_stock_and_bare_numbers_are_no_words() -> None:
    words = words_of(SCARF)
    assert not any(number in words for number in ("399", "3\n", "120", "True"))


def test_what_is_said_twice_counts_once() -> None:
    twice = Item("t", "Cup", "Cup", texts={"en": Text("Cup", " Cup ")})
    assert words_of(twice) == "Cup"


def test_an_item_that_says_nothing_has_no_words() -> None:
    assert words_of(Item("bare", title="  ", attributes={"weight": 3})) == ""


def test_an_enormous_description_is_cut_and_the_title_stays() -> None:
    words = words_of(Item("big", "Cup", "x" * 100_000))
    assert len(words) == MOST
    assert words.startswith("Cup\nxxx")
