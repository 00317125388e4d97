"""Texts → vectors of which words are in them; a help beside vectors of meaning.

A sentence encoder reads a brand or a rare word as something vague. Here every word has a
place of its own, by a hash: √ of how often each is there, rows of length 1. Chinese is
written without gaps, so there characters and pairs of neighbours stand for words. What a
word means is left to what learns from these vectors, such as aligning.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np

from zhiyin.core import Encoded, Modality
from zhiyin.encoders.cleaning import nonempty
from zhiyin.encoders.rows import spread

_RUN = re.compile(r"[㐀-鿿豈-﫿]+|[^\W㐀-鿿豈-﫿_]+")
_LONGEST = 5000
"""Characters that are read: the words of more than that are those of anything."""


class WordsEncoder:
    """Texts → unit vectors of the words in them; nothing is learnt, nothing is loaded."""

    modality: Modality = "text"
    width = 2048
    name = "words/1"

    def encode(self, contents: Sequence[str]) -> Encoded:
        places, texts = nonempty(contents)
        rows = np.zeros((len(texts), self.width), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for place, count in Counter(map(self._place, words(text))).items():
                row[place] = count**0.5
        return spread(rows, places, len(contents), self.width, [])

    def _place(self, word: str) -> int:
        return crc32(word.encode()) % self.width


def words(text: str) -> Iterator[str]:
    """Words in small letters; of Chinese each character and each pair of neighbours."""
    for run in _RUN.findall(unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()):
        if run[0] < "㐀":
            yield run
        else:
            yield from run
            yield from (run[at : at + 2] for at in range(len(run) - 1))
