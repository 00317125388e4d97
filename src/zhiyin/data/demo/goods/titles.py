"""Titles: what an item is called on the shelf, in Chinese and English."""

from zhiyin.data.demo.goods.dice import Dice
from zhiyin.data.demo.goods.facts import Facts, fill
from zhiyin.data.demo.goods.reading import Pair, pairs, read

_SMALL_WORDS = {"a", "an", "and", "at", "for", "in", "of", "on", "the", "to", "with"}
_NAMED = 0.62


def title(facts: Facts, dice: Dice) -> tuple[Pair, bool]:
    """The title, and whether it uses the poetic name."""
    templates = read("phrases")["titles"]
    named = dice.chance(_NAMED)
    choices = pairs(templates["named" if named else "bare"])
    if facts.brand is None:
        choices = tuple(one for one in choices if "{brand}" not in one[0])
    chinese, english = fill(dice.pick(choices), _title_words(facts))
    return (" ".join(chinese.split()), " ".join(english.split())), named


def _title_words(facts: Facts) -> dict[str, Pair]:
    words = facts.words()
    for key in ("noun", "motif", "ground", "ink"):
        words[key] = words[key][0], capitals(words[key][1])
    words["craft"] = facts.craft.title
    if facts.motif.key == "blue_and_white":
        words["motif"] = "青花", "Blue-and-White"
        if facts.craft.key == "blue_white_porcelain":
            words["craft"] = "", ""  # the motif has said it
    return words


def capitals(text: str) -> str:
    """English as titles write it: ``sky after rain`` becomes ``Sky After Rain``."""
    words = text.split(" ")
    return " ".join(
        word if place and word in _SMALL_WORDS else _capital(word)
        for place, word in enumerate(words)
    )


def _capital(word: str) -> str:
    return "-".join(
        part if part in _SMALL_WORDS else part[:1].upper() + part[1:] for part in word.split("-")
    )
