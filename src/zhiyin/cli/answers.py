"""Answering a shopper: recommend."""

import json
from typing import Annotated

import typer
from rich.text import Text

from zhiyin.app import Shop, open_shop
from zhiyin.cli.options import HERE, AsJson, ShopFolder, Size
from zhiyin.cli.screen import out, say, seen, table
from zhiyin.cli.words import LANG, t
from zhiyin.core import Item, Reason, Slate


def declare(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(
        "recommend",
        help=t("items for a shopper or after some items", "为某位顾客或基于若干商品推荐"),
    )(recommend)


def recommend(
    shopper: Annotated[
        str, typer.Argument(help=t("whose; empty: a guest", "顾客编号；留空为访客"))
    ] = "",
    after: Annotated[
        list[str],
        typer.Option(
            "--after", help=t("an item just viewed; may be repeated", "刚浏览过的商品；可重复")
        ),
    ] = [],  # noqa: B006 - typer copies it
    k: Size = 10,
    why: Annotated[
        bool, typer.Option("--why", help=t("tell how it came about", "说明由来"))
    ] = False,
    shop: ShopFolder = HERE,
    as_json: AsJson = False,
) -> None:
    with open_shop(shop) as opened:
        slate = opened.recommend(shopper or None, after=after, k=k)
        if as_json:
            out.print_json(json.dumps(record(opened, slate), ensure_ascii=False))
            return
        show(opened, slate, shopper or t("a guest", "访客"))
    if why:
        for told in slate.trace:
            out.print(f"  {told.text(LANG)}", markup=False)


def show(shop: Shop, slate: Slate, who: str) -> None:
    """A slate as a table: item, price, score and the first reason."""
    items = shop.items([*slate.items, *_cited(slate)])
    rows = [
        (
            place + 1,
            id,
            _told(title(items.get(id), id), _because(slate.reasons[place], items)),
            price(items.get(id)),
            float(slate.scores[place]),
        )
        for place, id in enumerate(slate.items)
    ]
    told = t("title, and why", "名称与理由")
    heads = ("#", t("item", "商品"), told, t("price", "价格"), t("score", "得分"))
    table(t(f"for {who}", f"给{who}"), heads, rows, wide=2)
    if not rows:
        say(
            "nothing to show: no item that may be shown is known to the model",
            "没有可展示的商品：模型所知的商品都不可展示",
        )


def _told(title: str, reason: str) -> Text:
    lines = [(seen(title), ""), *([("\n" + seen(reason), "dim")] if reason else [])]
    return Text.assemble(*lines)


def record(shop: Shop, slate: Slate) -> dict[str, object]:
    """A slate as JSON."""
    items = shop.items([*slate.items, *_cited(slate)])
    return {
        "request_id": slate.request_id,
        "artifacts": slate.artifacts,
        "trace": [{"step": told.step, "text": told.text(LANG)} for told in slate.trace],
        "items": [
            {
                "id": id,
                "title": title(items.get(id), id),
                "score": float(slate.scores[place]),
                "propensity": float(slate.propensities[place]),
                "reasons": [
                    {"kind": r.kind, "evidence": r.evidence, "weight": round(r.weight, 4)}
                    for r in slate.reasons[place]
                ],
            }
            for place, id in enumerate(slate.items)
        ],
    }


def _cited(slate: Slate) -> list[str]:
    return [id for reasons in slate.reasons for reason in reasons for id in reason.evidence]


def title(item: Item | None, id: str) -> str:
    """The title in the language of this run; the id where there is none."""
    return item.in_language(LANG).title if item is not None else id


def price(item: Item | None) -> str:
    """The price with its currency; empty where there is none."""
    if item is None or item.price is None:
        return ""
    return f"{item.price} {item.currency or ''}".strip()


def _because(reasons: tuple[Reason, ...], items: dict[str, Item]) -> str:
    if not reasons:
        return ""
    first = reasons[0]
    share = f"{first.weight:.0%}"
    names = ", ".join(title(items.get(id), id) for id in first.evidence[:2])
    return {
        "history": t(f"{share} because of {names}", f"{share} 源于{names}"),
        "popular": t(f"{share} because many like it now", f"{share} 源于近来受众人喜爱"),
    }.get(first.kind, first.kind)
