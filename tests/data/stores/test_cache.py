"""Redis in front of a store: the same contract, and never a stale answer."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from zhiyin.core import BadSettings, Event, Store, to_batch
from zhiyin.data.stores import open_store
from zhiyin.data.stores.cache import CachedStore
from zhiyin.testing import StoreContract

redis = pytest.importorskip("redis", reason="no redis package")
SERVER = os.environ.get("ZHIYIN_TEST_REDIS", "redis://127.0.0.1:6379/0")
CLOSED = "redis://127.0.0.1:1/0"


@pytest.fixture
def cache() -> Iterator[str]:
    """The URL of a Redis that answers; what the test leaves there is removed."""
    with redis.Redis.from_url(SERVER, socket_connect_timeout=3) as client:
        try:
            before = set(client.keys("zhiyin:*"))
        except redis.exceptions.ConnectionError:
            pytest.skip("no Redis answers; set ZHIYIN_TEST_REDIS")
        yield SERVER
        left = set(client.keys("zhiyin:*")) - before
        if left:
            client.delete(*left)


def seen(id: str, minute: int = 0, shopper: str = "lin") -> Event:
    return Event(id, shopper, "view", datetime(2026, 1, 1, 8, minute, tzinfo=UTC), "tea")


def ids(store: Store, shopper: str = "lin") -> list[str]:
    return [event.id for event in store.events.recent(shopper)]


@pytest.mark.redis
class TestCachedSqlite(StoreContract):
    @pytest.fixture
    def open_shop(self, tmp_path: Path, cache: str) -> Callable[[str], Store]:
        return lambda shop: open_store("sqlite:///shop.db", shop, folder=tmp_path, cache=cache)


@pytest.fixture
def two(tmp_path: Path, cache: str) -> Iterator[tuple[Store, Store]]:
    """The same shop, opened by two processes as it were."""
    pair = tuple(
        open_store("sqlite:///shop.db", "tea", folder=tmp_path, cache=cache) for _ in range(2)
    )
    yield pair  # type: ignore[misc]
    for store in pair:
        store.close()


@pytest.mark.redis
def test_the_second_answer_comes_from_redis(two: tuple[Store, Store], cache: str) -> None:
    store, _ = two
    store.events.append(to_batch([seen("a")]))
    assert ids(store) == ["a"]
    with redis.Redis.from_url(cache) as client:
        (key,) = client.keys("zhiyin:*:tea:recent:lin")
        (field,) = client.hkeys(key)
        client.hset(key, field, "[]")  # so that one can tell who answers
    assert ids(store) == []


@pytest.mark.redis
def test_what_one_process_appends_the_other_sees_at_once(two: tuple[Store, Store]) -> None:
    here, there = two
    for minute in range(5):
        here.events.append(to_batch([seen(f"e{minute}", minute)]))
        assert ids(there)[0] == f"e{minute}"
        assert len(ids(there)) == minute + 1


@pytest.mark.redis
def test_an_answer_read_before_an_append_is_not_kept_after_it(
    two: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = two
    assert isinstance(slow, CachedStore)
    inner = slow.events._inner  # type: ignore[attr-defined]
    read = inner.recent

    def overtaken(*arguments: object) -> list[Event]:
        found: list[Event] = read(*arguments)
        quick.events.append(to_batch([seen("late")]))
        return found

    monkeypatch.setattr(inner, "recent", overtaken)
    assert ids(slow) == []
    assert ids(quick) == ["late"]


@pytest.mark.redis
def test_one_shopper_does_not_wake_the_others_answers(two: tuple[Store, Store]) -> None:
    store, _ = two
    store.events.append(to_batch([seen("a"), seen("b", shopper="wang")]))
    assert (ids(store), ids(store, "wang")) == (["a"], ["b"])
    store.events.append(to_batch([seen("c", 1)]))
    assert (ids(store), ids(store, "wang")) == (["c", "a"], ["b"])


@pytest.mark.redis
def test_shops_of_one_name_in_two_databases_stay_apart(tmp_path: Path, cache: str) -> None:
    name = f"tea-{uuid4().hex[:6]}"
    one, other = (
        open_store(f"sqlite:///{file}.db", name, folder=tmp_path, cache=cache) for file in "ab"
    )
    one.events.append(to_batch([seen("a")]))
    assert (ids(one), ids(other)) == (["a"], [])
    one.close()
    other.close()


def test_without_redis_the_database_answers(tmp_path: Path) -> None:
    store = open_store("sqlite:///shop.db", "tea", folder=tmp_path, cache=CLOSED)
    store.events.append(to_batch([seen("a")]))
    assert ids(store) == ["a"]
    store.close()


def test_an_address_that_is_no_redis_is_refused_by_its_setting() -> None:
    with pytest.raises(BadSettings, match="cache"):
        open_store("memory://", "tea", cache="http://x")
