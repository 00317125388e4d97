"""From a URL to a store: the scheme says which."""

from collections.abc import Callable
from hashlib import sha256
from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from zhiyin.core import BadSettings, Store, Unavailable
from zhiyin.data.stores.admission import check_name
from zhiyin.data.stores.database import Database
from zhiyin.data.stores.memory import MemoryStore
from zhiyin.data.stores.postgres import Postgres
from zhiyin.data.stores.sqlite import Sqlite
from zhiyin.data.stores.store import open_shop

PLUGINS = "zhiyin.stores"
"""Entry points of other stores: the scheme, and a function like those below."""


def open_store(
    url: str, shop: str, *, folder: Path | None = None, cache: str | None = None
) -> Store:
    """Open the store at ``url`` for the shop named ``shop``; what is missing is made.

    ``sqlite:///FILE`` (relative to ``folder``), ``postgresql://USER@HOST/DATABASE``, or
    ``memory://``, which is empty each time. ``cache``: a Redis that answers ``recent``.
    """
    check_name("the name of the shop", shop)
    scheme = url.partition("://")[0]
    opener = _OPENERS.get(scheme) or _plugin(scheme)
    if opener is None:
        raise _bad(url, f"there is no store {scheme!r}", f"没有名为 {scheme!r} 的存储")
    store = opener(url, shop, folder or Path())
    return store if cache is None else _cached(store, cache, url, shop, folder or Path())


def _memory(url: str, shop: str, folder: Path) -> Store:
    return MemoryStore()


def _sqlite(url: str, shop: str, folder: Path) -> Store:
    name = unquote(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not name or name == ":memory:":
        raise _bad(url, "it names no file", "没有写明文件")
    file = folder / name
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            what=f"sqlite:///{file}",
            problem=str(error),
            remedy="name another folder",
            remedy_zh="请换一个文件夹",
        ) from error
    return open_shop(Database(f"sqlite:///{file}", Sqlite(file)), shop)


def _postgres(url: str, shop: str, folder: Path) -> Store:
    try:
        parsed = make_url(url).set(drivername="postgresql")
    except (ArgumentError, ValueError) as error:
        raise _bad("postgresql://…", "it cannot be read", "无法解析") from error
    return open_shop(Database(parsed.render_as_string(), Postgres(parsed)), shop)


def _cached(store: Store, cache: str, url: str, shop: str, folder: Path) -> Store:
    try:
        from zhiyin.data.stores.cache import CachedStore
    except ImportError as error:
        store.close()
        raise Unavailable(
            what="the cache",
            problem="the package redis is not installed",
            remedy="pip install 'zhiyin[redis]', or remove the setting cache",
        ) from error
    # Two databases may hold shops of one name: where the goods are is part of the key.
    place = f"{folder.resolve()} {url}" if url.startswith("sqlite") else url
    return CachedStore(store, cache, f"{sha256(place.encode()).hexdigest()[:12]}:{shop}")


def _plugin(scheme: str) -> Callable[[str, str, Path], Store] | None:
    for found in entry_points(group=PLUGINS, name=scheme):
        opener: Callable[[str, str, Path], Store] = found.load()
        return opener
    return None


def _bad(url: str, problem: str, problem_zh: str) -> BadSettings:
    choices = "sqlite:///shop.db, postgresql://user@host/database, memory://"
    return BadSettings(
        key="store",
        where=repr(url),
        problem=problem,
        problem_zh=problem_zh,
        remedy=f"use one of {choices}",
        remedy_zh=f"可用 {choices}",
    )


_OPENERS: dict[str, Callable[[str, str, Path], Store]] = {
    "memory": _memory,
    "sqlite": _sqlite,
    "postgresql": _postgres,
    "postgres": _postgres,
}
