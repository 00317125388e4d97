"""The shelf: the catalogue as columns, one row number per item, for filters, counts and orders.

A row number is the key of ``zhiyin.core.Index`` and ``zhiyin.core.WordIndex``: it stays
with an item for good. ``Shelf`` follows the catalogue; a ``View`` is the goods at one
moment and never changes, so that many may read while the shelf is refreshed.
"""

from zhiyin.application.shelf.columns import MICRO, Columns, in_micros
from zhiyin.application.shelf.folding import fold
from zhiyin.application.shelf.shelf import Refreshed, Shelf
from zhiyin.application.shelf.view import View

__all__ = ["MICRO", "Columns", "Refreshed", "Shelf", "View", "fold", "in_micros"]
