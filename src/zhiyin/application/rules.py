"""What may be shown at all: in stock, on sale now, not what the shopper is done with."""

from collections.abc import Iterable
from datetime import datetime

from zhiyin.core import Event, Item

# After one of these the shopper has said no; the item is not offered again.
_REFUSALS = frozenset({"hide", "dislike", "return"})


def can_be_bought(item: Item, now: datetime) -> bool:
    """Whether the item is in stock and inside its window; an uncounted stock is enough."""
    if item.stock == 0 and not any(variant.stock for variant in item.variants):
        return False
    if item.available_from is not None and now < item.available_from:
        return False
    return item.available_until is None or now < item.available_until


def done_with(history: Iterable[Event]) -> set[str]:
    """Items that the shopper bought, returned, disliked or hid."""
    over = _REFUSALS | {"buy"}
    return {event.item for event in history if event.item is not None and event.kind in over}
