"""The shelf: the hidden facts of every item as columns, from which words and pictures follow.

Items are drawn in blocks, each from its own stream, so that item n is the same however
many there are, and a million of them need some 50 bytes each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from zhiyin.core import derive
from zhiyin.data.demo.feasts import feast_days
from zhiyin.data.demo.goods.brands import BRANDS
from zhiyin.data.demo.goods.crafts import CRAFT_NUMBERS, CRAFTS, Craft
from zhiyin.data.demo.goods.motifs import MOTIFS, Motif
from zhiyin.data.demo.goods.palettes import PALETTES
from zhiyin.data.demo.goods.prices import as_written
from zhiyin.data.demo.goods.wares import CATEGORIES, WARES
from zhiyin.data.demo.size import DAY, DemoSize

BLOCK = 1_024
"""Items drawn from one stream."""
NEVER = np.iinfo(np.int64).max
UNCOUNTED = -1
"""Stock of an item that the shop does not count."""

_GOLDEN = 0.6180339887498949
_NEW, _UNCOUNTED, _EMPTY, _ENDED, _DISAGREES = 0.28, 0.04, 0.04, 0.015, 0.018

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
R = TypeVar("R")
K = TypeVar("K")


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """Hidden facts, one row per item."""

    ware: npt.NDArray[np.uint8]
    craft: npt.NDArray[np.uint8]
    motif: npt.NDArray[np.uint8]
    palette: npt.NDArray[np.uint8]
    brand: npt.NDArray[np.uint8]
    told_motif: npt.NDArray[np.uint8]
    """What the words say; differs from ``motif`` where picture and words disagree."""
    told_palette: npt.NDArray[np.uint8]
    price: npt.NDArray[np.float32]
    stock: npt.NDArray[np.int32]
    quality: npt.NDArray[np.float32]
    """How well it is made; poor goods come back."""
    appeal: npt.NDArray[np.float32]
    """How much it catches the eye, whatever one's taste."""
    fashion_day: npt.NDArray[np.float32]
    """The day on which it is most in fashion; NaN: never."""
    born: Ints
    """First moment on sale; 0: before the demo begins."""
    gone: Ints
    """From then on it can no longer be bought."""
    until: Ints
    """The end of its season; differs from ``gone`` where it merely sold out."""

    def __len__(self) -> int:
        return len(self.ware)


def shelf(size: DemoSize, start: int = 0, stop: int | None = None) -> Shelf:
    """The facts of items ``start`` to ``stop`` (default: all)."""
    stop = size.items if stop is None else stop
    blocks = [_block(size, number) for number in range(start // BLOCK, -(-stop // BLOCK))]
    first = start - start // BLOCK * BLOCK
    return Shelf(
        *(
            np.concatenate([getattr(block, column.name) for block in blocks])[
                first : first + stop - start
            ]
            for column in fields(Shelf)
        )
    )


def _block(size: DemoSize, number: int) -> Shelf:
    rng = derive(size.seed, "shelf", str(number))
    chance, bell = rng.random((BLOCK, 16)), rng.standard_normal((BLOCK, 4))
    ware = _ware(size, number)
    craft = _choose(_tables().crafts[ware], chance[:, 0])
    motif = _choose(_tables().motifs[craft], chance[:, 1])
    houses = _tables().sellers[_tables().category[ware]] * _tables().makers[craft]
    brand = _choose(houses, chance[:, 2])
    palette = _palette(craft, motif, brand, chance[:, 3])
    price = _price(ware, craft, brand, bell[:, 0], chance[:, 4])
    born, until = _season(size, ware, chance[:, 5:8])
    stock, gone = _stock(size, price, born, until, chance[:, 8:10], bell[:, 1])
    told_motif, told_palette = _told(craft, motif, brand, palette, chance[:, 10:13])
    small = np.uint8
    return Shelf(
        ware=ware.astype(small),
        craft=craft.astype(small),
        motif=motif.astype(small),
        palette=palette.astype(small),
        brand=brand.astype(small),
        told_motif=told_motif.astype(small),
        told_palette=told_palette.astype(small),
        price=price.astype(np.float32),
        stock=stock.astype(np.int32),
        quality=bell[:, 2].astype(np.float32),
        appeal=bell[:, 3].astype(np.float32),
        fashion_day=np.where(chance[:, 13] < 0.05, chance[:, 14] * size.days, np.nan).astype(
            np.float32
        ),
        born=born,
        gone=gone,
        until=until,
    )


def _ware(size: DemoSize, number: int) -> Ints:
    """Wares by a low-discrepancy sequence: the first hundred goods already show them all."""
    place = np.arange(number * BLOCK, (number + 1) * BLOCK, dtype=np.float64)
    offset = derive(size.seed, "wares").random()
    found = np.searchsorted(_tables().wares, (place * _GOLDEN + offset) % 1.0, side="right")
    return np.minimum(found, len(WARES) - 1).astype(np.int64)


def _choose(weights: Floats, chance: Floats) -> Ints:
    """One column per row, by the row's weights."""
    heap = np.cumsum(weights, axis=1)
    chosen: Ints = (heap <= (chance * heap[:, -1])[:, None]).sum(axis=1)
    last: Ints = np.minimum(chosen, weights.shape[1] - 1)
    return last


def _palette(craft: Ints, motif: Ints, brand: Ints, chance: Floats) -> Ints:
    tables = _tables()
    weights = tables.palettes[craft] * tables.manners[brand]
    cobalt = np.array([motif_.key == "blue_and_white" for motif_ in MOTIFS])[motif]
    cobalt |= craft == CRAFT_NUMBERS["blue_white_porcelain"]
    weights = np.where(cobalt[:, None], weights * tables.porcelain, weights)
    return _choose(weights, chance)


def _price(ware: Ints, craft: Ints, brand: Ints, bell: Floats, chance: Floats) -> Floats:
    base = np.array([one.price for one in WARES])[ware]
    level = np.array([one.level for one in CRAFTS])[craft]
    name = np.array([one.level for one in BRANDS])[brand]
    # A few pieces in every ware are the grand ones: the tail is long.
    grand = np.where(chance < 0.05, 1.8 + 30 * chance, 1.0)
    return as_written(base * level * name * grand * np.exp(0.22 * bell))


def _season(size: DemoSize, ware: Ints, chance: Floats) -> tuple[Ints, Ints]:
    """When each item comes on sale and when its season ends."""
    opens = size.start + 10 * DAY // 24
    days = np.floor((0.03 + 0.95 * chance[:, 1]) * size.days).astype(np.int64)
    born = np.where(chance[:, 0] < _NEW, opens + days * DAY, 0)
    ends = size.start + np.floor((0.3 + 0.69 * chance[:, 1]) * size.days).astype(np.int64) * DAY
    until = np.where((chance[:, 2] < _ENDED) & (born == 0), ends + 15 * DAY // 24, NEVER)
    for number, one in enumerate(WARES):
        feast = [d for d in feast_days(size, one.season) if d >= 0] if one.season else []
        if feast:
            first = opens + (feast[0] - 42 + np.floor(chance[:, 1] * 16).astype(np.int64)) * DAY
            mine = ware == number
            born = np.where(mine, np.where(first > opens, first, 0), born)
            until = np.where(mine, size.start + (feast[0] + 4) * DAY, until)
    return born, until


def _stock(
    size: DemoSize, price: Floats, born: Ints, until: Ints, chance: Floats, bell: Floats
) -> tuple[Ints, Ints]:
    """Pieces left on the last day, and when the item could be bought no longer."""
    pieces = np.maximum(np.exp(4.6 + bell - 0.35 * np.log(price / 100)), 1).astype(np.int64)
    begins = np.maximum(born, size.start)
    last = np.minimum(until, size.stop)
    sold_out = begins + ((0.25 + 0.7 * chance[:, 1]) * (last - begins)).astype(np.int64)
    empty = chance[:, 0] < _EMPTY
    stock = np.where(empty, 0, np.where(chance[:, 0] < _EMPTY + _UNCOUNTED, UNCOUNTED, pieces))
    # After its season the rest is taken off the shelf.
    stock = np.where(until < size.stop, 0, stock)
    return stock, np.where(empty, np.minimum(sold_out, until), until)


def _told(
    craft: Ints, motif: Ints, brand: Ints, palette: Ints, chance: Floats
) -> tuple[Ints, Ints]:
    """What the words say: for a few goods another motif or other colours than the picture."""
    other_motif = _choose(_tables().motifs[craft], chance[:, 1])
    other_palette = _palette(craft, motif, brand, chance[:, 1])
    wrong = chance[:, 0] < _DISAGREES
    which = chance[:, 2] < 0.5
    return (
        np.where(wrong & which, other_motif, motif),
        np.where(wrong & ~which, other_palette, palette),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    wares: Floats  # (W,) cumulative share
    category: Ints  # (W,)
    crafts: Floats  # (W, C)
    motifs: Floats  # (C, M)
    sellers: Floats  # (categories, B)
    makers: Floats  # (C, B)
    palettes: Floats  # (C, P)
    manners: Floats  # (B, P)
    porcelain: Floats  # (P,)


@cache
def _tables() -> _Tables:
    shares = np.array([ware.share for ware in WARES])
    return _Tables(
        wares=np.cumsum(shares) / shares.sum(),
        category=np.array([CATEGORIES.index(ware.path[0]) for ware in WARES]),
        crafts=_grid(WARES, CRAFTS, lambda ware, craft: ware.crafts.get(craft.key, 0.0)),
        motifs=_grid(CRAFTS, MOTIFS, lambda craft, motif: motif.weight * _carries(craft, motif)),
        sellers=_grid(CATEGORIES, BRANDS, lambda one, brand: one in brand.sells),
        makers=_grid(
            CRAFTS, BRANDS, lambda craft, brand: not brand.crafts or craft.key in brand.crafts
        ),
        palettes=_grid(CRAFTS, PALETTES, lambda craft, palette: craft.wears(palette)),
        manners=_grid(BRANDS, PALETTES, lambda brand, one: 2.6 if brand.style == one.manner else 1),
        porcelain=np.array([float(one.porcelain) for one in PALETTES]),
    )


def _carries(craft: Craft, motif: Motif) -> bool:
    return (not craft.motifs or motif.key in craft.motifs) and (
        not motif.crafts or craft.key in motif.crafts
    )


def _grid(rows: Sequence[R], columns: Sequence[K], value: Callable[[R, K], float]) -> Floats:
    return np.array([[float(value(row, column)) for column in columns] for row in rows])
