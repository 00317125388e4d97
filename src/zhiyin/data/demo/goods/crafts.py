"""The crafts: how goods are made, what that costs, and what may be said about it."""

from dataclasses import dataclass

from zhiyin.data.demo.goods.palettes import Palette
from zhiyin.data.demo.goods.reading import Pair, pairs, read


@dataclass(frozen=True, slots=True)
class Craft:
    """A craft in words."""

    key: str
    zh: str
    en: str
    title: Pair
    """How a product's name uses it; empty: not at all."""
    level: float
    """What it does to the price."""
    grounds: frozenset[str]
    """Colours its materials come in; empty: any."""
    inks: frozenset[str]
    """Colours its lines come in; empty: any."""
    motifs: frozenset[str]
    """Motifs it can carry; empty: any."""
    stories: tuple[Pair, ...]

    def wears(self, palette: Palette) -> bool:
        """Whether its materials come in these colours."""
        return (not self.grounds or palette.ground in self.grounds) and (
            not self.inks or palette.ink in self.inks
        )

    @property
    def pair(self) -> Pair:
        return self.zh, self.en


def _craft(key: str) -> Craft:
    row = read("crafts")[key]
    return Craft(
        key,
        row["zh"],
        row["en"],
        (row["title"][0], row["title"][1]),
        row["level"],
        frozenset(row.get("grounds", ())),
        frozenset(row.get("inks", ())),
        frozenset(row.get("motifs", ())),
        pairs(row["stories"]),
    )


CRAFTS: tuple[Craft, ...] = tuple(_craft(key) for key in read("crafts"))
CRAFT_NUMBERS: dict[str, int] = {craft.key: number for number, craft in enumerate(CRAFTS)}
