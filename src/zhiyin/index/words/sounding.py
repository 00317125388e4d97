"""Sounding: which Chinese words of the index letters may stand for, the commonest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from zhiyin.index.words.pinyin import characters, readings, splits
from zhiyin.index.words.vocabulary import Vocabulary

Ints = npt.NDArray[np.int64]
_CHAINS = 256  # words that are pieced together before the commonest are taken
_INITIALS = (2, 5)


class Soundings:
    """The characters and pairs of a vocabulary by their sound."""

    def __init__(self, vocabulary: Vocabulary, frequencies: Callable[[Ints], Ints]) -> None:
        self._vocabulary = vocabulary
        self._frequencies = frequencies
        self._view = _View.of(np.zeros(0, np.int64))

    def whole(self, letters: str, most: int) -> list[str]:
        """Words of the index spelt like that; one that is read in fewer syllables comes first."""
        view = self._now()
        for syllables in splits(letters):
            alone = len(syllables) == 1  # so many may be read like that: the usual ones will do
            sets = [_places(characters(one, rare=not alone)) for one in syllables]
            if alone:
                codes, _ = self._commonest(*view.there(np.sort(sets[0]) << 16))
                found = [chr(code >> 16) for code in codes.tolist()]
            else:
                steps = [
                    self._commonest(*view.there(((first[:, None] << 16) + second).ravel()))
                    for first, second in pairwise(sets)
                ]
                found = _chained(steps)
            if found:
                return found[:most]
        return []

    def initials(self, letters: str, most: int) -> list[str]:
        """The commonest words of the index whose syllables start like that."""
        least, longest = _INITIALS
        if not (least <= len(letters) <= longest and letters.isascii() and letters.isalpha()):
            return []
        view = self._now()
        first, second = _starts()[view.codes >> 16], _starts()[view.codes & 0xFFFF]
        steps = []
        for one, two in pairwise(letters):
            fits = (first == ord(one)) & (second == ord(two))
            steps.append(self._commonest(view.codes[fits], view.numbers[fits]))
        return _chained(steps)[:most]

    def _commonest(self, codes: Ints, numbers: Ints) -> tuple[Ints, Ints]:
        """Codes and in how many documents they are, most first, without those in none."""
        often = self._frequencies(numbers)
        order = np.lexsort((codes, -often))[:_CHAINS]
        order = order[often[order] > 0]
        return codes[order], often[order]

    def _now(self) -> "_View":
        if len(self._vocabulary) > self._view.terms:
            self._view = _View.of(self._vocabulary.codes())
        return self._view


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """The characters and pairs of a vocabulary at one moment."""

    terms: int
    codes: Ints  # ascending
    numbers: Ints

    @classmethod
    def of(cls, codes: Ints) -> "_View":
        numbers = np.flatnonzero(codes >= 0)
        order = np.argsort(codes[numbers], kind="stable")
        return cls(len(codes), codes[numbers][order], numbers[order])

    def there(self, wanted: Ints) -> tuple[Ints, Ints]:
        """Those of the wanted codes that there are, and their numbers."""
        if not len(self.codes):
            return self.codes, self.numbers
        at = self.codes.searchsorted(wanted)
        at[at == len(self.codes)] = 0
        at = at[self.codes[at] == wanted]
        return self.codes[at], self.numbers[at]


def _places(chars: str) -> Ints:
    return np.array([ord(char) for char in chars], np.int64)


def _chained(steps: Sequence[tuple[Ints, Ints]]) -> list[str]:
    """Chains of pairs in which each starts with the last character of the one before."""
    chains = [("", 1 << 60)]
    for codes, often in steps:
        pairs = [
            (chr(code >> 16) + chr(code & 0xFFFF), count)
            for code, count in zip(codes.tolist(), often.tolist(), strict=True)
        ]
        chains = [
            (word + pair[1] if word else pair, min(least, count))
            for word, least in chains
            for pair, count in pairs
            if not word or word[-1] == pair[0]
        ]
        chains = sorted(chains, key=lambda chain: -chain[1])[:_CHAINS]
    return [word for word, _ in chains]


@cache
def _starts() -> npt.NDArray[np.uint8]:
    """(2¹⁶,) the first letter of the usual syllable of each character; 0: it has none."""
    starts = np.zeros(1 << 16, np.uint8)
    for char, syllables in readings().items():
        starts[ord(char)] = ord(syllables[0][0])
    return starts
