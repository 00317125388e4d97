"""One search, from words or a picture to a page of goods: read top to bottom.

understand ─► what must hold ─► words, meaning, likeness ─► match, relax ─► fuse
           ─► order, page ─► facets ─► highlights and reasons ─► Found
"""

import json
import time
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from uuid import uuid4

import numpy as np

from zhiyin.application.conditions import mask, read_condition
from zhiyin.application.facets import facets, split
from zhiyin.application.paging import Page, page
from zhiyin.application.search.finding import Finding, Query, find
from zhiyin.application.search.goods import Goods
from zhiyin.application.search.matching import Wish
from zhiyin.application.search.narrowing import Demand, all_hold, buyable, demands, too_much
from zhiyin.application.search.question import Learnt, Reader
from zhiyin.application.search.sensing import Sensing
from zhiyin.application.search.spaces import Senses
from zhiyin.application.search.tastes import Taste, Tastes
from zhiyin.application.search.telling import contributions, highlights, reasons, understood
from zhiyin.application.shelf import View
from zhiyin.core import Chip, Clock, Facet, Found, NotFound, Request, SearchSettings, Slate, Told


class Searcher:
    """All that answers searches. Many threads may search at once."""

    def __init__(
        self,
        goods: Goods,
        senses: Senses,
        clock: Clock,
        settings: SearchSettings,
        *,
        taste: Callable[[], Taste | None] = lambda: None,
        notes: Callable[[], tuple[Told, ...]] = tuple,
        learnt: Learnt | None = None,
        language: str = "zh",
        artifacts: tuple[str, ...] = (),
    ) -> None:
        """Hold what is needed.

        Args:
            goods: What can be found.
            senses: The encoders of queries.
            clock: Says what can be bought now.
            settings: The weights, and how long anything is waited for.
            taste: What answers for recommendations now; None: nothing does.
            notes: What every trace tells first, such as a part that could not be opened.
            learnt: What values of the shelf are called in another language.
            language: The shop's main one.
            artifacts: What slates cite.
        """
        self._goods = goods
        self._sensing = Sensing(goods, senses, settings.patience_seconds)
        self._clock = clock
        self._settings = settings
        self._taste = taste
        self._notes = notes
        self._reader = Reader(learnt)
        self._language = language
        self._artifacts = artifacts

    def search(self, request: Request) -> Found:
        """One page of what the request means.

        Raises:
            BadRequest: a filter, an order, a cursor or a picture that cannot be used.
            NotFound: there is no such item to be like.
        """
        started = time.perf_counter()
        changes = self._goods.refresh(self._settings.patience_seconds)
        view, now = self._goods.shelf.view, self._clock.now()
        _check_like(request, view)
        read = self._reader.read(request, view)
        sensed = self._sensing.begin(request, read.text)  # while the masks are made
        parts = demands(request, read.chips, view, self._goods.words, now)
        wishes = tuple(_wish(chip, view, now) for chip in read.chips if not chip.hard)
        vectors, missing = sensed()
        taste = self._taste()
        history = None if taste is None else taste.history(request)
        finding = find(
            Query(
                text=read.text,
                rest=read.rest,
                wishes=wishes,
                vectors=vectors,
                likeness=request.picture is not None or request.like is not None,
                allowed=all_hold(parts, view.size),
                widely=request.sort == "relevance",
            ),
            self._goods.words,
            self._goods.spaces,
            Tastes(taste, history, view),
            self._settings,
        )
        shown = _page(request, view, finding, taste)
        counted = self._facets(request, view, finding, parts, now)
        marked = self._highlights(request, view, shown, read.text)
        trace = (
            *self._notes(),
            *changes,
            understood(read.rest, read.chips),
            *missing,
            *contributions(finding),
            _took(started),
        )
        by = (taste.artifact,) if taste is not None and history is not None else ()
        return Found(
            slate=_slate(view, finding, shown, trace, (*self._artifacts, *by)),
            total=len(finding.keys),
            chips=read.chips,
            facets=counted,
            relaxed=(*too_much(parts, finding.matching.whole()), *finding.relaxed),
            corrected=None if finding.hits is None else finding.hits.corrected,
            highlights=marked,
            next=shown.next,
        )

    def suggest(self, prefix: str, k: int = 8) -> tuple[str, ...]:
        """Completions of what is being typed, the most useful first."""
        self._goods.refresh(self._settings.patience_seconds)
        there = buyable(self._goods.shelf.view, self._clock.now())
        return self._goods.words.suggest(prefix, k, there)

    def _facets(
        self,
        request: Request,
        view: View,
        finding: Finding,
        parts: tuple[Demand, ...],
        now: datetime,
    ) -> tuple[Facet, ...]:
        """Counted over all that matches; a facet's own choices do not shrink it."""
        rest, chosen = split(read_condition(request.where))
        others = all_hold([part for part in parts if not part.chosen], view.size)
        matched = finding.meant & others & mask(rest, view, now)
        return facets(view, matched, chosen, now, labels=self._reader.lexicon(view).label)

    def _highlights(
        self, request: Request, view: View, shown: Page, text: str
    ) -> dict[str, dict[str, tuple[tuple[int, int], ...]]]:
        if not text:
            return {}
        goods = self._goods.catalogue.get(view.ids_of(shown.rows))
        items = {item.id: item for item in goods if item is not None}
        return highlights(self._goods.words, items, text, request.language or self._language)


def _check_like(request: Request, view: View) -> None:
    if request.like is not None and view.row(request.like) < 0:
        raise NotFound(
            kind="item",
            kind_zh="商品",
            name=request.like,
            remedy="check the id, or ingest the catalogue",
            remedy_zh="请检查编号，或先导入商品目录",
        )


def _wish(chip: Chip, view: View, now: datetime) -> Wish:
    return Wish(chip, None if chip.where is None else mask(read_condition(chip.where), view, now))


def _page(request: Request, view: View, finding: Finding, taste: Taste | None) -> Page:
    if request.sort == "popular" and taste is not None:
        scores = taste.popularity(view)[finding.keys]
    else:
        scores = finding.scores_of(finding.keys)
    return page(
        view,
        finding.keys,
        sort=request.sort,
        k=request.k,
        ask=_ask(request),
        cursor=request.cursor,
        scores=scores,
    )


def _ask(request: Request) -> str:
    """What was asked, as text; of another request, another."""
    picture = "" if request.picture is None else blake2b(request.picture).hexdigest()
    who = request.shopper if request.personal else None
    return json.dumps(
        [request.query, request.where, sorted(request.without), picture, request.like, who,
         sorted(request.exclude)],
        ensure_ascii=False, sort_keys=True, default=str,
    )  # fmt: skip


def _slate(
    view: View, finding: Finding, shown: Page, trace: tuple[Told, ...], artifacts: tuple[str, ...]
) -> Slate:
    return Slate(
        request_id=uuid4().hex,
        items=view.ids_of(shown.rows),
        scores=finding.scores_of(shown.rows),
        # Nothing is left to chance, so every place was certain.
        propensities=np.ones(len(shown.rows), np.float32),
        reasons=reasons(finding, shown.rows),
        trace=trace,
        artifacts=artifacts,
    )


def _took(started: float) -> Told:
    passed = (time.perf_counter() - started) * 1000
    return Told("time", f"found in {passed:.1f} ms", f"用时 {passed:.1f} 毫秒")
