"""Amazon Reviews in the layouts of 2014, 2018 and 2023."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from zhiyin.core import Event, Item

REVIEW_2014 = {
    "reviewerID": "A2SUAM1J3GNN3B",
    "asin": "0000013714",
    "reviewerName": "J. McDonald",
    "reviewText": "Great.",
    "overall": 5.0,
    "unixReviewTime": 1252800000,
    "reviewTime": "09 13, 2009",
}
META_2014 = (
    "{'asin': '0000031852', 'title': \"Girls' Tutu\", 'price': 3.17, 'imUrl': 'http://x/a.jpg', "
    "'related': {'also_bought': ['B00JHONN1S'], 'also_viewed': ['B002BZX8Z6']}, "
    "'salesRank': {'Toys & Games': 211836}, 'brand': 'Coxlures', "
    "'categories': [['Sports', 'Dance'], ['Girls']]}"
)
META_2018 = {
    "asin": "0000031852",
    "title": "Tutu",
    "feature": ["Botiquecutie", "Hand wash"],
    "description": ["This tutu is great."],
    "price": "$1,003.17",
    "imageURL": ["http://x/small.jpg"],
    "imageURLHighRes": ["http://x/big.jpg"],
    "also_buy": ["B00JHONN1S"],
    "also_view": [],
    "brand": "Coxlures",
    "category": ["Sports", "Dance", "</span></span>"],
    "main_cat": "Sports",
}
REVIEW_2023 = {
    "rating": 4.0,
    "title": "Nice",
    "text": "…",
    "asin": "B00YQ6X8EO",
    "parent_asin": "B00YQ6X8E0",
    "user_id": "AGKHLEW2SOWHNMFQIJGBECAF7INQ",
    "timestamp": 1588687728923,
    "verified_purchase": True,
}
META_2023 = {
    "main_category": "All Beauty",
    "title": "Howard LC0008",
    "average_rating": 4.8,
    "rating_number": 10,
    "features": [],
    "description": ["A jar."],
    "price": None,
    "images": [{"thumb": "t.jpg", "large": "http://x/l.jpg", "hi_res": None, "variant": "MAIN"}],
    "store": "Howard",
    "categories": [],
    "details": {"Colour": "Blue", "Is Discontinued": "No"},
    "parent_asin": "B00YQ6X8E0",
    "bought_together": None,
}


def lines(*documents: object) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


def test_2014_reviews_are_ratings_and_goods_are_python_literals(lay, bring) -> None:
    folder = lay(
        {
            "reviews_Toys_5.json.gz": lines(REVIEW_2014, REVIEW_2014 | {"overall": "good"}),
            "meta_Toys.json.gz": META_2014 + "\n__import__('os').getcwd()\n",
        }
    )
    brought = bring("amazon-reviews", folder)
    [event] = brought.events
    assert event == Event(
        id=event.id,
        shopper="A2SUAM1J3GNN3B",
        item="0000013714",
        kind="rate",
        time=datetime(2009, 9, 13, tzinfo=UTC),
        value=5.0,
    )
    assert brought.items == {
        "0000031852": Item(
            id="0000031852",
            title="Girls' Tutu",
            category=("Sports", "Dance"),
            brand="Coxlures",
            price=Decimal("3.17"),
            currency="USD",
            images=("http://x/a.jpg",),
            attributes={"also_buy": ("B00JHONN1S",), "also_view": ("B002BZX8Z6",)},
        )
    }
    assert brought.refused == 2


def test_2018_goods_have_dollars_features_and_better_pictures(lay, bring) -> None:
    folder = lay({"meta_Toys.json.gz": lines(META_2018), "Toys.json.gz": lines(REVIEW_2014)})
    brought = bring("amazon-reviews", folder)
    assert brought.items["0000031852"] == Item(
        id="0000031852",
        title="Tutu",
        description="This tutu is great.\nBotiquecutie\nHand wash",
        category=("Sports", "Dance"),
        brand="Coxlures",
        price=Decimal("1003.17"),
        currency="USD",
        images=("http://x/big.jpg",),
        attributes={"also_buy": ("B00JHONN1S",)},
    )
    assert len(brought.events) == 1


def test_2023_names_parents_and_counts_milliseconds(lay, bring) -> None:
    folder = lay(
        {"All_Beauty.jsonl": lines(REVIEW_2023), "meta_All_Beauty.jsonl": lines(META_2023)}
    )
    brought = bring("amazon-reviews", folder)
    [event] = brought.events
    assert (event.item, event.value) == ("B00YQ6X8E0", 4.0)
    assert event.time == datetime(2020, 5, 5, 14, 8, 48, 923000, tzinfo=UTC)
    assert brought.items["B00YQ6X8E0"] == Item(
        id="B00YQ6X8E0",
        title="Howard LC0008",
        description="A jar.",
        category=("All Beauty",),
        brand="Howard",
        currency="USD",
        images=("http://x/l.jpg",),
        attributes={
            "Colour": "Blue",
            "Is Discontinued": "No",
            "average_rating": 4.8,
            "rating_number": 10,
        },
    )


@pytest.mark.parametrize(
    "row",
    [
        "A2SUAM1J3GNN3B,0000013714,5.0,1252800000\n",
        "0000013714,A2SUAM1J3GNN3B,5.0,1252800000\n",
        "user_id,parent_asin,rating,timestamp\nA2SUAM1J3GNN3B,0000013714,5.0,1252800000000\n",
    ],
    ids=["2014", "2018", "2023"],
)
def test_ratings_alone_are_read_whichever_column_is_first(lay, bring, row: str) -> None:
    [event] = bring("amazon-reviews", lay({"ratings_Toys.csv": row})).events
    assert (event.shopper, event.item) == ("A2SUAM1J3GNN3B", "0000013714")
    assert (event.value, event.time) == (5.0, datetime(2009, 9, 13, tzinfo=UTC))


def test_a_range_is_no_price(lay, bring) -> None:
    goods = lines(
        *[META_2018 | {"asin": f"A{n}", "price": p} for n, p in enumerate(["$1 - $9", ""])]
    )
    items = bring("amazon-reviews", lay({"meta_Toys.json": goods})).items
    assert [item.price for item in items.values()] == [None, None]


def test_a_line_that_nests_without_end_is_refused(lay, bring) -> None:
    deep = "{'asin': " + "[" * 5_000 + "]" * 5_000 + "}\n"
    wide = "{'asin': 'B1', 'title': '" + "x" * 250_000 + "'}\n"
    brought = bring("amazon-reviews", lay({"meta_Toys.json": deep + wide + META_2014 + "\n"}))
    assert list(brought.items) == ["0000031852"]
    assert brought.refused == 2
