"""Searching in a terminal: search by words or a picture, and completions of what is typed."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from zhiyin.app import open_shop
from zhiyin.cli.answers import price, title
from zhiyin.cli.options import HERE, AsJson, ShopFolder, Size
from zhiyin.cli.screen import aside, out, say, seen, table
from zhiyin.cli.words import LANG, t
from zhiyin.core import SORTS, BadInput, BadRequest, Facet, Found, Item

_SOURCES = {
    "words": ("words", "词语"),
    "meaning": ("meaning", "含义"),
    "joint": ("pictures in words", "图文"),
    "looks": ("looks", "外观"),
    "wishes": ("wishes", "意愿"),
    "personal": ("your history", "您的历史"),
    "popular": ("liked by many", "受欢迎"),
}
_VALUES = 6
"""Choices shown of a facet."""


def declare(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(
        "search",
        help=t(
            "find items by words or a picture; the shop's own synonyms stand in synonyms.txt "
            "in its folder, a line such as “shawl, wrap” each",
            "按词语或图片查找商品；本店的同义词写在其文件夹的 synonyms.txt 中，每行如“丝巾, scarf”",
        ),
    )(search)
    app.command("suggest", help=t("complete what is being typed", "补全正在输入的词语"))(suggest)


def search(
    query: Annotated[
        str,
        typer.Argument(
            help=t(
                "what is wanted, such as “red silk scarf under 200 yuan”; empty: all items",
                "想要什么，如“红色丝巾 200元以内”；留空为全部商品",
            )
        ),
    ] = "",
    picture: Annotated[
        Path | None,
        typer.Option(help=t("a picture file; what looks like it", "图片文件；查找外观相似的商品")),
    ] = None,
    like: Annotated[
        str | None, typer.Option(help=t("an item; what is like it", "商品编号；查找相似的商品"))
    ] = None,
    where: Annotated[
        str,
        typer.Option(
            help=t(
                'a filter in JSON, such as {"price": {"at_most": 200}}',
                'JSON 筛选条件，如 {"price": {"at_most": 200}}',
            )
        ),
    ] = "",
    without: Annotated[
        list[str],
        typer.Option(
            help=t("the id of a chip to take away; may be repeated", "去掉某个标签的编号；可重复")
        ),
    ] = [],  # noqa: B006 - typer copies it
    sort: Annotated[
        str, typer.Option(help=t(f"one of {', '.join(SORTS)}", f"排序：{', '.join(SORTS)}"))
    ] = "relevance",
    k: Size = 20,
    cursor: Annotated[
        str | None,
        typer.Option("--page", help=t("the next page, as printed below one", "下一页的标记")),
    ] = None,
    shopper: Annotated[str | None, typer.Option(help=t("who searches", "搜索的顾客编号"))] = None,
    personal: Annotated[
        bool,
        typer.Option("--personal", help=t("with that shopper's history", "按该顾客的历史调整顺序")),
    ] = False,
    why: Annotated[
        bool, typer.Option("--why", help=t("tell how it came about", "说明由来"))
    ] = False,
    shop: ShopFolder = HERE,
    as_json: AsJson = False,
) -> None:
    with open_shop(shop) as opened:
        found = opened.search(
            query, picture=_bytes(picture), like=like, where=_condition(where), without=without,
            sort=sort, k=k, cursor=cursor, shopper=shopper, personal=personal,
        )  # fmt: skip
        items = opened.items(found.slate.items)
    if as_json:
        titles = {id: title(items.get(id), id) for id in found.slate.items}
        out.print_json(json.dumps(record(found, titles), ensure_ascii=False))
        return
    show(found, items)
    if why:
        for told in found.slate.trace:
            out.print(f"  {told.text(LANG)}", markup=False)


def suggest(
    prefix: Annotated[str, typer.Argument(help=t("what was typed so far", "已输入的部分"))],
    k: Size = 8,
    shop: ShopFolder = HERE,
    as_json: AsJson = False,
) -> None:
    with open_shop(shop) as opened:
        found = opened.suggest(prefix, k)
    if as_json:
        out.print_json(json.dumps(found, ensure_ascii=False))
        return
    for text in found:
        out.print(seen(text), markup=False)


def record(found: Found, titles: dict[str, str]) -> dict[str, Any]:
    """What was found as JSON, with titles."""
    whole = found.record()
    for item in whole["items"]:
        item["title"] = titles[item["id"]]
    return whole


def show(found: Found, items: dict[str, Item]) -> None:
    """A page: what was understood and given up, the goods, and how to go on."""
    if found.corrected is not None:
        say(f"searched for “{found.corrected}”", f"已按“{found.corrected}”搜索")
    _chips(found)
    for told in found.relaxed:
        aside(told.text(LANG))
    rows = [
        (
            id,
            _marked(title(items.get(id), id), found.highlights.get(id, {}).get("title", ())),
            price(items.get(id)),
            _because(found, place),
        )
        for place, id in enumerate(found.slate.items)
    ]
    heads = (t("item", "商品"), t("title", "名称"), t("price", "价格"), t("because of", "依据"))
    table(t(f"{found.total:,} found", f"共 {found.total:,} 件"), heads, rows, wide=1)
    if not rows:
        say("nothing may be shown", "没有可展示的商品")
    for facet in found.facets:
        out.print(_facet(facet), markup=False, soft_wrap=not out.is_terminal)
    if found.next is not None:
        say(f"next page: --page {found.next}", f"下一页：--page {found.next}")


def _chips(found: Found) -> None:
    if not found.chips:
        return
    chips = "  ".join(
        f"[{seen(chip.text(LANG))}]{'!' if chip.hard else ''} --without {seen(chip.id)}"
        for chip in found.chips
    )
    say(f"understood (! always holds): {chips}", f"理解为（! 必须满足）：{chips}")


def _because(found: Found, place: int) -> str:
    return ", ".join(
        f"{t(*_SOURCES[reason.kind])} {reason.weight:.0%}" for reason in found.slate.reasons[place]
    )


def _facet(facet: Facet) -> str:
    name = facet.zh if LANG == "zh" else facet.en
    values = ", ".join(
        f"{'✓' if value.chosen else ''}{seen(value.zh if LANG == 'zh' else value.en)} {value.count}"
        for value in facet.values[:_VALUES]
    )
    return f"{seen(name)}: {values}"


def _marked(text: str, spans: Sequence[tuple[int, int]]) -> Text:
    """The title with what matches in bold, and nothing that could move the cursor."""
    found = Text()
    place = 0
    for start, stop in (*spans, (len(text), len(text))):
        found.append(seen(text[place:start])).append(seen(text[start:stop]), "bold")
        place = stop
    return found


def _bytes(file: Path | None) -> bytes | None:
    if file is None:
        return None
    if not file.is_file():
        raise BadRequest(
            what=f"there is no picture {file}",
            what_zh=f"没有图片 {file}",
            remedy="name a picture file",
            remedy_zh="请给出图片文件",
        )
    return file.read_bytes()


def _condition(text: str) -> dict[str, Any] | None:
    if not text:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_condition(str(error)) from error
    if not isinstance(found, dict):
        raise _no_condition("it is no object")
    return found


def _no_condition(problem: str) -> BadInput:
    return BadInput(
        what="--where",
        problem=f"not JSON ({problem})",
        problem_zh="不是 JSON 对象",
        remedy='write it like {"brand": "岫云坊"}',
        remedy_zh='请写成 {"brand": "岫云坊"} 这样',
    )
