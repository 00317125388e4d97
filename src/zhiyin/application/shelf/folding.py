"""Folding: what two texts must share to be called the same value."""

import math
from unicodedata import normalize

from zhiyin.core import Item

Value = str | bool | int | float
_EXACT = 2**53
"""Up to here a whole float is written as the integer it equals."""


def fold(value: Value) -> str:
    """Equal for what a shopper would call equal: width, case and blanks do not count.

    True is "true", and 1.0 is "1": a value is the same whatever type a feed gave it.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        whole = math.isfinite(value) and value == int(value) and abs(value) < _EXACT
        return str(int(value)) if whole else repr(value)
    return " ".join(normalize("NFKC", str(value)).casefold().split())


def facts(item: Item) -> list[tuple[str, Value]]:
    """All (field, value) that the item has: its attributes, those of its forms, its tags.

    A field is "attribute:NAME" or "tag". A scarf that comes in red and blue is both.
    """
    found: list[tuple[str, Value]] = [("tag", tag) for tag in item.tags]
    for attributes in (item.attributes, *(variant.attributes for variant in item.variants)):
        for name, value in attributes.items():
            values = value if isinstance(value, tuple) else (value,)
            found += [(f"attribute:{name}", one) for one in values]
    return found
