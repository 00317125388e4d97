"""Columns: what filters, counts and orders need to know of many items, one array each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from zhiyin.application.shelf.folding import facts
from zhiyin.application.shelf.names import AllNames
from zhiyin.core import Item, micros

MICRO = 1_000_000
"""Prices are held in millionths: exact for every price that shops write, whatever the currency."""
ALWAYS, NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max
UNCOUNTED = -1
_MOST = np.iinfo(np.int32).max
Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The facts turned round: the rows that have each."""

    starts: Ints  # (F + 1,)
    rows: Small  # (E,)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """N items as arrays. ``present`` is False for a row whose item was deleted."""

    present: Truth  # (N,)
    category: Small  # (N,) node of the tree; 0: none
    brand: Small  # (N,) -1: none
    currency: Small  # (N,)
    price: Ints  # (N,) millionths; -1: none
    on_sale: Truth  # (N,)
    stock: Small  # (N,) pieces in all; -1: not counted
    opens: Ints  # (N,) microseconds since 1970
    closes: Ints  # (N,)
    starts: Ints  # (N + 1,) item n has facts[starts[n]:starts[n + 1]]
    facts: Small  # (E,)
    postings: Postings | None = None

    def __len__(self) -> int:
        return len(self.present)

    def take(self, rows: npt.NDArray[np.integer[Any]]) -> "Columns":
        """The items of these rows, in that order."""
        starts, places = stretches(self.starts, rows)
        taken: dict[str, Any] = {name: getattr(self, name)[rows] for name in SCALARS}
        return Columns(**taken, starts=starts, facts=self.facts[places])


SCALARS = tuple(
    name for name in Columns.__dataclass_fields__ if name not in ("starts", "facts", "postings")
)
"""The columns with one value per item."""


def stretches(starts: Ints, rows: npt.NDArray[np.integer[Any]]) -> tuple[Ints, Ints]:
    """Of ragged rows: where each begins when laid end to end, and the places they come from."""
    begins = starts[rows]
    lengths = starts[np.asarray(rows) + 1] - begins
    ends = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=ends[1:])
    places = np.arange(ends[-1], dtype=np.int64)
    places += np.repeat(begins - ends[:-1], lengths)
    return ends, places


def joined(first: Columns, second: Columns) -> Columns:
    """The items of both, one after the other."""
    scalars: dict[str, Any] = {
        name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in SCALARS
    }
    starts = np.concatenate([first.starts, second.starts[1:] + first.starts[-1]])
    return Columns(**scalars, starts=starts, facts=np.concatenate([first.facts, second.facts]))


def absent(count: int) -> Columns:
    """Rows without an item."""
    return Columns(
        present=np.zeros(count, bool),
        category=np.zeros(count, np.int32),
        brand=np.full(count, -1, np.int32),
        currency=np.full(count, -1, np.int32),
        price=np.full(count, -1, np.int64),
        on_sale=np.zeros(count, bool),
        stock=np.zeros(count, np.int32),
        opens=np.full(count, ALWAYS, np.int64),
        closes=np.full(count, NEVER, np.int64),
        starts=np.zeros(count + 1, np.int64),
        facts=np.zeros(0, np.int32),
    )


def columns_of(items: Iterable[Item | None], names: AllNames, currency: str) -> Columns:
    """Items as columns, streamed; None is a row without an item."""
    blocks = [absent(0)]
    for block in _blocks(items):
        blocks.append(_block(block, names, currency))
    scalars: dict[str, Any] = {
        name: np.concatenate([getattr(block, name) for block in blocks]) for name in SCALARS
    }
    lengths = np.concatenate([np.diff(block.starts) for block in blocks])
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    return Columns(**scalars, starts=starts, facts=np.concatenate([b.facts for b in blocks]))


def _blocks(items: Iterable[Item | None], size: int = 20_000) -> Iterator[list[Item | None]]:
    block: list[Item | None] = []
    for item in items:
        block.append(item)
        if len(block) == size:
            yield block
            block = []
    if block:
        yield block


def _block(items: Sequence[Item | None], names: AllNames, currency: str) -> Columns:
    columns = absent(len(items))
    lengths, found = [0], []
    for row, item in enumerate(items):
        if item is not None:
            _fill(columns, row, item, names, currency)
            found += sorted({names.facts.add(*fact) for fact in facts(item)})
        lengths.append(len(found))
    return replace(
        columns, starts=np.array(lengths, np.int64), facts=np.array(found, dtype=np.int32)
    )


def _fill(columns: Columns, row: int, item: Item, names: AllNames, currency: str) -> None:
    price = price_of(item)
    columns.present[row] = True
    columns.category[row] = names.categories.add(item.category)
    columns.brand[row] = -1 if item.brand is None else names.brands.add(item.brand)
    columns.currency[row] = names.currencies.add(item.currency or currency)
    columns.price[row] = -1 if price is None else in_micros(price)
    columns.on_sale[row] = on_sale(item)
    columns.stock[row] = min(pieces(item), _MOST)
    if item.available_from is not None:
        columns.opens[row] = micros(item.available_from)
    if item.available_until is not None:
        columns.closes[row] = micros(item.available_until)


def price_of(item: Item) -> Decimal | None:
    """The price that a list of goods shows: the item's own, else that of its cheapest form."""
    if item.price is not None:
        return item.price
    return min((v.price for v in item.variants if v.price is not None), default=None)


def on_sale(item: Item) -> bool:
    """Whether the price was higher before."""
    price = price_of(item)
    return item.list_price is not None and price is not None and item.list_price > price


def pieces(item: Item) -> int:
    """Pieces left in all forms together; ``UNCOUNTED`` where some are not counted.

    A form that is not counted itself shares the stock of the item, as for
    ``rules.can_be_bought``.
    """
    own = [variant.stock for variant in item.variants if variant.stock is not None]
    shared = [item.stock] if len(own) < len(item.variants) or not item.variants else []
    stocks = [*own, *shared]
    return UNCOUNTED if None in stocks else sum(stock for stock in stocks if stock is not None)


def in_micros(price: Decimal) -> int:
    """A price in millionths."""
    return int((price * MICRO).to_integral_value(ROUND_HALF_EVEN))
