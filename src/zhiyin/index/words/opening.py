"""Where an index of words comes from: from nothing, or from a folder."""

from pathlib import Path

from zhiyin.index.words.config import WordsConfig
from zhiyin.index.words.fulltext import FullText
from zhiyin.index.words.saving import read
from zhiyin.index.words.synonyms import Synonyms
from zhiyin.index.words.vocabulary import Vocabulary


def new_words(config: WordsConfig | None = None, synonyms: Synonyms | None = None) -> FullText:
    """An empty index; without ``synonyms`` those that are built in."""
    return FullText(config or WordsConfig(), Vocabulary.empty(), (), _or_built_in(synonyms))


def open_words(folder: Path, synonyms: Synonyms | None = None, *, check: bool = True) -> FullText:
    """The index that ``save`` wrote, its arrays mapped; changes stay in memory.

    ``check`` reads every byte and compares checksums; leave it out where an artifact's
    manifest vouches for the folder already.
    """
    header, vocabulary, segments = read(folder, check=check)
    return FullText(header.config, vocabulary, segments, _or_built_in(synonyms), header.past)


def _or_built_in(synonyms: Synonyms | None) -> Synonyms:
    return Synonyms.built_in() if synonyms is None else synonyms
