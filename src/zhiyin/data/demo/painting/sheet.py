"""A contact sheet: many pictures on one page, to be looked at by a person."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from unicodedata import combining, normalize

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_PAPER, _INK = (250, 248, 244), (70, 66, 62)

_FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts",
    "C:/Windows/Fonts",
)  # fmt: skip
_FACES = (
    "NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "NotoSerifCJK-Regular.ttc",
    "SourceHanSansSC-Regular.otf", "SourceHanSansCN-Regular.otf", "wqy-microhei.ttc",
    "wqy-zenhei.ttc", "uming.ttc", "DroidSansFallbackFull.ttf", "PingFang.ttc",
    "Hiragino Sans GB.ttc", "STHeiti Light.ttc", "msyh.ttc", "simsun.ttc",
)  # fmt: skip


def contact_sheet(
    pictures: Sequence[tuple[Image.Image, str]], columns: int = 8, title: str = ""
) -> Image.Image:
    """Lay pictures out in rows, each over its caption.

    Captions are Chinese where the machine has a font for it; otherwise the Latin
    end of a caption is shown.
    """
    cell = max((image.width for image, _ in pictures), default=1)
    gap, foot = max(4, cell // 18), max(14, cell // 9)
    head = foot * 2 if title else gap
    rows = -(-len(pictures) // columns)
    sheet = Image.new(
        "RGB", (gap + columns * (cell + gap), head + rows * (cell + foot + gap) + gap), _PAPER
    )
    pen = ImageDraw.Draw(sheet)
    _write(pen, title, sheet.width / 2, head / 2, round(foot * 0.9), sheet.width - 2 * gap)
    for i, (image, caption) in enumerate(pictures):
        row, column = divmod(i, columns)
        left, top = gap + column * (cell + gap), head + row * (cell + foot + gap)
        sheet.paste(image, (left, top))
        _write(pen, caption, left + cell / 2, top + cell + foot * 0.55, round(foot * 0.62), cell)
    return sheet


def _write(pen: ImageDraw.ImageDraw, text: str, x: float, y: float, size: int, room: float) -> None:
    """Write a line around a centre, cut to the room there is."""
    font = _font(size)
    if not isinstance(font, ImageFont.FreeTypeFont) or _chinese_font() is None:
        text = _latin(text)
    if pen.textlength(text, font=font) > room:
        while text and pen.textlength(text + "…", font=font) > room:
            text = text[:-1]
        text = text.rstrip() + "…"
    if text:
        pen.text((x, y), text, fill=_INK, font=font, anchor="mm")


def _latin(text: str) -> str:
    """What follows the last Chinese character, or the bar after it, without accents.

    Figures before it belong to the Chinese, and Pillow's own font has no accents.
    """
    last = max((place for place, c in enumerate(text) if ord(c) > 0x2E7F), default=-1)
    tail = text[last + 1 :].rpartition("| ")[2].strip()
    return "".join(c for c in normalize("NFKD", tail) if not combining(c))


@lru_cache(maxsize=1)
def _chinese_font() -> str | None:
    """The first face on this machine that can write Chinese."""
    folders = [Path(folder) for folder in _FOLDERS] + [Path.home() / ".fonts"]
    found = {
        path.name: str(path)
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".ttc", ".otf", ".ttf"}
    }
    return next((found[face] for face in _FACES if face in found), None)


@lru_cache(maxsize=8)
def _font(size: int) -> Font:
    path = _chinese_font()
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
