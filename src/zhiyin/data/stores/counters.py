"""The counters of a shop: the newest number given, and how many rows there are."""

from sqlalchemy import Connection, select, update

from zhiyin.data.stores.schema import COUNTER


class Counter:
    """One counter of one shop, such as that of its events."""

    def __init__(self, shop: int, name: str) -> None:
        place = COUNTER.c.shop == shop, COUNTER.c.name == name
        self._read = select(COUNTER.c.last, COUNTER.c.total).where(*place)
        self._write = update(COUNTER).where(*place)

    def read(self, connection: Connection) -> tuple[int, int]:
        """The newest number, and the rows there are."""
        last, total = connection.execute(self._read).one()
        return last, total

    def lock(self, connection: Connection) -> tuple[int, int]:
        """As ``read``, and nobody else gives numbers until this transaction ends."""
        # SQLite knows no FOR UPDATE and needs none: a writing transaction is alone.
        last, total = connection.execute(self._read.with_for_update()).one()
        return last, total

    def write(self, connection: Connection, last: int, total: int) -> None:
        """Set what ``lock`` read."""
        connection.execute(self._write.values(last=last, total=total))
