"""The demo shop in one command: made, fitted, shown."""

import time
from pathlib import Path
from typing import Annotated

import typer

from zhiyin.app import draw_contact_sheet, make_demo, open_shop
from zhiyin.cli.answers import show as show_slate
from zhiyin.cli.goods import show as show_goods
from zhiyin.cli.learning import show as show_fit
from zhiyin.cli.screen import Bars, out, say, table
from zhiyin.cli.serving import serve
from zhiyin.cli.words import LANG, t
from zhiyin.core import BadRequest

BUDGET = 25.0
"""Seconds for the fit: nobody waits five minutes to see a demo."""


def declare(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(
        "demo",
        help=t(
            "the demo shop 云间集: made if it is not there, fitted, shown",
            "演示商店云间集：没有则生成，随后训练并展示",
        ),
    )(demo)


def demo(
    shop: Annotated[Path, typer.Option("--shop", "-s", help=t("its folder", "文件夹"))] = Path(
        "demo-shop"
    ),
    items: Annotated[
        int | None, typer.Option(min=1, help=t("how many goods; 1,200", "商品数；默认 1,200"))
    ] = None,
    shoppers: Annotated[
        int | None, typer.Option(min=1, help=t("how many shoppers; 6,000", "顾客数；默认 6,000"))
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, help=t("how many days; 90", "天数；默认 90"))
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help=t("another seed, another shop", "不同种子生成不同商店"))
    ] = None,
    once: Annotated[
        bool,
        typer.Option(
            "--once", help=t("stop after the tables, serve nothing", "输出表格后结束，不启动服务")
        ),
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help=t("to serve on", "服务端口"))] = 8000,
    pictures: Annotated[
        str,
        typer.Option(
            help=t("some: of the first 5,000 goods; all; none", "some：前 5,000 件；all；none")
        ),
    ] = "some",
    contact_sheet: Annotated[
        Path | None,
        typer.Option(help=t("write a sheet of the pictures here", "把图片总览写到此处")),
    ] = None,
) -> None:
    if pictures not in ("some", "all", "none"):
        raise BadRequest(
            what=f"--pictures {pictures}",
            remedy="say some, all or none",
            remedy_zh="请用 some、all 或 none",
        )
    began = time.monotonic()
    made = make_demo(
        shop,
        items=items,
        shoppers=shoppers,
        days=days,
        seed=seed,
        pictures=pictures,  # type: ignore[arg-type]  # checked above
        progress=Bars(),
    )
    say(
        f"云间集 Yunjian Collection: {made.items:,} goods and {made.events:,} events in {shop}",
        f"云间集：{made.items:,} 件商品、{made.events:,} 条行为，位于 {shop}",
    )
    for note in made.notes(LANG):
        out.print(note, markup=False)
    with open_shop(shop) as opened:
        if contact_sheet is not None:
            count = draw_contact_sheet(opened, contact_sheet)
            say(
                f"{count} pictures on one sheet: {contact_sheet}",
                f"{count} 张图片的总览：{contact_sheet}",
            )
        describing = time.monotonic()
        show_goods(opened.pretrain(progress=Bars()))
        fitted = time.monotonic()
        report = opened.fit(budget=BUDGET, progress=Bars())
        learning = time.monotonic() - fitted
        show_fit(report)
        for shopper in made.examples:
            show_slate(opened, opened.recommend(shopper, k=5), shopper)
    steps = [(_step(name), f"{seconds:.1f}") for name, seconds in made.seconds.items()]
    steps.append((t("describe the goods", "了解商品"), f"{fitted - describing:.1f}"))
    steps.append((t("fit and judge", "训练与评估"), f"{learning:.1f}"))
    steps.append((t("in all", "合计"), f"{time.monotonic() - began:.1f}"))
    table(t("what took how long", "耗时"), (t("step", "步骤"), t("seconds", "秒")), steps)
    if made.examples:
        command = f"zhiyin recommend {made.examples[0]} --why --shop {shop}"
        say(f"next: {command}", f"下一步：{command}")
    if not once:
        serve([shop], port=port)


def _step(name: str) -> str:
    return {
        "goods": t("goods", "商品"),
        "events": t("shoppers' events", "顾客行为"),
        "pictures": t("pictures", "图片"),
    }.get(name, name)
