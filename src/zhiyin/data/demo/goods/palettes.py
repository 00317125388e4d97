"""The palettes: three traditional colours that sit well together, in five manners."""

from dataclasses import dataclass

from zhiyin.data.demo.goods.reading import Pair, pairs, read
from zhiyin.data.demo.painting import COLOURS

# The colour names of the painting room are glosses; two read badly inside a sentence.
_GLOSS = {"xuanqing": "deep blue-black", "hese": "hemp brown"}


@dataclass(frozen=True, slots=True)
class Palette:
    """Ground, ink and accent by their keys in COLOURS."""

    ground: str
    ink: str
    accent: str
    manner: str

    @property
    def family(self) -> str:
        """The hue family of the ground."""
        return COLOURS[self.ground].family

    @property
    def porcelain(self) -> bool:
        """Whether it reads as blue on white."""
        return COLOURS[self.ground].family == "white" and {self.ink, self.accent} <= _COBALT


_COBALT = {"jilan", "qunqing", "dianlan"}

PALETTES: tuple[Palette, ...] = tuple(
    Palette(ground, ink, accent, manner)
    for manner, rows in read("palettes").items()
    for ground, ink, accent in rows
)
MANNERS: tuple[str, ...] = tuple(read("palettes"))
FAMILIES: tuple[str, ...] = tuple(dict.fromkeys(colour.family for colour in COLOURS.values()))


def colour_name(key: str) -> Pair:
    """What a colour is called."""
    return COLOURS[key].zh, _GLOSS.get(key, COLOURS[key].en)


def colour_stories(key: str) -> tuple[Pair, ...]:
    """What may be said about a colour; often nothing."""
    return pairs(read("colours").get(key, []))
