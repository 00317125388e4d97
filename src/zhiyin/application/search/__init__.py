"""Search: words, meanings, pictures and wishes become one page of goods, and never an empty one.

``Searcher`` answers; it stands on ``Goods`` (the shelf, the words and the ``Space``s of
vectors, kept as the catalogue is), on ``Senses`` (the encoders of queries) and, with a
shopper's consent, on a ``Taste``. All of them come through ports.
"""

from zhiyin.application.search.goods import Goods
from zhiyin.application.search.searcher import Searcher
from zhiyin.application.search.spaces import Senses, Space
from zhiyin.application.search.tastes import Taste

__all__ = ["Goods", "Searcher", "Senses", "Space", "Taste"]
