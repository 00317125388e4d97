"""What comes in over the wire, bounded: bytes, time, and how far a packed body may grow.

ASGI middleware, in front of everything that reads a body. A body is read whole before the
route sees it, so that a slow or endless one costs a small buffer and no thread.
"""

import asyncio
import zlib
from collections.abc import Callable

import pyarrow as pa
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zhiyin.service.problems import Refused, of_refusal

Unpack = Callable[[bytes, int], bytes]
"""(packed, most) → at most ``most`` bytes of what it was."""
_STEP = 1 << 16
_FREE = 1 << 20
"""Bytes that a packed body may become whatever its ratio: small JSON packs very well."""


class Bounded:
    """Reads and unpacks a body within limits; what exceeds them is answered here."""

    def __init__(self, app: ASGIApp, *, most: int, ratio: int, seconds: float) -> None:
        self._app, self._most, self._ratio, self._seconds = app, most, ratio, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            body = await self._body(headers, receive)
        except Refused as refused:
            await of_refusal(Request(scope), refused)(scope, receive, send)
            return
        if body is None:  # the caller went away
            return
        # In place: whoever stands outside reads the route from the same scope.
        kept = [(k, v) for k, v in scope["headers"] if k not in _CHANGED]
        scope["headers"] = [*kept, (b"content-length", str(len(body)).encode())]
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()  # whether the caller is still there
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)

    async def _body(self, headers: Headers, receive: Receive) -> bytes | None:
        unpack = _unpacker(headers.get("content-encoding", "").strip().lower())
        said = headers.get("content-length", "0")
        if not said.isdigit() or int(said[:19]) > self._most:
            raise self._too_large()
        try:
            async with asyncio.timeout(self._seconds):
                packed = await self._read(receive)
        except TimeoutError as error:
            raise Refused(
                408,
                "too_slow",
                f"the body did not arrive within {self._seconds:g} seconds; send it at once",
                f"请求体未在 {self._seconds:g} 秒内到达；请一次发送完整",
            ) from error
        if packed is None or unpack is None:
            return packed
        most = min(self._most, max(_FREE, len(packed) * self._ratio))
        return await asyncio.to_thread(self._unpacked, unpack, packed, most)

    async def _read(self, receive: Receive) -> bytes | None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self._most:
                raise self._too_large()
            if not message.get("more_body", False):
                return bytes(body)

    def _unpacked(self, unpack: Unpack, packed: bytes, most: int) -> bytes:
        try:
            body = unpack(packed, most + 1)
        except (OSError, ValueError, zlib.error, pa.ArrowException) as error:
            raise Refused(
                400,
                "bad_encoding",
                "the body is not what its Content-Encoding says; pack it again",
                "请求体与 Content-Encoding 不符；请重新压缩",
            ) from error
        if len(body) > most:
            raise self._too_large()
        return body

    def _too_large(self) -> Refused:
        return Refused(
            413,
            "too_large",
            f"the body is larger than {self._most:,} bytes, or grows too much when it is "
            "unpacked; send fewer rows at a time",
            f"请求体超过 {self._most:,} 字节，或解压后过大；请分批发送",
        )


def _gzip(packed: bytes, most: int) -> bytes:
    engine = zlib.decompressobj(wbits=31)
    body = engine.decompress(packed, most)
    if len(body) < most and not engine.eof:
        raise ValueError("it ends in the middle")
    return body


def _zstd(packed: bytes, most: int) -> bytes:
    found = bytearray()
    with pa.CompressedInputStream(pa.BufferReader(packed), "zstd") as stream:
        while len(found) < most and (piece := stream.read(min(_STEP, most - len(found)))):
            found += piece
    return bytes(found)


def _unpacker(encoding: str) -> Unpack | None:
    if encoding in ("", "identity"):
        return None
    if encoding not in _UNPACK:
        raise Refused(
            415,
            "unknown_encoding",
            "the Content-Encoding is not known; use gzip, zstd, or none",
            "不支持该 Content-Encoding；请使用 gzip、zstd 或不压缩",
        )
    return _UNPACK[encoding]


_UNPACK: dict[str, Unpack] = {"gzip": _gzip, "zstd": _zstd}
_CHANGED = {b"content-length", b"content-encoding", b"transfer-encoding"}
