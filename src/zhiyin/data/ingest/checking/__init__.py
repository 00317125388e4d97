"""Rows understood and judged: columns joined to fields, cells read, each row sound or refused.

``make_plan`` joins columns to fields by mapping and by name; ``Events`` and ``Goods``
check blocks by such a ``Plan``. Nothing here opens a file or knows a store.
"""

from zhiyin.data.ingest.checking.events import Events
from zhiyin.data.ingest.checking.goods import Goods
from zhiyin.data.ingest.checking.plan import Plan, guess_into, make_plan

__all__ = ["Events", "Goods", "Plan", "guess_into", "make_plan"]
