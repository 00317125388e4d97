"""Orders and pages: the next goods after a place, the same however often it is asked.

A page ends at a place: a key by which goods are ordered and, among equal keys, a row. The
cursor is that place, so goods that come or go between two pages move nobody else.
"""

import base64
import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from zhiyin.application.shelf import View
from zhiyin.core import SORTS, BadRequest, shorten

Ints = npt.NDArray[np.int64]
_LAST = np.iinfo(np.int64).min
_SCORED = {"relevance", "popular"}
_SEAL = b"zhiyin cursor 1"
"""Finds what was cut or changed by accident; a cursor guards no secret."""


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One page of goods."""

    rows: Ints
    next: str | None
    """The cursor of the next page; None: there is none."""


def page(
    view: View,
    rows: Ints,
    *,
    sort: str,
    k: int,
    ask: str,
    cursor: str | None = None,
    scores: npt.NDArray[np.floating[Any]] | None = None,
) -> Page:
    """The k goods after the cursor.

    Args:
        view: The shelf that the rows are of.
        rows: All that match, in any order, each once.
        sort: One of ``SORTS``.
        k: How many.
        ask: What was asked, as text: the cursor of another question is refused.
        cursor: ``Page.next`` of the page before; None: the first page.
        scores: (len(rows),) for "relevance" and "popular"; NaN comes last.
    """
    _check(sort, k)
    keys = _keys(view, rows, sort, scores)
    ties = -rows if sort == "newest" else rows
    if cursor is not None:
        key, tie = _read(cursor, _digest(ask, sort))
        after = (keys < key) | ((keys == key) & (ties > tie))
        rows, keys, ties = rows[after], keys[after], ties[after]
    best = _first(keys, ties, k)
    last = len(rows) > len(best) and len(best) > 0
    end = best[-1] if len(best) else 0
    text = _write(_digest(ask, sort), int(keys[end]), int(ties[end])) if last else None
    return Page(rows[best], text)


def _check(sort: str, k: int) -> None:
    if sort not in SORTS:
        known = ", ".join(SORTS)
        raise BadRequest(
            what=f"sort {shorten(sort, 40)!r}",
            what_zh=f"排序 {shorten(sort, 40)!r}",
            remedy=f"use one of {known}",
            remedy_zh=f"可用：{known}",
        )
    if k < 1:
        raise BadRequest(
            what=f"a page of {k} items", what_zh=f"每页 {k} 件",
            remedy="ask for 1 or more", remedy_zh="请至少要 1 件",
        )  # fmt: skip


def _keys(view: View, rows: Ints, sort: str, scores: npt.NDArray[np.floating[Any]] | None) -> Ints:
    """(len(rows),) the larger, the earlier."""
    if sort in _SCORED:
        return _rising(np.zeros(len(rows)) if scores is None else scores)
    if sort == "newest":
        return view.values("opens", rows)
    prices = view.values("price", rows)
    return prices if sort == "price_down" else np.where(prices < 0, _LAST, -prices)


def _rising(scores: npt.NDArray[np.floating[Any]]) -> Ints:
    """Floats as integers of the same order, so that a cursor holds them exactly."""
    # -0.0 and 0.0 are equal but have other bits.
    bits = (np.asarray(scores, np.float64) + 0.0).view(np.int64)
    keys = np.where(bits < 0, bits ^ np.iinfo(np.int64).max, bits)
    return np.where(np.isnan(scores), _LAST, keys)


def _first(keys: Ints, ties: Ints, k: int) -> Ints:
    """The places of the first k, in order."""
    falling = ~keys  # -keys would overflow at the end of the range
    places = np.arange(len(keys))
    if k < len(keys):
        limit = np.partition(falling, k - 1)[k - 1]
        sure, even = np.flatnonzero(falling < limit), np.flatnonzero(falling == limit)
        more = k - len(sure)
        if more < len(even):
            even = even[np.argpartition(ties[even], more - 1)[:more]]
        places = np.concatenate([sure, even])
    return places[np.lexsort((ties[places], falling[places]))]


def _digest(ask: str, sort: str) -> str:
    return blake2b(f"{sort}\0{ask}".encode(errors="surrogatepass"), digest_size=6).hexdigest()


def _write(digest: str, key: int, tie: int) -> str:
    body = json.dumps([digest, key, tie], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_sealed(body) + body).decode().rstrip("=")


def _read(cursor: str, digest: str) -> tuple[int, int]:
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        if raw[:6] != _sealed(raw[6:]):
            raise ValueError("the seal is broken")
        asked, key, tie = json.loads(raw[6:])
    except ValueError as error:
        raise BadRequest(
            what="the cursor is not one that was given out",
            what_zh="翻页标记无效",
            remedy="start from the first page, without a cursor",
            remedy_zh="请不带标记，从第一页开始",
        ) from error
    if asked != digest:
        raise BadRequest(
            what="the cursor belongs to another search",
            what_zh="翻页标记属于另一次搜索",
            remedy="start from the first page whenever words, filters or order change",
            remedy_zh="更换关键词、筛选或排序后，请从第一页开始",
        )
    return key, tie


def _sealed(body: bytes) -> bytes:
    return blake2b(body, key=_SEAL, digest_size=6).digest()
