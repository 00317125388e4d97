"""How fast one caller may ask: a bucket per caller that fills evenly."""

from collections import OrderedDict
from dataclasses import dataclass
from math import ceil
from time import monotonic

from zhiyin.service.problems import Refused

_CALLERS = 100_000
"""Buckets kept; beyond, the one that was used longest ago goes, and it was full anyway."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Pace:
    """Counts requests of callers in this process."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def step(self, caller: str, per_minute: int) -> dict[str, str]:
        """Count a request and say what is left, as headers; Refused when there is nothing left.

        A caller may spend ten seconds' worth at once.
        """
        now = monotonic()
        rate, most = per_minute / 60.0, max(1.0, per_minute / 6.0)
        bucket = self._buckets.get(caller)
        if bucket is None:
            bucket = self._buckets[caller] = _Bucket(most, now)
            if len(self._buckets) > _CALLERS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(caller)
            bucket.left = min(most, bucket.left + (now - bucket.at) * rate)
            bucket.at = now
        if bucket.left < 1.0:
            wait = ceil((1.0 - bucket.left) / rate)
            raise Refused(
                429,
                "too_fast",
                f"more than {per_minute:,} requests in a minute; wait {wait} s, or send "
                "more rows in each",
                f"每分钟超过 {per_minute:,} 次请求；请等待 {wait} 秒，或每次多发几行",
                {"Retry-After": str(wait)},
            )
        bucket.left -= 1.0
        return {"RateLimit-Limit": str(per_minute), "RateLimit-Remaining": str(int(bucket.left))}
