"""Understand: a query read from left to right; each stretch of it means one thing at most."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from zhiyin.application.conditions import Condition, all_of, read_condition
from zhiyin.application.understanding.lexicon import Lexicon, Meaning
from zhiyin.application.understanding.money import limits
from zhiyin.application.understanding.pricing import cheap, price_chip
from zhiyin.application.understanding.refusals import refusals
from zhiyin.application.understanding.text import Folded, folded, is_chinese
from zhiyin.core import Chip

_READ = 400
"""Letters that are read for meaning; nobody types more, and pasted text has none."""
_WISHES = {
    "cheap": ("good value", "实惠"),
    "on_sale": ("on sale", "促销中"),
    "in_stock": ("in stock", "有现货"),
}
_EDGE = r"[\s,，.。;；、:：!！?？~]|的|且|但|并|而|(?:and|but)(?![a-z])"
_HEAD = re.compile(rf"^(?:{_EDGE})+", re.IGNORECASE)
_TAIL = re.compile(
    r"(?:[\s,，.。;；、:：!！?？]|且|但|并|\b(?:and|but|with|in|for))+$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Understood:
    """A query as it was understood."""

    words: str
    """What is left to be looked for: without the limits, the refusals and what was taken away."""
    chips: tuple[Chip, ...]
    """In the order in which they stand in the query, each once."""
    hard: Condition
    """What all hard chips with a condition ask together."""
    language: str
    """"zh" for a query with Chinese characters, else "en", unless it was said."""

    @property
    def wishes(self) -> tuple[Chip, ...]:
        """The soft chips."""
        return tuple(chip for chip in self.chips if not chip.hard)

    @property
    def banned(self) -> tuple[str, ...]:
        """Words that must not be in the goods' own words."""
        return tuple(chip.term for chip in self.chips if chip.hard and chip.term)


@dataclass(frozen=True, slots=True)
class _Part:
    """A chip and the stretch of the folded text that it came from."""

    start: int
    stop: int
    chip: Chip


def understand(
    query: str,
    lexicon: Lexicon,
    language: str | None = None,
    without: Collection[str] = (),
) -> Understood:
    """What a query asks for.

    Args:
        query: What was typed.
        lexicon: The words of the shop.
        language: Of the query; None: told from its letters.
        without: Ids of chips that were taken away, with the words they came from.
    """
    text = folded(query[:_READ], lexicon.letters)
    parts = sorted(_parts(text, lexicon), key=lambda part: part.start)
    kept = [part for part in parts if part.chip.id not in without]
    gone = [part for part in parts if part.chip.hard or part.chip.id in without]
    chips = {part.chip.id: part.chip for part in reversed(kept)}
    ordered = tuple(chips[id] for id in dict.fromkeys(part.chip.id for part in kept))
    hard = all_of(read_condition(chip.where) for chip in ordered if chip.hard and chip.where)
    found = language or ("zh" if any(map(is_chinese, text.text)) else "en")
    return Understood(_left(query, text, gone), ordered, hard, found)


def _parts(text: Folded, lexicon: Lexicon) -> Iterator[_Part]:
    """All chips with their stretches, none inside another."""
    taken = bytearray(len(text.text))
    for source in (_prices, _wishes, _refusals, _meanings):
        for part in source(text, lexicon, taken):
            if not any(taken[part.start : part.stop]):
                taken[part.start : part.stop] = b"\1" * (part.stop - part.start)
                yield part


def _prices(text: Folded, lexicon: Lexicon, _: bytearray) -> Iterator[_Part]:
    for limit in limits(text.text):
        words = text.words(limit.start, limit.stop)
        yield _Part(limit.start, limit.stop, price_chip(limit, words, lexicon))


def _wishes(text: Folded, lexicon: Lexicon, _: bytearray) -> Iterator[_Part]:
    for place in range(len(text.text)):
        found = lexicon.wishes.at(text, place)
        if found is None:
            continue
        stop, kind = found
        where: dict[str, Any] | None = {kind: True}
        if kind == "in_stock":
            where = {"available": True}
        if kind == "cheap":
            where = cheap(lexicon)
        en, zh = _WISHES[kind]
        words = text.words(place, stop)
        yield _Part(place, stop, Chip(kind, kind, words, en, zh, hard=False, where=where))


def _refusals(text: Folded, lexicon: Lexicon, _: bytearray) -> Iterator[_Part]:
    for one in refusals(text, lexicon):
        words = text.words(one.start, one.stop)
        if one.meaning is None:
            en, zh = f"without {one.term}", f"不要{one.term}"
            chip = Chip(f"not:{one.term}", "not", words, en, zh, hard=True, term=one.term)
        else:
            meant = one.meaning
            en, zh = f"not {meant.en}", f"不要{meant.zh}"
            where = {"not": meant.where}
            chip = Chip(f"not:{meant.id}", "not", words, en, zh, hard=True, where=where)
        yield _Part(one.start, one.stop, chip)


def _meanings(text: Folded, lexicon: Lexicon, taken: bytearray) -> Iterator[_Part]:
    place = 0
    while place < len(text.text):
        found = None if taken[place] else _longest(text, place, lexicon)
        if found is None or any(taken[place : found[0]]):
            place += 1
            continue
        stop, meant = found
        if meant is not None:
            words = text.words(place, stop)
            yield _Part(
                place,
                stop,
                Chip(meant.id, meant.kind, words, meant.en, meant.zh, False, meant.where),
            )
        place = stop


def _longest(text: Folded, place: int, lexicon: Lexicon) -> tuple[int, Meaning | None] | None:
    """The longest phrase; a tone and a colour, such as "apple green", are one phrase."""
    found = lexicon.phrases.at(text, place)
    tone = lexicon.tones.at(text, place)
    if tone is not None:
        start = tone[0] + (text.spaced[tone[0] : tone[0] + 1] == " ")
        colour = lexicon.phrases.at(text, start)
        if colour is not None and colour[1] is not None and colour[1].kind == "colour":
            return colour if found is None or found[0] < colour[0] else found
    return found


def _left(query: str, text: Folded, gone: list[_Part]) -> str:
    """What was typed outside of the stretches, tidied where they were cut out."""
    if not gone:
        return query.strip()
    edges = [0]
    for part in gone:
        edges += [text.places[part.start], text.places[part.stop - 1] + 1]
    pieces = [query[a:b] for a, b in zip([*edges[::2]], [*edges[1::2], None], strict=True)]
    tidy = [_HEAD.sub("", piece) if n else piece for n, piece in enumerate(pieces)]
    tidy = [_TAIL.sub("", piece) if n < len(tidy) - 1 else piece for n, piece in enumerate(tidy)]
    return " ".join(piece.strip() for piece in tidy if piece.strip())
