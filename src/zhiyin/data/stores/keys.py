"""Keys and the audit log in a database, each on disk when the call returns."""

from collections.abc import Iterable

from pydantic import TypeAdapter
from sqlalchemy import delete, insert, select

from zhiyin.core import Act, BadInput, Key, micros, moment
from zhiyin.data.stores.admission import check_name, storable
from zhiyin.data.stores.counters import Counter
from zhiyin.data.stores.database import Database
from zhiyin.data.stores.schema import ACT, ACTS, KEY

_KEY: TypeAdapter[Key] = TypeAdapter(Key)


class SqlKeys:
    """The keys of one shop in one database."""

    def __init__(self, database: Database, shop: int) -> None:
        self._database = database
        self._shop = shop
        self._counter = Counter(shop, ACTS)

    def put(self, key: Key) -> None:
        check_key(key)
        row = {"shop": self._shop, "id": key.id, "document": _KEY.dump_json(key).decode()}
        with self._database.writing() as connection:
            place = KEY.c.shop == self._shop, KEY.c.id == key.id
            connection.execute(delete(KEY).where(*place))
            connection.execute(insert(KEY).values(row))

    def get(self, id: str) -> Key | None:
        if not storable(id):
            return None
        wanted = select(KEY.c.document).where(KEY.c.shop == self._shop, KEY.c.id == id)
        with self._database.reading() as connection:
            document = connection.execute(wanted).scalar()
        return None if document is None else _KEY.validate_json(document)

    def all(self) -> list[Key]:
        wanted = select(KEY.c.document).where(KEY.c.shop == self._shop)
        with self._database.reading() as connection:
            documents = connection.execute(wanted).scalars().all()
        return in_order(_KEY.validate_json(document) for document in documents)

    def note(self, act: Act) -> None:
        check_act(act)
        with self._database.writing() as connection:
            last, total = self._counter.lock(connection)
            row = {
                "shop": self._shop,
                "number": last + 1,
                "time": micros(act.time),
                "who": act.who,
                "what": act.what,
                "about": act.about,
            }
            connection.execute(insert(ACT).values(row))
            self._counter.write(connection, last + 1, total + 1)

    def acts(self, limit: int = 100) -> list[Act]:
        wanted = (
            select(ACT.c.time, ACT.c.who, ACT.c.what, ACT.c.about)
            .where(ACT.c.shop == self._shop)
            .order_by(ACT.c.number.desc())
            .limit(max(limit, 0))
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        return [Act(moment(time), who, what, about) for time, who, what, about in rows]


def in_order(keys: Iterable[Key]) -> list[Key]:
    """The oldest first; made in one moment, by their ids."""
    return sorted(keys, key=lambda key: (key.created, key.id))


def check_key(key: Key) -> None:
    """BadInput unless every store can keep the key."""
    check_name("the id of a key", key.id)
    for text in (key.digest, key.label, *key.scopes, *key.origins):
        _check_text(f"key {key.id!r}", text)


def check_act(act: Act) -> None:
    """BadInput unless every store can keep the line."""
    check_name("who acted", act.who)
    check_name("the act", act.what)
    _check_text(f"the act {act.what!r}", act.about)


def _check_text(what: str, text: str) -> None:
    if not storable(text):
        raise BadInput(
            what=what,
            problem="it has a NUL or half a surrogate pair",
            problem_zh="含有 NUL 或不成对的代理字符",
            remedy="write plain text",
            remedy_zh="请写入纯文本",
        )
