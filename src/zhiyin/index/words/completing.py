"""Completing: texts of the catalogue that start with what is being typed.

Every text has keys of a fixed width, sorted: its characters, its pinyin and its initials, so
that 丝, si and s find 丝巾. Which of them are worth showing is asked of the index: texts
that no allowed document holds are never shown, and those that many hold come first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Keys, ascending, and the numbers of their texts."""

    keys: npt.NDArray[np.bytes_]
    numbers: Ints

    @classmethod
    def empty(cls) -> "_Table":
        return cls(np.zeros(0, f"S{_WIDTH}"), np.zeros(0, np.int64))

    def plus(self, fresh: list[tuple[bytes, int]]) -> "_Table":
        if not fresh:
            return self
        keys = np.concatenate([self.keys, np.array([one for one, _ in fresh], f"S{_WIDTH}")])
        numbers = np.concatenate([self.numbers, np.array([n for _, n in fresh], np.int64)])
        order = np.argsort(keys, kind="stable")
        return _Table(keys[order], numbers[order])

    def starting(self, wanted: bytes) -> Ints:
        """Numbers of texts with a key that starts so, at most as many as are considered."""
        low = int(self.keys.searchsorted(np.bytes_(wanted[:_WIDTH])))
        high = int(self.keys.searchsorted(np.bytes_(wanted[: _WIDTH - 1] + b"\xff")))
        return np.unique(self.numbers[low : min(high, low + _CONSIDERED)])


class Completions:
    """The values and titles of a vocabulary by their keys."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._view = 0, _Table.empty(), _Table.empty()  # terms, values, titles

    def starting(self, prefix: str) -> tuple[Ints, Ints]:
        """Numbers of the values, and of the titles, that start so."""
        _, values, titles = self._now()
        letters = key(prefix)
        nothing = np.zeros(0, np.int64)
        if not letters:
            return nothing, nothing
        enough = len(letters) >= (_LATIN if letters.isascii() else _OTHER)
        return self._starting(values, letters), self._starting(
            titles, letters
        ) if enough else nothing

    def _starting(self, table: _Table, letters: str) -> Ints:
        wanted = letters.encode()
        numbers = table.starting(wanted)
        if len(wanted) < _WIDTH:
            return numbers
        fits = [
            any(one.startswith(letters) for one in keys_of(self._vocabulary.term(number)[1:]))
            for number in numbers.tolist()
        ]
        return numbers[np.array(fits, np.bool_)]

    def _now(self) -> tuple[int, _Table, _Table]:
        since, values, titles = self._view
        terms = len(self._vocabulary)
        if terms > since:
            values = values.plus(self._fresh(VALUE, since))
            titles = titles.plus(self._fresh(TITLE, since))
            self._view = terms, values, titles
        return self._view

    def _fresh(self, mark: str, since: int) -> list[tuple[bytes, int]]:
        return [
            (one.encode()[:_WIDTH], number)
            for number, text in self._vocabulary.marked(mark, since)
            for one in keys_of(text)
        ]


class PastQueries:
    """What was asked before and how often, by the same keys."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = dict(counts)
        self._texts = list(self.counts)
        fresh = [
            (one.encode()[:_WIDTH], n) for n, t in enumerate(self._texts) for one in keys_of(t)
        ]
        self._table = _Table.empty().plus(fresh)

    def starting(self, prefix: str, most: int) -> list[tuple[str, int]]:
        """Queries that start so and how often each was asked, the commonest first."""
        letters = key(prefix)
        numbers = self._table.starting(letters.encode()).tolist() if letters else []
        texts = [self._texts[number] for number in numbers]
        if len(letters.encode()) >= _WIDTH:
            texts = [t for t in texts if any(one.startswith(letters) for one in keys_of(t))]
        often = sorted(texts, key=lambda text: (-self.counts[text], text))
        return [(text, self.counts[text]) for text in often[:most]]


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
