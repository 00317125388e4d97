"""The tables, the same for every database: what a shop's goods and events look like on disk.

All tables begin with ``zhiyin_``, so that they may live in a database that a shop already
has, and every row begins with its shop. Numbers of changes and events are given under the
shop's row in ``zhiyin_counter``, locked until the commit: the order of numbers is the
order of commits, also among several processes, so "after number n" misses nothing.
"""

from sqlalchemy import BigInteger, Column, Double, Index, Integer, MetaData, Table, Text
from sqlalchemy.dialects import postgresql

METADATA = MetaData()
# Names are compared byte by byte: a language's sort order makes an index twice as slow.
NAME = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

SHOP = Table(
    "zhiyin_shop",
    METADATA,
    Column("key", Integer, primary_key=True),
    Column("name", NAME, nullable=False, unique=True),
)

COUNTER = Table(
    "zhiyin_counter",
    METADATA,
    Column("shop", Integer, primary_key=True, autoincrement=False),
    Column("name", NAME, primary_key=True),
    Column("last", BigInteger, nullable=False),  # the newest number given
    Column("total", BigInteger, nullable=False),  # how many rows there are
    sqlite_with_rowid=False,
)

ITEM = Table(
    "zhiyin_item",
    METADATA,
    Column("shop", Integer, primary_key=True, autoincrement=False),
    Column("id", NAME, primary_key=True),
    Column("number", BigInteger, nullable=False),  # of its last change
    Column("document", Text),  # the item as JSON; null where it was deleted
    Index("zhiyin_item_number", "shop", "number", unique=True),
)

EVENT = Table(
    "zhiyin_event",
    METADATA,
    Column("shop", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("id", NAME, nullable=False),
    Column("shopper", NAME, nullable=False),
    Column("item", NAME),
    Column("kind", NAME, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("value", Double),
    Column("session", NAME),
    Column("request", NAME),
    Column("surface", NAME),
    Column("position", Integer),
    Column("propensity", Double),
    Column("query", NAME),
    Index("zhiyin_event_id", "shop", "id", unique=True),
    # The kind is in it so that impressions, the most of all events, are passed by unread.
    Index("zhiyin_event_recent", "shop", "shopper", "time", "number", "kind"),
    # Rows lie in the order of their numbers: a cut is read front to back.
    sqlite_with_rowid=False,
)

CHECKPOINT = Table(
    "zhiyin_checkpoint",
    METADATA,
    Column("shop", Integer, primary_key=True, autoincrement=False),
    Column("key", NAME, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

KEY = Table(
    "zhiyin_key",
    METADATA,
    Column("shop", Integer, primary_key=True, autoincrement=False),
    Column("id", NAME, primary_key=True),
    Column("document", Text, nullable=False),  # the key as JSON: its digest, never its secret
    sqlite_with_rowid=False,
)

ACT = Table(
    "zhiyin_act",
    METADATA,
    Column("shop", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("time", BigInteger, nullable=False),
    Column("who", NAME, nullable=False),
    Column("what", NAME, nullable=False),
    Column("about", Text, nullable=False),
    sqlite_with_rowid=False,
)

EVENTS, CHANGES, ACTS = "events", "changes", "acts"
"""The counters of every shop."""


def names_of(table: Table) -> str:
    """The columns of ``table`` after the shop, in their order, for a SELECT."""
    return ", ".join(column.name for column in table.columns if column.name != "shop")
