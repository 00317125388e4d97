"""The wares: what the shop sells, from silk squares to phone cases."""

from dataclasses import dataclass

from zhiyin.data.demo.goods.reading import Pair, pairs, read
from zhiyin.data.demo.painting import SHAPES


@dataclass(frozen=True, slots=True)
class Measure:
    """One size a ware comes in."""

    zh: str
    en: str
    factor: float
    """What it does to the price."""

    @property
    def pair(self) -> Pair:
        return self.zh, self.en


@dataclass(frozen=True, slots=True)
class Ware:
    """A kind of product."""

    key: str
    path: tuple[str, ...]
    shape: str
    forms: tuple[int, ...]
    """Which of the painter's forms of the shape it may take."""
    share: float
    price: float
    nouns: tuple[Pair, ...]
    crafts: dict[str, float]
    materials: tuple[Pair, ...]
    craft_materials: dict[str, tuple[Pair, ...]]
    sizes: tuple[Measure, ...]
    variants: str
    uses: tuple[Pair, ...]
    feasts: dict[str, float]
    """How demand multiplies when a feast is near."""
    again: int
    """Days until it is used up; 0: it lasts."""
    season: str
    """Sold only before this feast; empty: all year."""
    shades: tuple[str, ...]
    """Colours of what is inside, such as a lipstick's; empty: those of the outside."""
    holds: bool
    """Whether the material is what is inside, not what it is made of."""

    def made_of(self, craft: str) -> tuple[Pair, ...]:
        """The materials that go with a craft."""
        return self.craft_materials.get(craft, self.materials)


def _ware(key: str) -> Ware:
    row = read("wares")[key]
    return Ware(
        key=key,
        path=tuple(row["path"]),
        shape=row["shape"],
        forms=tuple(row.get("forms", range(SHAPES[row["shape"]].forms))),
        share=row["share"],
        price=row["price"],
        nouns=pairs(row["nouns"]),
        crafts=row["crafts"],
        materials=pairs(row["materials"]),
        craft_materials={
            craft: pairs(rows) for craft, rows in row.get("craft_materials", {}).items()
        },
        sizes=tuple(Measure(*one) for one in row["sizes"]),
        variants=row["variants"],
        uses=pairs(row["uses"]),
        feasts=row["feasts"],
        again=row.get("again", 0),
        season=row.get("season", ""),
        shades=tuple(row.get("shades", ())),
        holds=row.get("holds", False),
    )


WARES: tuple[Ware, ...] = tuple(_ware(key) for key in read("wares"))
CATEGORIES: tuple[str, ...] = tuple(dict.fromkeys(ware.path[0] for ware in WARES))
"""The first level of the category paths."""
