"""Are the colours of goods found, and called what people call them?

    python -m benchmarks.colours [--goods 400]

``fashion`` (not shipped; ZHIYIN_TEST_DATA names the folder above it): the colour that the
shop gives each product, as one of twelve everyday words, beside the words told of its
picture. ``first`` is how often the word with the largest share is that word, ``any`` how
often one of them is. The rule for the words was found on every tenth product; 1,500 others
are judged. ``demo``: painted goods, whose dyes are known: how often the ground and the ink
are among the colours told, within 8 (OKLab × 100).

Beside ``colours``, in the same run and with the same words: the same without looking for
the background, and Pillow's median cut of the whole picture into as many colours.
"""

import argparse
import io
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from PIL import Image

from benchmarks.record import peak_bytes, save, show
from benchmarks.searches import fashion_items, fashion_sha, missing_fashion
from zhiyin.data.demo import DemoSize, demo_pictures
from zhiyin.data.demo.painting import COLOURS
from zhiyin.data.demo.truth import write_hidden_facts
from zhiyin.encoders.oklab import oklab
from zhiyin.encoders.palette import MOST, dominant, pixels
from zhiyin.encoders.traditional import WORDS, everyday, nearest

DATA = Path(os.environ.get("ZHIYIN_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
IMAGES = DATA / "fashion" / "images"
Told = tuple[np.ndarray, np.ndarray]  # (K, 3) in OKLab and (K,) shares, the largest first
WAYS = ("colours", "colours, background and all", "median cut")
NEAR = 8.0
SHOP_WORDS = {
    "navy blue": "blue", "turquoise blue": "cyan", "teal": "cyan", "sea green": "green",
    "olive": "green", "lime green": "green", "fluorescent green": "green", "silver": "grey",
    "steel": "grey", "charcoal": "grey", "grey melange": "grey", "metallic": "grey",
    "beige": "brown", "skin": "brown", "khaki": "brown", "tan": "brown", "copper": "brown",
    "bronze": "brown", "coffee brown": "brown", "nude": "brown", "taupe": "brown",
    "mushroom brown": "brown", "gold": "yellow", "mustard": "yellow", "cream": "white",
    "off white": "white", "maroon": "red", "burgundy": "red", "peach": "pink",
    "magenta": "pink", "lavender": "purple", "mauve": "purple", "rust": "orange",
}  # fmt: skip
"""What the shop's finer words are among the twelve; "multi" and the like are left out."""


def ours(picture: Image.Image) -> Told:
    """As ``colours`` finds them."""
    centres, shares = dominant(*pixels(picture))
    return centres[:MOST], shares[:MOST]


def everything(picture: Image.Image) -> Told:
    """The same with every pixel counting alike."""
    lab, weights = pixels(picture)
    centres, shares = dominant(lab, np.ones_like(weights))
    return centres[:MOST], shares[:MOST]


def median_cut(picture: Image.Image) -> Told:
    """Pillow's own."""
    small = picture.copy()
    small.thumbnail((144, 144))
    cut = small.quantize(MOST, Image.Quantize.MEDIANCUT)
    counts = sorted(cut.getcolors() or [], reverse=True)
    table = np.array(cut.getpalette()).reshape(-1, 3)
    found = oklab(table[[number for _, number in counts]])
    return found, np.array([count for count, _ in counts]) / sum(count for count, _ in counts)


FOUND: dict[str, Callable[[Image.Image], Told]] = dict(
    zip(WAYS, (ours, everything, median_cut), strict=True)
)


def opened(file: Path) -> Image.Image:
    """From memory, so that the disk is not timed."""
    return Image.open(io.BytesIO(file.read_bytes())).convert("RGB")


def fashion(part: list[int]) -> dict[str, dict[str, float]]:
    """Per way, of products whose number modulo ten is in ``part``."""
    asked = []
    for number, item in enumerate(fashion_items()):
        said = str(item.attributes["colour"]).lower()
        word = SHOP_WORDS.get(said, said)
        if number % 10 in part and word in WORDS:
            asked.append((IMAGES / item.images[0], word))
    return {way: _agreement(find, asked) for way, find in FOUND.items()}


def _agreement(
    find: Callable[[Image.Image], Told], asked: list[tuple[Path, str]]
) -> dict[str, float]:
    first, some, words, away, spent = 0, 0, 0, [], 0.0
    for file, wanted in asked:
        picture = opened(file)
        started = time.process_time()
        centres, shares = find(picture)
        spent += time.process_time() - started
        told: dict[str, float] = {}
        for centre, share in zip(centres, shares, strict=True):
            word = everyday(centre)
            told[word] = told.get(word, 0.0) + float(share)
            away.append(nearest(centre)[1])
        first += max(told, key=lambda word: told[word]) == wanted
        some += wanted in told
        words += len(told)
    count = len(asked)
    return {
        "products": count,
        "first": first / count,
        "any": some / count,
        "words": words / count,
        "nearest_name": float(np.median(away)),
        "cpu_ms": 1000 * spent / count,
    }


def demo(goods: int) -> dict[str, dict[str, float]]:
    """Per way, how often a dye is among what is told of painted goods."""
    size = DemoSize(items=goods, seed=13)
    with tempfile.TemporaryDirectory() as place:
        demo_pictures(size, Path(place, "images"), limit=None)
        write_hidden_facts(size, Path(place))
        rows = pq.read_table(Path(place, "goods.parquet")).to_pylist()
        rows = [row for row in rows if row["motif"] != "blue_and_white"]  # has its own dyes
        files = [Path(place, "images", f"{row['item']}.jpg") for row in rows]
        return {
            way: {
                dye: float(np.mean([_has(find(opened(file)), row[dye]) for file, row in
                                    zip(files, rows, strict=True)]))
                for dye in ("ground", "ink")
            }
            for way, find in FOUND.items()
        }  # fmt: skip


def _has(told: Told, dye: str) -> bool:
    away = np.linalg.norm(told[0] - oklab(COLOURS[dye].rgb), axis=1)
    return bool(100 * away.min() <= NEAR)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--goods", type=int, default=400)
    given = parser.parse_args()
    if missing := missing_fashion():
        print(missing)
        return
    found: dict[str, Any] = {"valid": fashion([1]), "test": fashion([3, 6, 8])}
    found["demo"] = demo(given.goods)
    rows = [
        [
            way,
            f"{found['valid'][way]['first']:.3f}",
            f"{found['test'][way]['first']:.3f}",
            f"{found['test'][way]['any']:.3f}",
            found["test"][way]["words"],
            found["test"][way]["nearest_name"],
            f"{found['demo'][way]['ground']:.3f}",
            f"{found['demo'][way]['ink']:.3f}",
            found["test"][way]["cpu_ms"],
        ]
        for way in WAYS
    ]
    count = int(found["test"][WAYS[0]]["products"])
    heads = ["", "first, valid", "first", "any", "words", "nearest name", "ground", "ink", "CPU ms"]
    show(f"colours of {count:,} fashion products and {given.goods} painted goods", heads, rows)
    save("colours", {"data": fashion_sha(), "peak_bytes": peak_bytes(), "results": found})


if __name__ == "__main__":
    main()
