"""Which pages of which shops a browser may call from (CORS), by the origins of their keys.

A browser asks before it sends a key, so the question is answered by what all keys together
allow; the key itself is checked when it comes.
"""

import asyncio
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zhiyin.service.visitors import SHOP_HEADER, House

_KNOWN_FOR = 2.0
_HEADERS = f"Authorization, Content-Type, Content-Encoding, Accept-Language, {SHOP_HEADER}"
_METHODS = "GET, POST, PATCH, DELETE"


class Pages:
    """Adds the headers that let a page of a shop read the answer; answers preflights."""

    def __init__(self, app: ASGIApp, *, house: House) -> None:
        self._app, self._house = app, house
        self._allowed: frozenset[str] = frozenset()
        self._until = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = Headers(scope=scope).get("origin") if scope["type"] == "http" else None
        if origin is None or origin.lower() not in await self._origins():
            await self._app(scope, receive, send)
            return

        async def opened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Access-Control-Allow-Origin"] = origin
                headers["Access-Control-Expose-Headers"] = "RateLimit-Remaining, Retry-After"
                headers.add_vary_header("Origin")
            await send(message)

        if scope["method"] == "OPTIONS" and _asks(scope):
            allowed = {
                "Access-Control-Allow-Methods": _METHODS,
                "Access-Control-Allow-Headers": _HEADERS,
                "Access-Control-Max-Age": "600",
            }
            await PlainTextResponse("", 204, allowed)(scope, receive, opened)
            return
        await self._app(scope, receive, opened)

    async def _origins(self) -> frozenset[str]:
        if time.monotonic() >= self._until:
            self._allowed = await asyncio.to_thread(self._read)
            self._until = time.monotonic() + _KNOWN_FOR
        return self._allowed

    def _read(self) -> frozenset[str]:
        keys = [key for shop in self._house.shops.values() for key in shop.gate.valid()]
        return frozenset(origin for key in keys for origin in key.origins)


def _asks(scope: Scope) -> bool:
    return "access-control-request-method" in Headers(scope=scope)
