"""Takes what the READMEs show from a fresh demo shop: python docs/screens/take.py.

The picture of its goods is written beside this file, and the first recommendation into
both READMEs, each in its language. Run it when the demo shop changes; it takes a minute.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from zhiyin.app import draw_contact_sheet, make_demo, open_shop
from zhiyin.cli.demo import BUDGET

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
WIDTH, COUNT = 1200, 32
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
BEGIN, END = "<!-- first:begin -->\n", "<!-- first:end -->"
ASKED = "zhiyin recommend {} -k 3 --why --shop demo-shop"


def goods(shop: Path, target: Path) -> None:
    """The first goods, small enough for a README."""
    sheet = shop.parent / "sheet.png"
    with open_shop(shop) as opened:
        draw_contact_sheet(opened, sheet, count=COUNT)
    with Image.open(sheet) as picture:
        small = picture.convert("RGB")
    small.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
    small.save(target, quality=82, optimize=True, progressive=True)


def recommendation(shop: Path, shopper: str, lang: str) -> str:
    """The block of a README: the command, and what the terminal answers."""
    asked = ASKED.format(shopper)
    words = asked.split()[1:]
    command = [sys.executable, "-c", "from zhiyin.cli import main; main()", "--lang", lang, *words]
    run = subprocess.run(command, cwd=shop.parent, capture_output=True, text=True, check=True)
    said = [line.rstrip() for line in run.stdout.splitlines()]
    lines = [line for line in said if line and not line.lstrip().startswith("─")]
    typed = f"```console\n$ source .venv/bin/activate\n$ {asked}\n```\n\n"
    return typed + "```text\n" + "\n".join(lines) + "\n```\n"


def put(page: Path, block: str) -> None:
    """Write the block between its marks."""
    head, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    page.write_text(head + BEGIN + block + END + rest.partition(END)[2], encoding="utf-8")


def main() -> None:
    """Make the shop as ``zhiyin demo`` does, and take everything."""
    with TemporaryDirectory() as folder:
        shop = Path(folder) / "demo-shop"
        made = make_demo(shop)
        with open_shop(shop) as opened:
            opened.fit(budget=BUDGET)  # as the demo does
        goods(shop, HERE / "goods.jpg")
        for lang, page in READMES.items():
            put(page, recommendation(shop, made.examples[0], lang))


if __name__ == "__main__":
    main()
