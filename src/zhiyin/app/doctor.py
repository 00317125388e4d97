"""What is installed, reachable and misconfigured, as findings with a remedy."""

import importlib.util
import shutil
import sqlite3
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from zhiyin.app.opening import open_shop
from zhiyin.app.shop import Shop
from zhiyin.app.understanding import Goods, open_encoders
from zhiyin.core import (
    SETTINGS_FILE,
    BadSettings,
    Damaged,
    NotFound,
    Settings,
    ZhiyinError,
    load_settings,
)

Mark = Literal["ok", "note", "bad"]

_PARTS = ("numpy", "scipy", "pyarrow", "pydantic", "sqlalchemy", "alembic", "pillow")
# extra -> (module to look for, what is missing without it)
_EXTRAS = {
    "train": ("torch", "models with gradients", "带梯度的模型"),
    "language": ("peft", "learning the shop's own language", "学习商店语言"),
    "postgres": ("psycopg", "the Postgres store", "Postgres 存储"),
    "redis": ("redis", "the Redis cache", "Redis 缓存"),
}
_LITTLE_DISK = 2 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: fine, worth knowing, or wrong."""

    mark: Mark
    what: str
    en: str
    zh: str

    def text(self, lang: str) -> str:
        """The sentence in ``lang``."""
        return self.zh if lang.startswith("zh") else self.en

    def record(self) -> dict[str, str]:
        """The finding as JSON."""
        return asdict(self)


def examine(folder: Path) -> list[Finding]:
    """Look at the machine, the installation and the shop in ``folder``."""
    found = [_python(), *_parts(), *_extras(), _disk(folder)]
    if not (folder / SETTINGS_FILE).is_file():
        return [
            *found,
            Finding(
                "note",
                "shop",
                f"no {SETTINGS_FILE} in {folder.resolve()}: make one with zhiyin init, "
                "or name a shop with --shop",
                f"{folder.resolve()} 中没有 {SETTINGS_FILE}：用 zhiyin init 创建，或用 --shop 指定",
            ),
        ]
    try:
        settings = load_settings(folder / SETTINGS_FILE)
    except BadSettings as error:
        return [*found, _wrong("settings", error)]
    return [
        *found,
        Finding("ok", "settings", settings.name, settings.name),
        *_encoders(settings, folder),
        *_shop(folder, settings),
    ]


def _python() -> Finding:
    text = f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    return Finding("ok" if sqlite3.sqlite_version_info >= (3, 35) else "bad", "python", text, text)


def _parts() -> list[Finding]:
    findings = []
    for name in _PARTS:
        try:
            findings.append(Finding("ok", name, version(name), version(name)))
        except PackageNotFoundError:
            remedy = "pip install -e ."
            findings.append(Finding("bad", name, f"missing: {remedy}", f"缺失：{remedy}"))
    return findings


def _extras() -> list[Finding]:
    findings = []
    for extra, (module, en, zh) in _EXTRAS.items():
        if importlib.util.find_spec(module) is not None:
            findings.append(Finding("ok", f"[{extra}]", "installed", "已安装"))
        else:
            remedy = f"pip install 'zhiyin[{extra}]'"
            findings.append(
                Finding(
                    "note",
                    f"[{extra}]",
                    f"not installed: no {en}; to add it: {remedy}",
                    f"未安装：无法使用{zh}；安装：{remedy}",
                )
            )
    return findings


def _disk(folder: Path) -> Finding:
    place = folder if folder.exists() else Path()
    free = shutil.disk_usage(place).free
    text = f"{free / 2**30:.1f} GiB"
    mark: Mark = "ok" if free > _LITTLE_DISK else "bad"
    return Finding(mark, "disk", f"{text} free", f"剩余 {text}")


def _encoders(settings: Settings, folder: Path) -> list[Finding]:
    """One finding: whether what the settings name can be opened; nothing is loaded for it."""
    try:
        names = [encoder.name for encoder in open_encoders(settings, folder).values()]
    except ZhiyinError as error:
        return [_wrong("encoders", error)]
    if names:
        return [Finding("ok", "encoders", ", ".join(names), "、".join(names))]
    return [
        Finding(
            "note",
            "encoders",
            "all are off: what the goods are stays unknown",
            "均已关闭：不会了解商品本身",
        )
    ]


def _goods(shop: Shop) -> list[Finding]:
    """What is known of the goods, and whether that is of today."""
    goods = Goods(shop.folder, shop.settings, shop.store.catalogue, shop.artifacts)
    try:
        known = goods.usable()
        told = goods.standing(known)
    except ZhiyinError as error:
        return [_wrong("goods", error)]
    if told or known is None:
        return [Finding("note", "goods", each.en, each.zh) for each in told]
    what = f"{known.version}, {len(known.ids):,}"
    return [Finding("ok", "goods", f"{what} items", f"{what} 件商品")]


def _shop(folder: Path, settings: Settings) -> list[Finding]:
    try:
        with open_shop(folder) as shop:
            items, events = shop.store.catalogue.count(), shop.store.events.count()
            where = settings.store.split("@")[-1].split("?")[0]  # no password on the screen
            found = [
                Finding(
                    "ok" if items and events else "note",
                    "store",
                    f"{where}: {items:,} items, {events:,} events",
                    f"{where}：{items:,} 件商品，{events:,} 条行为",
                )
            ]
            if settings.cache is not None:
                found.append(_cache(settings.cache))
            if items:
                found += _goods(shop)
            try:
                live = shop.artifacts.live("recommend")
            except (Damaged, NotFound) as error:
                return [*found, _wrong("live", error)]
            if live is None:
                none = Finding(
                    "note", "live", "nothing is live: zhiyin fit", "尚无上线产物：zhiyin fit"
                )
                return [*found, none]
            behind = shop.store.events.cut() - live.manifest.cut
            return [
                *found,
                Finding(
                    "ok",
                    "live",
                    f"{live.id}, {behind:,} events behind",
                    f"{live.id}，落后 {behind:,} 条行为",
                ),
            ]
    except ZhiyinError as error:
        return [_wrong("store", error)]


def _cache(url: str) -> Finding:
    from redis import Redis, RedisError

    where = url.split("@")[-1]
    try:
        with Redis.from_url(url, socket_connect_timeout=1) as client:
            client.ping()
    except RedisError as error:
        return Finding(
            "bad",
            "cache",
            f"{where} does not answer ({error}); the store answers instead, slower: start Redis, "
            "or remove the setting cache",
            f"{where} 没有响应（{error}），暂由存储直接回答，较慢：请启动 Redis，或去掉 cache 设置",
        )
    return Finding("ok", "cache", where, where)


def _wrong(what: str, error: ZhiyinError) -> Finding:
    return Finding("bad", what, error.text("en"), error.text("zh"))
