"""Sounding: which Chinese words of the index letters may stand for, the commonest first."""

from collections.abc import Callable, Sequence
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
        self._known = -1
        self._codes = np.zeros(0, np.int64)  # ascending
        self._numbers = np.zeros(0, np.int64)

    def whole(self, letters: str, most: int) -> list[str]:
        """Words of the index spelt like that; one that is read in fewer syllables comes first."""
        for syllables in splits(letters):
            sets = [
                np.array([ord(char) for char in characters(one)], np.int64) for one in syllables
            ]
            found = self._words([self._pairs(*two) for two in pairwise(sets)] or None, sets[0])
            if found:
                return found[:most]
        return []

    def initials(self, letters: str, most: int) -> list[str]:
        """The commonest words of the index whose syllables start like that."""
        least, longest = _INITIALS
        if not (least <= len(letters) <= longest and letters.isascii() and letters.isalpha()):
            return []
        self._refresh()
        first = _starts()[self._codes >> 16]
        second = _starts()[self._codes & 0xFFFF]
        steps = []
        for one, two in pairwise(letters):
            fits = (first == ord(one)) & (second == ord(two))
            steps.append(self._commonest(self._codes[fits], self._numbers[fits]))
        return self._words(steps, None)[:most]

    def _pairs(self, first: Ints, second: Ints) -> tuple[Ints, Ints]:
        self._refresh()
        wanted = ((first[:, None] << 16) + second[None, :]).ravel()
        return self._commonest(*self._there(wanted))

    def _there(self, wanted: Ints) -> tuple[Ints, Ints]:
        at = self._codes.searchsorted(wanted)
        at[at == len(self._codes)] = 0
        at = at[self._codes[at] == wanted] if len(self._codes) else at[:0]
        return self._codes[at], self._numbers[at]

    def _commonest(self, codes: Ints, numbers: Ints) -> tuple[Ints, Ints]:
        """Codes and in how many documents they are, most first, without those in none."""
        often = self._frequencies(numbers)
        order = np.lexsort((codes, -often))[:_CHAINS]
        order = order[often[order] > 0]
        return codes[order], often[order]

    def _words(self, steps: Sequence[tuple[Ints, Ints]] | None, alone: Ints | None) -> list[str]:
        """Chains of pairs in which each starts with the last character of the one before."""
        if steps is None:
            self._refresh()
            assert alone is not None
            codes, _ = self._commonest(*self._there(np.sort(alone) << 16))
            return [chr(code >> 16) for code in codes.tolist()]
        chains = [("", 1 << 60)]
        for codes, often in steps:
            pairs = [
                (chr(c >> 16) + chr(c & 0xFFFF), n)
                for c, n in zip(codes.tolist(), often.tolist(), strict=True)
            ]
            chains = [
                (word + pair[1] if word else pair, min(count, n))
                for word, count in chains
                for pair, n in pairs
                if not word or word[-1] == pair[0]
            ]
            chains = sorted(chains, key=lambda chain: -chain[1])[:_CHAINS]
        return [word for word, _ in chains]

    def _refresh(self) -> None:
        if len(self._vocabulary) != self._known:
            self._known = len(self._vocabulary)
            codes = self._vocabulary.codes()
            numbers = np.flatnonzero(codes >= 0)
            order = np.argsort(codes[numbers], kind="stable")
            self._codes, self._numbers = codes[numbers][order], numbers[order]


_table: list[npt.NDArray[np.uint8]] = []


def _starts() -> npt.NDArray[np.uint8]:
    """(2¹⁶,) the first letter of the usual syllable of each character; 0: it has none."""
    if not _table:
        starts = np.zeros(1 << 16, np.uint8)
        for char, syllables in readings().items():
            starts[ord(char)] = ord(syllables[0][0])
        _table.append(starts)
    return _table[0]
