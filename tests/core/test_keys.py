"""A key allows what its scopes say, for as long as it is valid."""

from datetime import UTC, datetime, timedelta

from zhiyin.core import Key

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def key(*scopes: str, **more: datetime) -> Key:
    return Key("k1", "00", frozenset(scopes), NOON, **more)


def test_a_scope_allows_itself_and_admin_allows_all() -> None:
    assert key("search:read").allows("search:read")
    assert not key("search:read").allows("events:write")
    assert key("admin").allows("events:write")


def test_a_key_ends_when_it_expires_and_when_it_is_revoked() -> None:
    assert key("admin").valid(NOON + 10_000 * HOUR)
    assert key("admin", expires=NOON + HOUR).valid(NOON)
    assert not key("admin", expires=NOON + HOUR).valid(NOON + HOUR)
    assert not key("admin", revoked=NOON).valid(NOON)
    assert key("admin", revoked=NOON + HOUR).valid(NOON), "rotated: the old one lives a while"
