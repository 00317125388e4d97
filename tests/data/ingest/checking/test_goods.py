"""Rows as items: lists, paths, prices and attributes as shops write them."""

import json
from decimal import Decimal
from typing import Any

import pytest

from zhiyin.core import Item, Store
from zhiyin.data.ingest import Mapping


@pytest.fixture
def one(take: Any, store: Store) -> Any:
    """one(row) → the item that came of it."""

    def run(row: dict[str, Any], **said: Any) -> Item:
        report = take([{"id": "a", **row}], mapping=Mapping(into="items", **said))
        assert report.refused == {}, report.files[0].examples
        [item] = store.catalogue.get(["a"])
        assert item is not None
        return item

    return run


@pytest.mark.parametrize(
    ("cell", "said", "path"),
    [
        ("茶器 > 盖碗", {}, ("茶器", "盖碗")),
        ("茶器›盖碗", {}, ("茶器", "盖碗")),
        ("tea|bowls", {}, ("tea", "bowls")),
        ("Arts/Crafts", {}, ("Arts/Crafts",)),
        ("tea/bowls", {"category_separator": "/"}, ("tea", "bowls")),
        ('["tea", "bowls"]', {}, ("tea", "bowls")),
        (["tea", "bowls"], {}, ("tea", "bowls")),
        ([["tea", "bowls"], ["gifts"]], {}, ("tea", "bowls")),
        (7, {}, ("7",)),
    ],
)
def test_a_category_is_a_path(cell: Any, said: Any, path: tuple[str, ...], one: Any) -> None:
    assert one({"category": cell}, **said).category == path


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("red, blue", ("red", "blue")),
        ("红、蓝，绿", ("红", "蓝", "绿")),
        ("a,b; c|d", ("a,b", "c", "d")),
        ('["a", "b"]', ("a", "b")),
        (["a", "", None, "b"], ("a", "b")),
        ("one", ("one",)),
    ],
)
def test_tags_are_a_list(cell: Any, tags: tuple[str, ...], one: Any) -> None:
    assert one({"tags": cell}).tags == tags


def test_images_are_paths_or_urls_and_commas_belong_to_them(one: Any) -> None:
    item = one({"images": "https://a.cn/x,y.jpg|b.png"}, image_prefix="goods/")
    assert item.images == ("https://a.cn/x,y.jpg", "goods/b.png")


def test_the_sign_before_a_price_is_its_currency(one: Any) -> None:
    assert one({"price": "$12.5"}).currency == "USD"
    assert one({"price": "¥12.5"}).currency is None
    assert one({"price": "$12.5", "currency": "SGD"}).currency == "SGD"


def test_prices_may_be_counted_in_cents(one: Any) -> None:
    assert one({"price": 1299, "list_price": "2,000"}, price_scale=0.01).price == Decimal("12.99")


def test_columns_that_are_no_fields_become_attributes_with_numbers_as_numbers(one: Any) -> None:
    row = {"motif": "云纹", "weight": "1.50", "pieces": "3", "code": "007", "gift": True, "x": ""}
    row |= {"colours": ["red", "blue"], "size": {"w": 10, "h": None}, "none": float("nan")}
    assert one(row).attributes == {
        "motif": "云纹",
        "weight": 1.5,
        "pieces": 3,
        "code": "007",
        "gift": True,
        "colours": ("red", "blue"),
        "size.w": 10,
    }
    assert one(row, rest="drop").attributes == {}


def test_attributes_come_as_an_object_as_json_or_by_name(one: Any) -> None:
    assert one({"attributes": {"motif": "cloud"}}).attributes == {"motif": "cloud"}
    assert one({"attributes": '{"motif": "cloud"}'}).attributes == {"motif": "cloud"}
    named = one({"pattern": "cloud"}, fields={"attributes.motif": "pattern"})
    assert named.attributes == {"motif": "cloud"}


def test_texts_in_other_languages(one: Any) -> None:
    item = one({"title": "云纹丝巾", "title_en": "Cloud scarf", "description_en": "Soft."})
    assert (item.title, item.in_language("en").title) == ("云纹丝巾", "Cloud scarf")
    assert item.texts["en"].description == "Soft."
    assert one({"texts": json.dumps({"en": {"title": "X"}})}).texts["en"].title == "X"


def test_variants_are_objects_or_json(one: Any) -> None:
    variants = [{"id": "a-1", "price": "3", "attributes": {"size": "M"}}]
    assert one({"variants": variants}) == one({"variants": json.dumps(variants)})
    assert one({"variants": variants}).variants[0].price == Decimal(3)


def test_the_window_of_availability_is_in_the_zone_of_the_shop(one: Any) -> None:
    item = one({"available_from": "2024-02-01", "available_until": 1_709_000_000})
    assert item.available_from.isoformat() == "2024-02-01T00:00:00+00:00"
    assert item.available_until.year == 2024


def test_constants_defaults_and_dotted_paths(one: Any) -> None:
    item = one(
        {"meta": {"brand": {"name": "云间集"}}, "stock": None},
        fields={"brand": "meta.brand.name"},
        constants={"currency": "CNY"},
        defaults={"stock": 0, "brand": "none"},
    )
    assert (item.brand, item.currency, item.stock) == ("云间集", "CNY", 0)


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        ({"currency": "yuan"}, "wrong_type", "currency"),
        ({"title": ["a"]}, "wrong_type", "title"),
        ({"title": "x" * 3_000}, "too_long", "title"),
        ({"attributes": "red"}, "wrong_type", "attributes"),
        ({"variants": "red"}, "wrong_type", "variants"),
        ({"variants": [{"price": 1}]}, "missing", "variants.0.id"),
        ({"variants": [{"id": "v", "colour": "red"}]}, "wrong_type", "variants.0.colour"),
        ({"variants": [{"id": "v", "price": -1}]}, "negative", "variants.0.price"),
        ({"available_from": "soon"}, "unreadable_time", "available_from"),
        ({"price": True}, "wrong_type", "price"),
        ({"price": float("nan")}, "not_finite", "price"),
        ({"texts": {"en": {"name": "x"}}}, "missing", "texts.en.title"),
    ],
)
def test_deeper_faults_are_named_by_their_place(
    row: Any, code: str, field: str, refuse: Any
) -> None:
    _, [reject] = refuse([{"id": "a", **row}], into="items")
    assert (reject["code"], reject["field"], reject["row"]) == (code, field, 1)


def test_of_two_rows_with_one_id_the_later_is_the_news(take: Any, store: Store) -> None:
    rows = [{"id": "a", "title": "old"}, {"id": "b"}, {"id": "a", "title": "new"}]
    report = take(rows, into="items")
    assert (report.rows, report.new, report.seen) == (3, 2, 1)
    [item] = store.catalogue.get(["a"])
    assert item is not None
    assert item.title == "new"


def test_goods_come_in_from_every_format_the_same(write: Any, take: Any, store: Store) -> None:
    csv = 'id,title,category,price,tags,motif\na,云纹丝巾,茶器 > 盖碗,¥12.50,"x, y",云纹\n'
    line = {"id": "a", "title": "云纹丝巾", "category": ["茶器", "盖碗"], "price": 12.5}
    line |= {"tags": ["x", "y"], "motif": "云纹"}
    take(write("goods.csv", csv.encode("gb18030")))
    [first] = store.catalogue.get(["a"])
    for name, content in (
        ("goods.jsonl", json.dumps(line)),
        ("goods.json", json.dumps({"items": [line]}, indent=2)),
    ):
        assert take(write(name, content)).rows == 1
        assert store.catalogue.get(["a"]) == [first]
