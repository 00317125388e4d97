"""Step 2: keys, and what was done with them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

_NAME = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables, and a counter of acts for every shop that is there."""
    op.create_table(
        "zhiyin_key",
        sa.Column("shop", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", _NAME, primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "zhiyin_act",
        sa.Column("shop", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("who", _NAME, nullable=False),
        sa.Column("what", _NAME, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO zhiyin_counter (shop, name, last, total) "
        "SELECT key, 'acts', 0, 0 FROM zhiyin_shop"
    )
