"""Who is at the door: which shop they mean, and whether their key opens what they ask for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated

from fastapi import Request, Response, Security
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from zhiyin.app import Shop
from zhiyin.core import BadRequest, Conflict, Key
from zhiyin.service.pace import Pace
from zhiyin.service.problems import Refused

SHOP_HEADER = "X-Zhiyin-Shop"
_GUESSES = 600
"""Refused requests in a minute of one address: each costs a look into every shop."""
BEARER = HTTPBearer(auto_error=False, description="a token from: zhiyin key create")


Pacing = dict[str, str]
"""Headers that say how much the caller may still ask."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who may do what the route does, in one shop."""

    shop: Shop
    who: str
    """The key's id, or "open" where none is asked for; the audit log has it."""


class House:
    """The shops behind one service, and who may enter."""

    def __init__(self, shops: Iterable[Shop], *, trusting: bool) -> None:
        self.shops: dict[str, Shop] = {}
        for shop in shops:
            if self.shops.setdefault(shop.settings.name, shop) is not shop:
                raise Conflict(
                    kind="shop",
                    kind_zh="商店",
                    name=shop.settings.name,
                    remedy="give one of them another name in its zhiyin.toml",
                    remedy_zh="请在其中一个的 zhiyin.toml 中改名",
                )
        if not self.shops:
            raise BadRequest(
                what="a service without a shop", remedy="name one", remedy_zh="请指定商店"
            )
        self.trusting = trusting
        """Whether a shop without any key lets everybody in: only on this machine's own address."""
        self._pace = Pace()

    def visitor(self, request: Request, token: str | None, scope: str) -> tuple[Visitor, Pacing]:
        """Who it is; Refused where they may not do what ``scope`` is for."""
        address = request.client.host if request.client else "unknown"
        try:
            if token is None:
                shop, who, caller, per_minute = self._open(request), "open", address, None
            else:
                shop, key = self._by_key(request, token, scope)
                who, caller, per_minute = key.id, f"{shop.settings.name}/{key.id}", key.per_minute
        except Refused:
            self._pace.step(f"refused {address}", _GUESSES)
            raise
        limit = per_minute or shop.settings.service.per_minute
        return Visitor(shop, who), self._pace.step(caller, limit)

    def _by_key(self, request: Request, token: str, scope: str) -> tuple[Shop, Key]:
        for shop in self.shops.values():
            key = shop.gate.admit(token)
            if key is None:
                continue
            _check_origin(request, key)
            named = request.headers.get(SHOP_HEADER)
            if not key.allows(scope) or named not in (None, shop.settings.name):
                raise Refused(
                    403,
                    "forbidden",
                    f"this key does not allow it; it needs the scope {scope}, in its own shop",
                    f"此密钥无权执行该操作；需要在其所属商店中拥有 {scope} 权限",
                )
            return shop, key
        raise _unknown()

    def _open(self, request: Request) -> Shop:
        shop = self._named(request)
        if not self.trusting or shop.gate.all():
            raise _unknown()
        # A page from elsewhere, or a name that was pointed here, is not the person at this machine.
        origin = request.headers.get("origin")
        if not _local(request.url.hostname) or (origin is not None and not _local_origin(origin)):
            raise Refused(
                403,
                "forbidden",
                "without a key only this machine's own pages may ask; make one: zhiyin key create",
                "无密钥时仅允许本机页面访问；请创建密钥：zhiyin key create",
            )
        return shop

    def _named(self, request: Request) -> Shop:
        name = request.headers.get(SHOP_HEADER)
        if name is None and len(self.shops) == 1:
            return next(iter(self.shops.values()))
        shop = self.shops.get(name or "")
        if shop is None:
            raise _unknown()
        return shop


def needs(scope: str) -> Callable[..., Visitor]:
    """A dependency of a route: the visitor, once their key allows ``scope``."""

    def visitor(
        request: Request,
        response: Response,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)],
    ) -> Visitor:
        house: House = request.app.state.house
        token = bearer.credentials if bearer else None
        if token is None and "authorization" in request.headers:
            raise _unknown()  # something was sent, and it is no bearer token
        found, pacing = house.visitor(request, token, scope)
        response.headers.update(pacing)
        return found

    return visitor


def _check_origin(request: Request, key: Key) -> None:
    if key.origins and request.headers.get("origin", "").lower() not in key.origins:
        raise Refused(
            403,
            "wrong_origin",
            "this key is for certain pages only, and the request comes from none of them",
            "此密钥仅限特定页面使用，而请求并非来自这些页面",
        )


def _local(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return host is not None and ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _local_origin(origin: str) -> bool:
    host = origin.partition("://")[2]
    return _local(host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host)


def _unknown() -> Refused:
    """One answer for no key, a wrong key and an unknown shop: it tells nobody what there is."""
    return Refused(
        401,
        "no_key",
        "send a valid key as Authorization: Bearer …; make one: zhiyin key create",
        "请以 Authorization: Bearer … 提供有效密钥；创建：zhiyin key create",
        {"WWW-Authenticate": "Bearer"},
    )
