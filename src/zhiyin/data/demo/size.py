"""How large a demo shop is, when it plays, and what decides every byte of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from zhiyin.core import BadRequest, micros

CHINA = timezone(timedelta(hours=8))
DAY = 86_400_000_000
"""Microseconds in a day."""

_LIMITS = {"items": (1, 2_000_000), "shoppers": (1, 10_000_000), "days": (1, 3_650)}


@dataclass(frozen=True, slots=True)
class DemoSize:
    """The same size gives the same shop, byte for byte."""

    items: int = 1_200
    shoppers: int = 6_000
    days: int = 90
    seed: int = 7
    end: date = date(2026, 10, 8)
    """The last day of behaviour, in China; Mid-Autumn and National Day lie before it."""

    def __post_init__(self) -> None:
        for name, (least, most) in _LIMITS.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise BadRequest(what=f"demo {name} {value}", remedy=f"choose {least} to {most}")
        if self.seed < 0:
            raise BadRequest(what=f"demo seed {self.seed}", remedy="choose 0 or more")

    @property
    def start(self) -> int:
        """Midnight in China before the first day, in microseconds since 1970."""
        return self.midnight(0)

    @property
    def stop(self) -> int:
        """Midnight in China after the last day."""
        return self.midnight(self.days)

    def midnight(self, day: int) -> int:
        """The start of day number ``day`` in China, the first being 0."""
        calendar = self.calendar_day(day)
        begins = datetime(calendar.year, calendar.month, calendar.day, tzinfo=CHINA)
        return micros(begins.astimezone(UTC))

    def calendar_day(self, day: int) -> date:
        """The date of day number ``day``."""
        return self.end - timedelta(days=self.days - 1 - day)

    def day_of(self, calendar: date) -> int:
        """The number of a date; below 0 or past ``days`` when it lies outside."""
        return (calendar - self.end).days + self.days - 1
