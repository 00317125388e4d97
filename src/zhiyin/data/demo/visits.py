"""Visits: the sessions of a while, page after page, all shoppers at once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from zhiyin.data.demo.columns import NONE, Columns, events, joined
from zhiyin.data.demo.directions import Directions, directions
from zhiyin.data.demo.policy import PLACES
from zhiyin.data.demo.pools import FACETS
from zhiyin.data.demo.sessions import SECOND, Day, Floats, Ints, Sessions
from zhiyin.data.demo.taste import taste

LOOKED_AT = np.array([1.0, 0.84, 0.71, 0.6])
"""(PLACES,) how likely each place is looked at."""
COLD = 3.7
"""The taste at which half of those who look would click."""

_SLIP, _HIDE = 0.0035, 0.004


@dataclass(frozen=True, slots=True, eq=False)
class Clicks:
    """Goods opened, on purpose or by a slip, one row each."""

    rows: Columns
    suits: Floats
    leaves: Ints
    """When the shopper closed the good's page."""


def visit(
    day: Day, sessions: Sessions, first_request: int, rng: Generator
) -> tuple[Columns, Clicks, int]:
    """Play all sessions to their end: events, clicks, and the next request number."""
    rows: list[Columns] = []
    clicks: list[Clicks] = []
    request = first_request
    for page in range(int(sessions.pages.max())):
        on = np.flatnonzero(sessions.pages > page)
        way = directions(day, sessions, on, page, rng)
        numbers = request + np.arange(len(on))
        shown = _shown(day, sessions, on, way, numbers, rng)
        opened, hidden = _react(day, shown, rng)
        _move_on(sessions, on, request, opened, rng)
        rows += [_asked(sessions, on, way, numbers), shown, hidden]
        clicks.append(opened)
        request += len(on)
    return joined(rows), _all(clicks), request


def _asked(sessions: Sessions, on: Ints, way: Directions, request: Ints) -> Columns:
    """The searches behind the pages."""
    typed = way.query != NONE
    return events(
        "search",
        sessions.clock[on[typed]],
        shopper=sessions.shopper[on[typed]],
        session=sessions.number[on[typed]],
        request=request[typed],
        surface=way.surface[typed],
        query=way.query[typed],
    )


def _shown(
    day: Day, sessions: Sessions, on: Ints, way: Directions, request: Ints, rng: Generator
) -> Columns:
    """The impressions: every good on every page with its place and propensity."""
    items = np.full((len(on), PLACES), NONE, np.int64)
    propensity = np.full((len(on), PLACES), np.nan)
    for number, facet in enumerate(FACETS):
        here = np.flatnonzero(way.facet == number)
        if len(here):
            items[here], propensity[here] = day.dealt[facet].show(way.pool[here], rng)
    row, place = np.nonzero(items != NONE)
    typing = SECOND * np.where(way.query != NONE, 6, 1)
    return events(
        "impression",
        (sessions.clock[on] + typing)[row],
        shopper=sessions.shopper[on[row]],
        item=items[row, place],
        session=sessions.number[on[row]],
        request=request[row],
        surface=way.surface[row],
        position=place,
        propensity=propensity[row, place],
    )


def _react(day: Day, shown: Columns, rng: Generator) -> tuple[Clicks, Columns]:
    """What is clicked and what is hidden of the goods shown."""
    shopper, item = shown.shopper.astype(np.int64), shown.item.astype(np.int64)
    suits = taste(day.who, day.market, shopper, item, day.number)
    looked = LOOKED_AT[shown.position]
    dice = rng.random((len(shown), 4))
    meant = dice[:, 0] < looked / (1 + np.exp(COLD - suits))
    slipped = ~meant & (dice[:, 1] < _SLIP * looked)
    opened = np.flatnonzero(meant | slipped)
    clicks = _opened(shown.take(opened), suits[opened], slipped[opened], rng)
    hides = np.flatnonzero(~meant & ~slipped & (suits < 0.5) & (dice[:, 2] < _HIDE * looked))
    hidden = shown.take(hides)
    after = (3 + 8 * dice[hides, 3]) * SECOND
    return clicks, _followed("hide", hidden, hidden.time + after.astype(np.int64))


def _opened(
    shown: Columns, suits: Floats, slipped: npt.NDArray[np.bool_], rng: Generator
) -> Clicks:
    """Clicks, one after the other down each page, and how long each good is looked at."""
    warm = np.log(14) + 0.28 * suits + 0.75 * rng.standard_normal(len(shown))
    stay = np.where(slipped, 0.6 + 2.6 * rng.random(len(shown)), np.clip(np.exp(warm), 3, 900))
    seconds = np.round(stay, 1)
    # Goods of one page are opened in the order of their places: wait for those before.
    before = np.concatenate([[0.0], np.cumsum(seconds + 3)])[:-1]
    page_begins = np.concatenate([[True], shown.request[1:] != shown.request[:-1]])[: len(shown)]
    waited = before - np.maximum.accumulate(np.where(page_begins, before, 0.0))
    reading = 1.2 + 1.8 * shown.position + rng.random(len(shown))
    time = shown.time + ((reading + waited) * SECOND).astype(np.int64)
    rows = _followed("click", shown, time, value=np.full(len(shown), np.nan), wrong=slipped)
    leaves = time + ((0.4 + seconds) * SECOND).astype(np.int64)
    return Clicks(rows, suits, leaves)


def _followed(kind: str, cause: Columns, time: Ints, **given: npt.NDArray[Any]) -> Columns:
    """Events of ``kind`` about the goods in ``cause``, in the same sessions and pages."""
    columns: dict[str, npt.NDArray[Any]] = {
        "shopper": cause.shopper,
        "item": cause.item,
        "session": cause.session,
        "request": cause.request,
        "surface": cause.surface,
        "position": cause.position,
        "propensity": cause.propensity,
    }
    return events(kind, time, **(columns | given))


def _move_on(
    sessions: Sessions, on: Ints, first_request: int, clicks: Clicks, rng: Generator
) -> None:
    """Let the clocks run to the end of the page, and remember what was liked."""
    clock = sessions.clock[on] + ((5 + 12 * rng.random(len(on))) * SECOND).astype(np.int64)
    place = clicks.rows.request - first_request
    np.maximum.at(clock, place, clicks.leaves + 2 * SECOND)
    sessions.clock[on] = clock
    meant = ~clicks.rows.wrong
    sessions.liked[on[place[meant]]] = clicks.rows.item[meant]


def _all(clicks: list[Clicks]) -> Clicks:
    return Clicks(
        joined([one.rows for one in clicks]),
        np.concatenate([one.suits for one in clicks]),
        np.concatenate([one.leaves for one in clicks]),
    )
