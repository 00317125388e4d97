"""Refusals: what a query says it does not want: 不要红色, 不带蕾丝, without lace, no red, -lace.

Some cues are sure: what follows "without" or 不要 is not wanted, whatever it is. Others
begin too many innocent words (非遗, 无锡, "no. 5", "no show socks"): after them only
something that the shop knows is a refusal.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from zhiyin.application.understanding.lexicon import Lexicon, Meaning
from zhiyin.application.understanding.text import Folded, is_chinese, is_latin

_SURE = re.compile(
    r"(?<![有要是])(?:不要|不想要|不喜欢|不需要|别给我|别要|不带|不含|没有|排除|去掉|除了|除去)"
    r"|(?<![a-z])(?:without|with no|anything but|except(?: for)?|excluding)(?![a-z])"
    r"|(?:(?<=\s)|^)-(?=[^\W\d])"
)
_UNSURE = re.compile(
    r"(?<![有要是])(?:不是|不能是|非|无|不)|(?<![a-z])(?:not|no|non|but not|minus)(?![a-z.])"
)
_FREE = re.compile(r"(?<![a-z])([a-z]+)[- ]free(?![a-z])")
_CUE = re.compile("|".join(one.pattern for one in (_SURE, _UNSURE, _FREE)))
_FILLER = re.compile(r"\s|任何|有|是|带|含|(?:any|an?|the|in|of|with)(?![a-z])")
_AND = re.compile(r"\s*(?:和|或者|或|、|跟|与|及|,?\s*n?or(?![a-z]))")
_COMMA = re.compile(r"\s*,")
_ASKED = re.compile(r"的?\s*[吗么嘛]")
"""没有红色的吗 asks for red."""
_AFTER = re.compile(r"(?:的|之外|以外|都可以|都行|均可|款)+")
_STOP = "的了都吧啊呢也就还和或、跟与及"
_RAW = 4
"""The most letters of a Chinese word that the shop does not know."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that is not wanted, in a stretch of the text."""

    start: int
    stop: int
    meaning: Meaning | None
    term: str
    """The word itself, where it means nothing to the shop."""


def refusals(text: Folded, lexicon: Lexicon) -> Iterator[Refusal]:
    """All that is refused, in order."""
    cue = _CUE.search(text.text)
    while cue is not None:
        found = [*_at(text, cue.start(), lexicon)]
        yield from found
        cue = _CUE.search(text.text, found[-1].stop if found else cue.start() + 1)


def _at(text: Folded, place: int, lexicon: Lexicon) -> Iterator[Refusal]:
    """What is refused from this place on."""
    free = _FREE.match(text.text, place)
    if free and text.starts_word(place):
        known = _known(text, place, lexicon)
        if known is not None and known.stop == free.end(1):
            yield Refusal(place, free.end(), known.meaning, known.term)
        return
    sure = _SURE.match(text.text, place)
    cue = sure or _UNSURE.match(text.text, place)
    if cue is None:
        return
    start, next_ = place, _skip(text, cue.end())
    while True:
        one = _known(text, next_, lexicon) or (_raw(text, next_) if sure else None)
        if one is None or _ASKED.match(text.text, one.stop):
            return
        after = _AFTER.match(text.text, one.stop)
        stop = after.end() if after else one.stop
        yield Refusal(start, stop, one.meaning, one.term)
        more = _AND.match(text.text, one.stop) or _in_a_row(text, one, lexicon)
        if more is None:
            return
        start, next_ = one.stop, _skip(text, more.end())


def _in_a_row(text: Folded, one: Refusal, lexicon: Lexicon) -> re.Match[str] | None:
    """The comma of "red, blue or green"; of "no red, a vase" it is none."""
    comma = _COMMA.match(text.text, one.stop)
    other = None if comma is None else _known(text, _skip(text, comma.end()), lexicon)
    if other is None or other.meaning is None or one.meaning is None:
        return None
    alike = other.meaning.kind == one.meaning.kind
    return comma if alike and _AND.match(text.text, other.stop) else None


def _skip(text: Folded, place: int) -> int:
    while filler := _FILLER.match(text.text, place):
        place = filler.end()
    return place


def _known(text: Folded, place: int, lexicon: Lexicon) -> Refusal | None:
    """Something that the shop knows, or a detail that goods may have."""
    found = lexicon.phrases.at(text, place)
    if found is not None and found[1] is not None:
        return Refusal(place, found[0], found[1], "")
    detail = lexicon.details.at(text, place)
    if detail is None or (found is not None and found[0] >= detail[0]):
        return None
    return Refusal(place, detail[0], None, text.text[place : detail[0]])


def _raw(text: Folded, place: int) -> Refusal | None:
    """A word that nobody here knows."""
    stop = place
    if place < len(text.text) and is_chinese(text.text[place]):
        while (
            stop < min(len(text.text), place + _RAW)
            and is_chinese(text.text[stop])
            and text.text[stop] not in _STOP
        ):
            stop += 1
    else:
        while stop < len(text.text) and is_latin(text.text[stop]):
            stop += 1
    word = text.text[place:stop]
    return Refusal(place, stop, None, word) if word and not word[0].isdigit() else None
