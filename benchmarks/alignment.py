"""Pictures find their titles and titles their pictures: alignment on fashion and demo goods.

    python -m benchmarks.alignment [--seeds 3] [--test] [--kept FOLDER] [--only fashion]

5,104 products of ``fashion`` (not shipped; ZHIYIN_TEST_DATA names the folder above it), split
by a hash of their ids: 1,000 are held out from everything and opened once, with ``--test``;
500 choose settings and stop the descent; the rest teach. A picture is to find its own title
among the 1,000, and a title its own picture. No two titles are equal letter by letter; "equal
title" counts those alike as well that differ in case, spaces and signs alone.

Rows: chance; canonical correlation and ridge on one text and one image encoder; the same on
richer vectors (``use+words``, ``efficientnet+palette``); contrast from the best of them, some
seeds, and each of its switches turned on alone. ``agreement`` is the share of the five nearest
titles of others that have the picture's kind (such as Heels): what the switch for style is
there for. CPU seconds are those of learning, on one thread; encoding is told apart, and
``--kept FOLDER`` keeps its vectors for the next run.

The demo shop's 1,200 goods, painted by code: each picture comes with its Chinese and with its
English title, 300 goods are held out and asked for in either language; kinds are motifs. On
the valid pairs every picture stands twice, so that of its two places a title finds the tie.
"""

import argparse
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.record import peak_bytes, save, show
from benchmarks.searches import fashion_items, fashion_sha, missing_fashion
from zhiyin.core import SILENT, Encoder, derive
from zhiyin.data.demo import DemoSize, demo_items, demo_pictures
from zhiyin.encoders import ImageEncoder, TextEncoder, open_encoder
from zhiyin.encoders.together import Together
from zhiyin.encoders.wording import words
from zhiyin.pretrain.align import AlignConfig, Words, judged
from zhiyin.pretrain.align.choosing import Tried, closed_forms
from zhiyin.pretrain.align.closed import Heads
from zhiyin.pretrain.align.contrast import contrasted
from zhiyin.pretrain.align.heads import Head
from zhiyin.pretrain.align.judging import KS, agreement
from zhiyin.pretrain.align.lesson import Lesson

TEST, VALID = 1000, 500
PLAIN = (("use",), ("efficientnet",))
MODALITIES = ("text", "image")
RICH = (("use", "words"), ("efficientnet", "palette"))
_IMAGES = (
    Path(os.environ.get("ZHIYIN_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
    / "fashion"
    / "images"
)
SIDES = (PLAIN, (RICH[0], PLAIN[1]), RICH)
Rows = dict[str, Any]
Parts = dict[str, np.ndarray]
BASE = AlignConfig(hidden=512)  # heads with a bend; every switch beside it is off
SWITCHES: dict[str, dict[str, Any]] = {
    "contrast": {},
    "  linear heads": {"hidden": 0},
    "  hard negatives": {"hard": 2},
    "  style consistency": {"style": 0.3},
    "  regions against words": {"fine": 0.3},
    "  pull to the closed form": {"pull": 1e-4},
    "  all switches": {"hard": 2, "style": 0.3, "fine": 0.3},
}


@dataclass(frozen=True, slots=True, eq=False)
class Goods:
    """Products and what encoders make of them."""

    titles: list[str]
    kinds: np.ndarray  # (I,) the number of the article type
    vectors: dict[str, np.ndarray]  # encoder → (I, D); "regions" (I, R, D)
    words: Words
    encoding: dict[str, float]  # encoder → CPU seconds, where it was not read back
    teach: np.ndarray  # (I,) bool
    parts: dict[str, np.ndarray]  # "valid" and what is held out → rows

    def side(self, *names: str) -> np.ndarray:
        """Vectors of several encoders side by side, as "a+b" gives them."""
        rows = np.concatenate([self.vectors[name] for name in names], axis=1)
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def lesson(self, text: np.ndarray, image: np.ndarray, **more: Any) -> Lesson:
        """What teaches and what judges; of what is held out nothing is given."""
        valid = np.zeros(len(self.teach), np.bool_)
        valid[self.parts["valid"]] = True
        shown = [np.where((self.teach | valid)[:, None], rows, np.nan) for rows in (text, image)]
        return Lesson.of(*shown, BASE, derive(0, "unused"), valid=valid, **more)


def fashion(kept: Path) -> Goods:
    """The products of fashion, by their titles."""
    items = fashion_items()
    order = _by_hash([item.id for item in items])
    parts = {"test": order[:TEST], "valid": order[TEST : TEST + VALID]}
    kinds = [item.category[-1] for item in items]  # the kind of article
    texts = [item.title for item in items]
    return _goods(texts, kinds, [_IMAGES / f"{item.id}.jpg" for item in items], parts, kept)


def demo(kept: Path) -> Goods:
    """The demo shop's goods: every picture with its Chinese title and with its English one."""
    size = DemoSize()
    demo_pictures(size, kept / "pictures", limit=None)
    items = [*demo_items(size)]
    order = _by_hash([item.id for item in items])
    held, judging, both = order[:300], order[300:450], len(items)
    parts = {
        "test, Chinese": held,
        "test, English": held + both,
        "valid": np.concatenate([judging, judging + both]),
    }
    texts = [item.title for item in items] + [item.texts["en"].title for item in items]
    motifs = [str(item.attributes.get("motif", "")) for item in items] * 2
    files = [kept / "pictures" / f"{item.id}.jpg" for item in items] * 2
    return _goods(texts, motifs, files, parts, kept / "demo")


def _goods(
    titles: list[str], kinds: list[str], files: list[Path], parts: Parts, kept: Path
) -> Goods:
    vocabulary = sorted({word for title in titles for word in words(title)})
    numbers = {word: number for number, word in enumerate(vocabulary)}
    texts = [[numbers[word] for word in words(title)] for title in titles]
    padded = np.full((len(titles), max(map(len, texts))), -1)
    for row, own in zip(padded, texts, strict=True):
        row[: len(own)] = own
    shelf, use, image = _Kept(kept), TextEncoder(), ImageEncoder()
    by_hash, palette = open_encoder("words", "text"), open_encoder("palette", "image")
    vectors = {
        "use": shelf.get("use", lambda: use.encode(titles).vectors),
        "words": by_hash.encode(titles).vectors,
        "efficientnet": shelf.get("efficientnet", lambda: _encoded(image, files)),
        "palette": shelf.get("palette", lambda: _encoded(palette, files)),
        "regions": shelf.get("regions", lambda: _regions(image, files)),
    }
    each = Together([use, by_hash]).encode(vocabulary).vectors
    marks = np.unique(kinds, return_inverse=True)[1]
    marks[np.array(kinds) == ""] = -1
    teach = np.ones(len(titles), np.bool_)
    teach[np.concatenate([*parts.values()])] = False
    return Goods(titles, marks, vectors, Words(each, padded), shelf.seconds, teach, parts)


def _by_hash(ids: list[str]) -> np.ndarray:
    """Rows in an order that their ids alone decide."""
    return np.argsort([int(sha256(f"align {id}".encode()).hexdigest()[:12], 16) for id in ids])


def _regions(encoder: ImageEncoder, files: list[Path]) -> np.ndarray:
    made = [encoder.regions([file.read_bytes()]).astype(np.float16) for file in files]
    return np.concatenate(made)


def _encoded(encoder: Encoder, files: list[Path]) -> np.ndarray:
    """(I, D) of picture files, a few in memory at a time."""
    parts = [files[start : start + 64] for start in range(0, len(files), 64)]
    return np.concatenate(
        [encoder.encode([f.read_bytes() for f in part]).vectors for part in parts]
    )


class _Kept:
    """Arrays by name, made once and kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seconds: dict[str, float] = {}
        """CPU seconds of what was made in this run."""

    def get(self, name: str, make: Callable[[], np.ndarray]) -> np.ndarray:
        file = self.folder / f"{name}.npy"
        if not file.exists():
            began = time.process_time()
            found = make()
            self.seconds[name] = round(time.process_time() - began, 1)
            np.save(file, found)
        return np.asarray(np.load(file, allow_pickle=False))


def told(goods: Goods, heads: Heads, text: np.ndarray, image: np.ndarray, opened: bool) -> Rows:
    """Figures on the valid pairs and, once opened, on those held out."""
    return {
        part: _figures(goods, heads, text, image, rows)
        for part, rows in goods.parts.items()
        if opened or part == "valid"
    }


def _figures(
    goods: Goods, heads: Heads, text: np.ndarray, image: np.ndarray, rows: np.ndarray
) -> dict[str, float]:
    words_, pictures = heads["text"](text[rows]), heads["image"](image[rows])
    figures = judged(words_, pictures)
    figures["agreement"] = agreement(words_, pictures, goods.kinds[rows])
    plain = [re.sub(r"\W", "", goods.titles[row]).casefold() for row in rows]
    names = np.unique(plain, return_inverse=True)[1]
    same = names[:, None] == names[None, :]
    scores = pictures @ words_.T
    best = np.where(same, scores, -np.inf).max(axis=1)
    equal = 1 + ((scores > best[:, None]) & ~same).sum(axis=1)
    figures |= {f"equal title recall@{k}": float((equal <= k).mean()) for k in (1, 10)}
    figures["equal titles"] = float((same.sum(axis=1) > 1).mean())
    return {name: round(value, 4) for name, value in figures.items()}


def closed_rows(goods: Goods, opened: bool) -> tuple[list[Rows], Tried, Lesson]:
    """Closed forms on plain and on richer vectors; the best and its lesson, to descend from."""
    found = []
    for sides in SIDES:
        text, image = goods.side(*sides[0]), goods.side(*sides[1])
        lesson = goods.lesson(text, image)
        began = time.process_time()
        tried = closed_forms(lesson, BASE, shared=False)
        seconds = time.process_time() - began
        for one in tried if sides in (SIDES[0], SIDES[-1]) else tried[:1]:
            found.append(
                {
                    "row": f"{one.method}: {'+'.join(sides[0])} · {'+'.join(sides[1])}",
                    "settings": one.settings,
                    "cpu_s": [round(seconds / len(tried), 1)],
                    "seeds": [told(goods, one.heads, text, image, opened)],
                }
            )
            print(found[-1], file=sys.stderr, flush=True)
    return found, tried[0], lesson


def contrast_row(
    goods: Goods, name: str, start: Tried, lesson: Lesson, seeds: int, opened: bool
) -> Rows:
    """What descent makes of ``start`` with some switches, over some seeds."""
    config = BASE.model_copy(update=SWITCHES[name])
    text, image = goods.side(*RICH[0]), goods.side(*RICH[1])
    row: Rows = {"row": name, "settings": SWITCHES[name], "cpu_s": [], "seeds": [], "epochs": []}
    for seed in range(seeds):
        began = time.process_time()
        heads, trajectory = contrasted(lesson, start.wide, config, derive(seed, "contrast"), SILENT)
        row["cpu_s"].append(round(time.process_time() - began, 1))
        row["epochs"].append(trajectory.best)
        row["seeds"].append(told(goods, heads, text, image, opened))
        print(name, seed, row["seeds"][-1]["valid"]["mrr"], row["cpu_s"][-1], file=sys.stderr)
    return row


def finely(goods: Goods, lesson: Lesson) -> Lesson:
    """The lesson with labels, and regions and words in the coordinates of the richer vectors.

    A region has no palette of its own: the picture's stands there.
    """
    regions = goods.vectors["regions"].astype(np.float32)
    own = np.repeat(goods.vectors["palette"][:, None], regions.shape[1], axis=1)
    both = np.concatenate([regions, own], axis=2) / np.sqrt(np.float32(2))
    return replace(lesson, labels=goods.kinds, regions=both, words=goods.words)


def chance(goods: Goods, opened: bool) -> Rows:
    """Vectors drawn by lot."""
    rng = derive(0, "chance")
    drawn = {name: rng.standard_normal((len(goods.titles), 64), np.float32) for name in MODALITIES}
    heads = {name: Head.linear(np.zeros(64), np.eye(64)) for name in MODALITIES}
    return {
        "row": "chance",
        "settings": {},
        "cpu_s": [0.0],
        "seeds": [told(goods, heads, drawn["text"], drawn["image"], opened)],
    }


def table(name: str, rows: list[Rows], part: str) -> None:
    """Print the rows of one part."""
    ways = {"image→text": "i→t", "text→image": "t→i"}
    figures = [*(f"recall@{k}" for k in KS), "median rank"]
    keys = [f"{way} {figure}" for way in ways for figure in figures]
    keys += ["equal title recall@1", "agreement"]
    shown = []
    for row in rows:
        seeds = [seed[part] for seed in row["seeds"]]
        cells = [_mean([seed[key] for seed in seeds], 1 if "rank" in key else 3) for key in keys]
        mrrs = [seed["mrr"] for seed in seeds]
        spread = f" ± {np.std(mrrs):.4f}" if len(mrrs) > 1 else ""
        shown.append([row["row"], _mean(mrrs, 4) + spread, *cells, _mean(row["cpu_s"], 1)])
    for long, short in (*ways.items(), ("recall@", "r@")):
        keys = [key.replace(long, short) for key in keys]
    show(f"{name}, {part}", ["row", "mrr", *keys, "CPU s"], shown)


def _mean(values: list[float], digits: int) -> str:
    return f"{np.mean(values):.{digits}f}"


def block(goods: Goods, seeds: int, opened: bool) -> Rows:
    """All rows on one set of goods."""
    rows = [chance(goods, opened)]
    closed, start, lesson = closed_rows(goods, opened)
    rows += closed
    lesson = finely(goods, lesson)
    rows += [contrast_row(goods, name, start, lesson, seeds, opened) for name in SWITCHES]
    pairs = {part: len(own) for part, own in goods.parts.items()}
    return {
        "pairs": {"teach": int(goods.teach.sum()), **pairs},
        "encoding_cpu_s": goods.encoding,
        "rows": rows,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--test", action="store_true", help="open what is held out")
    parser.add_argument("--kept", type=Path, help="a folder to keep encoded vectors in")
    parser.add_argument("--only", choices=("fashion", "demo"), help="one of the two blocks")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        kept = given.kept or Path(folder)
        (kept / "demo").mkdir(parents=True, exist_ok=True)
        makers: dict[str, Callable[[Path], Goods]] = {"fashion": fashion, "demo": demo}
        if missing := missing_fashion():
            print(missing)
            del makers["fashion"]
        for name, make in makers.items():
            if given.only in (None, name):
                found = block(make(kept), given.seeds, given.test)
                found["data"] = fashion_sha() if name == "fashion" else str(DemoSize())
                save(f"alignment-{name}", {**found, "threads": 1, "peak_bytes": peak_bytes()})
                for part in found["rows"][0]["seeds"][0]:
                    table(name, found["rows"], part)


if __name__ == "__main__":
    main()
