"""The list of commands, and what happens when one of them fails."""

import sys
from importlib.metadata import version as installed
from typing import Annotated

import typer

from zhiyin.cli import answers, data, demo, goods, learning, machine, searching, serving
from zhiyin.cli.screen import complain, out, show_log
from zhiyin.cli.words import t, without_choice
from zhiyin.core import BadRequest, Unavailable, ZhiyinError

app = typer.Typer(
    name="zhiyin",
    no_args_is_help=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=t(
        "zhiyin 知音: a recommender for shops. Start with: zhiyin demo",
        "知音：为商店而做的推荐系统。从这里开始：zhiyin demo",
    ),
)


@app.callback()
def everywhere(
    lang: Annotated[str, typer.Option(help=t("en or zh", "en 或 zh"))] = "",
    verbose: Annotated[
        int, typer.Option("--verbose", "-v", count=True, help=t("tell more", "显示更多日志"))
    ] = 0,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help=t("print the version", "显示版本"))
    ] = False,
) -> None:
    """What holds for every command. ``--lang`` was read before this (see words.py)."""
    if version:
        out.print(f"zhiyin {installed('zhiyin')}")
        raise typer.Exit
    show_log(verbose)


for room in (demo, data, goods, learning, answers, searching, serving, machine):
    room.declare(app)


def main() -> None:
    """Run the terminal; an error of ours becomes a sentence and an exit status."""
    try:
        app(args=without_choice(sys.argv[1:]))
    except ZhiyinError as error:
        complain(error)
        sys.exit(2 if isinstance(error, BadRequest) else 1)
    except OSError as error:  # a full disk, a file without the right to write it
        complain(_unavailable(error))
        sys.exit(1)


def _unavailable(error: OSError) -> Unavailable:
    return Unavailable(
        what=str(error.filename or "the system"),
        problem=error.strerror or str(error),
        remedy="check the path, its rights and the free space",
        remedy_zh="请检查路径、权限与剩余空间",
    )
