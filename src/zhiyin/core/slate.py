"""Request, Slate and Reason: what is asked, and what is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from zhiyin.core.event import Event


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, on which surface, about what, and how many."""

    shopper: str | None = None
    """None: a guest of whom nothing is stored."""
    surface: str = "for_you"
    k: int = 10
    events: tuple[Event, ...] = ()
    """What the shopper did that is not stored (yet), oldest first."""
    context: dict[str, str] = field(default_factory=dict)
    exclude: frozenset[str] = frozenset()
    query: str = ""
    """The words typed into the search box."""
    picture: bytes | None = None
    """The bytes of a picture file: goods that look like it are wanted."""
    like: str | None = None
    """The id of an item: goods that are like it are wanted."""
    where: Mapping[str, Any] | None = None
    """What the shopper chose by hand, a condition as JSON; nothing that fails it is shown."""
    without: frozenset[str] = frozenset()
    """Ids of chips that were taken away: the query is understood without them."""
    sort: str = "relevance"
    """One of ``SORTS``."""
    cursor: str | None = None
    """``Found.next`` of the page before."""
    personal: bool = False
    """The shopper agrees that their history may change the order."""
    language: str | None = None
    """The language of the query; None: it is told from its letters."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One checkable statement why an item is on the slate."""

    kind: str
    """Such as "bought_together" or "popular"; the words are chosen by who shows it."""
    evidence: tuple[str, ...]
    """What supports it: event ids, item ids, attribute names, knowledge paths."""
    weight: float
    """The share of all that speaks for the item which goes when the evidence is removed."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a slate's trace: what a step used, skipped or left out, and why."""

    step: str
    """Such as "history", "source" or "rules"."""
    en: str
    zh: str

    def text(self, lang: str = "en") -> str:
        """The line in ``lang`` ("zh…" is Chinese, anything else English)."""
        return self.zh if lang.lower().startswith("zh") else self.en

    def record(self) -> dict[str, str]:
        """The line as JSON."""
        return {"step": self.step, "message": self.en, "message_zh": self.zh}


@dataclass(frozen=True, slots=True, eq=False)
class Slate:
    """Items in the order shown, best first, with how it came about."""

    request_id: str
    items: tuple[str, ...]
    scores: np.ndarray  # (N,) float32
    propensities: np.ndarray  # (N,) float32, chance that each was shown where it is
    reasons: tuple[tuple[Reason, ...], ...]
    trace: tuple[Told, ...] = ()
    """How it came about, step by step."""
    artifacts: tuple[str, ...] = ()
