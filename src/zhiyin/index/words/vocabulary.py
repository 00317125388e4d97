"""The vocabulary: every term has a number, for good. Grows; what was saved is mapped.

Beside terms that stand in documents it holds, marked by a first character that no text
can contain, the words as they are spelt (for mending typing errors) and the texts that
complete what is being typed.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

SPELT, TITLE, VALUE = "\x1d", "\x1e", "\x1f"
Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]


class Vocabulary:
    """Terms by number and numbers by term. One writer, any number of readers."""

    def __init__(self, blob: Bytes, ends: Ints, order: Ints, codes: Ints) -> None:
        self._blob, self._ends, self._order, self._codes = blob, ends, order, codes  # as saved
        self._numbers: dict[str, int] = {}  # what came since, and what was looked up
        self._spelt: set[str] = set()
        self._fresh: list[str] = []
        self._fresh_codes: list[int] = []

    @classmethod
    def empty(cls) -> "Vocabulary":
        """Nothing yet."""
        nothing = np.zeros(0, np.int64)
        return cls(np.zeros(0, np.uint8), nothing, nothing, nothing)

    def __len__(self) -> int:
        return len(self._ends) + len(self._fresh)

    def add(self, term: str) -> int:
        """The term's number; a new one gets the next."""
        number = self._numbers.get(term, -1)
        if number < 0:
            number = self.number(term)
        if number < 0:
            number = len(self)
            self._fresh.append(term)
            self._fresh_codes.append(_code(term))
            self._numbers[term] = number
        return number

    def add_all(self, terms: Iterable[str]) -> Iterable[int]:
        """Their numbers."""
        get, add = self._numbers.get, self.add
        return [number if (number := get(term, -1)) >= 0 else add(term) for term in terms]

    def spell(self, word: str) -> None:
        """Remember how a word is spelt."""
        if word not in self._spelt:
            self._spelt.add(word)
            self.add(SPELT + word)

    def number(self, term: str) -> int:
        """The term's number; -1 where it has none."""
        found = self._numbers.get(term, -1)
        if found < 0 and len(self._order):
            found = self._saved(term)
            if found >= 0:
                self._numbers[term] = found
        return found

    def term(self, number: int) -> str:
        """The term of a number."""
        if number >= len(self._ends):
            return self._fresh[number - len(self._ends)]
        return self._bytes(number).decode()

    def marked(self, mark: str, since: int = 0) -> Iterator[tuple[int, str]]:
        """Numbers, from ``since``, and texts of the terms with that mark, without it."""
        if since < len(self._ends):
            wanted = mark.encode()
            low = self._place(wanted)
            for place in range(low, len(self._order)):
                number = int(self._order[place])
                text = self._bytes(number)
                if not text.startswith(wanted):
                    break
                if number >= since:
                    yield number, text[1:].decode()
        for place in range(max(0, since - len(self._ends)), len(self._fresh)):
            if self._fresh[place].startswith(mark):
                yield len(self._ends) + place, self._fresh[place][1:]

    def codes(self) -> Ints:
        """Of each term that is one Chinese character or two: first · 2¹⁶ + second; else -1."""
        return np.concatenate([self._codes, np.array(self._fresh_codes, np.int64)])

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """What is saved."""
        texts = [self._bytes(number) for number in range(len(self._ends))]
        texts += [term.encode() for term in self._fresh]
        ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
        order = np.array(sorted(range(len(texts)), key=texts.__getitem__), np.int64)
        blob = np.frombuffer(b"".join(texts), np.uint8)
        return {"blob": blob, "ends": ends, "order": order, "codes": self.codes()}

    def _saved(self, term: str) -> int:
        wanted = term.encode(errors="surrogatepass")
        place = self._place(wanted)
        if place < len(self._order) and self._bytes(int(self._order[place])) == wanted:
            return int(self._order[place])
        return -1

    def _place(self, wanted: bytes) -> int:
        return bisect_left(self._order, wanted, key=lambda number: self._bytes(int(number)))

    def _bytes(self, number: int) -> bytes:
        start = self._ends[number - 1] if number else 0
        return self._blob[start : self._ends[number]].tobytes()


def _code(term: str) -> int:
    if not 1 <= len(term) <= 2 or not all("\u3400" <= char <= "\u9fff" for char in term):
        return -1
    return (ord(term[0]) << 16) + (ord(term[1]) if len(term) == 2 else 0)
