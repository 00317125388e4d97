"""What the words about one item may draw on, in both languages."""

from dataclasses import dataclass

from zhiyin.data.demo.goods.brands import BRANDS, Brand
from zhiyin.data.demo.goods.crafts import CRAFTS, Craft
from zhiyin.data.demo.goods.dice import Dice
from zhiyin.data.demo.goods.motifs import MOTIFS, Motif
from zhiyin.data.demo.goods.palettes import PALETTES, Palette, colour_name
from zhiyin.data.demo.goods.reading import Pair, read
from zhiyin.data.demo.goods.shelf import Shelf
from zhiyin.data.demo.goods.wares import WARES, Measure, Ware

_BRANDLESS = 0.03


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told of one item; chosen once, so that both languages say the same."""

    ware: Ware
    craft: Craft
    motif: Motif
    palette: Palette
    brand: Brand | None
    noun: Pair
    material: Pair
    measure: Measure
    name: Pair
    wish: Pair

    @property
    def manner(self) -> dict[str, list[str] | str]:
        """The words for its manner: ``zh``, ``en`` and the ``noun`` in both."""
        found: dict[str, list[str] | str] = read("phrases")["manners"][self.palette.manner]
        return found

    def words(self) -> dict[str, Pair]:
        """Every placeholder of the phrases, in Chinese and English."""
        manner = read("phrases")["manners"][self.palette.manner]
        return {
            "noun": self.noun,
            "motif": self.motif.pair,
            "craft": self.craft.pair,
            "material": self.material,
            "size": self.measure.pair,
            "name": self.name,
            "wish": self.wish,
            "ground": colour_name(self.palette.ground),
            "ink": colour_name(self.palette.ink),
            "accent": colour_name(self.palette.accent),
            "manner": (manner["zh"], manner["en"]),
            "manner_noun": (manner["noun"][0], manner["noun"][1]),
            "brand": self.brand.pair if self.brand else ("", ""),
        }


def told(shelf: Shelf, row: int, dice: Dice) -> Facts:
    """What the words say of one row of the shelf."""
    ware, craft = WARES[shelf.ware[row]], CRAFTS[shelf.craft[row]]
    motif = MOTIFS[shelf.told_motif[row]]
    return Facts(
        ware=ware,
        craft=craft,
        motif=motif,
        palette=PALETTES[shelf.told_palette[row]],
        brand=None if dice.chance(_BRANDLESS) else BRANDS[shelf.brand[row]],
        noun=dice.pick(ware.nouns),
        material=dice.pick(ware.made_of(craft.key)),
        measure=dice.pick(ware.sizes),
        name=dice.pick(motif.names),
        wish=dice.pick(motif.wishes),
    )


def fill(template: Pair, words: dict[str, Pair]) -> Pair:
    """Both sides of a template with their own words."""
    chinese = {key: pair[0] for key, pair in words.items()}
    english = {key: pair[1] for key, pair in words.items()}
    return template[0].format_map(chinese), template[1].format_map(english)
