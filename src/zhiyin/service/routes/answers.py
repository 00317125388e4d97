"""Answers to a shopper: recommendations and search."""

import binascii
from base64 import b64decode
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from zhiyin.core import BadInput
from zhiyin.service.routes.answering import Counted, Lang, problems
from zhiyin.service.shapes import Answer, Ask, Results, Search, Suggestions
from zhiyin.service.visitors import Visitor, needs

router = APIRouter(prefix="/v1", tags=["answers"])
Asker = Annotated[Visitor, Depends(needs("recommend:read"))]
Searcher = Annotated[Visitor, Depends(needs("search:read"))]
Words = Annotated[str, Query(max_length=2_000)]


@router.post("/recommend", responses=problems(404, 409), summary="Recommend items")
def recommend(body: Ask, visitor: Asker, metrics: Counted) -> Answer:
    """The best items for a shopper, or for a guest who just viewed some."""
    slate = visitor.shop.recommend(
        body.shopper, after=body.after, k=body.k, surface=body.surface, exclude=body.exclude
    )
    metrics.answers.labels(visitor.shop.settings.name, "recommend").inc()
    return Answer.of(slate)


@router.post("/search", responses=problems(404), summary="Search by words, picture, or both")
def search(body: Search, visitor: Searcher, lang: Lang, metrics: Counted) -> Results:
    """A page of goods, how the query was understood, and how to narrow it or go on."""
    asked = body.model_dump(exclude={"picture"})
    found = visitor.shop.search(**asked, picture=_picture(body.picture), language=lang)
    metrics.answers.labels(visitor.shop.settings.name, "search").inc()
    return Results.of(found)


@router.get("/search", responses=problems(), summary="Search by words")
def search_words(
    q: Words,
    visitor: Searcher,
    lang: Lang,
    metrics: Counted,
    k: Annotated[int, Query(ge=1, le=200)] = 20,
    cursor: Annotated[str | None, Query(max_length=4_000)] = None,
) -> Results:
    """The same for a line in a browser or in a shell."""
    asked = Search.model_validate({"query": q, "k": k, "cursor": cursor})
    return search(asked, visitor, lang, metrics)


@router.get("/suggest", responses=problems(), summary="Complete what is being typed")
def suggest(
    prefix: Words, visitor: Searcher, k: Annotated[int, Query(ge=1, le=50)] = 8
) -> Suggestions:
    """The most useful first."""
    return Suggestions(suggestions=[*visitor.shop.suggest(prefix, k)])


def _picture(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        return b64decode(text.partition(";base64,")[2] or text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInput(
            what="picture",
            what_zh="picture",
            problem="it is no base64",
            problem_zh="不是 base64",
            remedy="send the bytes of the file in base64, or a data: URL",
            remedy_zh="请以 base64 或 data: URL 发送图片文件",
        ) from error
