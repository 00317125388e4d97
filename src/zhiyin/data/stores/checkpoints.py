"""Notes in a database, each on disk when ``put`` returns."""

from sqlalchemy import delete, insert, select

from zhiyin.data.stores.admission import check_note, storable
from zhiyin.data.stores.database import Database
from zhiyin.data.stores.schema import CHECKPOINT


class SqlCheckpoints:
    """The notes of one shop in one database."""

    def __init__(self, database: Database, shop: int) -> None:
        self._database = database
        self._shop = shop

    def get(self, key: str) -> str | None:
        place = CHECKPOINT.c.shop == self._shop, CHECKPOINT.c.key == key
        if not storable(key):
            return None
        with self._database.reading() as connection:
            return connection.execute(select(CHECKPOINT.c.value).where(*place)).scalar()

    def put(self, key: str, value: str | None) -> None:
        check_note(key, value)
        place = CHECKPOINT.c.shop == self._shop, CHECKPOINT.c.key == key
        with self._database.writing() as connection:
            connection.execute(delete(CHECKPOINT).where(*place))
            if value is not None:
                row = {"shop": self._shop, "key": key, "value": value}
                connection.execute(insert(CHECKPOINT).values(row))
