"""The words of an item: all that it says of itself, in a few texts with weights."""

from decimal import Decimal

from zhiyin.core import Item, Text
from zhiyin.pretrain.wording import LONGEST, words_of

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


def test_an_item_is_its_facts_its_titles_and_its_descriptions() -> None:
    facts = "云锦丝巾\nCloud scarf\n服饰 丝巾\n桂月楼\n朱砂 缃黄 宋锦\n国风 送礼"
    assert words_of(SCARF) == [
        (facts, 1.0),
        ("云锦丝巾", 0.5),
        ("Cloud scarf", 0.5),
        ("轻而暖。", 0.25),
        ("Light and warm.", 0.25),
    ]


def test_one_language_counts_as_much_as_several() -> None:
    alone = Item("s", "Cup", "For tea.")
    assert words_of(alone) == [("Cup", 1.0), ("Cup", 1.0), ("For tea.", 0.5)]


def test_prices_stock_and_bare_numbers_are_no_words() -> None:
    said = " ".join(text for text, _ in words_of(SCARF))
    assert not any(number in said for number in ("399", "3\n", "120", "True"))


def test_what_is_said_twice_counts_once() -> None:
    twice = Item("t", "Cup", texts={"en": Text(" Cup ", "")})
    assert words_of(twice) == [("Cup", 1.0), ("Cup", 1.0)]


def test_an_item_that_says_nothing_has_no_words() -> None:
    assert words_of(Item("bare", title="  ", attributes={"weight": 3})) == []


def test_of_an_enormous_description_the_beginning_is_read() -> None:
    (facts, _), (title, _), (told, _) = words_of(Item("big", "Cup", "x" * 100_000))
    assert (facts, title, told) == ("Cup", "Cup", "x" * LONGEST)
