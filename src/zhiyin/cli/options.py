"""Options that several commands share, so that they read and work alike."""

from pathlib import Path
from typing import Annotated

import typer

from zhiyin.cli.words import t

ShopFolder = Annotated[
    Path,
    typer.Option(
        "--shop", "-s", envvar="ZHIYIN_SHOP", help=t("the shop's folder", "商店所在的文件夹")
    ),
]
Size = Annotated[int, typer.Option("--k", "-k", min=1, max=1000, help=t("how many", "数量"))]
AsJson = Annotated[bool, typer.Option("--json", help=t("print JSON", "输出 JSON"))]
HERE = Path()
