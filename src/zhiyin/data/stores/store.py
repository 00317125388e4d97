"""A shop in a database: its catalogue, its events, its notes."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from zhiyin.data.stores.catalogue import SqlCatalogue
from zhiyin.data.stores.checkpoints import SqlCheckpoints
from zhiyin.data.stores.database import Database
from zhiyin.data.stores.events import SqlEventLog
from zhiyin.data.stores.keys import SqlKeys
from zhiyin.data.stores.migration import migrate
from zhiyin.data.stores.schema import ACTS, CHANGES, COUNTER, EVENTS, SHOP


class SqlStore:
    """All that one shop keeps in one database."""

    def __init__(self, database: Database, shop: int) -> None:
        self._database = database
        self.catalogue = SqlCatalogue(database, shop)
        self.events = SqlEventLog(database, shop)
        self.checkpoints = SqlCheckpoints(database, shop)
        self.keys = SqlKeys(database, shop)

    def close(self) -> None:
        """Give connections back; safe to call twice."""
        self._database.close()


def open_shop(database: Database, name: str) -> SqlStore:
    """The shop ``name``, made if it is not there, in tables brought up to date."""
    try:
        migrate(database)
        return SqlStore(database, _key(database, name))
    except BaseException:
        database.close()
        raise


def _key(database: Database, name: str) -> int:
    with database.reading() as connection:
        found = _look_up(connection, name)
    if found is None:
        with database.writing() as connection:
            found = _add(connection, name)
    return found


def _look_up(connection: Connection, name: str) -> int | None:
    return connection.execute(select(SHOP.c.key).where(SHOP.c.name == name)).scalar()


def _add(connection: Connection, name: str) -> int:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    # Two processes may add the same shop at once: the second finds the first's.
    connection.execute(insert(SHOP).values(name=name).on_conflict_do_nothing())
    key: int = connection.execute(select(SHOP.c.key).where(SHOP.c.name == name)).scalar_one()
    for counter in (EVENTS, CHANGES, ACTS):
        row = {"shop": key, "name": counter, "last": 0, "total": 0}
        connection.execute(insert(COUNTER).values(row).on_conflict_do_nothing())
    return key
