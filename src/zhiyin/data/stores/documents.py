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
                raise _bad(item.id, f"attribute {name} is {value}", "give a finite number")
    try:
        return item_to_json(item)
    except PydanticSerializationError as error:
        raise _bad(item.id, str(error), "send text as UTF-8") from error


def patched(item: Item, changes: dict[str, Any]) -> Item:
    """The item with some fields changed, checked as a new one is."""
    if changes.get("id", item.id) != item.id:
        raise _bad(item.id, "id cannot change", "delete it and store another")
    now = {field.name: getattr(item, field.name) for field in fields(item)}
    try:
        return item_from_dict(now | changes)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _bad(item.id, f"{place}: {first['msg']}", "correct that field") from error


def unknown(id: str) -> NotFound:
    """The error for an item that is not in the catalogue."""
    return NotFound(kind="item", name=shorten(id), remedy="store it first")


def _bad(id: str, problem: str, remedy: str) -> BadInput:
    return BadInput(what=f"item {shorten(id)!r}", problem=problem, remedy=remedy)
