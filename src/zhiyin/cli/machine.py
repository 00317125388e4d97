"""Looking at the machine and the shop: doctor."""

import json

import typer
from rich.text import Text

from zhiyin.app import examine
from zhiyin.cli.options import HERE, AsJson, ShopFolder
from zhiyin.cli.screen import out, table
from zhiyin.cli.words import LANG, t

_MARKS = {
    "ok": Text("✓", "green"),
    "note": Text("·", "yellow"),
    "bad": Text("✗", "red"),
}


def declare(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(
        "doctor", help=t("what is installed, reachable, misconfigured", "检查安装、连接与配置")
    )(doctor)


def doctor(shop: ShopFolder = HERE, as_json: AsJson = False) -> None:
    findings = examine(shop)
    if as_json:
        out.print_json(json.dumps([finding.record() for finding in findings], ensure_ascii=False))
    else:
        rows = [(_MARKS[f.mark], f.what, f.text(LANG)) for f in findings]
        table(t("doctor", "体检"), ("", t("what", "项目"), t("finding", "结果")), rows)
    if any(finding.mark == "bad" for finding in findings):
        raise typer.Exit(1)
