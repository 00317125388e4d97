"""What filters, counts, changes and the reading of queries cost on a shelf of a million goods.

    python -m benchmarks.shelf [--items 1000000] [--made 50000]

The goods are the demo shop's: ``--made`` of them are made, and their rows repeated up to
``--items`` with ids of their own, for making a million takes five minutes. Beside each
filter and count stands pandas on the same columns, where it has such a thing. CPU seconds
of one thread, the best of five; the columns are files mapped into memory.

Queries: precision and recall of chips on the hand-made sets of the tests, which are half
in the demo's own words; the first was written before the code, ``exam`` after it.
"""

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.record import peak_bytes, save, show
from zhiyin.application.conditions import holding_rows, mask, read_condition
from zhiyin.application.facets import facets
from zhiyin.application.paging import page
from zhiyin.application.shelf import Shelf, View
from zhiyin.application.understanding import Lexicon, learn_words, understand
from zhiyin.core import Change, Item
from zhiyin.data.demo import DemoSize, demo_items

NOW = datetime(2026, 10, 1, tzinfo=UTC)
QUERIES = Path(__file__).parents[1] / "tests" / "application" / "understanding"
DATA = Path(os.environ.get("ZHIYIN_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
RED = {"attribute": {"name": "colours", "any_of": ["朱砂", "石榴红", "胭脂", "海棠红"]}}
FILTERS: dict[str, dict[str, Any]] = {
    "brand": {"brand": "岫云坊"},
    "category and all below it": {"category": ["茶器"]},
    "price up to 200": {"price": {"at_most": 200}},
    "any of four colours": RED,
    "can be bought now": {"available": True},
    "five of these together": {
        "category": ["丝巾披肩"], "price": {"at_most": 900}, "available": True, "not": RED,
        "any": [{"brand": "岫云坊"}, {"on_sale": True}],
    },
}  # fmt: skip


class Repeated:
    """A catalogue of the made goods, each several times under ids of its own."""

    def __init__(self, made: list[Item], items: int) -> None:
        self.made = made
        self.items = items
        self.later: list[Change] = []

    def changes(self, since: int = 0) -> Iterator[Change]:
        """All goods once, then what came later."""
        for number in range(since, self.items):
            item = self.made[number % len(self.made)]
            yield Change(number + 1, f"g{number:07d}", item)
        yield from (change for change in self.later if change.number > since)


def best(work: Callable[[], Any], times: int = 5) -> float:
    """Milliseconds of CPU of the fastest of some tries, the first being thrown away."""
    work()
    spent = []
    for _ in range(times):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return min(spent) * 1_000


def frame_of(view: View) -> pd.DataFrame:
    """The same columns in pandas."""
    columns = view.base.columns
    tree = view.names.categories
    tops = np.array([(tree.path(n) or ("",))[0] for n in range(len(tree))])
    return pd.DataFrame(
        {
            "brand": pd.Categorical.from_codes(columns.brand, view.names.brands.texts),
            "top": pd.Categorical(tops[columns.category]),
            "price": columns.price / 1e6,
            "stock": np.array(columns.stock),
            "opens": np.array(columns.opens),
            "closes": np.array(columns.closes),
        }
    )


def filters(view: View) -> list[list[Any]]:
    """Each filter for the first time and again, and in pandas."""
    frame = frame_of(view)
    now = int(NOW.timestamp() * 1e6)
    peers: dict[str, Callable[[], Any]] = {
        "brand": lambda: frame.brand == "岫云坊",
        "category and all below it": lambda: frame.top == "茶器",
        "price up to 200": lambda: frame.price <= 200,
        "can be bought now": lambda: (
            (frame.stock != 0) & (frame.opens <= now) & (now < frame.closes)
        ),
    }
    rows = []
    for name, where in FILTERS.items():
        condition = read_condition(where)

        def first(condition: Any = condition) -> None:
            view.base.kept.clear()
            mask(condition, view, NOW)

        hits = int(mask(condition, view, NOW).sum())
        peer = best(peers[name]) if name in peers else None
        again = best(lambda c=condition: mask(c, view, NOW))
        rows.append([f"filter: {name}", hits, best(first), again, peer])
    rows.append(_rules(view))
    return rows


def _rules(view: View) -> list[Any]:
    """A thousand rules asked of two hundred candidates."""
    brands = view.names.brands.texts
    rules = [
        read_condition({"brand": brands[n % len(brands)], "price": {"at_most": n}, "not": RED})
        for n in range(1_000)
    ]
    rows = np.sort(np.random.default_rng(7).choice(view.size, 200, replace=False))

    def ask() -> None:
        few = view.take(rows)
        for rule in rules:
            holding_rows(rule, view, rows, NOW, few)

    spent = best(ask, 3)
    return ["1,000 rules on 200 candidates", 200, spent, None, None]


def counts(view: View) -> list[list[Any]]:
    """All facets of random hits, in pandas those of brand and category alone; and a page."""
    frame = frame_of(view)
    rng = np.random.default_rng(7)
    rows = []
    for share in (0.01, 0.1, 1.0):
        hits = rng.random(view.size) < share
        spent = best(lambda hits=hits: facets(view, hits, {}, NOW), 3)
        peer = best(
            lambda hits=hits: (frame.brand[hits].value_counts(), frame.top[hits].value_counts()), 3
        )
        rows.append(["all facets (pandas: two of them)", int(hits.sum()), spent, None, peer])
    every = np.arange(view.size)
    spent = best(lambda: page(view, every, sort="price_up", k=20, ask=""), 3)
    peer = best(lambda: frame.nsmallest(20, "price"), 3)
    rows.append(["first page by price", view.size, spent, None, peer])
    return rows


def changes(catalogue: Repeated, shelf: Shelf) -> list[list[Any]]:
    """What it costs to take in goods that changed."""
    rows = []
    for count in (1, 100, 10_000):
        start = shelf.view.number
        made = catalogue.made
        catalogue.later = [
            Change(start + n + 1, f"g{n * 7:07d}", made[(n + 1) % len(made)]) for n in range(count)
        ]
        started = time.process_time()
        shelf.refresh()
        rows.append([f"take in {count:,} changes", count,
                     (time.process_time() - started) * 1_000, None, None])  # fmt: skip
    return rows


def reading(made: list[Item]) -> tuple[list[list[Any]], dict[str, Any]]:
    """Precision and recall of chips, false alarms on titles, and milliseconds per query."""
    shelf = Shelf.open(Repeated(made[:1_200], 1_200))
    lexicon = Lexicon(shelf.view, learn_words(made[:1_200]))
    rows, facts = [], {}
    for name in ("queries", "exam"):
        right = wrong = missing = count = 0
        for query, wanted in _expected(QUERIES / f"{name}.txt"):
            got = {chip.id for chip in understand(query, lexicon).chips}
            right, wrong = right + len(got & wanted), wrong + len(got - wanted)
            missing, count = missing + len(wanted - got), count + 1
        scores = {"precision": right / (right + wrong), "recall": right / (right + missing)}
        facts[name] = {"queries": count, "chips": right + missing, **scores}
        rows.append([name, count, scores["precision"], scores["recall"]])
    titles = [text for item in made[:5_000] for text in (item.title, item.texts["en"].title)]
    facts["demo titles"] = _alarms(titles, lexicon)
    fashion = DATA / "fashion" / "products.csv"
    if fashion.is_file():
        with fashion.open(encoding="utf-8", newline="") as file:
            facts["fashion titles"] = _alarms([r["title"] for r in csv.DictReader(file)], lexicon)
    return rows, facts


def _alarms(titles: list[str], lexicon: Lexicon) -> dict[str, Any]:
    started = time.process_time()
    found = [understand(title, lexicon) for title in titles]
    spent = (time.process_time() - started) * 1_000 / len(titles)
    alarms = sum(any(chip.hard for chip in one.chips) for one in found)
    return {"titles": len(titles), "with a hard chip": alarms, "ms each": round(spent, 3)}


def _expected(file: Path) -> Iterator[tuple[str, set[str]]]:
    """The queries of the demo shop, and their chips."""
    world = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            world = line.strip("[]")
        elif "=>" in line and not line.startswith("#") and world == "demo":
            query, chips = line.rsplit("=>", 1)
            yield query.strip(), {chip.strip() for chip in chips.split("|")} - {""}


def main() -> None:
    """Build, save, open, ask, change, read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--made", type=int, default=50_000)
    args = parser.parse_args()
    made = [*demo_items(DemoSize(items=args.made))]
    catalogue = Repeated(made, args.items)
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        Shelf.open(catalogue).save(Path(folder))
        built, peak = time.process_time() - started, peak_bytes()
        files = sorted(Path(folder).iterdir())
        size = sum(file.stat().st_size for file in files)
        digest = sha256(b"".join(sha256(file.read_bytes()).digest() for file in files)).hexdigest()
        started = time.process_time()
        shelf = Shelf.open(catalogue, folder=Path(folder))
        opened = (time.process_time() - started) * 1_000
        table = [*filters(shelf.view), *counts(shelf.view), *changes(catalogue, shelf)]
    heads = ["what", "goods", "first ms", "again ms", "pandas ms"]
    show(f"a shelf of {args.items:,} goods", heads, [[_dash(c) for c in row] for row in table])
    print(f"built and saved in {built:.1f} s CPU, peak {peak / 2**20:,.0f} MiB; "
          f"{size / 2**20:,.0f} MiB on disk; opened in {opened:.1f} ms")  # fmt: skip
    chips, facts = reading(made)
    show("chips", ["set", "queries", "precision", "recall"], chips)
    print(facts)
    save(
        "shelf",
        {
            "items": args.items,
            "made": args.made,
            "seed": DemoSize().seed,
            "data_hash": digest,
            "built_cpu_seconds": round(built, 2),
            "peak_bytes": peak,
            "disk_bytes": size,
            "opened_ms": round(opened, 2),
            "milliseconds": [dict(zip(heads, row, strict=True)) for row in table],
            "understanding": facts,
        },
    )


def _dash(cell: Any) -> Any:
    return "–" if cell is None else cell


if __name__ == "__main__":
    main()
