"""Events: what shoppers did."""

from typing import Annotated

from fastapi import APIRouter, Depends

from zhiyin.service.routes.answering import Counted, Lang, check_rows, counted, problems
from zhiyin.service.shapes import Events, Taken
from zhiyin.service.visitors import Visitor, needs

router = APIRouter(prefix="/v1/events", tags=["events"])
Writer = Annotated[Visitor, Depends(needs("events:write"))]


@router.post("", responses=problems(), summary="Send events")
def send_events(body: Events, visitor: Writer, lang: Lang, metrics: Counted) -> Taken:
    """Answered when they are on disk; an event with an id counts once, however often it comes."""
    check_rows(visitor.shop, len(body.events), "events", "条行为")
    receipt = visitor.shop.take(body.events, "events")
    counted(metrics, visitor.shop, "events", receipt)
    return Taken.of(receipt, lang)
