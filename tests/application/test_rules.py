"""Rules: what cannot be bought and what a shopper is done with is never on a slate."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiyin.application.rules import OVER, can_be_bought, done_with
from zhiyin.core import DEFAULT_KINDS, Event, Item, Variant

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("item", "can"),
    [
        (Item(id="a"), True),
        (Item(id="a", stock=1), True),
        (Item(id="a", stock=0), False),
        (Item(id="a", stock=0, variants=(Variant(id="s", stock=2),)), True),
        (Item(id="a", stock=0, variants=(Variant(id="s", stock=0),)), False),
        (Item(id="a", stock=0, variants=(Variant(id="s"),)), False),
        (Item(id="a", variants=(Variant(id="s", stock=0), Variant(id="m", stock=0))), False),
        (Item(id="a", variants=(Variant(id="s", stock=0), Variant(id="m", stock=1))), True),
        (Item(id="a", variants=(Variant(id="s", stock=0), Variant(id="m"))), True),
        (Item(id="a", available_from=NOW), True),
        (Item(id="a", available_from=NOW + SECOND), False),
        (Item(id="a", available_until=NOW + SECOND), True),
        (Item(id="a", available_until=NOW), False),
    ],
)
def test_an_item_can_be_bought_in_stock_and_inside_its_window(item: Item, can: bool) -> None:
    assert can_be_bought(item, NOW) is can


@pytest.mark.parametrize("kind", sorted(OVER))
def test_after_a_buy_or_a_refusal_the_shopper_is_done_with_it(kind: str) -> None:
    events = [Event("1", "s", kind, NOW, "a"), Event("2", "s", "view", NOW, "b")]
    assert done_with(events) == {"a"}


def test_an_event_about_no_item_ends_nothing() -> None:
    assert done_with([Event("1", "s", "hide", NOW, None)]) == set()


ITEMS = [f"item-{number:02}" for number in range(12)]
HOUR = timedelta(hours=1)
some_item = st.builds(
    dict,
    stock=st.none() | st.integers(0, 2),
    available_from=st.none() | st.sampled_from([NOW - HOUR, NOW + HOUR]),
    available_until=st.none() | st.sampled_from([NOW, NOW + HOUR]),
    variants=st.lists(st.none() | st.integers(0, 1), max_size=2),
)
some_event = st.tuples(st.sampled_from(sorted(DEFAULT_KINDS)), st.sampled_from(ITEMS))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    goods=st.lists(some_item, min_size=12, max_size=12),
    deleted=st.sets(st.sampled_from(ITEMS), max_size=3),
    history=st.lists(some_event, max_size=12),
    exclude=st.sets(st.sampled_from(ITEMS), max_size=4),
    k=st.integers(1, 15),
)
def test_no_slate_ever_holds_an_item_that_a_rule_forbids(
    new_shop: Callable[[], Any],
    goods: list[dict[str, Any]],
    deleted: set[str],
    history: list[tuple[str, str]],
    exclude: set[str],
    k: int,
) -> None:
    shop = new_shop()
    items = [
        Item(
            id=id,
            stock=facts["stock"],
            available_from=facts["available_from"],
            available_until=facts["available_until"],
            variants=tuple(Variant(id=f"{n}", stock=s) for n, s in enumerate(facts["variants"])),
        )
        for id, facts in zip(ITEMS, goods, strict=True)
    ]
    shop.store.catalogue.upsert(items)
    shop.store.catalogue.delete(sorted(deleted))
    for kind, item in history:
        shop.did("ann", kind, item)
    over = {item for kind, item in history if kind in ("buy", "return", "dislike", "hide")}
    sold = {item.id for item in items if can_be_bought(item, NOW)}
    allowed = sold - deleted - over - exclude

    slate = shop.ask("ann", k=k, exclude=exclude)
    assert set(slate.items) <= allowed
    # The ring has a prior for every item, so nothing that may be shown is held back.
    assert len(slate.items) == len(set(slate.items)) == min(k, len(allowed))


def test_what_was_hidden_long_ago_stays_hidden(new_shop: Callable[[], Any]) -> None:
    shop = new_shop()
    shop.did("ann", "hide", "item-01", hours_ago=10_000)
    for hours in range(300):
        shop.did("ann", "view", "item-00", hours_ago=hours)
    assert "item-01" not in shop.ask("ann", k=12).items


def test_a_kind_that_says_nothing_may_still_end_it(new_shop: Callable[[], Any]) -> None:
    shop = new_shop()
    shop.form.strengths.kinds["hide"] = shop.form.strengths.kinds["impression"]
    shop.did("ann", "hide", "item-00")
    assert "item-00" not in shop.ask("ann", k=12).items
