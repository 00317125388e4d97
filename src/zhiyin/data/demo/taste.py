"""Taste: how much a shopper is drawn to a good on a day. Scores pairs, never everybody × all."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhiyin.core import derive
from zhiyin.data.demo.feasts import FEASTS, swell
from zhiyin.data.demo.goods import WORDS, Shelf
from zhiyin.data.demo.people import LOVED, People
from zhiyin.data.demo.size import DAY, DemoSize

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_MOTIF, _FAMILY, _CRAFT, _CATEGORY = 2.5, 1.1, 1.2, 0.7
_PRICE, _APPEAL, _QUALITY, _NEW, _FASHION, _FEAST = 0.9, 0.45, 0.15, 1.0, 2.2, 0.45
_NEW_DAYS, _FASHION_DAYS = 12.0, 6.0
_CRAZES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """What everyone sees alike: the goods, and what each day makes of them."""

    shelf: Shelf
    start: int
    category: Ints  # (I,)
    family: Ints  # (I,)
    costly: npt.NDArray[np.float32]  # (I,) log price against the ware's usual
    demand: Floats  # (days, wares) how feasts multiply demand
    craze: Floats  # (days, motifs) motifs that are talked about

    def fashion(self, item: Ints, day: int) -> Floats:
        """How much goods are in fashion on a day, from 0."""
        peak = self.shelf.fashion_day[item]
        own = np.exp(-0.5 * ((day - peak) / _FASHION_DAYS) ** 2)
        mode: Floats = np.nan_to_num(own) + self.craze[day, self.shelf.motif[item]]
        return mode


def market(size: DemoSize, shelf: Shelf) -> Market:
    """The market of a demo shop."""
    usual = np.array([ware.price for ware in WORDS.wares])[shelf.ware]
    top = np.array([WORDS.categories.index(ware.path[0]) for ware in WORDS.wares])
    family = np.array([WORDS.families.index(one.family) for one in WORDS.palettes])
    return Market(
        shelf=shelf,
        start=size.start,
        category=top[shelf.ware],
        family=family[shelf.palette],
        costly=np.log(shelf.price / usual).astype(np.float32),
        demand=_demand(size),
        craze=_crazes(size),
    )


def _demand(size: DemoSize) -> Floats:
    pull = np.array([[ware.feasts.get(feast, 1.0) for ware in WORDS.wares] for feast in FEASTS])
    near = swell(size)  # (days, feasts)
    demand: Floats = np.exp(near @ np.log(pull))
    return demand


def _crazes(size: DemoSize) -> Floats:
    """A few motifs have their weeks, as when an exhibition opens."""
    rng = derive(size.seed, "crazes")
    talked = np.zeros((size.days, len(WORDS.motifs)))
    days = np.arange(size.days)
    for motif in rng.choice(len(WORDS.motifs), _CRAZES, replace=False):
        peak = rng.random() * size.days
        talked[:, motif] = 0.6 * np.exp(-0.5 * ((days - peak) / 9.0) ** 2)
    return talked


def taste(who: People, market: Market, shopper: Ints, item: Ints, day: int) -> Floats:
    """How well each good suits each shopper: 0 leaves one cold, 4 is a find."""
    shelf = market.shelf
    motif = shelf.motif[item][:, None] == who.motifs[shopper]
    craft = shelf.craft[item][:, None] == who.crafts[shopper]
    family = market.family[item][:, None] == who.families[shopper]
    category = market.category[item][:, None] == who.categories[shopper]
    gap = market.costly[item] - who.budget[shopper]
    age = (market.start + day * DAY - shelf.born[item]) / DAY
    fresh = np.where(shelf.born[item] > 0, np.exp(-np.maximum(age, 0) / _NEW_DAYS), 0.0)
    score: Floats = (
        _MOTIF * (motif * LOVED).sum(axis=1)
        + _CRAFT * (craft * LOVED[:2]).sum(axis=1)
        + _FAMILY * (family * LOVED[:2]).sum(axis=1)
        + _CATEGORY * (category * LOVED).sum(axis=1)
        - _PRICE * np.where(gap > 0, gap, 0.35 * gap) ** 2
        + _APPEAL * shelf.appeal[item]
        + _QUALITY * shelf.quality[item]
        + _NEW * who.novelty[shopper] * fresh
        + _FASHION * who.fashion[shopper] * market.fashion(item, day)
        + _FEAST * np.log(market.demand[day, shelf.ware[item]])
    )
    return score
