"""What was learnt, and which of it answers."""

from typing import Annotated

from fastapi import APIRouter, Depends

from zhiyin.app import Shop
from zhiyin.service.routes.answering import problems
from zhiyin.service.shapes import Artifact, Live, Promote
from zhiyin.service.visitors import Visitor, needs

router = APIRouter(prefix="/v1/live", tags=["live"])
Admin = Annotated[Visitor, Depends(needs("admin"))]


@router.get("", responses=problems(), summary="What answers now")
def get_live(visitor: Admin) -> Live:
    """Every artifact there is, the newest last."""
    return _live(visitor.shop)


@router.post("", responses=problems(404), summary="Promote an artifact")
def promote(body: Promote, visitor: Admin) -> Live:
    """From the next request on it answers."""
    visitor.shop.promote(body.artifact)
    visitor.shop.gate.note(visitor.who, "promote", body.artifact)
    return _live(visitor.shop)


@router.post("/rollback", responses=problems(404, 409), summary="Go back to the one before")
def rollback(visitor: Admin) -> Live:
    """What answered before the last promotion answers again."""
    id = visitor.shop.rollback()
    visitor.shop.gate.note(visitor.who, "rollback", id)
    return _live(visitor.shop)


def _live(shop: Shop) -> Live:
    manifest = shop.live()
    return Live(
        live=manifest.id if manifest else None,
        artifacts=[Artifact.of(each) for each in shop.artifacts.manifests()],
    )
