"""Items: the shelf's hidden facts turned into products a shop could sell."""

from collections.abc import Iterator
from decimal import Decimal

from zhiyin.core import Item, Text, Variant, derive, moment
from zhiyin.data.demo.goods.descriptions import description
from zhiyin.data.demo.goods.dice import Dice
from zhiyin.data.demo.goods.facts import Facts, told
from zhiyin.data.demo.goods.palettes import PALETTES, colour_name
from zhiyin.data.demo.goods.prices import as_written
from zhiyin.data.demo.goods.reading import read
from zhiyin.data.demo.goods.shelf import BLOCK, NEVER, UNCOUNTED, Shelf, shelf
from zhiyin.data.demo.goods.titles import title
from zhiyin.data.demo.size import DemoSize

Attribute = str | bool | int | float | tuple[str, ...]

_THROWS = 48
_REDUCED = 0.18
# How often a shop left an attribute out.
_FORGOTTEN = {
    "motif": 0.08,
    "colours": 0.06,
    "craft": 0.10,
    "material": 0.08,
    "size": 0.05,
    "occasion": 0.14,
    "style": 0.16,
}


def item_id(number: int) -> str:
    """The id of item ``number``."""
    return f"yj{number:06d}"


def demo_items(size: DemoSize) -> Iterator[Item]:
    """The goods of the shop, streamed; item n is the same however many there are."""
    for first in range(0, size.items, BLOCK):
        rows = shelf(size, first, min(first + BLOCK, size.items))
        thrown = derive(size.seed, "words", str(first // BLOCK)).random((BLOCK, _THROWS))
        for row in range(len(rows)):
            yield _item(item_id(first + row), rows, row, Dice(thrown[row].tolist()))


def _item(id: str, rows: Shelf, row: int, dice: Dice) -> Item:
    facts = told(rows, row, dice)
    (chinese, english), named = title(facts, dice)
    about, about_english = description(facts, named, dice)
    price = float(rows.price[row]) * facts.measure.factor
    occasions = _occasions(facts, dice)
    stock = None if rows.stock[row] == UNCOUNTED else int(rows.stock[row])
    variants = _variants(id, facts, float(rows.price[row]), stock, dice)
    return Item(
        id=id,
        title=chinese,
        description=about,
        category=facts.ware.path,
        brand=facts.brand.zh if facts.brand else None,
        price=_money(price),
        list_price=_reduced_from(price, dice),
        currency="CNY",
        stock=stock,
        images=(f"{id}.jpg",),
        attributes=_attributes(facts, occasions, dice),
        tags=_tags(facts, occasions, dice),
        variants=variants,
        available_from=moment(int(rows.born[row])) if rows.born[row] else None,
        available_until=moment(int(rows.until[row])) if rows.until[row] < NEVER else None,
        texts={"en": Text(english, about_english)},
    )


def _money(price: float) -> Decimal:
    return Decimal(int(as_written(price)))


def _reduced_from(price: float, dice: Dice) -> Decimal | None:
    before = _money(price * (1.15 + 0.4 * dice.throw()))
    return before if dice.chance(_REDUCED) and before > _money(price) else None


def _occasions(facts: Facts, dice: Dice) -> tuple[str, ...]:
    names = read("phrases")["occasions"]
    usual = ["daily", "gift", *facts.ware.feasts]
    if facts.ware.path[0] in ("家居布艺", "瓷器陈设", "灯饰"):
        usual += ["home", "wedding"]
    chosen = {dice.pick(usual) for _ in range(2)}
    return tuple(names[key][0] for key in names if key in chosen)


def _attributes(facts: Facts, occasions: tuple[str, ...], dice: Dice) -> dict[str, Attribute]:
    palette = facts.palette
    known: dict[str, Attribute] = {
        "motif": facts.motif.zh,
        "colours": tuple(
            colour_name(key)[0] for key in (palette.ground, palette.ink, palette.accent)
        ),
        "craft": facts.craft.zh,
        "material": facts.material[0],
        "size": facts.measure.zh,
        "occasion": occasions,
        "style": facts.words()["manner"][0],
    }
    return {key: value for key, value in known.items() if not dice.chance(_FORGOTTEN[key])}


def _tags(facts: Facts, occasions: tuple[str, ...], dice: Dice) -> tuple[str, ...]:
    words = ["国风", facts.words()["manner"][0], facts.wish[0], *occasions]
    return tuple(dict.fromkeys(word for word in words if dice.chance(0.55)))


def _variants(
    id: str, facts: Facts, price: float, stock: int | None, dice: Dice
) -> tuple[Variant, ...]:
    if facts.ware.variants == "none" or (facts.ware.variants == "size" and dice.chance(0.15)):
        return ()
    forms: list[tuple[str, dict[str, Attribute], float]]
    if facts.ware.variants == "size":
        forms = [(one.zh, {"size": one.zh}, one.factor) for one in facts.ware.sizes]
    else:
        forms = [(name, {"colour": name}, facts.measure.factor) for name in _shades(facts, dice)]
    return tuple(
        Variant(
            id=f"{id}-{number + 1}",
            title=name,
            price=_money(price * factor),
            stock=None if stock is None else _share(stock, len(forms), number),
            attributes=attributes,
        )
        for number, (name, attributes, factor) in enumerate(forms)
    )


def _share(stock: int, parts: int, part: int) -> int:
    """Pieces of one variant; all variants together make the item's stock."""
    return stock * (part + 1) // parts - stock * part // parts


def _shades(facts: Facts, dice: Dice) -> list[str]:
    """The item's own colour, and one to three others it also comes in."""
    others = list(facts.ware.shades) or [
        one.ground
        for one in PALETTES
        if one.manner == facts.palette.manner and facts.craft.wears(one)
    ]
    own = dice.pick(others) if facts.ware.shades else facts.palette.ground
    wanted = 1 + int(dice.throw() * 3)
    keys = [own, *(dice.pick(others) for _ in range(wanted) if others)]
    return list(dict.fromkeys(colour_name(key)[0] for key in keys))
