"""Found: what a search answers can be written as JSON, whatever it holds."""

import json

import numpy as np

from zhiyin.core import Chip, Facet, FacetValue, Found, Reason, Request, Slate, Told


def found() -> Found:
    slate = Slate(
        "r1",
        ("a", "b"),
        np.array([0.5, np.nan], np.float32),
        np.ones(2, np.float32),
        ((Reason("words", ("丝巾",), 1.0),), ()),
        (Told("words", "2 by words", "按词 2 件"),),
        ("search-1",),
    )
    where = {"price": {"at_most": "200"}}
    return Found(
        slate,
        2,
        (Chip("price:..200", "price", "200元以内", "up to 200", "200 以内", True, where),),
        (Facet("brand", "Brand", "品牌", (FacetValue("A", "甲", 2, {"brand": "甲"}),)),),
        (Told("relax", "any of the words", "任一词"),),
        None,
        {"a": {"title": ((0, 2),)}},
        "next",
    )


def test_what_was_found_is_json_even_with_a_score_that_is_no_number() -> None:
    record = json.loads(json.dumps(found().record(), allow_nan=False))
    assert [row["id"] for row in record["items"]] == ["a", "b"]
    assert record["items"][1]["score"] is None
    assert record["items"][0]["highlights"] == {"title": [[0, 2]]}
    assert record["chips"][0]["where"] == {"price": {"at_most": "200"}}
    assert record["facets"][0]["values"][0]["count"] == 2
    assert record["relaxed"] == [
        {"step": "relax", "message": "any of the words", "message_zh": "任一词"}
    ]


def test_a_chip_has_a_label_in_both_languages() -> None:
    (chip,) = found().chips
    assert (chip.text("en"), chip.text("zh-CN")) == ("up to 200", "200 以内")


def test_a_request_without_a_query_asks_as_before() -> None:
    request = Request("ann")
    assert (request.query, request.where, request.sort) == ("", None, "relevance")
