"""Bringing goods and events in: init, ingest, import."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from zhiyin.app import Shop, create_shop, open_shop
from zhiyin.cli.options import HERE, ShopFolder
from zhiyin.cli.screen import Bars, aside, complain, out, say, table
from zhiyin.cli.words import LANG, t
from zhiyin.core import BadRequest

if TYPE_CHECKING:
    from zhiyin.data.ingest import IngestReport

Source = Annotated[
    str,
    typer.Argument(
        help=t("a file, a folder, or - for standard input", "文件、文件夹，或 - 表示标准输入")
    ),
]
Pairs = list[str]


def declare(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("init", help=t("make an empty shop", "新建一个空商店"))(init)
    app.command("ingest", help=t("take in goods or events", "导入商品或行为数据"))(ingest)
    app.command(
        "import",
        help=t(
            "take in a known data set or another system's export; without a name: the list",
            "导入已知数据集或其他系统的导出；不写名字则列出全部",
        ),
    )(import_)


def init(
    folder: Annotated[Path, typer.Argument(help=t("where", "位置"))],
    name: Annotated[str, typer.Option(help=t("name of the shop", "商店名称"))] = "",
    store: Annotated[
        str,
        typer.Option(
            help=t("sqlite:///FILE or postgresql://…", "sqlite:///文件 或 postgresql://…")
        ),
    ] = "",
    timezone: Annotated[
        str, typer.Option(help=t("zone of times without one", "无时区时间所用的时区"))
    ] = "",
    currency: Annotated[str, typer.Option(help=t("such as CNY", "如 CNY"))] = "",
) -> None:
    given = {"name": name, "store": store, "timezone": timezone, "currency": currency}
    file = create_shop(folder, **{key: value for key, value in given.items() if value})
    say(
        f"made {file}; next: zhiyin ingest FILE --shop {folder}",
        f"已创建 {file}；下一步：zhiyin ingest 文件 --shop {folder}",
    )


def ingest(
    source: Source,
    shop: ShopFolder = HERE,
    into: Annotated[
        str,
        typer.Option(
            "--into", help=t("events or items; empty: found out", "events 或 items；留空则自动判断")
        ),
    ] = "",
    map: Annotated[
        Pairs,
        typer.Option("--map", help=t("OURS=THEIRS: our field, their column", "我方字段=文件列名")),
    ] = [],  # noqa: B006 - typer copies it
    kind: Annotated[
        Pairs, typer.Option("--kind", help=t("THEIRS=OURS: their kind, ours", "对方行为=我方行为"))
    ] = [],  # noqa: B006
    constant: Annotated[
        Pairs,
        typer.Option(
            "--set", "--constant", help=t("FIELD=VALUE for every row", "每行都取的 字段=值")
        ),
    ] = [],  # noqa: B006
    mapping: Annotated[
        Path | None, typer.Option(help=t("a mapping in TOML or JSON", "TOML 或 JSON 映射文件"))
    ] = None,
    no_header: Annotated[
        bool, typer.Option("--no-header", help=t("the first line is data", "首行即数据，没有表头"))
    ] = False,
    columns: Annotated[
        str,
        typer.Option(
            help=t(
                "names of the columns of a file without header: shopper,item,_,time",
                "无表头文件的列名，如 shopper,item,_,time",
            )
        ),
    ] = "",
    format: Annotated[
        str,
        typer.Option(
            help=t(
                "csv, tsv, jsonl, json or parquet; empty: found out",
                "csv、tsv、jsonl、json 或 parquet；留空则自动判断",
            )
        ),
    ] = "",
    encoding: Annotated[str, typer.Option(help=t("such as gb18030", "如 gb18030"))] = "",
    delimiter: Annotated[str, typer.Option(help=t("between columns", "列分隔符"))] = "",
    timezone: Annotated[
        str, typer.Option(help=t("zone of times without one", "无时区时间所用的时区"))
    ] = "",
    rejects: Annotated[
        Path | None,
        typer.Option(
            help=t(
                "where refused rows go; default: rejects.jsonl in the shop",
                "被拒行写到哪里；默认在商店文件夹的 rejects.jsonl",
            )
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help=t("look only, store nothing", "只检查，不写入"))
    ] = False,
    afresh: Annotated[
        bool, typer.Option("--afresh", help=t("read from the start again", "从头重新读取"))
    ] = False,
) -> None:
    words = {
        "fields": _pairs(map, "--map"),
        "kinds": _pairs(kind, "--kind"),
        "constants": _pairs(constant, "--set"),
        # Columns that the user names leave no line to name them.
        "columns_in_order": tuple(name.strip() for name in columns.split(",") if columns),
        "format": format,
        "encoding": encoding,
        "delimiter": "\t" if delimiter in (r"\t", "tab") else delimiter,
        "timezone": timezone,
    }
    with open_shop(shop) as opened, _resumable():
        report = opened.ingest(
            source,
            into=_into(into),
            mapping=mapping,
            rejects=rejects,
            check=check,
            resume=not afresh,
            progress=Bars(),
            **{key: value for key, value in words.items() if value},
            **({"header": False} if no_header or columns else {}),
        )
    show(report, check)


def import_(
    name: Annotated[str, typer.Argument(help=t("which", "名称"))] = "",
    path: Annotated[
        Path | None, typer.Argument(help=t("its file or folder", "文件或文件夹"))
    ] = None,
    shop: ShopFolder = HERE,
    kind: Annotated[
        Pairs, typer.Option("--kind", help=t("THEIRS=OURS: their kind, ours", "对方行为=我方行为"))
    ] = [],  # noqa: B006
    afresh: Annotated[
        bool, typer.Option("--afresh", help=t("read from the start again", "从头重新读取"))
    ] = False,
) -> None:
    if name and path is None:
        raise BadRequest(what=f"import {name}", remedy="name its file or folder as well")
    if path is None:
        rows = [(each.name, t(each.title, each.title_zh), each.files) for each in Shop.importers()]
        table(
            t("zhiyin import NAME PATH", "zhiyin import 名称 路径"),
            (t("name", "名称"), t("what", "内容"), t("files", "文件")),
            rows,
        )
        return
    with open_shop(shop) as opened, _resumable():
        kinds = _pairs(kind, "--kind")
        show(opened.import_from(name, path, kinds=kinds, resume=not afresh, progress=Bars()))


def show(report: "IngestReport", check: bool = False) -> None:
    """What came of an ingest, and where the refused rows are."""
    speed = report.rows / report.seconds if report.seconds else 0.0
    rows = [
        (t("rows read", "读取行数"), report.rows),
        (t("would be stored", "将写入") if check else t("stored", "新写入"), report.new),
        (t("there already", "已存在"), report.seen),
        (t("refused", "被拒"), sum(report.refused.values())),
        (t("rows per second", "每秒行数"), int(speed)),
    ]
    table(t("ingest", "导入"), ("", ""), rows)
    first = {each.code: each for file in report.files for each in file.examples}
    for code, count in sorted(report.refused.items()):
        where = t(f"such as row {first[code].row}", f"例如第 {first[code].row} 行")
        out.print(f"  {code} × {count:,}, {where}: {first[code].text(LANG)}", markup=False)
    if report.rejects is not None and report.refused:
        say(
            f"refused rows, each with its reason: {report.rejects}",
            f"被拒的行及原因：{report.rejects}",
        )
    for file in report.files:
        for note in file.notes:
            aside(f"{file.file}: {note}")
        if file.skipped:
            aside(
                t(
                    f"{file.file}: taken in before and unchanged; --afresh reads it again",
                    f"{file.file}：此前已导入且未改变；加 --afresh 可重新读取",
                )
            )
        if file.problem is not None:
            complain(file.problem)
    if report.problems:
        raise typer.Exit(1)


@contextmanager
def _resumable() -> Iterator[None]:
    """Tell whoever interrupts that nothing is lost."""
    try:
        yield
    except KeyboardInterrupt:
        aside(
            t(
                "interrupted: what was stored stays, and the same command goes on from there",
                "已中断：已写入的数据会保留，再次运行同一命令即可继续",
            )
        )
        raise


def _into(word: str) -> Literal["events", "items"] | None:
    match word:
        case "":
            return None
        case "events":
            return "events"
        case "items":
            return "items"
    raise BadRequest(
        what=f"--into {word}",
        remedy="say events or items",
        remedy_zh="请用 events 或 items",
    )


def _pairs(words: Pairs, option: str) -> dict[str, str]:
    for word in words:
        if "=" not in word:
            raise BadRequest(
                what=f"{option} {word}",
                remedy="write it as LEFT=RIGHT",
                remedy_zh="请写成 左=右",
            )
    return {left: right for left, _, right in (word.partition("=") for word in words)}
