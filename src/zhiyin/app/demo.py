"""The demo shop at the front door: made when it is not there, and shown on one sheet."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from zhiyin.app.opening import create_shop, open_shop
from zhiyin.app.shop import Shop
from zhiyin.core import SETTINGS_FILE, SILENT, Conflict, Item, Progress

if TYPE_CHECKING:
    from zhiyin.data.demo import DemoReport

NAME = "yunjian"
_NOTE = "demo"  # what the demo writes into its store
_SHEET = 96


def make_demo(
    folder: Path,
    *,
    items: int | None = None,
    shoppers: int | None = None,
    days: int | None = None,
    seed: int | None = None,
    pictures: Literal["some", "all", "none"] = "some",
    progress: Progress = SILENT,
) -> DemoReport:
    """Make the demo shop 云间集 in ``folder``, or finish it; None: the demo's own size."""
    from zhiyin.data import demo

    given = {"items": items, "shoppers": shoppers, "days": days, "seed": seed}
    asked: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    size = replace(demo.DemoSize(), **asked)
    if not (folder / SETTINGS_FILE).exists():
        create_shop(folder, name=NAME, timezone="Asia/Shanghai")
    with open_shop(folder) as shop:
        _refuse_a_real_shop(shop)
        return demo.make_demo(
            folder,
            shop.store,
            shop.settings,
            size,
            progress,
            pictures=pictures,
            processes=min(2, os.cpu_count() or 1),
        )


def _refuse_a_real_shop(shop: Shop) -> None:
    """Demo goods among a merchant's own could not be told apart again."""
    store = shop.store
    ours = shop.settings.name == NAME or store.checkpoints.get(_NOTE) is not None
    if not ours and (store.catalogue.count() or store.events.count()):
        raise Conflict(
            kind="shop",
            kind_zh="商店",
            name=str(shop.folder),
            remedy="make the demo in another folder, with --shop",
            remedy_zh="请用 --shop 在另一个文件夹中生成演示商店",
        )


def draw_contact_sheet(shop: Shop, target: Path, *, count: int = _SHEET) -> int:
    """Lay the pictures of the shop's first items on one sheet; how many there were."""
    from zhiyin.data import demo

    goods = (change.item for change in shop.store.catalogue.changes())
    chosen: list[Item] = list(islice((item for item in goods if item is not None), count))
    return demo.demo_contact_sheet(chosen, shop.folder / shop.settings.images, target)
