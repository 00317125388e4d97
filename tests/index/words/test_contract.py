"""The contract of full text, against the index in this process."""

from pathlib import Path

from zhiyin.index.words import FullText, Synonyms, new_words, open_words
from zhiyin.testing.words import WordIndexContract


class TestFullText(WordIndexContract):
    def make(self) -> FullText:
        return new_words(synonyms=Synonyms())

    def opened(self, folder: Path) -> FullText:
        return open_words(folder, Synonyms())
