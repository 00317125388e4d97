"""Completing: texts of the catalogue that start with what is being typed.

Every text has keys of a fixed width, sorted: its characters, its pinyin and its initials, so
that 丝, si and s find 丝巾. Which of them are worth showing is asked of the index: texts
that no allowed document holds are never shown, and those that many hold come first.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from zhiyin.index.words.folding import fold
from zhiyin.index.words.pinyin import initials, spelt
from zhiyin.index.words.vocabulary import TITLE, VALUE, Vocabulary

Ints = npt.NDArray[np.int64]
_WIDTH = 24
"""Bytes of a key; what is typed beyond is compared with the whole text."""
_CONSIDERED = 4_096
"""Texts that are asked after, of those that start alike."""
_LATIN, _OTHER = 3, 2
"""Letters from which titles complete, in Latin script and in any other."""


class Completions:
    """The values and titles of a vocabulary by their keys."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._known = 0
        self._keys = {mark: np.zeros(0, f"S{_WIDTH}") for mark in (VALUE, TITLE)}
        self._numbers = {mark: np.zeros(0, np.int64) for mark in (VALUE, TITLE)}

    def starting(self, prefix: str) -> tuple[Ints, Ints]:
        """Numbers of the values, and of the titles, that start so."""
        self._refresh()
        letters = key(prefix)
        nothing = np.zeros(0, np.int64)
        if not letters:
            return nothing, nothing
        enough = len(letters) >= (_LATIN if letters.isascii() else _OTHER)
        titles = self._starting(TITLE, letters) if enough else nothing
        return self._starting(VALUE, letters), titles

    def _starting(self, mark: str, letters: str) -> Ints:
        wanted = letters.encode()
        keys = self._keys[mark]
        low = keys.searchsorted(np.bytes_(wanted[:_WIDTH]))
        high = keys.searchsorted(np.bytes_(wanted[: _WIDTH - 1] + b"\xff"))
        numbers = np.unique(self._numbers[mark][low : min(high, low + _CONSIDERED)])
        if len(wanted) < _WIDTH:
            return numbers
        texts = [self._vocabulary.term(number)[1:] for number in numbers.tolist()]
        fits = [any(one.startswith(letters) for one in keys_of(text)) for text in texts]
        return numbers[np.array(fits, np.bool_)] if len(numbers) else numbers

    def _refresh(self) -> None:
        size, since = len(self._vocabulary), self._known
        if size == since:
            return
        self._known = size
        for mark in (VALUE, TITLE):
            fresh = [
                (one.encode()[:_WIDTH], number)
                for number, text in self._vocabulary.marked(mark, since)
                for one in keys_of(text)
            ]
            if fresh:
                keys = np.array([one for one, _ in fresh], f"S{_WIDTH}")
                keys = np.concatenate([self._keys[mark], keys])
                numbers = np.array([number for _, number in fresh], np.int64)
                numbers = np.concatenate([self._numbers[mark], numbers])
                order = np.argsort(keys, kind="stable")
                self._keys[mark], self._numbers[mark] = keys[order], numbers[order]


def key(text: str) -> str:
    """Letters, digits and characters alone, folded."""
    return "".join(filter(str.isalnum, fold(text).text))


def keys_of(text: str) -> Iterator[str]:
    """All that a text may be typed as."""
    plain = key(text)
    yield plain
    if not plain.isascii():
        yield from spelt(plain)
        yield initials(plain)
