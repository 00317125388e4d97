"""Reading a query: its words, what each may also be called, and what its typist meant.

Quoted text is a phrase. A Chinese run is cut into words by what the index itself holds: the
cheapest way to cover it by pairs and characters that are common together, by whole values of
the catalogue (莲花纹) and by words of the synonyms. All of a word must be there, or all of
its characters where the catalogue does not have it; the run's single characters, and pairs
across two words, only add to the score. A Latin word that no document has is taken for
pinyin, for a typing error, or for two words written as one.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log

from zhiyin.index.words.config import WordsConfig
from zhiyin.index.words.cutting import EXACT, Piece, cut, stem
from zhiyin.index.words.folding import Folded
from zhiyin.index.words.pinyin import splits
from zhiyin.index.words.plan import Alternative, Group, Plan
from zhiyin.index.words.sounding import Soundings
from zhiyin.index.words.spelling import Spellings
from zhiyin.index.words.synonyms import Synonyms, canonical
from zhiyin.index.words.vocabulary import VALUE, Vocabulary

_QUOTED = re.compile('["“”]([^"“”]+)["“”]')
_SMALL = "a an and are as at be by for from in is it of on or the to with"
_STOP = frozenset((*_SMALL.split(), *"的了和与或是在我要想有吗呢请给"))
"""Words that are not looked for beside others."""
_NUMERALS = dict(zip(map(str, range(1, 11)), "一二三四五六七八九十", strict=True)) | {"2": "二两"}
_SOUNDS, _MEANT = 6, 3
"""Words that pinyin, and that a typing error, may stand for."""
_VALUE_COST, _STEP, _NEVER = 1.5, 2.3, 25.0
_LONGEST_VALUE = 6


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a query, with its place in the folded text."""

    text: str
    canon: str
    kind: str
    terms: tuple[str, ...]
    start: int
    end: int
    link: str = " "


class Reader:
    """Makes plans for one index.

    Args:
        frequency: In how many documents a term is.
        documents: How many there are.
    """

    def __init__(
        self,
        config: WordsConfig,
        synonyms: Synonyms,
        vocabulary: Vocabulary,
        spellings: Spellings,
        soundings: Soundings,
        frequency: Callable[[str], int],
        documents: int,
    ) -> None:
        self._config, self._synonyms, self._vocabulary = config, synonyms, vocabulary
        self._spellings, self._soundings = spellings, soundings
        self.frequency = lru_cache(1 << 16)(frequency)
        self._documents = documents

    def plan(self, query: str) -> Plan:
        """What the query comes to; without groups where it has no word."""
        query = query[: self._config.longest]
        quoted = _QUOTED.findall(query)[: self._config.most]
        phrases = [group for text in quoted if (group := _phrase(text, self._config.most))]
        folded, found = cut(_QUOTED.sub(lambda match: " " * len(match.group()), query))
        words = [word for piece in found for word in self._words(piece)]
        words = _telling(words, bool(phrases))[: self._config.most]
        groups: list[Group] = []
        mended: list[tuple[int, int, str]] = []
        place = 0
        while place < len(words):
            group, taken = self._group(words, place, mended)
            groups.append(group)
            place += taken
        corrected = _mended(query, folded, mended) if mended else None
        return Plan((*phrases, *groups), self._extras(found, groups), corrected)

    def _words(self, piece: Piece) -> Iterator[_Word]:
        if piece.kind != "run":
            canon = canonical(piece)
            yield _Word(
                piece.text, canon, piece.kind, _needed(piece), piece.start, piece.end, piece.link
            )
            return
        place = piece.start
        for number, text in enumerate(self._segmented(piece.text)):
            link = "" if number else piece.link
            end = place + len(text)
            part = Piece("run", text, place, end, link)
            yield _Word(text, text, "run", _needed(part), place, end, link)
            place = end

    def _segmented(self, run: str) -> list[str]:
        """The run cut into words, at the least cost."""
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(run) + 1):
            options = [
                (best[start][0] + self._cost(run[start:end]), start)
                for start in range(max(0, end - _LONGEST_VALUE), end)
            ]
            best.append(min(options))
        words, end = [], len(run)
        while end:
            start = best[end][1]
            words.append(run[start:end])
            end = start
        return words[::-1]

    def _cost(self, text: str) -> float:
        """How unlikely it is that the text is one word."""
        if len(text) > 1 and (
            (text,) in self._synonyms.others or self._vocabulary.number(VALUE + text) >= 0
        ):
            return _VALUE_COST
        if len(text) > 2:
            return _NEVER * len(text)
        often = self.frequency(text)
        rare = -log(max(often, 0.5) / max(self._documents, 1))
        return max(rare, 0.0) + _STEP + (_NEVER if len(text) == 2 and not often else 0.0)

    def _group(
        self, words: Sequence[_Word], place: int, mended: list[tuple[int, int, str]]
    ) -> tuple[Group, int]:
        """The group of the words from ``place`` on, and how many of them it takes up."""
        for size in range(min(4, len(words) - place), 0, -1):
            span = words[place : place + size]
            others = self._synonyms.others.get(tuple(word.canon for word in span), ())
            if others and (known := tuple(self._synonymous(others))):
                return Group((*_literal(span), *known)), size
        word = words[place]
        if word.kind == "word":
            if (joined := self._joined(words, place)) is not None:
                return joined, 2
            if not self.frequency(word.terms[0]):
                return self._guessed(words, place, mended)
        if word.kind == "run" and not all(map(self.frequency, word.terms)):
            loose = Alternative(word.text, tuple(dict.fromkeys(word.text)))
            return Group((*_literal([word]), loose)), 1
        if word.kind == "number" and place + 1 < len(words):
            return Group((*_literal([word]), *self._counted(word, words[place + 1]))), 1
        return Group(_literal([word])), 1

    def _counted(self, number: _Word, after: _Word) -> Iterator[Alternative]:
        """A number with what it counts, in digits or as Chinese writes it: 6枚, 六枚."""
        if after.kind == "run" and not after.link:
            for said in (number.text, *_NUMERALS.get(number.text, "")):
                term = said + after.text[0]
                if self.frequency(term):
                    yield Alternative(term, (term,))

    def _synonymous(self, others: Sequence[str]) -> Iterator[Alternative]:
        for text in others:
            terms = tuple(term for piece in cut(text)[1] for term in _needed(piece))
            if all(map(self.frequency, terms)):
                yield Alternative(text, terms, self._config.synonym)

    def _joined(self, words: Sequence[_Word], place: int) -> Group | None:
        """Two Latin words that the index also has as one: t-shirt, tshirt."""
        pair = words[place : place + 2]
        if len(pair) < 2 or pair[1].kind != "word":
            return None
        together = stem(pair[0].text + pair[1].text)
        if not self.frequency(together):
            return None
        return Group((*_literal(pair), Alternative(together, (together,))))

    def _guessed(
        self, words: Sequence[_Word], place: int, mended: list[tuple[int, int, str]]
    ) -> tuple[Group, int]:
        """What a Latin word that no document has may have meant."""
        word = words[place]
        sounded, taken = self._sounded(words, place)
        if sounded:
            return Group(tuple(sounded)), taken
        if halves := self._halves(word.text):
            return Group((*_literal([word]), Alternative(" ".join(halves), halves))), 1
        meant = self._meant(word)
        if meant:
            mended.append((word.start, word.end, meant[0].text))
            return Group((*_literal([word]), *meant)), 1
        starts = self._soundings.initials(word.text, _MEANT)
        half = self._config.pinyin / 2
        return Group((*_literal([word]), *(_chinese(text, half) for text in starts))), 1

    def _sounded(self, words: Sequence[_Word], place: int) -> tuple[list[Alternative], int]:
        """Chinese words spelt by this word, or by it and the next ones that are unknown too."""
        most = place
        while most < len(words) and self._syllabic(words[most]):
            most += 1
        for end in range(most, place, -1):
            letters = "".join(word.text for word in words[place:end])
            weight = self._config.pinyin
            found = [_chinese(text, weight) for text in self._soundings.whole(letters, _SOUNDS)]
            for text in self._synonyms.sounds.get(letters, ()):
                found += self._synonymous(self._synonyms.others[text,])
            if found:
                return found, end - place
        return [], 1

    def _syllabic(self, word: _Word) -> bool:
        return word.kind == "word" and not self.frequency(word.terms[0]) and bool(splits(word.text))

    def _halves(self, word: str) -> tuple[str, str] | None:
        """Two words of three letters or more that were written as one."""
        pairs = [(stem(word[:n]), stem(word[n:])) for n in range(3, len(word) - 2)]
        known = [pair for pair in pairs if all(map(self.frequency, pair))]
        return max(known, key=lambda pair: min(map(self.frequency, pair)), default=None)

    def _meant(self, word: _Word) -> list[Alternative]:
        """Words of the index that are spelt nearly so, the commonest first."""
        found = self._spellings.near(word.text, self._config.typos)
        often = {text: self.frequency(stem(text)) for text, _ in found}
        best = sorted((text for text, _ in found if often[text]), key=lambda t: (-often[t], t))
        weight = 0.9 if found and found[0][1] == 1 else 0.7
        return [Alternative(text, (stem(text),), weight) for text in best[:_MEANT]]

    def _extras(
        self, found: Sequence[Piece], groups: Sequence[Group]
    ) -> tuple[tuple[str, float], ...]:
        """Characters and pairs of the runs that no group asks for already."""
        asked = {term for group in groups for term in group.alternatives[0].terms}
        extras: dict[str, float] = {}
        for before, piece in pairwise([None, *found]):
            assert piece is not None
            if piece.kind == "run" and len(piece.text) > 1:
                extras |= dict.fromkeys(piece.text, self._config.characters)
                extras |= {a + b: 1.0 for a, b in pairwise(piece.text)}
            if piece.kind == "word":
                extras[EXACT + piece.text] = self._config.exact
            if before and before.kind == "number" and piece.kind == "run" and not piece.link:
                extras[before.text + piece.text[0]] = 1.0
        kept = {t: w for t, w in extras.items() if t not in asked and t not in _STOP}
        known = [(term, weight) for term, weight in kept.items() if self.frequency(term)]
        return tuple(known[: 4 * self._config.most])


def _phrase(text: str, most: int) -> Group | None:
    """A quoted text: its terms, at the places they have among each other."""
    terms: list[str] = []
    offsets: list[int] = []
    place = 0
    found = cut(text)[1]
    for piece in found:
        needed = _needed(piece)
        # The places of a single character are not kept, unless it stands alone.
        if piece.kind != "run" or len(piece.text) > 1 or len(found) == 1:
            terms += needed
            offsets += range(place, place + len(needed))
        place += len(piece.text) if piece.kind == "run" else 1
    if not terms:
        return None
    shown = " ".join(text.split())
    terms, offsets = terms[:most], offsets[:most]
    order = tuple(offsets) if len(terms) > 1 else None
    return Group((Alternative(f"“{shown}”", tuple(terms), 1.0, order),))


def _needed(piece: Piece) -> tuple[str, ...]:
    """The terms that stand for the whole piece."""
    text = piece.text
    if piece.kind == "run" and len(text) > 1:
        return tuple(first + second for first, second in pairwise(text))
    return (canonical(piece),)


def _literal(span: Sequence[_Word]) -> tuple[Alternative, ...]:
    text = "".join((" " if n and word.link else "") + word.canon for n, word in enumerate(span))
    return (Alternative(text, tuple(dict.fromkeys(term for word in span for term in word.terms))),)


def _chinese(text: str, weight: float) -> Alternative:
    return Alternative(text, _needed(Piece("run", text, 0, len(text), " ")), weight)


def _telling(words: Sequence[_Word], more: bool) -> list[_Word]:
    """Without the words that say nothing, unless there are no others."""
    telling = [word for word in words if word.canon not in _STOP]
    return telling if telling or more else list(words)


def _mended(query: str, folded: Folded, changes: Sequence[tuple[int, int, str]]) -> str:
    """The query with stretches of its folded text put right."""
    for start, end, text in reversed(changes):
        first, last = folded.span(start, end)
        query = query[:first] + text + query[last:]
    return query
