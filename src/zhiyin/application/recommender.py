"""One request, from the shopper's history to the slate: read top to bottom.

request ─► history ─► candidates ─► rules ─► reasons ─► slate
"""

import time
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

import numpy as np

from zhiyin.application.explain import reasons
from zhiyin.application.rules import OVER, can_be_bought, done_with
from zhiyin.core import (
    BadRequest,
    Catalogue,
    Clock,
    Event,
    EventLog,
    Histories,
    Item,
    Request,
    Slate,
    Told,
)
from zhiyin.models import Form

_HISTORY = 200
"""The newest events that an answer looks at; older ones have faded."""
_REMEMBERED = 10_000
"""What a shopper is done with is remembered far longer than what an answer looks at."""
_SOURCES = {
    "neighbours": ("neighbours", "近邻表"),
    "vectors": ("vectors", "向量"),
    "blend": ("a blend", "混合模型"),
}
"""What a trace calls each kind of form."""
_SPARE = 20
_WIDER = 4


class Answers:
    """What is live, ready to answer."""

    def __init__(
        self,
        form: Form,
        catalogue: Catalogue,
        events: EventLog,
        clock: Clock,
        artifact: str = "",
    ) -> None:
        self._form = form
        self._catalogue = catalogue
        self._events = events
        self._clock = clock
        self.artifact = artifact
        """Its id; empty for a form without a name."""
        # Impressions and searches say nothing of an item and would fill the history.
        kinds = form.strengths.kinds.items()
        self._telling = [name for name, kind in kinds if kind.weight]

    def recommend(self, request: Request) -> Slate:
        """The best items for a request that may be shown, each with its reasons."""
        if request.k < 1:
            raise BadRequest(
                what=f"a slate of {request.k} items",
                what_zh=f"{request.k} 件商品的推荐列表",
                remedy="ask for 1 or more",
                remedy_zh="请至少要 1 件",
            )
        started = time.perf_counter()
        now = self._clock.now()
        events = self._history(request)
        history = self._form.read(events)
        unwanted = self._unwanted(request)
        kept, scores, dropped = self._candidates(history, request.k, unwanted, now)
        why = reasons(self._form, history, kept)
        source, source_zh = _SOURCES.get(self._form.name, (self._form.name,) * 2)
        passed = (time.perf_counter() - started) * 1000
        trace = (
            Told(
                "history",
                f"history: {len(events)} events, {len(history.items)} of them say something",
                f"历史：{len(events)} 条行为，其中 {len(history.items)} 条有参考意义",
            ),
            Told(
                "source",
                f"source: {source} of {self.artifact or 'a form without a name'}",
                f"来源：{self.artifact or '未命名产物'} 的{source_zh}",
            ),
            Told(
                "rules",
                f"rules: left out {len(unwanted)} that the shopper is done with or that were "
                f"excluded, {dropped} that cannot be bought now",
                f"规则：排除 {len(unwanted)} 件已了结或被要求排除的商品，"
                f"{dropped} 件目前无法购买的商品",
            ),
            Told("time", f"answered in {passed:.1f} ms", f"用时 {passed:.1f} 毫秒"),
        )
        return Slate(
            request_id=uuid4().hex,
            items=tuple(self._form.items.names[number] for number in kept),
            scores=scores,
            # Nothing is left to chance yet, so every place was certain.
            propensities=np.ones(len(kept), np.float32),
            reasons=why,
            trace=trace,
            artifacts=(self.artifact,) if self.artifact else (),
        )

    def _history(self, request: Request) -> list[Event]:
        stored: Sequence[Event] = ()
        if request.shopper is not None:
            stored = self._events.recent(request.shopper, _HISTORY, self._telling)
        return [*reversed(stored), *request.events]

    def _unwanted(self, request: Request) -> set[str]:
        """What the shopper is done with, what was just seen, and what the caller excludes."""
        over: Sequence[Event] = ()
        if request.shopper is not None:
            over = self._events.recent(request.shopper, _REMEMBERED, OVER)
        return {*done_with(over), *request.exclude, *(e.item for e in request.events if e.item)}

    def _candidates(
        self, history: Histories, k: int, unwanted: set[str], now: datetime
    ) -> tuple[np.ndarray, np.ndarray, int]:
        """The best k that may be shown: their numbers and scores, and how many were not."""
        numbers = self._form.items.numbers(sorted(unwanted))
        wide = k + _SPARE
        while True:
            found, scores = self._form.top(history, wide, exclude=numbers[numbers >= 0])
            goods = self._catalogue.get([self._form.items.names[n] for n in found])
            fine = self._may_be_shown(goods, now)
            kept = np.flatnonzero(fine)[:k]
            if len(kept) == k or len(found) < wide:
                return found[kept], scores[kept], len(fine) - int(np.sum(fine))
            wide *= _WIDER

    def _may_be_shown(self, goods: Sequence[Item | None], now: datetime) -> list[bool]:
        """Which goods there are to buy; a shop without a catalogue has no rule for them."""
        if not any(goods) and not self._catalogue.count():
            return [True] * len(goods)
        return [item is not None and can_be_bought(item, now) for item in goods]
