"""Columns are recognised by the names they go by, in English and Chinese."""

import pytest

from zhiyin.core import BadInput, Settings
from zhiyin.data.ingest import Mapping
from zhiyin.data.ingest.checking.names import EVENT_NAMES, KIND_NAMES, known_kind, plain
from zhiyin.data.ingest.checking.plan import guess_into, make_plan

EVENTS = Mapping(into="events")
ITEMS = Mapping(into="items")


@pytest.mark.parametrize(
    "columns",
    [
        ("user_id", "item_id", "event", "timestamp"),
        ("userID", "itemID", "Behavior", "Time"),
        ("visitorid", "itemid", "event", "timestamp"),
        ("customer_id", "article_id", "action", "date"),
        ("user_id:token", "item_id:token", "kind:token", "timestamp:float"),
        ("shopper", "sku", "event_type", "created_at"),
        ("reviewerID", "asin", "kind", "unixReviewTime"),
        ("用户", "商品", "行为", "时间"),
        ("用户ID", "商品编号", "行为类型", "时间戳"),
    ],
)
def test_events_of_many_houses_are_understood(columns: tuple[str, ...]) -> None:
    plan = make_plan(columns, EVENTS, "f")
    assert tuple(plan.fields) == ("shopper", "item", "kind", "time")
    assert tuple(plan.fields.values()) == columns
    assert guess_into(columns, Mapping(), "f") == "events"


@pytest.mark.parametrize(
    "columns",
    [
        ("asin", "title", "price"),
        ("商品编号", "商品名称", "价格"),
        ("article_id", "prod_name", "售价"),
    ],
)
def test_goods_of_many_houses_are_understood(columns: tuple[str, ...]) -> None:
    plan = make_plan(columns, ITEMS, "f")
    assert plan.fields["id"] == columns[0]
    assert "title" in plan.fields or "prod_name" in plan.unused
    assert plan.fields["price"] == columns[2]
    assert guess_into(columns, Mapping(), "f") == "items"


def test_our_own_name_wins_over_other_names() -> None:
    assert make_plan(("item", "sku", "user", "kind", "time"), EVENTS, "f").fields["item"] == "item"


def test_a_field_that_may_be_left_out_takes_the_likelier_column() -> None:
    plan = make_plan(("id", "name", "title"), ITEMS, "f")
    assert plan.fields["title"] == "title"
    assert plan.unused == ("name",)


def test_what_the_mapping_says_wins_and_an_empty_name_means_none() -> None:
    mapping = Mapping(into="items", fields={"title": "name", "price": ""})
    plan = make_plan(("id", "name", "title", "price"), mapping, "f")
    assert plan.fields["title"] == "name"
    assert plan.unused == ("title", "price")


def test_constants_and_defaults_stand_for_columns() -> None:
    constant = Mapping(into="events", constants={"kind": "buy"})
    assert "kind" not in make_plan(("user", "item", "time"), constant, "f").fields
    default = Mapping(into="events", defaults={"kind": "buy"})
    assert "kind" in make_plan(("user", "item", "kind", "time"), default, "f").fields


def test_texts_in_other_languages_are_recognised() -> None:
    plan = make_plan(("id", "title", "title_en", "英文描述"), ITEMS, "f")
    assert plan.fields["texts.en.title"] == "title_en"
    assert plan.fields["texts.en.description"] == "英文描述"


def test_searches_need_no_item() -> None:
    searches = Mapping(into="events", constants={"kind": "search"})
    assert make_plan(("user", "keyword", "time"), searches, "f").fields["query"] == "keyword"


def test_a_column_that_is_missing_is_asked_for_with_what_there_is() -> None:
    with pytest.raises(BadInput, match="no column for time among: user, item, kind") as caught:
        make_plan(("user", "item", "kind"), EVENTS, "f")
    assert "--map time=COLUMN" in str(caught.value)


def test_ratings_suggest_their_kind() -> None:
    with pytest.raises(BadInput, match="--set kind=rate"):
        make_plan(("user", "item", "rating", "time"), EVENTS, "f")


def test_every_kind_goes_by_its_own_name_and_every_name_is_plain() -> None:
    assert set(KIND_NAMES) == set(Settings().kinds)
    for kind in KIND_NAMES:
        assert known_kind(kind) == kind
    for names in (*EVENT_NAMES.values(), *KIND_NAMES.values()):
        assert all(plain(name) == name for name in names.split())


def test_no_name_means_two_fields() -> None:
    words = [word for names in EVENT_NAMES.values() for word in names.split()]
    assert len(words) == len(set(words))


def test_what_is_mapped_tells_what_the_rows_are() -> None:
    events = Mapping(fields={"shopper": "who", "item": "what"})
    assert guess_into(("who", "what", "when"), events, "f") == "events"
    items = Mapping(fields={"id": "nr", "attributes.motif": "m"})
    assert guess_into(("nr", "m"), items, "f") == "items"
