"""Items as the documents that stores keep, and changes to some of their fields."""

from dataclasses import fields
from math import isfinite
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from zhiyin.core import BadInput, Item, NotFound, item_from_dict, item_to_json, shorten
from zhiyin.data.stores.admission import check_name


def to_document(item: Item) -> str:
    """The item as it is stored; BadInput where it would not come back the same."""
    check_name("item id", item.id)
    for attributes in (item.attributes, *(variant.attributes for variant in item.variants)):
        for name, value in attributes.items():
            if isinstance(value, float) and not isfinite(value):
                raise _bad(
                    item.id,
                    (f"attribute {name} is {value}", f"属性 {name} 的值为 {value}"),
                    ("give a finite number", "请给出有限数值"),
                )
    try:
        return item_to_json(item)
    except PydanticSerializationError as error:
        remedy = ("send text as UTF-8", "文本请用 UTF-8 编码")
        raise _bad(item.id, (str(error), str(error)), remedy) from error


def patched(item: Item, changes: dict[str, Any]) -> Item:
    """The item with some fields changed, checked as a new one is."""
    if changes.get("id", item.id) != item.id:
        raise _bad(
            item.id,
            ("id cannot change", "id 不能更改"),
            ("delete it and store another", "请删除后另存新商品"),
        )
    now = {field.name: getattr(item, field.name) for field in fields(item)}
    try:
        return item_from_dict(now | changes)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        problem = f"{place}: {first['msg']}"
        remedy = ("correct that field", "请改正该字段")
        raise _bad(item.id, (problem, problem), remedy) from error


def unknown(id: str) -> NotFound:
    """The error for an item that is not in the catalogue."""
    return NotFound(
        kind="item",
        kind_zh="商品",
        name=shorten(id),
        remedy="store it first",
        remedy_zh="请先存入",
    )


def _bad(id: str, problem: tuple[str, str], remedy: tuple[str, str]) -> BadInput:
    return BadInput(
        what=f"item {shorten(id)!r}",
        what_zh=f"商品 {shorten(id)!r}",
        problem=problem[0],
        problem_zh=problem[1],
        remedy=remedy[0],
        remedy_zh=remedy[1],
    )
