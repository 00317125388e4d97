"""Where goods and events live: in memory, in an SQLite file, or in Postgres.

``open_store(url, shop)`` gives the ports ``Catalogue``, ``EventLog`` and ``Checkpoints``
of one shop. A scheme that is not built in is looked up among the entry points of
``zhiyin.stores``; ``zhiyin.testing.StoreContract`` says what such a store must keep.
"""

from zhiyin.data.stores.opening import open_store

__all__ = ["open_store"]
