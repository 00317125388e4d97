"""Nearest vectors: what looks or reads like this, of those that may be shown.

``new_index`` and ``open_index`` give what a shop uses: exact while it is small, in lists that
hold nearly all neighbours once it is large. ``ExactIndex`` is the reference that it is
measured against. Words have a room of their own within: ``zhiyin.index.words``.
"""

from zhiyin.index.exact import ExactIndex
from zhiyin.index.opening import new_index, open_index

__all__ = ["ExactIndex", "new_index", "open_index"]
