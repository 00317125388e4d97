"""Behaviour: ninety days of the shop, day by day, as batches of events in time order.

Within a day sessions are played in order of their start, a bounded number at a time, and an
outbox holds back what lies later. So memory depends on the numbers of goods and shoppers
(some 60 and 30 bytes each) and on one day's pages, never on the length of the log.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.core import EVENT_SCHEMA, derive
from zhiyin.data.demo.aftermath import aftermath
from zhiyin.data.demo.columns import KINDS, NONE, SURFACES, Columns, Outbox, joined
from zhiyin.data.demo.feasts import HOURS, crowd
from zhiyin.data.demo.goods import item_id, shelf
from zhiyin.data.demo.people import People, people, shopper_ids
from zhiyin.data.demo.pools import pools, queries
from zhiyin.data.demo.sessions import Day, Floats, Ints, Sessions
from zhiyin.data.demo.size import DAY, DemoSize
from zhiyin.data.demo.taste import Market, market
from zhiyin.data.demo.visits import visit

_AT_ONCE = 20_000
"""Sessions played together."""
_ROWS = 50_000
"""Events in a batch."""
_MEMORY = 0.9
"""What a day leaves of yesterday's popularity."""
_PAGES, _MOST_PAGES = 0.4, 14
_POPULAR = {"click": 1.0, "cart": 3.0, "buy": 6.0}


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Events of a while, and what only the truth may know about them."""

    batch: pa.RecordBatch
    wrong: pa.Array
    """Ids of clicks that were slips of the finger."""


def demo_events(size: DemoSize) -> Iterator[pa.RecordBatch]:
    """The events of the shop in time order, in columns of EVENT_SCHEMA, streamed."""
    for told in behaviour(size):
        yield told.batch


def behaviour(size: DemoSize) -> Iterator[Told]:
    """The events in time order, with the truth about them."""
    names = _Names(size)
    for rows in _whole_batches(_played(size)):
        for first in range(0, len(rows), _ROWS):
            yield names.told(rows.take(np.arange(first, min(first + _ROWS, len(rows)))))


def _whole_batches(parts: Iterator[Columns]) -> Iterator[Columns]:
    """Days put together until a batch is full: a store commits once for each."""
    waiting: list[Columns] = []
    for part in parts:
        if waiting and sum(map(len, waiting)) + len(part) > _ROWS:
            yield joined(waiting)
            waiting = []
        waiting.append(part)
    if waiting:
        yield joined(waiting)


def _played(size: DemoSize) -> Iterator[Columns]:
    """Sorted columns, a while at a time."""
    world = _World(size)
    outbox = Outbox()
    for number in range(size.days):
        rng = derive(size.seed, "behaviour", str(number))
        day, sessions = world.open(number, rng)
        for first in range(0, len(sessions), _AT_ONCE):
            some = sessions.take(slice(first, first + _AT_ONCE))
            due = outbox.release(int(some.clock[0]))
            if due is not None:
                yield due
            outbox.put(world.play(day, some, rng))
        world.close()
    last = outbox.release(size.stop)
    if last is not None:
        yield last


class _World:
    """What changes from day to day: popularity, and the numbers given out."""

    def __init__(self, size: DemoSize) -> None:
        goods = shelf(size)
        self._size = size
        self._who = people(size)
        self._market: Market = market(size, goods)
        self._pools = pools(goods)
        self._crowd = crowd(size)
        self._popularity: Floats = 4 * np.exp(0.9 * goods.appeal.astype(np.float64))
        self._today: Floats = np.zeros(len(goods))
        self._session = self._request = 0

    def open(self, number: int, rng: np.random.Generator) -> tuple[Day, Sessions]:
        """Deal the goods on sale all day, and let the shoppers in."""
        goods, midnight = self._market.shelf, self._size.midnight(number)
        # A session may run past midnight: what goes within two hours of it is not shown.
        here = (goods.born <= midnight) & (goods.gone > midnight + DAY + DAY // 12)
        dealt = self._pools.dealt(np.flatnonzero(here), self._popularity)
        day = Day(number, dealt, self._who, self._market)
        sessions = _arrivals(self._who, number, self._crowd[number], midnight, rng)
        sessions.number += self._session
        self._session += len(sessions)
        return day, sessions

    def play(self, day: Day, sessions: Sessions, rng: np.random.Generator) -> Columns:
        """All events that some sessions cause, whenever they happen."""
        rows, clicks, self._request = visit(day, sessions, self._request, rng)
        more, self._session = aftermath(day, clicks, self._session, rng)
        everything = joined([rows, clicks.rows, more])
        for kind, weight in _POPULAR.items():
            mine = everything.kind == KINDS.index(kind)
            np.add.at(self._today, everything.item[mine], weight)
        return everything

    def close(self) -> None:
        """Let the day count, and older days a little less."""
        self._popularity = _MEMORY * self._popularity + self._today + 0.15
        self._today = np.zeros_like(self._today)


def _arrivals(
    who: People, day: int, crowd: float, midnight: int, rng: np.random.Generator
) -> Sessions:
    """The sessions of a day by their start."""
    member = (who.joins < day) & (who.activity > 0)
    visits = rng.poisson(np.where(member, who.activity * crowd, 0.0)) + (who.joins == day)
    shopper: Ints = np.repeat(np.arange(len(who), dtype=np.int64), visits)
    hour = np.searchsorted(HOURS, rng.random(len(shopper)), side="right")
    clock = midnight + ((hour + rng.random(len(shopper))) * DAY / 24).astype(np.int64)
    pages = np.minimum(rng.geometric(_PAGES, len(shopper)), _MOST_PAGES)
    order = np.argsort(clock, kind="stable")
    return Sessions(
        shopper=shopper[order],
        number=np.arange(len(shopper), dtype=np.int64),
        clock=clock[order],
        pages=pages.astype(np.int64),
        liked=np.full(len(shopper), NONE, np.int64),
    )


class _Names:
    """Turns numbers into the ids and words of the event log."""

    def __init__(self, size: DemoSize) -> None:
        self._items = pa.array([item_id(number) for number in range(size.items)])
        self._shoppers = pa.array(shopper_ids(people(size)))
        self._queries = pa.array(queries())
        self._given = 0

    def told(self, rows: Columns) -> Told:
        """A record batch, its events numbered on from the last."""
        ids = _numbered("e", np.arange(self._given, self._given + len(rows)))
        self._given += len(rows)
        columns = [
            ids,
            self._shoppers.take(pa.array(rows.shopper)),
            _named(self._items, rows.item),
            _named(pa.array(KINDS), rows.kind),
            pa.array(rows.time),
            pa.array(rows.value, mask=np.isnan(rows.value)),
            _numbered("v", rows.session),
            _numbered("r", rows.request),
            _named(pa.array(SURFACES), rows.surface),
            pa.array(rows.position.astype(np.int32), mask=rows.position == NONE),
            pa.array(rows.propensity, mask=np.isnan(rows.propensity)),
            _named(self._queries, rows.query),
        ]
        batch = pa.RecordBatch.from_arrays(columns, schema=EVENT_SCHEMA)
        return Told(batch, ids.filter(pa.array(rows.wrong)))


def _named(names: pa.Array, numbers: np.ndarray) -> pa.Array:
    return names.take(pa.array(numbers, mask=numbers == NONE))


def _numbered(letter: str, numbers: np.ndarray) -> pa.Array:
    digits = pc.cast(pa.array(numbers, mask=numbers == NONE), pa.string())
    return pc.binary_join_element_wise(letter, digits, "")
