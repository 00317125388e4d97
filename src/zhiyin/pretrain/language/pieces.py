"""Pieces of words: the vocabulary that makes a shop's own words short (WordPiece by merging).

Every character is a piece, one that goes on a word has ``##`` before it; then the two
neighbours that stand together most often become one piece, again and again (Sennrich et al.:
*Neural machine translation of rare words with subword units*, ACL 2016). The tokenizers
library learns the same, but breaks ties by chance, so that no two runs give the same
vocabulary; here ties go by the alphabet.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import pairwise

GOES_ON = "##"
_TWICE = 2  # what stands together once is chance
Pair = tuple[str, str]


def learnt_pieces(words: Mapping[str, int], size: int, characters: int) -> list[str]:
    """At most ``size`` pieces of words with their counts; of characters the most frequent."""
    letters: Counter[str] = Counter()
    for word, count in words.items():
        for letter in _letters(word):
            letters[letter] += count
    alphabet = sorted(letters, key=lambda each: (-letters[each], each))[:characters]
    known = set(alphabet)
    spelt = [(_letters(w), n) for w, n in sorted(words.items()) if known.issuperset(_letters(w))]
    return sorted(alphabet) + _Merging(spelt).merged(size - len(alphabet), known)


class _Merging:
    """Words as they are spelt now, and how often which neighbours stand together."""

    def __init__(self, words: list[tuple[list[str], int]]) -> None:
        self.words = words
        self.counts: Counter[Pair] = Counter()
        self.where: defaultdict[Pair, set[int]] = defaultdict(set)
        for number in range(len(words)):
            self._count(number, 1)
        self.heap = [(-count, pair) for pair, count in self.counts.items()]
        heapq.heapify(self.heap)

    def merged(self, most: int, known: set[str]) -> list[str]:
        """The new pieces, the most frequent first."""
        found: list[str] = []
        while self.heap and len(found) < most:
            count, pair = heapq.heappop(self.heap)
            if -count != self.counts[pair]:  # its words were spelt anew since
                continue
            if -count < _TWICE:
                break
            piece = pair[0] + pair[1].removeprefix(GOES_ON)
            if piece not in known:
                known.add(piece)
                found.append(piece)
            self._merge(pair, piece)
        return found

    def _merge(self, pair: Pair, piece: str) -> None:
        changed: set[Pair] = set()
        for number in sorted(self.where.pop(pair)):
            changed.update(self._count(number, -1))
            spelling, count = self.words[number]
            self.words[number] = (_joined(spelling, pair, piece), count)
            changed.update(self._count(number, 1))
        for each in changed - {pair}:
            heapq.heappush(self.heap, (-self.counts[each], each))

    def _count(self, number: int, sign: int) -> list[Pair]:
        """Add a word's neighbours, or take them away; which they are."""
        spelling, count = self.words[number]
        pairs = [*pairwise(spelling)]
        for pair in pairs:
            self.counts[pair] += sign * count
            if sign > 0:
                self.where[pair].add(number)
        return pairs


def _letters(word: str) -> list[str]:
    return [word[0], *(GOES_ON + letter for letter in word[1:])]


def _joined(spelling: list[str], pair: Pair, piece: str) -> list[str]:
    found: list[str] = []
    place = 0
    while place < len(spelling):
        if (*spelling[place : place + 2],) == pair:
            found.append(piece)
            place += 2
        else:
            found.append(spelling[place])
            place += 1
    return found
