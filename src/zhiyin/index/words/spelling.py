"""Spelling: the words of the index that a mistyped Latin word may have meant.

Distance: letters left out, put in, exchanged for others, or swapped with their neighbour
(optimal string alignment). All words are compared at once: those of another length or made
of other letters fall away by one look at two arrays, and the table of distances is filled
in for all that are left together.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from zhiyin.index.words.vocabulary import SPELT, Vocabulary

SHORTEST, LONG = 4, 8
"""Letters from which one may be wrong, and two."""
_WIDTH = 24


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """The words of a vocabulary at one moment."""

    terms: int
    words: tuple[str, ...]
    letters: npt.NDArray[np.uint8]  # (W, 24)
    lengths: npt.NDArray[np.int64]
    bags: npt.NDArray[np.uint32]

    @classmethod
    def of(cls, terms: int, words: tuple[str, ...]) -> "_View":
        padded = np.array([word.encode() for word in words], f"S{_WIDTH}")
        return cls(
            terms,
            words,
            padded.view(np.uint8).reshape(len(words), _WIDTH),
            np.array([len(word) for word in words], np.int64),
            np.array([_bag(word) for word in words], np.uint32),
        )


class Spellings:
    """The words of a vocabulary as they are spelt."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._view = _View.of(0, ())

    def near(self, word: str, most: int) -> list[tuple[str, int]]:
        """Words at the least distance above none, and that distance; none where all are far."""
        allowed = 0 if len(word) < SHORTEST else 1 if len(word) < LONG else 2
        allowed = min(allowed, most)
        if not allowed or len(word) > _WIDTH - 2 or not _plain(word):
            return []
        view = self._now()
        differ = np.bitwise_count(view.bags ^ _bag(word))
        close = (np.abs(view.lengths - len(word)) <= allowed) & (differ <= 2 * allowed)
        rows = np.flatnonzero(close)
        if not len(rows):
            return []
        distances = _distances(word, view.letters[rows], view.lengths[rows])
        least = distances[distances > 0].min(initial=allowed + 1)
        if least > allowed:
            return []
        return [(view.words[row], int(least)) for row in rows[distances == least].tolist()]

    def _now(self) -> _View:
        view, terms = self._view, len(self._vocabulary)
        if terms > view.terms:
            fresh = (text for _, text in self._vocabulary.marked(SPELT, view.terms))
            words = tuple(text for text in fresh if _plain(text) and len(text) <= _WIDTH)
            more = _View.of(terms, (*view.words, *words)) if words else replace(view, terms=terms)
            self._view = view = more
        return view


def _plain(word: str) -> bool:
    return word.isascii() and word.isalpha()


def _bag(word: str) -> np.uint32:
    """One bit for each letter that is in the word."""
    return np.uint32(sum(1 << (ord(letter) - 97) for letter in set(word)))


def _distances(
    word: str, letters: npt.NDArray[np.uint8], lengths: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """(n,) the distance of the word to each row of letters."""
    columns = int(lengths.max()) + 1
    typed = word.encode()
    first = np.broadcast_to(np.arange(columns, dtype=np.int16), (len(letters), columns))
    table = [first]
    for i in range(1, len(typed) + 1):
        row = np.empty((len(letters), columns), np.int16)
        row[:, 0] = i
        for j in range(1, columns):
            same = letters[:, j - 1] == typed[i - 1]
            best = np.minimum(table[i - 1][:, j], row[:, j - 1]) + 1
            best = np.minimum(best, table[i - 1][:, j - 1] + ~same)
            if i > 1 and j > 1:
                swapped = (letters[:, j - 1] == typed[i - 2]) & (letters[:, j - 2] == typed[i - 1])
                best = np.where(swapped, np.minimum(best, table[i - 2][:, j - 2] + 1), best)
            row[:, j] = best
        table.append(row)
    found: npt.NDArray[np.int64] = table[-1][np.arange(len(letters)), lengths].astype(np.int64)
    return found
