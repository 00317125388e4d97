"""The vocabulary of the shelf: what the numbers in its columns stand for."""

from dataclasses import dataclass

from zhiyin.data.demo.goods.brands import BRANDS, Brand
from zhiyin.data.demo.goods.crafts import CRAFTS, Craft
from zhiyin.data.demo.goods.motifs import MOTIFS, Motif
from zhiyin.data.demo.goods.palettes import FAMILIES, PALETTES, Palette
from zhiyin.data.demo.goods.wares import CATEGORIES, WARES, Ware


@dataclass(frozen=True, slots=True)
class Words:
    """Every table that a column of the shelf points into."""

    wares: tuple[Ware, ...] = WARES
    categories: tuple[str, ...] = CATEGORIES
    motifs: tuple[Motif, ...] = MOTIFS
    crafts: tuple[Craft, ...] = CRAFTS
    palettes: tuple[Palette, ...] = PALETTES
    families: tuple[str, ...] = FAMILIES
    brands: tuple[Brand, ...] = BRANDS


WORDS = Words()
