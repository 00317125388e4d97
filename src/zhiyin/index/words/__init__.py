"""Full text in this process: Chinese and English words, pinyin, typing errors, synonyms.

``new_words`` and ``open_words`` give a ``FullText``, which is a ``WordIndex`` of the core.
"""

from zhiyin.index.words.config import Field, WordsConfig
from zhiyin.index.words.fulltext import FullText
from zhiyin.index.words.opening import new_words, open_words
from zhiyin.index.words.synonyms import Synonyms

__all__ = ["Field", "FullText", "Synonyms", "WordsConfig", "new_words", "open_words"]
