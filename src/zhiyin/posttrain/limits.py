"""What a fit may cost: time, memory, and quality lost when a model is compiled."""

import os
import re
from pathlib import Path

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from zhiyin.core import BadRequest, Config

_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_BYTES = {"": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
_BYTES |= {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BYTES |= {"kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
_QUANTITY = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-z]*)\s*", re.ASCII)
_CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


class Limits(Config):
    """How much a fit may take, and how much compiling may lose."""

    budget: PositiveFloat = Field(default=300.0, allow_inf_nan=False)
    """Seconds for everything: trying, tuning, judging, learning from everything."""
    max_bytes: PositiveInt | None = None
    """What one model may hold while it learns; none: half of the memory that is free."""
    allowed_loss: NonNegativeFloat = Field(default=0.02, allow_inf_nan=False)
    """Share of the metric that a compiled form may lose against its model on the valid days."""
    judged: PositiveInt = 20_000
    """Shoppers asked at most; enough to tell recipes apart."""
    judged_scores: PositiveInt = 1_000_000_000
    """Shoppers asked × items ranked, at most: in a large catalogue fewer are asked."""
    blended_bytes: PositiveInt = 500_000_000
    """Scores held at a time while the weights of a blend are looked for."""

    @classmethod
    def said(
        cls,
        budget: str | float | None = None,
        memory: str | int | None = None,
        allowed_loss: float | None = None,
    ) -> "Limits":
        """Limits as a person says them: "5m" of time, "8GB" of memory; None: the default."""
        values: dict[str, float] = {}
        if budget is not None:
            values["budget"] = seconds(budget)
        if memory is not None:
            values["max_bytes"] = size(memory)
        if allowed_loss is not None:
            if not 0 <= allowed_loss <= 1:
                raise BadRequest(
                    what=f"an allowed loss of {allowed_loss:g}",
                    what_zh=f"允许的损失 {allowed_loss:g}",
                    remedy="give a share from 0 to 1, such as 0.02",
                    remedy_zh="请给出 0 到 1 之间的比例，如 0.02",
                )
            values["allowed_loss"] = allowed_loss
        return cls.model_validate(values)

    @property
    def memory(self) -> int:
        """Bytes that one model may hold while it learns."""
        return self.max_bytes or max(1, free_memory() // 2)


def seconds(said: str | float) -> float:
    """Seconds of "90s", "5m", "1h", "1.5h" or a plain number.

    >>> seconds("5m")
    300.0
    """
    found = _quantity(said, _SECONDS)
    if found is None:
        raise BadRequest(
            what=f"a budget of {said!r}",
            what_zh=f"时间预算 {said!r}",
            remedy="say how long, above 0: 90s, 5m or 1h",
            remedy_zh="请给出大于 0 的时长，如 90s、5m 或 1h",
        )
    return found


def size(said: str | int) -> int:
    """Bytes of "8GB", "512 MB", "2GiB" or a plain number.

    >>> size("8GB")
    8000000000
    """
    found = _quantity(said, _BYTES)
    if found is None or found < 1:
        raise BadRequest(
            what=f"memory of {said!r}",
            what_zh=f"内存 {said!r}",
            remedy="say how much, above 0: 500MB or 8GB",
            remedy_zh="请给出大于 0 的大小，如 500MB 或 8GB",
        )
    return int(found)


def _quantity(said: str | float, units: dict[str, float] | dict[str, int]) -> float | None:
    """The number in its smallest unit; None for what is no quantity above 0."""
    match = _QUANTITY.fullmatch(str(said).lower())
    if match is None or match[2] not in units:
        return None
    value = float(match[1]) * units[match[2]]
    return value if 0 < value < float("inf") else None


def free_memory() -> int:
    """Bytes that are free on this machine, or in this container where that is less."""
    free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    told = Path("/proc/meminfo")
    if told.exists():
        for line in told.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                free = int(line.split()[1]) * 1024
    for name in _CGROUPS:
        limit = Path(name)
        if limit.exists() and (text := limit.read_text(encoding="ascii").strip()).isdigit():
            free = min(free, int(text))
    return free
