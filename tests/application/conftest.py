"""A shop in memory whose model is written by hand, so that every score is known."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy.sparse import csr_array

from zhiyin.application import Answers
from zhiyin.core import DEFAULT_KINDS, Event, Item, Request, Slate, Vocabulary, micros, to_batch
from zhiyin.data import Strengths
from zhiyin.data.stores import open_store
from zhiyin.models import Neighbours

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = tuple(f"item-{number:02}" for number in range(12))


class StillClock:
    """Always the same moment."""

    def now(self) -> datetime:
        return NOW


def neighbours() -> Neighbours:
    """Twelve items in a ring: each goes with the next two; the first are the most popular."""
    table = np.zeros((12, 12), np.float32)
    for item in range(12):
        table[item, (item + 1) % 12] = 0.5
        table[item, (item + 2) % 12] = 0.25
    prior = np.linspace(0.12, 0.01, 12).astype(np.float32)
    return Neighbours(
        Vocabulary(NAMES), csr_array(table), prior, Strengths(DEFAULT_KINDS), micros(NOW)
    )


class LittleShop:
    """Goods and events in memory, and answers from the ring."""

    def __init__(self, form: Neighbours) -> None:
        self.store = open_store("memory://", "shop")
        self.store.catalogue.upsert([Item(id=name) for name in NAMES])
        self.form = form
        self.answers = Answers(form, self.store.catalogue, self.store.events, StillClock(), "ring")
        self._events = 0

    def did(self, shopper: str, kind: str, item: str | None, hours_ago: float = 1) -> None:
        self._events += 1
        when = NOW - timedelta(hours=hours_ago)
        event = Event(f"event-{self._events}", shopper, kind, when, item)
        self.store.events.append(to_batch([event]))

    def ask(self, shopper: str | None = None, k: int = 3, exclude: Iterable[str] = ()) -> Slate:
        return self.answers.recommend(Request(shopper, k=k, exclude=frozenset(exclude)))


@pytest.fixture
def shop() -> LittleShop:
    return LittleShop(neighbours())


@pytest.fixture
def new_shop() -> Callable[[], LittleShop]:
    """For properties, which need a shop per example."""
    return lambda: LittleShop(neighbours())
