"""Keys and the audit log, for admins."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from zhiyin.service.routes.answering import problems
from zhiyin.service.shapes import Acts, Done, KeyList, KeyMade, KeyShown, NewKey
from zhiyin.service.visitors import Visitor, needs

router = APIRouter(prefix="/v1", tags=["keys"])
Admin = Annotated[Visitor, Depends(needs("admin"))]


@router.get("/keys", responses=problems(), summary="All keys")
def list_keys(visitor: Admin) -> KeyList:
    """Those that ended too; never a secret."""
    return KeyList(keys=[KeyShown.of(key) for key in visitor.shop.gate.all()])


@router.post("/keys", responses=problems(), summary="Make a key", status_code=201)
def create_key(body: NewKey, visitor: Admin) -> KeyMade:
    """The token is in this answer and nowhere else."""
    key, token = visitor.shop.gate.create(
        body.scopes,
        label=body.label,
        origins=body.origins,
        expires=body.expires,
        per_minute=body.per_minute,
        who=visitor.who,
    )
    return KeyMade(key=KeyShown.of(key), token=token)


@router.post("/keys/{id}/rotate", responses=problems(404), summary="Replace a key", status_code=201)
def rotate_key(id: str, visitor: Admin) -> KeyMade:
    """A new token for the same scopes; the old one works an hour longer."""
    key, token = visitor.shop.gate.rotate(id, who=visitor.who)
    return KeyMade(key=KeyShown.of(key), token=token)


@router.delete("/keys/{id}", responses=problems(404), summary="End a key")
def revoke_key(id: str, visitor: Admin) -> KeyShown:
    """It opens nothing from now on, in other processes within a second."""
    return KeyShown.of(visitor.shop.gate.revoke(id, who=visitor.who))


@router.get("/acts", responses=problems(), summary="The audit log")
def list_acts(visitor: Admin, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Acts:
    """What was done with keys and promotions, newest first."""
    return Acts(acts=[Done.of(act) for act in visitor.shop.gate.acts(limit)])
