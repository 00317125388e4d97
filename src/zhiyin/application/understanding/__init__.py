"""Understanding: what the words of a query ask for beyond words, as chips one can take away.

``Lexicon`` knows the words of one shop: its brands, categories and attribute values, and
what shoppers in Chinese and English call them. ``learn_words`` finds the latter in titles
of two languages; ``understand`` reads a query.
Limits of price and negations are hard, for they are meant so; all else is a wish.
"""

from zhiyin.application.understanding.bilingual import learn_words
from zhiyin.application.understanding.lexicon import Lexicon, Meaning
from zhiyin.application.understanding.understanding import Understood, understand

__all__ = ["Lexicon", "Meaning", "Understood", "learn_words", "understand"]
