"""The gate of one shop: keys are made, changed and checked here, and every act is written down.

A token is ``zy_ID_SECRET``. The id is public and finds the key; of the secret, 256 random
bits, only a SHA-256 is kept. So a copy of the database lets nobody in, and checking costs
one hash.
"""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic

from zhiyin.core import SCOPES, Act, BadRequest, Clock, Key, KeyRing, NotFound

GRACE = timedelta(hours=1)
"""How long the old token of a rotated key goes on working."""
_TRUSTED = 1.0
"""Seconds that a key is not asked for again: a revoked one is out after so long at most."""
_LARGEST = 512
_PREFIX = "zy"


class Gate:
    """Makes, changes and checks the keys of one shop."""

    def __init__(self, keys: KeyRing, clock: Clock) -> None:
        self._keys, self._clock = keys, clock
        self._known: dict[str, tuple[float, Key]] = {}

    def create(
        self,
        scopes: Iterable[str],
        *,
        label: str = "",
        origins: Iterable[str] = (),
        expires: datetime | None = None,
        per_minute: int | None = None,
        who: str = "python",
    ) -> tuple[Key, str]:
        """A new key and its token, which nobody can show again.

        Args:
            scopes: Some of ``zhiyin.core.SCOPES``; "admin" is all of them.
            label: What it is for, so that a list of keys can be read.
            origins: Pages that may use it from a browser, such as https://shop.example.
            expires: When it ends; None: never.
            per_minute: Requests in a minute; None: the service's limit.
            who: Who makes it, for the audit log.
        """
        now = self._clock.now()
        if expires is not None and expires <= now:
            raise _bad(f"expiry {expires.isoformat()}", "give a time to come", "请给出将来的时间")
        if per_minute is not None and per_minute < 1:
            raise _bad(f"{per_minute} requests in a minute", "allow 1 or more", "请至少允许 1 次")
        id, secret = _new_id(), secrets.token_urlsafe(32)
        key = Key(
            id,
            _digest(secret),
            _checked(scopes),
            now,
            label.strip(),
            tuple(_origin(each) for each in origins),
            expires,
            per_minute=per_minute,
        )
        self._keys.put(key)
        self.note(who, "key.create", f"{id} {label} {' '.join(sorted(key.scopes))}".strip())
        return key, _token(id, secret)

    def rotate(self, id: str, *, grace: timedelta = GRACE, who: str = "python") -> tuple[Key, str]:
        """A new key that allows the same; the old one works ``grace`` longer."""
        old = self._existing(id)
        now = self._clock.now()
        if not old.valid(now):
            raise _bad(f"key {id}", "it has ended: create a new one", "它已失效：请新建密钥")
        new, token = self.create(
            old.scopes,
            label=old.label,
            origins=old.origins,
            expires=old.expires,
            per_minute=old.per_minute,
            who=who,
        )
        self._keys.put(replace(old, revoked=now + grace))
        self._known.pop(id, None)
        self.note(who, "key.rotate", f"{id} → {new.id}")
        return new, token

    def revoke(self, id: str, *, who: str = "python") -> Key:
        """End a key now; one that ended before stays as it is."""
        now = self._clock.now()
        key = self._existing(id)
        if key.valid(now):
            key = replace(key, revoked=now)
            self._keys.put(key)
            self.note(who, "key.revoke", id)
        self._known.pop(id, None)
        return key

    def all(self) -> list[Key]:
        """Every key there was, the oldest first."""
        return self._keys.all()

    def valid(self) -> list[Key]:
        """The keys that open now."""
        now = self._clock.now()
        return [key for key in self._keys.all() if key.valid(now)]

    def acts(self, limit: int = 100) -> list[Act]:
        """The newest lines of the audit log, newest first."""
        return self._keys.acts(limit)

    def note(self, who: str, what: str, about: str = "") -> None:
        """Write down what somebody did."""
        self._keys.note(Act(self._clock.now(), who, what, about))

    def admit(self, token: str) -> Key | None:
        """The key that ``token`` opens with, or None: unknown, wrong, revoked or run out."""
        prefix, _, rest = token[:_LARGEST].partition("_")
        id, _, secret = rest.partition("_")
        if prefix != _PREFIX or not id or not secret:
            return None
        key = self._key(id)
        # Compared in the same time whether the key is there or not.
        right = hmac.compare_digest(_digest(secret), key.digest if key else _digest(""))
        return key if key and right and key.valid(self._clock.now()) else None

    def _key(self, id: str) -> Key | None:
        now = monotonic()
        kept = self._known.get(id)
        if kept is not None and now < kept[0]:
            return kept[1]
        key = self._keys.get(id)
        if key is None:
            self._known.pop(id, None)
        else:
            self._known[id] = now + _TRUSTED, key
        return key

    def _existing(self, id: str) -> Key:
        key = self._keys.get(id)
        if key is None:
            raise NotFound(
                kind="key",
                kind_zh="密钥",
                name=id,
                remedy="zhiyin key list shows them all",
                remedy_zh="zhiyin key list 列出全部密钥",
            )
        return key


def _new_id() -> str:
    return secrets.token_hex(6)


def _token(id: str, secret: str) -> str:
    return f"{_PREFIX}_{id}_{secret}"


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _checked(scopes: Iterable[str]) -> frozenset[str]:
    found = frozenset(scopes)
    wrong = sorted(found - set(SCOPES))
    if wrong or not found:
        named = f"scope {wrong[0]!r}" if wrong else "a key without a scope"
        raise _bad(named, f"choose among {', '.join(SCOPES)}", f"可选：{'、'.join(SCOPES)}")
    return found


def _origin(text: str) -> str:
    """An origin as browsers send it: scheme, host and port, nothing after."""
    scheme, _, host = text.strip().rstrip("/").partition("://")
    if scheme not in ("http", "https") or not host or any(c in host for c in "/?#@* \t"):
        raise _bad(
            f"origin {text!r}",
            "write it as https://shop.example",
            "请写成 https://shop.example 的形式",
        )
    return f"{scheme}://{host.lower()}"


def _bad(what: str, remedy: str, remedy_zh: str) -> BadRequest:
    return BadRequest(what=what, remedy=remedy, remedy_zh=remedy_zh)
