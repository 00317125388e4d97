"""The service in a terminal: serve, and the keys it asks for."""

import getpass
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from zhiyin.app import Shop, open_shop
from zhiyin.cli.options import HERE, AsJson, ShopFolder
from zhiyin.cli.screen import out, say, table
from zhiyin.cli.words import t
from zhiyin.core import SCOPES, Key
from zhiyin.service import serve as run

_keys = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=t("make, list, replace and end keys of the service", "创建、列出、更换、停用服务密钥"),
)


def declare(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(
        "serve",
        help=t("the HTTP service of one or several shops", "启动一个或多个商店的 HTTP 服务"),
    )(serve)
    app.add_typer(_keys, name="key")
    _keys.command("create", help=t("make a key; shows its token once", "创建密钥；令牌只显示一次"))(
        create
    )
    _keys.command("list", help=t("all keys, never a secret", "列出全部密钥，不含秘密"))(list_)
    _keys.command(
        "rotate",
        help=t("a new token; the old one works a while longer", "换发新令牌；旧令牌仍可用一段时间"),
    )(rotate)
    _keys.command("revoke", help=t("end a key now", "立即停用密钥"))(revoke)
    _keys.command("log", help=t("what was done with keys and promotions", "密钥与上线操作记录"))(
        log
    )


def serve(
    shop: Annotated[
        list[Path],
        typer.Option(
            "--shop",
            "-s",
            envvar="ZHIYIN_SHOP",
            help=t("a shop's folder; may be repeated", "商店所在文件夹；可重复"),
        ),
    ] = [HERE],  # noqa: B006 - typer copies it
    host: Annotated[str, typer.Option(help=t("address to listen on", "监听地址"))] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help=t("port", "端口"))] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help=t("processes", "进程数"))] = 1,
) -> None:
    say(
        f"serving on http://{host}:{port} (routes: /docs); Ctrl-C ends it",
        f"服务地址 http://{host}:{port}（接口说明：/docs）；Ctrl-C 结束",
    )
    for folder in shop:
        with open_shop(folder) as opened:
            if not opened.gate.all():
                say(
                    f"warning: {opened.settings.name} has no key, so everybody on this machine "
                    f"may ask and change; zhiyin key create --scope admin --shop {folder}",
                    f"警告：{opened.settings.name} 没有密钥，本机任何人都可查询和修改；"
                    f"zhiyin key create --scope admin --shop {folder}",
                )
    run(shop, host=host, port=port, workers=workers)
    say("the service has ended", "服务已结束")


def create(
    scope: Annotated[
        list[str],
        typer.Option(
            help=t(
                "what it may do; may be repeated: " + ", ".join(SCOPES),
                "权限；可重复：" + "、".join(SCOPES),
            )
        ),
    ],
    label: Annotated[str, typer.Option(help=t("what it is for", "用途"))] = "",
    origin: Annotated[
        list[str],
        typer.Option(help=t("a page that may use it from a browser", "允许在浏览器中使用它的页面")),
    ] = [],  # noqa: B006 - typer copies it
    days: Annotated[
        int | None, typer.Option(min=1, help=t("ends after so many days", "有效天数"))
    ] = None,
    per_minute: Annotated[
        int | None, typer.Option(min=1, help=t("requests in a minute", "每分钟请求数"))
    ] = None,
    shop: ShopFolder = HERE,
    as_json: AsJson = False,
) -> None:
    with open_shop(shop) as opened:
        expires = opened.clock.now() + timedelta(days=days) if days else None
        key, token = opened.gate.create(
            scope, label=label, origins=origin, expires=expires, per_minute=per_minute, who=_me()
        )
    _show_token(key, token, as_json)


def list_(shop: ShopFolder = HERE, as_json: AsJson = False) -> None:
    with open_shop(shop) as opened:
        keys = opened.gate.all()
        if as_json:
            out.print_json(json.dumps([_record(key) for key in keys]))
            return
        rows = [
            (key.id, key.label, " ".join(sorted(key.scopes)), _state(opened, key)) for key in keys
        ]
    if not rows:
        say("no key yet: zhiyin key create", "还没有密钥：zhiyin key create")
        return
    heads = (t("key", "密钥"), t("for", "用途"), t("may", "权限"), t("state", "状态"))
    table(t("keys", "密钥"), heads, rows)


def rotate(
    key: Annotated[str, typer.Argument(help=t("its id, as in: zhiyin key list", "密钥编号"))],
    grace: Annotated[
        int,
        typer.Option(min=0, help=t("minutes that the old token still works", "旧令牌保留分钟数")),
    ] = 60,
    shop: ShopFolder = HERE,
    as_json: AsJson = False,
) -> None:
    with open_shop(shop) as opened:
        made, token = opened.gate.rotate(key, grace=timedelta(minutes=grace), who=_me())
    _show_token(made, token, as_json)


def revoke(
    key: Annotated[str, typer.Argument(help=t("its id, as in: zhiyin key list", "密钥编号"))],
    shop: ShopFolder = HERE,
) -> None:
    with open_shop(shop) as opened:
        opened.gate.revoke(key, who=_me())
    say(f"key {key} opens nothing any more", f"密钥 {key} 已停用")


def log(
    limit: Annotated[int, typer.Option("-n", min=1, help=t("how many lines", "条数"))] = 20,
    shop: ShopFolder = HERE,
    as_json: AsJson = False,
) -> None:
    with open_shop(shop) as opened:
        acts = opened.gate.acts(limit)
    if as_json:
        lines = [
            {"time": a.time.isoformat(), "who": a.who, "what": a.what, "about": a.about}
            for a in acts
        ]
        out.print_json(json.dumps(lines, ensure_ascii=False))
        return
    heads = (t("time", "时间"), t("who", "何人"), t("what", "何事"), t("about", "对象"))
    rows = [(f"{a.time:%Y-%m-%d %H:%M:%S}", a.who, a.what, a.about) for a in acts]
    table(t("audit log", "操作记录"), heads, rows)


def _show_token(key: Key, token: str, as_json: bool) -> None:
    if as_json:
        out.print_json(json.dumps({"key": _record(key), "token": token}))
        return
    out.print(token, markup=False, highlight=False, soft_wrap=True)
    say(
        f"key {key.id}; this is the only time its token is shown",
        f"密钥 {key.id}；令牌只显示这一次",
    )


def _record(key: Key) -> dict[str, object]:
    return {
        "id": key.id,
        "label": key.label,
        "scopes": sorted(key.scopes),
        "origins": [*key.origins],
        "created": key.created.isoformat(),
        "expires": _iso(key.expires),
        "revoked": _iso(key.revoked),
        "per_minute": key.per_minute,
    }


def _state(shop: Shop, key: Key) -> str:
    now = shop.clock.now()
    if key.revoked is not None and key.revoked <= now:
        return t("ended", "已停用")
    if not key.valid(now):
        return t("run out", "已过期")
    end = min((e for e in (key.expires, key.revoked) if e is not None), default=None)
    return (
        t("valid", "有效") if end is None else t(f"until {end:%Y-%m-%d}", f"有效至 {end:%Y-%m-%d}")
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _me() -> str:
    try:
        return f"terminal {getpass.getuser()}"
    except (KeyError, OSError):  # a container's user without a name
        return "terminal"
