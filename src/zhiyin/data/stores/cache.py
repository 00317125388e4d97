"""Redis in front of an event log: a shopper's newest events without asking the database.

A cached answer is only written when nobody appended for that shopper since it was read
(a version per shopper, compared inside a transaction), and every append removes the
shopper's answers after its commit. So whoever got a receipt for an event sees it in the
next answer, from any process. What may lag is an append whose process died between
commit and removal, which nobody was told of, by ``KEPT`` seconds at most.

Redis is never needed: when it does not answer, the database does, and after a failed
removal this process asks the database until the answers of that time have run out.
"""

import json
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields

import pyarrow as pa
from redis import Redis, WatchError
from redis.exceptions import RedisError

from zhiyin.core import (
    BadSettings,
    Catalogue,
    Checkpoints,
    Event,
    EventLog,
    KeyRing,
    Receipt,
    Store,
    get_logger,
    micros,
    moment,
)

log = get_logger(__name__)

KEPT = 300
"""Seconds that an answer is kept."""
_WAIT = 0.2
"""Seconds that Redis may take before the database is asked instead."""
_NAMES = tuple(field.name for field in fields(Event))


class CachedEventLog:
    """An event log whose ``recent`` is answered from Redis where it can be."""

    def __init__(self, inner: EventLog, client: "Redis", shop: str) -> None:
        self._inner = inner
        self._client = client
        self._prefix = f"zhiyin:{shop}:"
        self._distrusted_until = 0.0

    def append(self, batch: pa.RecordBatch) -> Receipt:
        receipt = self._inner.append(batch)
        self._remove(set(batch["shopper"].to_pylist()))
        return receipt

    def cut(self) -> int:
        return self._inner.cut()

    def count(self) -> int:
        return self._inner.count()

    def read(
        self, since: int = 0, until: int | None = None, columns: Sequence[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        return self._inner.read(since, until, columns)

    def recent(
        self, shopper: str, limit: int = 200, kinds: Collection[str] | None = None
    ) -> list[Event]:
        asked = json.dumps([limit, None if kinds is None else sorted(kinds)])
        try:
            if time.monotonic() < self._distrusted_until:
                return self._inner.recent(shopper, limit, kinds)
            pipe = self._client.pipeline()
            pipe.get(self._version(shopper))
            pipe.hget(self._answers(shopper), asked)
            version, answer = pipe.execute()
            if answer is not None:
                return _decode(answer)
            found = self._inner.recent(shopper, limit, kinds)
            self._keep(shopper, asked, version, found)
        except RedisError as error:
            log.warning("cache does not answer", error=type(error).__name__)
            return self._inner.recent(shopper, limit, kinds)
        return found

    def _keep(self, shopper: str, asked: str, version: bytes | None, found: list[Event]) -> None:
        """Keep an answer unless somebody appended since ``version`` was read."""
        with self._client.pipeline() as pipe:
            pipe.watch(self._version(shopper))  # type: ignore[no-untyped-call]
            if pipe.get(self._version(shopper)) != version:
                return
            pipe.multi()
            pipe.hset(self._answers(shopper), asked, _encode(found))
            pipe.expire(self._answers(shopper), KEPT)
            try:
                pipe.execute()
            except WatchError:
                return

    def _remove(self, shoppers: set[str]) -> None:
        try:
            with self._client.pipeline() as pipe:
                for shopper in shoppers:
                    pipe.incr(self._version(shopper))
                    # Longer than any answer that was read under the version before.
                    pipe.expire(self._version(shopper), 10 * KEPT)
                    pipe.unlink(self._answers(shopper))
                pipe.execute()
        except RedisError as error:
            self._distrusted_until = time.monotonic() + KEPT
            log.warning("cache could not be told", error=type(error).__name__)

    def _version(self, shopper: str) -> str:
        return f"{self._prefix}version:{shopper}"

    def _answers(self, shopper: str) -> str:
        return f"{self._prefix}recent:{shopper}"


class CachedStore:
    """A store whose event log stands behind Redis."""

    def __init__(self, inner: Store, url: str, shop: str) -> None:
        try:
            self._client = Redis.from_url(url, socket_timeout=_WAIT, socket_connect_timeout=_WAIT)
        except ValueError as error:
            raise BadSettings(
                key="cache", where=repr(url), problem=str(error), remedy="use redis://HOST:6379/0"
            ) from error
        self._inner = inner
        self.events: EventLog = CachedEventLog(inner.events, self._client, shop)

    @property
    def catalogue(self) -> Catalogue:
        return self._inner.catalogue

    @property
    def checkpoints(self) -> Checkpoints:
        return self._inner.checkpoints

    @property
    def keys(self) -> KeyRing:
        return self._inner.keys

    def close(self) -> None:
        """Give connections back; safe to call twice."""
        self._client.close()
        self._inner.close()


def _encode(events: list[Event]) -> str:
    rows = [
        [micros(event.time) if name == "time" else getattr(event, name) for name in _NAMES]
        for event in events
    ]
    return json.dumps(rows, ensure_ascii=False)


def _decode(answer: bytes) -> list[Event]:
    found = []
    for row in json.loads(answer):
        fields = dict(zip(_NAMES, row, strict=True))
        found.append(Event(**{**fields, "time": moment(fields["time"])}))
    return found
