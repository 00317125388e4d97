"""For whoever runs it: is it there, is it ready, what does it count."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from zhiyin.core import get_logger
from zhiyin.service.routes.answering import Counted, problems
from zhiyin.service.shapes import Health, Ready
from zhiyin.service.visitors import House, Visitor, needs

log = get_logger(__name__)
router = APIRouter(tags=["machine"])
Admin = Annotated[Visitor, Depends(needs("admin"))]
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/health", summary="Is the process there")
async def health() -> Health:
    """Answers as long as the process does, whatever its stores do."""
    return Health(status="ok")


@router.get("/ready", summary="Can it answer", responses={503: {"model": Ready}})
def ready(request: Request, response: Response) -> Ready:
    """Ready when every shop's store answers; names no shop, since no key is asked for."""
    house: House = request.app.state.house
    answering, live = 0, 0
    for name, shop in house.shops.items():
        try:
            shop.store.events.cut()
            live += shop.live() is not None
            answering += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, this shop is not ready
            log.warning("not ready", shop=name, error=str(error))
    fine = answering == len(house.shops)
    response.status_code = 200 if fine else 503
    return Ready(ready=fine, shops=len(house.shops), live=live)


@router.get(
    "/metrics",
    summary="Counts for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **problems()},
)
def metrics(visitor: Admin, counted: Counted) -> Response:
    """Requests, times, rows and slates, in the text format of Prometheus."""
    return Response(counted.text(), media_type=TEXT)
