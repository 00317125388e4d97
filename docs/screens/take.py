"""Takes what the READMEs show from a fresh demo shop: python docs/screens/take.py.

The picture of its goods is written beside this file, the first recommendation and a search
into both READMEs, each in its language. Run it when the demo shop changes; it takes some
minutes.
"""

import shlex
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
FIRST = "zhiyin recommend {} -k 3 --why --shop demo-shop"
FIND = 'zhiyin search "green silk scarf under 500, no lotus" -k 3 --shop demo-shop'


def goods(shop: Path, target: Path) -> None:
    """The first goods, small enough for a README."""
    sheet = shop.parent / "sheet.png"
    with open_shop(shop) as opened:
        draw_contact_sheet(opened, sheet, count=COUNT)
    with Image.open(sheet) as picture:
        small = picture.convert("RGB")
    small.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
    small.save(target, quality=82, optimize=True, progressive=True)


def answered(shop: Path, asked: str, lang: str) -> list[str]:
    """What the terminal answers, without rules and empty lines."""
    words = shlex.split(asked)[1:]
    command = [sys.executable, "-c", "from zhiyin.cli import main; main()", "--lang", lang, *words]
    run = subprocess.run(command, cwd=shop.parent, capture_output=True, text=True, check=True)
    said = [line.rstrip() for line in run.stdout.splitlines()]
    return [line for line in said if line and not line.lstrip().startswith("─")]


def recommendation(shop: Path, shopper: str, lang: str) -> str:
    """The block of a README: the command, and what the terminal answers."""
    asked = FIRST.format(shopper)
    typed = f"```console\n$ source .venv/bin/activate\n$ {asked}\n```\n\n"
    return typed + _block(answered(shop, asked, lang))


def search(shop: Path, lang: str) -> str:
    """The same of a search, as far as the goods: a dozen facets follow, a line each."""
    lines = answered(shop, FIND, lang)
    rows = [place for place, line in enumerate(lines) if line.startswith("  ")]
    shown = [*lines[: rows[-1] + 1], "…"]
    return f"```console\n$ {FIND}\n```\n\n" + _block(shown)


def _block(lines: list[str]) -> str:
    return "```text\n" + "\n".join(lines) + "\n```\n"


def put(page: Path, mark: str, block: str) -> None:
    """Write the block between its marks."""
    begin, end = f"<!-- {mark}:begin -->\n", f"<!-- {mark}:end -->"
    head, found, rest = page.read_text(encoding="utf-8").partition(begin)
    if not found:
        raise LookupError(f"no mark {mark} in {page}")
    page.write_text(head + begin + block + end + rest.partition(end)[2], encoding="utf-8")


def main() -> None:
    """Make the shop as ``zhiyin demo`` does, and take everything."""
    with TemporaryDirectory() as folder:
        shop = Path(folder) / "demo-shop"
        made = make_demo(shop)
        with open_shop(shop) as opened:
            opened.pretrain()
            opened.fit(budget=BUDGET)  # as the demo does
        goods(shop, HERE / "goods.jpg")
        for lang, page in READMES.items():
            put(page, "first", recommendation(shop, made.examples[0], lang))
            put(page, "find", search(shop, lang))


if __name__ == "__main__":
    main()
