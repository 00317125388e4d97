"""What several routes share: the caller's language, and rows that were all refused."""

from typing import Annotated, Any

from fastapi import Depends, Request

from zhiyin.app import Shop
from zhiyin.core import Receipt
from zhiyin.service.problems import Problem, Refused, language
from zhiyin.service.watch import Metrics

Refusals = dict[int | str, dict[str, Any]]
PROBLEM: dict[str, Any] = {
    "model": Problem,
    "content": {"application/problem+json": {}},
}


def problems(*statuses: int) -> Refusals:
    """The problem documents that a route may answer with, for the OpenAPI."""
    common = (400, 401, 403, 408, 413, 415, 422, 429, 503)
    return dict.fromkeys(sorted({*common, *statuses}), PROBLEM)


def _language(request: Request) -> str:
    return language(request.headers)


def _metrics(request: Request) -> Metrics:
    found: Metrics = request.app.state.metrics
    return found


Lang = Annotated[str, Depends(_language)]
Counted = Annotated[Metrics, Depends(_metrics)]


def check_rows(shop: Shop, rows: int, what: str, what_zh: str) -> None:
    """Refused when there are more rows than a request may have."""
    most = shop.settings.service.max_rows
    if rows > most:
        raise Refused(
            413,
            "too_large",
            f"{rows:,} {what} in one request, {most:,} are allowed; send them in parts",
            f"一次请求含 {rows:,} {what_zh}，最多 {most:,}；请分批发送",
        )


def counted(metrics: Metrics, shop: Shop, into: str, receipt: Receipt) -> None:
    """Count what became of rows; Refused when none of them could be taken in."""
    outcomes = {"new": receipt.new, "seen": receipt.seen, "refused": len(receipt.refused)}
    for outcome, rows in outcomes.items():
        if rows:
            metrics.rows.labels(shop.settings.name, into, outcome).inc(rows)
    if receipt.refused and not receipt.new and not receipt.seen:
        raise Refused(
            422,
            "rows_refused",
            "none of the rows could be taken in; rows says why, one by one",
            "没有一行可以收录；rows 逐行说明原因",
            rows=receipt.refused,
        )
