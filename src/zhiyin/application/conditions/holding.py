"""Holding: whether a condition holds for one item, said plainly; what masks are tested by."""

from datetime import datetime

from zhiyin.application.conditions.condition import Attribute, Condition, Price, Stock
from zhiyin.application.rules import can_be_bought
from zhiyin.application.shelf import fold
from zhiyin.application.shelf.columns import on_sale, pieces, price_of
from zhiyin.application.shelf.folding import facts
from zhiyin.core import Item


def holds(condition: Condition, item: Item, now: datetime, currency: str = "CNY") -> bool:
    """Whether the item is what the condition says; ``currency`` is the shop's own."""
    return (
        (condition.category is None or _under(item.category, condition.category))
        and (condition.brand is None or _same(item.brand, condition.brand))
        and (condition.price is None or _priced(item, condition.price, currency))
        and (condition.stock is None or _counted(item, condition.stock))
        and (condition.available is None or can_be_bought(item, now) == condition.available)
        and (condition.on_sale is None or on_sale(item) == condition.on_sale)
        and (condition.attribute is None or _has(item, condition.attribute))
        and (condition.tag is None or any(_same(tag, condition.tag) for tag in item.tags))
        and (condition.id is None or item.id in condition.id)
        and (condition.time is None or condition.time.open_at(now))
        and all(holds(part, item, now, currency) for part in condition.all or ())
        and (
            condition.any is None or any(holds(part, item, now, currency) for part in condition.any)
        )
        and (condition.not_ is None or not holds(condition.not_, item, now, currency))
    )


def _under(path: tuple[str, ...], start: tuple[str, ...]) -> bool:
    return [fold(name) for name in path[: len(start)]] == [fold(name) for name in start]


def _same(text: str | None, texts: tuple[str, ...]) -> bool:
    return text is not None and fold(text) in {fold(one) for one in texts}


def _priced(item: Item, wanted: Price, currency: str) -> bool:
    price = price_of(item)
    if price is None:
        return False
    if wanted.currency is not None and (item.currency or currency) != wanted.currency:
        return False
    return (wanted.at_least is None or price >= wanted.at_least) and (
        wanted.at_most is None or price <= wanted.at_most
    )


def _counted(item: Item, wanted: Stock) -> bool:
    left = pieces(item)
    most = wanted.at_most
    return left < 0 or (left >= wanted.at_least and (most is None or left <= most))


def _has(item: Item, wanted: Attribute) -> bool:
    values = [value for field, value in facts(item) if field == f"attribute:{wanted.name}"]
    if wanted.any_of:
        return bool({fold(value) for value in values} & {fold(one) for one in wanted.any_of})
    if wanted.at_least is None and wanted.at_most is None:
        return bool(values)
    numbers = [value for value in values if not isinstance(value, bool | str)]
    return any(
        (wanted.at_least is None or number >= wanted.at_least)
        and (wanted.at_most is None or number <= wanted.at_most)
        for number in numbers
    )
