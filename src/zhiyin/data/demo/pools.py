"""The pools that pages are dealt from, and the words that people search them by."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhiyin.data.demo.goods import WORDS, Shelf
from zhiyin.data.demo.goods.reading import read
from zhiyin.data.demo.policy import Deal, deal

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FACETS = ("all", "category", "ware", "motif", "motif_in", "craft_in", "family_in")
"""Ways to divide the goods; the last three are answers to searches."""

_CATEGORIES = len(WORDS.categories)
_POOLS = {
    "all": 1,
    "category": _CATEGORIES,
    "ware": len(WORDS.wares),
    "motif": len(WORDS.motifs),
    "motif_in": len(WORDS.motifs) * _CATEGORIES,
    "craft_in": len(WORDS.crafts) * _CATEGORIES,
    "family_in": len(WORDS.families) * _CATEGORIES,
}
CATEGORY_OF_WARE: Ints = np.array(
    [WORDS.categories.index(ware.path[0]) for ware in WORDS.wares], dtype=np.int64
)


@dataclass(frozen=True, slots=True, eq=False)
class Pools:
    """Which pool of every facet each good is in; by its words, as a shop's search sees it."""

    of: dict[str, npt.NDArray[np.int32]]

    def dealt(self, on_sale: Ints, popularity: Floats) -> dict[str, Deal]:
        """Every facet dealt for a day."""
        return {
            facet: deal(self.of[facet].astype(np.int64), _POOLS[facet], on_sale, popularity)
            for facet in FACETS
        }


def pools(shelf: Shelf) -> Pools:
    """The pools of all goods."""
    ware = shelf.ware.astype(np.int64)
    category = CATEGORY_OF_WARE[ware]
    family = np.array([WORDS.families.index(one.family) for one in WORDS.palettes])
    motif = shelf.told_motif.astype(np.int64)
    found = {
        "all": np.zeros_like(ware),
        "category": category,
        "ware": ware,
        "motif": motif,
        "motif_in": motif * _CATEGORIES + category,
        "craft_in": shelf.craft.astype(np.int64) * _CATEGORIES + category,
        "family_in": family[shelf.told_palette] * _CATEGORIES + category,
    }
    return Pools({facet: keys.astype(np.int32) for facet, keys in found.items()})


SEARCHED = ("motif_in", "craft_in", "family_in")
WORDINGS = 6
"""Ways to type the same wish, in each language."""


def query_number(facet: int, pool: Ints, english: npt.NDArray[np.bool_], wording: Ints) -> Ints:
    """The place in ``queries()`` of a search; ``facet`` counts in SEARCHED."""
    before = sum(_POOLS[SEARCHED[one]] for one in range(facet))
    return ((before + pool) * 2 + english) * WORDINGS + wording


def queries() -> list[str]:
    """Everything that is ever typed, in the order of ``query_number``."""
    called = {
        category: (row["zh"], row["en"]) for category, row in read("searches")["categories"].items()
    }
    typed: list[str] = []
    for facet in SEARCHED:
        for subject in _subjects(facet):
            for category in WORDS.categories:
                for language in (0, 1):
                    typed += _wordings(subject[language], called[category][language], language)
    return typed


def _subjects(facet: str) -> list[tuple[str, str]]:
    if facet == "motif_in":
        return [(motif.zh, motif.en.replace("-", " ")) for motif in WORDS.motifs]
    if facet == "craft_in":
        return [craft.pair for craft in WORDS.crafts]
    hues = read("searches")["hues"]
    return [(hues[family][0], hues[family][1]) for family in WORDS.families]


def _wordings(subject: str, called: list[str], language: int) -> list[str]:
    if language == 1:
        return [f"{subject} {noun}" for noun in called] + [f"{called[0]} {subject}", subject]
    short = subject.removesuffix("纹") if len(subject) > 2 else subject
    return [
        f"{subject} {called[0]}",
        f"{short}{called[1]}",
        f"{subject}{called[2]}",
        f"{called[3]} {subject}",
        f"{short}{called[0]} 送礼",
        f"{subject}",
    ]
