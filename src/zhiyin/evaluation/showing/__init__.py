"""Several reports side by side: ``comparison_table`` in a terminal, ``render_page`` as HTML.

Both take reports of one exam by the names of their models, one each or one per seed, and
say with every difference whether luck could have made it.
"""

from zhiyin.evaluation.showing.page import render_page
from zhiyin.evaluation.showing.table import comparison_table

__all__ = ["comparison_table", "render_page"]
