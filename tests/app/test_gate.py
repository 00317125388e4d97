"""The gate: keys open what they should, for as long as they should, and acts are written down."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from zhiyin.app.gate import Gate
from zhiyin.core import BadRequest, NotFound, Store
from zhiyin.data.stores import open_store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def store() -> Iterator[Store]:
    store = open_store("memory://", "shop")
    yield store
    store.close()


@pytest.fixture
def gate(store: Store, clock: Hand) -> Gate:
    return Gate(store.keys, clock)


def test_a_token_opens_and_any_other_does_not(gate: Gate) -> None:
    key, token = gate.create(["search:read"], label="shop page")
    assert gate.admit(token) == key
    assert key.allows("search:read")
    for wrong in (
        token[:-1],
        token + "x",
        token.upper(),
        "",
        "zy__",
        f"zy_{key.id}_",
        "x" * 10_000,
    ):
        assert gate.admit(wrong) is None


def test_the_store_never_sees_the_secret(gate: Gate, store: Store) -> None:
    _, token = gate.create(["admin"])
    secret = token.split("_", 2)[2]
    assert secret not in repr(store.keys.all()) + repr(store.keys.acts())


def test_a_revoked_key_is_out_at_once(gate: Gate) -> None:
    key, token = gate.create(["admin"])
    assert gate.admit(token)
    gate.revoke(key.id)
    assert gate.admit(token) is None
    assert [act.what for act in gate.acts()] == ["key.revoke", "key.create"]


def test_revoked_elsewhere_it_is_out_within_a_second_or_so(
    gate: Gate, store: Store, clock: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, token = gate.create(["admin"])
    assert gate.admit(token)
    Gate(store.keys, clock).revoke(key.id)
    monkeypatch.setattr("zhiyin.app.gate.monotonic", lambda: 1e9)
    assert gate.admit(token) is None


def test_rotating_gives_time_to_change_over(gate: Gate, clock: Hand) -> None:
    old, before = gate.create(["admin"], label="till", per_minute=30)
    new, after = gate.rotate(old.id, grace=timedelta(minutes=5))
    assert (new.scopes, new.label, new.per_minute) == (old.scopes, "till", 30)
    assert gate.admit(before)
    assert gate.admit(after)
    clock.time += timedelta(minutes=5)
    assert gate.admit(before) is None
    assert gate.admit(after) == new
    with pytest.raises(BadRequest, match="ended"):
        gate.rotate(old.id)


def test_a_key_runs_out(gate: Gate, clock: Hand) -> None:
    _, token = gate.create(["admin"], expires=NOON + timedelta(days=1))
    assert gate.admit(token)
    clock.time += timedelta(days=1)
    assert gate.admit(token) is None


@pytest.mark.parametrize("scopes", [[], ["everything"], ["admin", "x"]])
def test_a_scope_that_is_none_is_refused(gate: Gate, scopes: list[str]) -> None:
    with pytest.raises(BadRequest, match="scope"):
        gate.create(scopes)
    assert gate.all() == []


@pytest.mark.parametrize(
    "origin", ["shop.example", "ftp://a", "https://a/b", "https://*", "https://"]
)
def test_an_origin_that_browsers_do_not_send_is_refused(gate: Gate, origin: str) -> None:
    with pytest.raises(BadRequest, match="origin"):
        gate.create(["admin"], origins=[origin])


def test_an_origin_is_kept_as_browsers_send_it(gate: Gate) -> None:
    key, _ = gate.create(["search:read"], origins=["https://Shop.example/", "http://a:8080"])
    assert key.origins == ("https://shop.example", "http://a:8080")


def test_what_ended_before_it_began_is_refused(gate: Gate) -> None:
    with pytest.raises(BadRequest, match="time to come"):
        gate.create(["admin"], expires=NOON)
    with pytest.raises(BadRequest, match="1 or more"):
        gate.create(["admin"], per_minute=0)


def test_a_key_that_is_not_there_is_named(gate: Gate) -> None:
    for act in (gate.revoke, gate.rotate):
        with pytest.raises(NotFound, match="'nobody'"):
            act("nobody")
