"""Answers to a shopper: recommendations and search."""

from typing import Annotated

from fastapi import APIRouter, Depends

from zhiyin.service.routes.answering import Counted, Lang, problems
from zhiyin.service.shapes import Answer, Ask
from zhiyin.service.visitors import Visitor, needs

router = APIRouter(prefix="/v1", tags=["answers"])
Asker = Annotated[Visitor, Depends(needs("recommend:read"))]


@router.post("/recommend", responses=problems(404, 409), summary="Recommend items")
def recommend(body: Ask, visitor: Asker, lang: Lang, metrics: Counted) -> Answer:
    """The best items for a shopper, or for a guest who just viewed some."""
    slate = visitor.shop.recommend(
        body.shopper, after=body.after, k=body.k, surface=body.surface, exclude=body.exclude
    )
    metrics.answers.labels(visitor.shop.settings.name, "recommend").inc()
    return Answer.of(slate, lang)
