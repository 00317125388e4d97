"""Descriptions: a few sentences on motif, colour, craft and use, the same in both languages."""

from zhiyin.data.demo.goods.dice import Dice
from zhiyin.data.demo.goods.facts import Facts, fill
from zhiyin.data.demo.goods.palettes import colour_stories
from zhiyin.data.demo.goods.reading import Pair, pairs, read

# The first stories of a motif introduce it; the others speak of the piece at hand.
_INTRODUCTIONS = 2


def description(facts: Facts, named: bool, dice: Dice) -> Pair:
    """Sentences after one of the blueprints, none said twice."""
    blueprints = read("phrases")["descriptions"]["blueprints"]
    said: list[Pair] = []
    for slot in dice.pick(blueprints):
        choices = [one for one in _choices(slot, facts, named) if not _repeats(one, said)]
        if choices:
            said.append(dice.pick(choices))
    words = facts.words()
    filled = [fill(one, words) for one in said]
    chinese = "".join(sentence for sentence, _ in filled)
    return chinese, " ".join(_begin(sentence) for _, sentence in filled)


def _repeats(sentence: Pair, said: list[Pair]) -> bool:
    """Whether it was said before; the manner is named only once."""
    manner = "{manner" in sentence[0] and any("{manner" in before for before, _ in said)
    return manner or sentence in said


def _choices(slot: str, facts: Facts, named: bool) -> tuple[Pair, ...]:
    phrases = read("phrases")["descriptions"]
    match slot:
        case "opening":
            return _openings(facts, named)
        case "motif":
            return facts.motif.stories
        case "motif_lead":
            return facts.motif.stories[:_INTRODUCTIONS]
        case "craft":
            return facts.craft.stories
        case "craft_lead":
            return facts.craft.stories[:1]
        case "colour":
            return colour_stories(facts.palette.ground) + pairs(phrases["colour"])[:1]
        case "use" | "use_lead":
            return facts.ware.uses
        case "brand":
            return facts.brand.lines if facts.brand else ()
        case "care":
            return pairs(read("phrases")["care"][facts.ware.path[0]])
        case "substance":
            return pairs(phrases["substance_held" if facts.ware.holds else "substance"])
        case _:
            return pairs(phrases[slot])


def _openings(facts: Facts, named: bool) -> tuple[Pair, ...]:
    phrases = read("phrases")["descriptions"]
    choices = pairs(phrases["opening"])
    if named:
        choices += pairs(phrases["opening_named"])
    if facts.brand:
        choices += pairs(phrases["opening_branded"])
    return choices


def _begin(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
