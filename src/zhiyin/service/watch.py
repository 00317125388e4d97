"""What every request has: a number, a deadline, a line in the metrics and in the log."""

import asyncio
import re
import time
from uuid import uuid4

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zhiyin.core import get_logger
from zhiyin.service.problems import Refused, of_bug, of_refusal

log = get_logger(__name__)

HEADER = "X-Request-Id"
_THEIRS = re.compile(r"[A-Za-z0-9._-]{1,64}")
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """What is counted; one object per service, shared by its workers where there are several."""

    def __init__(self, *, several: bool) -> None:
        self._several = several
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "zhiyin_requests",
            "requests answered",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "zhiyin_request_seconds",
            "time until the answer",
            ("route",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.running = Gauge(
            "zhiyin_requests_running",
            "requests being answered",
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self.rows = Counter(
            "zhiyin_rows",
            "rows of events and items taken in",
            ("shop", "into", "outcome"),
            registry=self.registry,
        )
        self.answers = Counter(
            "zhiyin_answers", "slates given", ("shop", "verb"), registry=self.registry
        )

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        if not self._several:
            return generate_latest(self.registry)
        joined = CollectorRegistry()
        MultiProcessCollector(joined)  # type: ignore[no-untyped-call]
        return generate_latest(joined)


class Watched:
    """The outermost layer: whatever happens inside, the request is numbered, timed and counted."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, seconds: float) -> None:
        self._app, self._metrics, self._seconds = app, metrics, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        theirs = Headers(scope=scope).get(HEADER, "")
        number = theirs if _THEIRS.fullmatch(theirs) else uuid4().hex
        scope["zhiyin.request"] = number
        status = 499  # the caller went away before there was an answer

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[HEADER] = number
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        self._metrics.running.inc()
        try:
            await self._within(scope, receive, numbered)
        finally:
            self._metrics.running.dec()
            self._count(scope, status, time.perf_counter() - started)

    async def _within(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            async with asyncio.timeout(self._seconds) as expired:
                await self._app(scope, receive, watched)
        except Exception as error:
            if begun:
                raise
            late = isinstance(error, TimeoutError) and expired.expired()
            request = Request(scope)
            told = of_refusal(request, self._late()) if late else of_bug(request, error)
            await told(scope, receive, send)

    def _late(self) -> Refused:
        return Refused(
            503,
            "too_late",
            f"there was no answer within {self._seconds:g} seconds; try again, with less",
            f"{self._seconds:g} 秒内没有结果；请重试，或减少请求内容",
            {"Retry-After": "1"},
        )

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        # By the route's pattern: paths hold ids and have no end.
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.requests.labels(route, method, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        log.info(
            "answered",
            request=scope["zhiyin.request"],
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
        )


_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
