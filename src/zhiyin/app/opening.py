"""Making an empty shop and opening one: where settings become a store and a clock."""

from datetime import UTC, datetime
from pathlib import Path

from zhiyin.app.shop import Shop
from zhiyin.app.writing import settings_text
from zhiyin.core import (
    SETTINGS_FILE,
    Clock,
    Conflict,
    NotFound,
    Unavailable,
    check_settings,
    load_settings,
)


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)


def open_shop(folder: str | Path = ".", *, clock: Clock | None = None) -> Shop:
    """Open the shop in ``folder``; its ``zhiyin.toml`` says where its store is.

    A folder without settings is refused, so that a mistyped path makes no empty shop.
    """
    from zhiyin.data.stores import open_store

    place = Path(folder)
    if not (place / SETTINGS_FILE).is_file():
        raise NotFound(
            kind="shop",
            name=str(place),
            kind_zh="商店",
            remedy=f"there is no {SETTINGS_FILE} in it; make a shop with: zhiyin init {place}, "
            "or name one with --shop",
            remedy_zh=f"其中没有 {SETTINGS_FILE}；新建商店：zhiyin init {place}，或用 --shop 指定",
        )
    settings = load_settings(place / SETTINGS_FILE)
    store = open_store(settings.store, settings.name, folder=place, cache=settings.cache)
    return Shop(place, settings, store, clock or SystemClock())


def create_shop(folder: str | Path, **values: object) -> Path:
    """Make an empty shop: its folder and its ``zhiyin.toml``; an existing one is kept.

    Args:
        values: Settings that differ from the defaults, such as ``currency="USD"``.
    """
    place = Path(folder)
    file = place / SETTINGS_FILE
    if file.exists():
        raise Conflict(
            kind="shop",
            kind_zh="商店",
            name=str(place),
            remedy=f"edit {file}, or name another folder",
            remedy_zh=f"请修改 {file}，或换一个文件夹",
        )
    settings = check_settings({"name": _plain(place), **values}, "the new shop")
    try:
        (place / settings.images).mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as handle:
            handle.write(settings_text(settings, also=values))
    except OSError as error:
        raise Unavailable(
            what=f"folder {place}", problem=str(error), remedy="name another folder"
        ) from error
    return file


def _plain(place: Path) -> str:
    name = "".join(c if c.isalnum() or c in "_.-" else "-" for c in place.resolve().name)
    return name[:64] or "shop"
