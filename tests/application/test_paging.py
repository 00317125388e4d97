"""Orders and pages: all goods once, in one order, and a cursor that is not ours is refused."""

import base64
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.application.paging import page
from zhiyin.application.shelf import Shelf, View
from zhiyin.core import SORTS, BadRequest, Item
from zhiyin.data.stores import open_store


def view_of(goods: list[Item]) -> View:
    catalogue = open_store("memory://", "shop").catalogue
    catalogue.upsert(goods)
    return Shelf.open(catalogue).view


PRICES = [None, "5", "1", "5", "3", None, "5", "0"]
GOODS = [
    Item(
        f"item-{n}",
        price=None if price is None else Decimal(price),
        available_from=datetime(2026, 1, 1 + n % 3, tzinfo=UTC) if n % 2 else None,
    )
    for n, price in enumerate(PRICES)
]
VIEW = view_of(GOODS)


def walk(rows: Any, sort: str, k: int, scores: Any = None) -> list[int]:
    """All pages, one after the other."""
    found: list[int] = []
    cursor = None
    while True:
        one = page(VIEW, rows, sort=sort, k=k, ask="q", cursor=cursor, scores=scores)
        found += one.rows.tolist()
        cursor = one.next
        if cursor is None:
            return found
        assert len(one.rows) == k


_scores = st.lists(
    st.sampled_from([0.0, -0.0, 1.0, -2.5, float("nan"), float("inf"), 1e-30]),
    min_size=8, max_size=8,
)  # fmt: skip


@settings(max_examples=60)
@given(st.permutations(range(8)), st.sampled_from(SORTS), st.integers(1, 9), _scores)
def test_pages_together_are_the_whole_in_one_order(
    order: list[int], sort: str, k: int, scores: list[float]
) -> None:
    rows = np.array(order)
    given = np.array(scores)[rows]
    whole = page(VIEW, rows, sort=sort, k=8, ask="q", scores=given).rows.tolist()
    assert walk(rows, sort, k, given) == whole
    assert sorted(whole) == [*range(8)]


def test_goods_without_a_price_come_last_whichever_way() -> None:
    rows = np.arange(8)
    assert walk(rows, "price_up", 3) == [7, 2, 4, 1, 3, 6, 0, 5]
    assert walk(rows, "price_down", 3) == [1, 3, 6, 4, 2, 7, 0, 5]


def test_the_newest_come_first_and_the_last_taken_in_of_equals() -> None:
    assert walk(np.arange(8), "newest", 3) == [5, 7, 1, 3, 6, 4, 2, 0]


def test_scores_fall_and_what_has_none_comes_last() -> None:
    scores = np.array([0.5, np.nan, -1.0, 0.5, 2.0, 0.0, -0.0, np.nan], np.float32)
    assert walk(np.arange(8), "relevance", 3, scores) == [4, 0, 3, 5, 6, 2, 1, 7]


def test_an_item_that_goes_between_two_pages_moves_nobody() -> None:
    rows = np.arange(8)
    first = page(VIEW, rows, sort="price_up", k=3, ask="q")
    fewer = np.delete(rows, [7, 4])
    second = page(VIEW, fewer, sort="price_up", k=3, ask="q", cursor=first.next)
    assert (first.rows.tolist(), second.rows.tolist()) == ([7, 2, 4], [1, 3, 6])


def test_a_cursor_of_another_question_is_refused() -> None:
    cursor = page(VIEW, np.arange(8), sort="newest", k=3, ask="scarf").next
    for sort, ask in [("newest", "teapot"), ("price_up", "scarf")]:
        with pytest.raises(BadRequest, match="belongs to another search") as caught:
            page(VIEW, np.arange(8), sort=sort, k=3, ask=ask, cursor=cursor)
        assert "第一页" in caught.value.text("zh")


def test_a_cursor_that_was_changed_or_made_up_is_refused() -> None:
    cursor = page(VIEW, np.arange(8), sort="newest", k=3, ask="q").next
    assert cursor is not None
    changed = [cursor[:n] + ("A" if c != "A" else "B") + cursor[n + 1 :] for n, c in
               enumerate(cursor[:-1])]  # fmt: skip
    made_up = base64.urlsafe_b64encode(b'["x",1,2]').decode()
    for one in [*changed, cursor[:9], "", "漢", "%%%", "a" * 9_999, made_up]:
        with pytest.raises(BadRequest, match="first page"):
            page(VIEW, np.arange(8), sort="newest", k=3, ask="q", cursor=one)


def test_an_order_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(BadRequest, match="use one of relevance, price_up"):
        page(VIEW, np.arange(8), sort="cheapest", k=3, ask="q")
    with pytest.raises(BadRequest, match="ask for 1 or more"):
        page(VIEW, np.arange(8), sort="newest", k=0, ask="q")


def test_nothing_found_is_one_empty_page() -> None:
    found = page(VIEW, np.zeros(0, np.int64), sort="relevance", k=3, ask="q")
    assert (len(found.rows), found.next) == (0, None)
