"""The pictures of the goods, painted into a folder; what is there is not painted again."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from zlib import crc32

from PIL import Image

from zhiyin.core import SILENT, Item, Progress
from zhiyin.data.demo.goods import WORDS, Shelf, item_id, shelf
from zhiyin.data.demo.painting import Picture, contact_sheet, paint
from zhiyin.data.demo.size import DemoSize

LIMIT = 5_000
"""Pictures painted unless all are asked for: the rest costs time and some 20 kB each."""
EDGE = 360
QUALITY = 88
_STAMP = ".painted-by"
_HAND = "yunjian 1"
"""Changes when the painter does, so that old pictures are painted anew."""
_AT_ONCE = 256
Work = tuple[Picture, Path]


@dataclass(frozen=True, slots=True)
class Painted:
    """What became of the pictures."""

    painted: int
    present: int
    left_out: int
    """Goods past the limit, which have no picture."""


def demo_pictures(
    size: DemoSize,
    folder: Path,
    progress: Progress = SILENT,
    *,
    limit: int | None = LIMIT,
    processes: int = 1,
) -> Painted:
    """Paint the goods into ``folder`` as ``<id>.jpg``; ``limit=None`` paints all.

    More than one process needs a program that guards its start (``if __name__ ==
    "__main__"``), as every command line does.
    """
    wanted = size.items if limit is None else min(size.items, limit)
    folder.mkdir(parents=True, exist_ok=True)
    _start_anew_if_other(folder, f"{_HAND} seed {size.seed}")
    present = painted = 0
    with progress.step("pictures", wanted, "pictures") as step, _painters(processes) as painters:
        for first in range(0, wanted, _AT_ONCE):
            work = list(_missing(size, folder, first, min(first + _AT_ONCE, wanted)))
            there = min(_AT_ONCE, wanted - first) - len(work)
            step.advance(there)
            for _ in painters(work):
                step.advance(1)
            present, painted = present + there, painted + len(work)
    return Painted(painted, present, size.items - wanted)


def demo_contact_sheet(
    items: Iterable[Item], images: Path, target: Path, *, columns: int = 8
) -> int:
    """Lay the pictures of ``items`` on one sheet with their titles; how many there were."""
    pictures = [
        (Image.open(file).convert("RGB").resize((240, 240)), _caption(item))
        for item in items
        if item.images and (file := images / item.images[0]).is_file()
    ]
    sheet = contact_sheet(pictures, columns=columns, title="云间集 Yunjian Collection")
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(target)
    return len(pictures)


def _caption(item: Item) -> str:
    """Both titles: a machine without a Chinese font shows the English alone."""
    return f"{item.title} | {item.in_language('en').title}"


def _start_anew_if_other(folder: Path, hand: str) -> None:
    """Pictures of another seed or an older painter go: they show other goods."""
    stamp = folder / _STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == hand:
        return
    for old in folder.glob("yj*.jpg"):
        old.unlink()
    stamp.write_text(hand, encoding="utf-8")


def _missing(size: DemoSize, folder: Path, first: int, last: int) -> Iterator[Work]:
    rows = shelf(size, first, last)
    for row in range(last - first):
        file = folder / f"{item_id(first + row)}.jpg"
        if not file.exists():
            yield _picture(size, rows, row, first + row), file


def _picture(size: DemoSize, rows: Shelf, row: int, number: int) -> Picture:
    """What to paint for one row of the shelf."""
    ware, palette = WORDS.wares[rows.ware[row]], WORDS.palettes[rows.palette[row]]
    seed = crc32(f"{size.seed} {number}".encode())
    return Picture(
        shape=ware.shape,
        motif=WORDS.motifs[rows.motif[row]].key,
        ground=palette.ground,
        ink=palette.ink,
        accent=palette.accent,
        seed=seed,
        form=ware.forms[seed % len(ware.forms)],
    )


def _paint(work: Work) -> None:
    picture, file = work
    part = file.with_suffix(".part")
    paint(picture, EDGE).save(part, "JPEG", quality=QUALITY)
    os.replace(part, file)


@contextmanager
def _painters(processes: int) -> Iterator[Callable[[list[Work]], Iterator[None]]]:
    """Something that paints a list of pictures, here or in other processes."""
    if processes < 2:
        yield lambda work: map(_paint, work)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield lambda work: pool.map(_paint, work, chunksize=16)
