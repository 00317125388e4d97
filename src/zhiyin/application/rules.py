"""What may be shown at all: in stock, on sale now, not what the shopper is done with."""

from collections.abc import Iterable
from datetime import datetime

from zhiyin.core import Event, Item

OVER = frozenset({"buy", "return", "dislike", "hide"})
"""After one of these the shopper is done with the item; it is not offered again."""


def can_be_bought(item: Item, now: datetime) -> bool:
    """Whether the item is in stock and inside its window.

    An uncounted stock is enough. Of an item with variants some variant must be in stock;
    one that is not counted itself shares the stock of the item.
    """
    stocks = [item.stock if v.stock is None else v.stock for v in item.variants] or [item.stock]
    if all(stock == 0 for stock in stocks):
        return False
    if item.available_from is not None and now < item.available_from:
        return False
    return item.available_until is None or now < item.available_until


def done_with(history: Iterable[Event]) -> set[str]:
    """Items that the shopper bought, returned, disliked or hid."""
    return {event.item for event in history if event.item is not None and event.kind in OVER}
