"""Keys: who may do what with a shop from outside, and what was done with them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

SCOPES = {
    "events:write": ("send events", "发送行为"),
    "recommend:read": ("ask for recommendations", "获取推荐"),
    "search:read": ("search", "搜索"),
    "catalogue:read": ("read items", "读取商品"),
    "catalogue:write": ("add, change and delete items", "新增、修改、删除商品"),
    "admin": ("everything, keys and promotion too", "全部权限，含密钥与上线"),
}
"""Scope → what it allows, in English and Chinese. ``admin`` includes every other one."""


@dataclass(frozen=True, slots=True)
class Key:
    """What is stored of one key: everything but the secret itself."""

    id: str
    """Public: the part of the token before the secret, shown in lists and in the audit log."""
    digest: str
    """SHA-256 of the secret, in hex; the secret has 256 random bits, so no salt is needed."""
    scopes: frozenset[str]
    created: datetime
    label: str = ""
    origins: tuple[str, ...] = ()
    """Pages that may use it from a browser, such as https://shop.example; none: any caller."""
    expires: datetime | None = None
    revoked: datetime | None = None
    per_minute: int | None = None
    """Requests in a minute; None: the service's own limit."""

    def allows(self, scope: str) -> bool:
        """Whether its scopes include ``scope``."""
        return scope in self.scopes or "admin" in self.scopes

    def valid(self, now: datetime) -> bool:
        """Whether it is neither revoked nor run out."""
        return (self.revoked is None or now < self.revoked) and (
            self.expires is None or now < self.expires
        )


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the audit log: who did what to what, when."""

    time: datetime
    who: str
    """A key's id, or who sat at the terminal."""
    what: str
    """Such as "key.create" or "promote"."""
    about: str = ""


class KeyRing(Protocol):
    """The keys of one shop, and what was done with them; on disk when a call returns."""

    def put(self, key: Key) -> None:
        """Store a key, or what became of it."""
        ...

    def get(self, id: str) -> Key | None:
        """The key of that id, or None."""
        ...

    def all(self) -> list[Key]:
        """Every key, the oldest first."""
        ...

    def note(self, act: Act) -> None:
        """Write a line of the audit log."""
        ...

    def acts(self, limit: int = 100) -> list[Act]:
        """The newest lines of the audit log, newest first."""
        ...
