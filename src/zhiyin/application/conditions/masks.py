"""Masks: a condition worked out for all goods of a shelf at once, or for a few rows.

A leaf over the columns is one look into a table or at the rows of a fact; leaves that do
not depend on the time are kept per base of the shelf, so that a thousand rules that share
them cost little. ``all``, ``any`` and ``not`` are arithmetic on the masks.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import numpy as np
import numpy.typing as npt

from zhiyin.application.conditions.condition import Attribute, Condition, Price, Stock
from zhiyin.application.shelf import Columns, View, in_micros
from zhiyin.application.shelf.postings import having
from zhiyin.core import micros

Truth = npt.NDArray[np.bool_]
Test = Callable[[Columns], Truth]


def mask(condition: Condition, view: View, now: datetime) -> Truth:
    """(N,) True for the rows whose item is there and for which the condition holds."""
    return view.present() & _over(condition, view, now, lambda test, name: view.where(test, name))


def holding_rows(
    condition: Condition,
    view: View,
    rows: npt.NDArray[np.int64],
    now: datetime,
    few: Columns | None = None,
) -> Truth:
    """(len(rows),) the same for a few rows, at a cost that does not grow with the shelf.

    ``few`` is ``view.take(rows)``, where many conditions are asked of the same rows.
    """
    there = view.take(rows) if few is None else few
    return there.present & _over(condition, view, now, lambda test, _: test(there), rows)


def _over(
    condition: Condition,
    view: View,
    now: datetime,
    look: Callable[[Test, str | None], Truth],
    rows: npt.NDArray[np.int64] | None = None,
) -> Truth:
    def inside(part: Condition) -> Truth:
        return _over(part, view, now, look, rows)

    size = view.size if rows is None else len(rows)
    found = np.ones(size, bool)
    for test, name in _leaves(condition, view, now):
        found &= look(test, name)
    if condition.id is not None:
        found &= _named(condition.id, view, rows)
    if condition.time is not None:
        found &= condition.time.open_at(now)
    for part in condition.all or ():
        found &= inside(part)
    if condition.any is not None:
        either = np.zeros(size, bool)
        for part in condition.any:
            either |= inside(part)
        found &= either
    if condition.not_ is not None:
        found &= ~inside(condition.not_)
    return found


def _leaves(condition: Condition, view: View, now: datetime) -> Iterator[tuple[Test, str | None]]:
    """The tests over columns, each with the name under which its mask may be kept."""
    names = view.names
    if condition.category is not None:
        nodes = names.categories.under(names.categories.at(condition.category))
        yield lambda columns: nodes[columns.category], f"category {condition.category}"
    if condition.brand is not None:
        brands = [n for brand in condition.brand for n in names.brands.alike(brand)]
        yield _one_of("brand", brands, len(names.brands)), f"brand {condition.brand}"
    if condition.price is not None:
        yield _priced(condition.price, view), f"price {condition.price.model_dump_json()}"
    if condition.stock is not None:
        yield _counted(condition.stock), None
    if condition.available is not None:
        yield _buyable(micros(now), condition.available), None
    if condition.on_sale is not None:
        wanted = condition.on_sale
        yield lambda columns: columns.on_sale == wanted, None
    if condition.attribute is not None:
        name = f"attribute {condition.attribute.model_dump_json()}"
        yield _with_facts(_attribute(condition.attribute, view)), name
    if condition.tag is not None:
        tags = [n for tag in condition.tag for n in names.facts.alike("tag", tag)]
        yield _with_facts(tags), f"tag {condition.tag}"


def _one_of(column: str, numbers: Iterable[int], size: int) -> Test:
    wanted = np.zeros(size + 1, bool)  # the last place is read for -1
    wanted[[*numbers]] = True
    return lambda columns: wanted[getattr(columns, column)]


def _with_facts(numbers: Iterable[int]) -> Test:
    facts = np.array([*numbers], np.int32)
    return lambda columns: having(columns, facts)


def _attribute(wanted: Attribute, view: View) -> Iterable[int]:
    facts, field = view.names.facts, f"attribute:{wanted.name}"
    if wanted.any_of:
        return [n for value in wanted.any_of for n in facts.alike(field, value)]
    if wanted.at_least is None and wanted.at_most is None:
        return facts.of(field)
    least = -np.inf if wanted.at_least is None else wanted.at_least
    most = np.inf if wanted.at_most is None else wanted.at_most
    return facts.between(field, least, most)


def _priced(price: Price, view: View) -> Test:
    least = 0 if price.at_least is None else in_micros(price.at_least)
    most = None if price.at_most is None else in_micros(price.at_most)
    currencies = None
    if price.currency is not None:
        numbers = view.names.currencies.alike(price.currency)
        currencies = _one_of("currency", numbers, len(view.names.currencies))

    def test(columns: Columns) -> Truth:
        found: Truth = columns.price >= least
        if most is not None:
            found &= columns.price <= most
        return found if currencies is None else found & currencies(columns)

    return test


def _counted(stock: Stock) -> Test:
    def test(columns: Columns) -> Truth:
        fine: Truth = columns.stock >= stock.at_least
        if stock.at_most is not None:
            fine &= columns.stock <= stock.at_most
        return fine | (columns.stock < 0)

    return test


def _buyable(now: int, wanted: bool) -> Test:
    def test(columns: Columns) -> Truth:
        can: Truth = (columns.stock != 0) & (columns.opens <= now) & (now < columns.closes)
        return can if wanted else ~can

    return test


def _named(ids: Iterable[str], view: View, rows: npt.NDArray[np.int64] | None) -> Truth:
    named = view.rows_of(ids)
    found = np.zeros(view.size, bool)
    found[named[named >= 0]] = True
    return found if rows is None else found[rows]
