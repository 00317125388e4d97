"""Aftermath: what follows a click, from reading to buying, returning and buying again."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from zhiyin.data.demo.columns import Columns, events, joined
from zhiyin.data.demo.goods import WORDS
from zhiyin.data.demo.sessions import SECOND, Day, Floats, Ints
from zhiyin.data.demo.size import DAY
from zhiyin.data.demo.visits import Clicks

_FAVOURITE, _CART = (-3.9, 0.62), (-3.6, 0.66)
"""Of goods opened: constant and weight of taste in the log odds."""
_BUYS_NOW, _BUYS_LATER = 0.42, 0.25
_DISLIKE, _RATES, _RETURNS = 0.03, 0.16, -2.3
_AGAIN, _AGAIN_AT_MOST = 0.5, 5

_AGAIN_DAYS = np.array([float(ware.again) for ware in WORDS.wares])
_SHARED = np.array([ware.path[0] == "茶点礼盒" for ware in WORDS.wares])


@dataclass(frozen=True, slots=True, eq=False)
class _Bought:
    rows: Columns
    suits: Floats


def aftermath(day: Day, clicks: Clicks, next_session: int, rng: Generator) -> tuple[Columns, int]:
    """All that follows the clicks of a while, now and later, and the next session number."""
    rows, leaves = clicks.rows, clicks.leaves
    began = rows.time + SECOND * 4 // 10
    seconds = np.round((leaves - began) / SECOND, 1)
    read = [
        _about("view", rows, began),
        _about("dwell", rows, leaves, value=seconds),
    ]
    meant = np.flatnonzero(~rows.wrong)
    kept, suits = rows.take(meant), clicks.suits[meant]
    began, leaves = began[meant], leaves[meant]
    inside = began + ((leaves - began) * (0.3 + 0.6 * rng.random(len(kept)))).astype(np.int64)
    liked = _happens(_FAVOURITE, suits, rng)
    wanted = _happens(_CART, suits, rng)
    spurned = (suits < 1.5) & (rng.random(len(kept)) < _DISLIKE)
    bought, later, next_session = _buys(
        day, kept.take(wanted), suits[wanted], leaves[wanted], next_session, rng
    )
    again, next_session = _buys_again(day, bought, next_session, rng)
    everything = _Bought(
        joined([bought.rows, again.rows]), np.concatenate([bought.suits, again.suits])
    )
    return joined(
        [
            *read,
            _about("favourite", kept.take(liked), inside[liked]),
            _about("cart", kept.take(wanted), leaves[wanted] - SECOND // 5),
            _about("dislike", kept.take(spurned), leaves[spurned] - SECOND // 10),
            *later,
            everything.rows,
            *_afterthoughts(day, everything, rng),
        ]
    ), next_session


def _happens(odds: tuple[float, float], suits: Floats, rng: Generator) -> Ints:
    constant, weight = odds
    chance = 1 / (1 + np.exp(-constant - weight * suits))
    return np.flatnonzero(rng.random(len(suits)) < chance)


def _about(kind: str, cause: Columns, time: Ints, **given: npt.NDArray[np.float64]) -> Columns:
    """Events of ``kind`` about the goods in ``cause``; the page they came from stays known."""
    return events(
        kind,
        time,
        shopper=cause.shopper,
        item=cause.item,
        session=cause.session,
        request=cause.request,
        surface=cause.surface,
        **given,
    )


def _buys(
    day: Day, carts: Columns, suits: Floats, leaves: Ints, next_session: int, rng: Generator
) -> tuple[_Bought, list[Columns], int]:
    """What is bought of the carts: at once, or on a later visit that begins with a look."""
    dice = rng.random(len(carts))
    now = dice < _BUYS_NOW
    later = ~now & (dice < _BUYS_NOW + _BUYS_LATER)
    wait = np.where(
        now, (30 + 300 * rng.random(len(carts))) * SECOND, rng.exponential(2.2 * DAY, len(carts))
    ).astype(np.int64)
    time = leaves + wait + np.where(later, 3_600 * SECOND, 0)
    there = time < day.market.shelf.gone[carts.item]
    pieces = _pieces(day, carts.item.astype(np.int64), rng)
    at_once, comes_back = np.flatnonzero(now & there), np.flatnonzero(later & there)
    first = _about("buy", carts.take(at_once), time[at_once], value=pieces[at_once])
    visits = next_session + np.arange(len(comes_back))
    fresh = {"shopper": carts.shopper[comes_back], "item": carts.item[comes_back]}
    looks = events("view", time[comes_back] - 40 * SECOND, session=visits, **fresh)
    second = events("buy", time[comes_back], session=visits, value=pieces[comes_back], **fresh)
    bought = _Bought(joined([first, second]), np.r_[suits[at_once], suits[comes_back]])
    return bought, [looks], next_session + len(comes_back)


def _pieces(day: Day, item: Ints, rng: Generator) -> Floats:
    """How many are bought: one, but sweets are bought for others too, most before feasts."""
    ware = day.market.shelf.ware[item]
    feast = np.minimum(day.market.demand[day.number, ware], 4)
    more = rng.poisson(np.where(_SHARED[ware], 0.25 * feast, 0.04))
    return 1.0 + np.minimum(more, 9)


def _buys_again(
    day: Day, bought: _Bought, next_session: int, rng: Generator
) -> tuple[_Bought, int]:
    """Goods that are used up are bought again, some many times."""
    rounds = [bought]
    for _ in range(_AGAIN_AT_MOST):
        last = rounds[-1]
        item = last.rows.item
        lasts = _AGAIN_DAYS[day.market.shelf.ware[item]]
        returns = _AGAIN / (1 + np.exp(2.5 - last.suits))
        wait = lasts * DAY * np.exp(0.3 * rng.standard_normal(len(item)))
        time = last.rows.time + np.maximum(wait, DAY / 2).astype(np.int64)
        chosen = (lasts > 0) & (rng.random(len(item)) < returns)
        chosen &= time < day.market.shelf.gone[item]
        rows = last.rows.take(chosen)
        repeat = events(
            "buy",
            time[chosen],
            shopper=rows.shopper,
            item=rows.item,
            session=next_session + np.arange(len(rows)),
            value=rows.value,
        )
        next_session += len(rows)
        rounds.append(_Bought(repeat, last.suits[chosen]))
    repeats = rounds[1:]
    return _Bought(
        joined([one.rows for one in repeats]), np.concatenate([one.suits for one in repeats])
    ), next_session


def _afterthoughts(day: Day, bought: _Bought, rng: Generator) -> list[Columns]:
    """Stars, and goods sent back: more often when they suit badly or look unlike their words."""
    rows, suits, shelf = bought.rows, bought.suits, day.market.shelf
    item = rows.item
    quality = shelf.quality[item]
    misled = (shelf.motif[item] != shelf.told_motif[item]) | (
        shelf.palette[item] != shelf.told_palette[item]
    )
    odds = _RETURNS - 0.55 * (suits - 3) - 0.6 * quality + 1.6 * misled
    back = rng.random(len(item)) < 1 / (1 + np.exp(-odds))
    back &= _AGAIN_DAYS[shelf.ware[item]] == 0
    rated = np.flatnonzero(rng.random(len(item)) < _RATES)
    noise = 0.8 * rng.standard_normal(len(rated))
    stars = 3.9 + 0.25 * (suits - 3)[rated] + 0.45 * quality[rated] - 1.6 * back[rated] + noise
    wait = rng.random((2, len(item)))
    sent = rows.time + ((2.5 + 7 * wait[0]) * DAY).astype(np.int64)
    told = rows.time + ((3 + 12 * wait[1]) * DAY).astype(np.int64)
    return [
        _later("return", rows.take(back), sent[back], rows.value[back]),
        _later("rate", rows.take(rated), told[rated], np.clip(np.round(stars), 1, 5)),
    ]


def _later(kind: str, cause: Columns, time: Ints, value: Floats) -> Columns:
    """Events outside any session."""
    return events(kind, time, shopper=cause.shopper, item=cause.item, value=value)
