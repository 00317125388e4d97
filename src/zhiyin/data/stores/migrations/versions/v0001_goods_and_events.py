"""Step 1: shops, counters, items, events, checkpoints."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

_NAME = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "zhiyin_shop",
        sa.Column("key", sa.Integer, primary_key=True),
        sa.Column("name", _NAME, nullable=False, unique=True),
    )
    op.create_table(
        "zhiyin_counter",
        sa.Column("shop", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", _NAME, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zhiyin_checkpoint",
        sa.Column("shop", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", _NAME, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    _items()
    _events()


def _items() -> None:
    op.create_table(
        "zhiyin_item",
        sa.Column("shop", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", _NAME, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text),
    )
    op.create_index("zhiyin_item_number", "zhiyin_item", ["shop", "number"], unique=True)


def _events() -> None:
    op.create_table(
        "zhiyin_event",
        sa.Column("shop", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id", _NAME, nullable=False),
        sa.Column("shopper", _NAME, nullable=False),
        sa.Column("item", _NAME),
        sa.Column("kind", _NAME, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("value", sa.Double),
        sa.Column("session", _NAME),
        sa.Column("request", _NAME),
        sa.Column("surface", _NAME),
        sa.Column("position", sa.Integer),
        sa.Column("propensity", sa.Double),
        sa.Column("query", _NAME),
        sqlite_with_rowid=False,
    )
    op.create_index("zhiyin_event_id", "zhiyin_event", ["shop", "id"], unique=True)
    op.create_index(
        "zhiyin_event_recent", "zhiyin_event", ["shop", "shopper", "time", "number", "kind"]
    )
