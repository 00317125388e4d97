"""Items: added, read, changed, deleted."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from zhiyin.core import Item, NotFound, item_to_json
from zhiyin.service.routes.answering import Counted, Lang, check_rows, counted, problems
from zhiyin.service.shapes import Changes, Gone, Items, Taken
from zhiyin.service.visitors import Visitor, needs

router = APIRouter(prefix="/v1/items", tags=["items"])
Reader = Annotated[Visitor, Depends(needs("catalogue:read"))]
Writer = Annotated[Visitor, Depends(needs("catalogue:write"))]


@router.post("", responses=problems(), summary="Add or replace items")
def put_items(body: Items, visitor: Writer, lang: Lang, metrics: Counted) -> Taken:
    """Rows that cannot be taken in are told one by one; the others are on disk."""
    check_rows(visitor.shop, len(body.items), "items", "件商品")
    receipt = visitor.shop.take(body.items, "items")
    counted(metrics, visitor.shop, "items", receipt)
    return Taken.of(receipt, lang)


@router.get("/{item:path}", responses=problems(404), summary="Read an item")
def get_item(item: str, visitor: Reader) -> dict[str, Any]:
    """The item as it is stored; fields that are empty are left out."""
    found = visitor.shop.items([item]).get(item)
    if found is None:
        raise NotFound(
            kind="item",
            kind_zh="商品",
            name=item,
            remedy="check the id",
            remedy_zh="请检查编号",
        )
    return _document(found)


@router.patch("/{item:path}", responses=problems(404), summary="Change fields of an item")
def patch_item(item: str, body: Changes, visitor: Writer) -> dict[str, Any]:
    """The item as it is afterwards."""
    return _document(visitor.shop.patch(item, body.changes))


@router.delete("/{item:path}", responses=problems(), summary="Delete an item")
def delete_item(item: str, visitor: Writer) -> Gone:
    """Deleting what is not there is no error: ``deleted`` is 0."""
    return Gone(deleted=visitor.shop.delete([item]))


def _document(item: Item) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(item_to_json(item))
    return document
