"""Directions: where each session turns for its next page, by taste and season."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from zhiyin.data.demo.columns import NONE
from zhiyin.data.demo.goods import WORDS
from zhiyin.data.demo.people import LOVED
from zhiyin.data.demo.pools import (
    CATEGORY_OF_WARE,
    FACETS,
    SEARCHED,
    WORDINGS,
    query_number,
)
from zhiyin.data.demo.sessions import Day, Floats, Ints, Sessions

# Cumulative shares of: for you, a category, a search, more like the last one.
_FIRST_PAGE = np.array([0.44, 0.74, 1.0])
_LATER_PAGE = np.array([0.27, 0.52, 0.76, 1.0])
_CATEGORY, _SEARCH, _SIMILAR = 1, 2, 3
_LOVED_CATEGORY = 0.72
_ABOUT = np.array([0.5, 0.78])
"""Cumulative shares of searches about a motif, a craft; the rest name a hue."""

_ASKS_ANYWAY = 0.15

_SHARES = np.array([ware.share for ware in WORDS.wares])
_TOPS = len(WORDS.categories)


@dataclass(slots=True, eq=False)
class Directions:
    """Where each session goes, one row each."""

    surface: Ints
    facet: Ints
    """Place in FACETS."""
    pool: Ints
    query: Ints
    """Number of the words typed, or -1."""


def directions(day: Day, sessions: Sessions, on: Ints, page: int, rng: Generator) -> Directions:
    """The next page of the sessions ``on``."""
    dice = rng.random((len(on), 6))
    first = np.searchsorted(_FIRST_PAGE, dice[:, 0], side="right")
    later = np.searchsorted(_LATER_PAGE, dice[:, 0], side="right")
    liked = sessions.liked[on]
    nothing = np.zeros(len(on), np.int64)
    way = Directions(
        surface=np.where((liked >= 0) & (page > 0), later, first),
        facet=nothing,
        pool=nothing.copy(),
        query=np.full(len(on), NONE, np.int64),
    )
    category = _category(day, sessions.shopper[on], dice[:, 1], dice[:, 2])
    _browse(way, day, category, dice)
    _similar(way, day, liked, dice)
    _search(way, day, sessions.shopper[on], category, dice)
    return way


def _browse(way: Directions, day: Day, category: Ints, dice: Floats) -> None:
    """Look into a category or one of its wares."""
    here = way.surface == _CATEGORY
    whole = dice[:, 3] < 0.5
    facet = np.where(whole, FACETS.index("category"), FACETS.index("ware"))
    pool = np.where(whole, category, _ware(day, category, dice[:, 4]))
    way.facet[here], way.pool[here] = facet[here], pool[here]


def _similar(way: Directions, day: Day, liked: Ints, dice: Floats) -> None:
    """More like the last good: of its motif, or of its ware."""
    here = way.surface == _SIMILAR
    shelf, anchor = day.market.shelf, liked[here]
    by_motif = dice[here, 3] < 0.65
    way.facet[here] = np.where(by_motif, FACETS.index("motif"), FACETS.index("ware"))
    way.pool[here] = np.where(by_motif, shelf.told_motif[anchor], shelf.ware[anchor])


def _search(way: Directions, day: Day, shopper: Ints, category: Ints, dice: Floats) -> None:
    """Type what one loves: a motif, a craft or a hue, in a category."""
    who = day.who
    about = _subject(day, shopper, category, dice)
    wording = np.floor(dice[:, 5] ** 1.7 * WORDINGS).astype(np.int64)
    for number, table in enumerate((who.motifs, who.crafts, who.families)):
        here = (way.surface == _SEARCH) & (about == number)
        which = _by_love(dice[here, 4], table.shape[1])
        subject = table[shopper[here], which].astype(np.int64)
        pool = subject * _TOPS + category[here]
        way.facet[here] = FACETS.index(SEARCHED[number])
        way.pool[here] = pool
        way.query[here] = query_number(number, pool, who.english[shopper[here]], wording[here])


def _subject(day: Day, shopper: Ints, category: Ints, dice: Floats) -> Ints:
    """What each search names: 0 a motif, 1 a craft, 2 a hue."""
    about = np.searchsorted(_ABOUT, dice[:, 3], side="right")
    crafts = day.who.crafts
    craft = crafts[shopper, _by_love(dice[:, 4], crafts.shape[1])].astype(np.int64)
    # Few ask for a craft where there is none of it, such as celadon among the skirts.
    found = day.dealt["craft_in"].lanes(craft * _TOPS + category) > 0
    return np.where((about == 1) & ~found & (dice[:, 5] > _ASKS_ANYWAY), 0, about)


def _by_love(dice: Floats, width: int) -> Ints:
    """A place among one's loves, the first most often."""
    heap = np.cumsum(LOVED[:width]) / LOVED[:width].sum()
    return np.minimum(np.searchsorted(heap, dice, side="right"), width - 1)


def _category(day: Day, shopper: Ints, dice: Floats, other: Floats) -> Ints:
    """A loved category, or one that the season asks for; feasts pull towards the latter."""
    wanted = _SHARES * day.market.demand[day.number]
    loved_share = _LOVED_CATEGORY * _SHARES.sum() / wanted.sum()
    which = _by_love(dice / loved_share, LOVED.size)
    loved = day.who.categories[shopper, which].astype(np.int64)
    season = np.cumsum(wanted) / wanted.sum()
    found = np.minimum(np.searchsorted(season, other, side="right"), len(wanted) - 1)
    return np.where(dice < loved_share, loved, CATEGORY_OF_WARE[found])


def _ware(day: Day, category: Ints, dice: Floats) -> Ints:
    """A ware of each category, by its share and the season."""
    wanted = _SHARES * day.market.demand[day.number]
    mine = CATEGORY_OF_WARE[None, :] == np.arange(_TOPS)[:, None]
    heap = np.cumsum(np.where(mine, wanted, 0.0), axis=1)[category]
    chosen: Ints = (heap <= (dice * heap[:, -1])[:, None]).sum(axis=1)
    return np.minimum(chosen, len(wanted) - 1)
