"""Search as a shopper has it: by words, by meaning and by both; across languages; at size.

    python -m benchmarks.search [--only tune,quality,languages,pictures,20k,100k,1m]
                                [--shop FOLDER] [--work FOLDER] [--queries 300]

**quality** (test part of the query sets of ``benchmarks/searches.py``): ``words`` is full
text alone, any word, best first; ``meaning`` the text vectors alone; ``search`` the whole of
``Shop.search``. Nothing is out of stock here, so that no way is held to account for what
cannot be bought. Searches a second are of CPU, one thread; ``search`` makes facets, chips
and marks as well. **tune**: ``search`` on the valid part over the weights of ``[search]``.
**languages**: goods that have one language only and queries in the other; Recall@10 is the
share of ten, or of all relevant goods if fewer. **pictures**: ``--shop`` names a demo shop
of the default size that was pretrained with its pictures; the weight of ``joint``, valid
part.

**20k**, **100k** and **1m**: so many of the demo's goods in SQLite, built in one process and
opened and searched in another, one search after the other, all with facets. Vectors are
those of real goods, moved a little each, since encoding a million takes hours. ``--work``
keeps what was built for another run.
"""

import argparse
import dataclasses
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.record import in_child, peak_bytes, save, show, where
from benchmarks.searches import (
    Query,
    SearchSet,
    demo_sets,
    fashion_sets,
    fashion_sha,
    missing_fashion,
    ndcg,
    reciprocal_rank,
)
from zhiyin.app import Shop, create_shop, open_shop
from zhiyin.core import Item, Request, SearchSettings, Text, derive, in_batches
from zhiyin.data.demo import DemoSize, demo_items

PARTS = ("tune", "quality", "languages", "pictures", "20k", "100k", "1m")
SIZES = {"20k": 20_000, "100k": 100_000, "1m": 1_000_000}
REAL = 1_200  # goods whose vectors are really encoded
DEEP = 50  # how far down a rank is looked for
Found = list[int]
Way = Callable[[str], Found]
WORDS = SearchSettings(meaning=0, joint=0, wishes=0, patience_seconds=60)
WHOLE = SearchSettings(patience_seconds=60)


def main() -> None:
    """Run the named parts, print a table of each, and write what was measured."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", default="quality,languages,100k")
    asked.add_argument("--shop", type=Path)
    asked.add_argument("--work", type=Path)
    asked.add_argument("--queries", type=int, default=300)
    asked.add_argument("--child", nargs=2)
    given = asked.parse_args()
    if given.child:
        step, size = given.child
        print(json.dumps({"build": built, "ask": searched}[step](given.work, int(size))))
        return
    done: dict[str, Any] = {}
    for part in given.only.split(","):
        if part in ("tune", "quality"):
            rows: Any = measured(part, given.queries, given.work)
        elif part == "languages":
            rows = across(given.queries, given.work)
        elif part == "pictures":
            rows = pictured(given.shop, given.queries)
        elif part in SIZES:
            rows = at_size(part, given.work)
        else:
            raise SystemExit(f"no part {part}; there are {', '.join(PARTS)}")
        done[part] = {**where(), "rows": rows}  # parts are run apart, from other commits perhaps
    earlier = _earlier()
    save("search", {**earlier, **done, "fashion sha256": fashion_sha() if not missing_fashion()
                    else None})  # fmt: skip


# -- shops of the query sets ------------------------------------------------------------


@contextmanager
def shop_of(items: Sequence[Item], name: str, work: Path | None) -> Iterator[Shop]:
    """A shop of these goods, described by their words; what is in ``work`` is used again."""
    with tempfile.TemporaryDirectory() as temporary:
        place = (work or Path(temporary)) / name
        if not (place / "zhiyin.toml").is_file():
            create_shop(place, encoders={"text": "use", "image": "none"})
        with open_shop(place) as shop:
            for batch in in_batches(_always_there(items)):
                shop.add_items(batch)
            shop.pretrain(align=False)  # what is in its memory is not encoded again
            yield shop


def _always_there(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        yield dataclasses.replace(
            item, stock=None, variants=(), available_from=None, available_until=None
        )


def ways_of(shop: Shop, items: Sequence[Item]) -> dict[str, Way]:
    """The ways to search that are compared."""
    numbers = {item.id: number for number, item in enumerate(items)}
    searcher = searcher_of(shop, WHOLE)
    goods = searcher._goods
    words, meaning = goods.words, goods.spaces["meaning"]
    rows = goods.shelf.view

    def named(keys: np.ndarray) -> Found:
        return [numbers[id] for id in rows.ids_of(keys[keys >= 0])]

    def by_meaning(text: str) -> Found:
        vector = searcher._sensing._senses.start("text", text)()
        if vector is None:
            return []
        return named(meaning.index.search(meaning.readers["text"](vector), DEEP).keys[0])

    return {
        "words": lambda text: named(words.search(text, DEEP, all_words=False).keys),
        "meaning": by_meaning,
        "search": whole(searcher, numbers),
    }


def searcher_of(shop: Shop, settings: SearchSettings) -> Any:
    """The searcher of a shop under other settings."""
    from zhiyin.app.searching import Searching

    changed = shop.settings.model_copy(update={"search": settings})
    return Searching(shop.folder, changed, shop.store, shop.clock).searcher()


def whole(searcher: Any, numbers: dict[str, int]) -> Way:
    """The whole search, with all that it shows."""
    return lambda text: [
        numbers[id] for id in searcher.search(Request(query=text, k=DEEP)).slate.items
    ]


def judged(way: Way, queries: Sequence[Query]) -> dict[str, float]:
    """NDCG@10, MRR and Recall@10 of a way, and searches a CPU second."""
    way(queries[0].text)  # what is loaded at the first search is not of this query
    began = time.process_time()
    found = [way(query.text) for query in queries]
    seconds = time.process_time() - began
    pairs = [*zip(found, (query.relevant for query in queries), strict=True)]
    return {
        "ndcg@10": float(np.mean([ndcg(some, good) for some, good in pairs])),
        "mrr": float(np.mean([reciprocal_rank(some, good) for some, good in pairs])),
        "recall@10": float(
            np.mean([len({*some[:10]} & good) / min(10, len(good)) for some, good in pairs])
        ),
        "per second": len(queries) / seconds,
    }


def groups() -> list[tuple[SearchSet, ...]]:
    """The query sets, those of one catalogue together."""
    if missing_fashion():
        print(missing_fashion())
        return [demo_sets()]
    return [fashion_sets(), demo_sets()]


# -- quality, and the weights -----------------------------------------------------------


def measured(part: str, most: int, work: Path | None) -> list[dict[str, Any]]:
    """Every way (quality) or every weight (tune) on every set."""
    found = []
    for sets in groups():
        with shop_of(sets[0].items, sets[0].name.split()[0], work) as shop:
            ways = ways_of(shop, sets[0].items) if part == "quality" else weighed(shop, sets)
            for one in sets:
                queries = one.part("test" if part == "quality" else "valid")[:most]
                for name, way in ways.items():
                    found.append({"set": one.name, "queries": len(queries), "way": name,
                                  **judged(way, queries)})  # fmt: skip
    if part == "tune":
        _show_means(found)
    heads = ["set", "queries", "way", "ndcg@10", "mrr", "recall@10", "per second"]
    show(f"search, {part}", heads, [[_short(row[head]) for head in heads] for row in found])
    return found


def weighed(shop: Shop, sets: tuple[SearchSet, ...]) -> dict[str, Way]:
    """The whole search under settings around the defaults."""
    numbers = {item.id: number for number, item in enumerate(sets[0].items)}
    tried: list[dict[str, Any]] = [
        {"meaning": meaning, "wishes": wishes}
        for meaning in (0.0, 0.2, 0.35, 0.5)
        for wishes in (0.0, 0.5)
    ]
    tried += [{"fusion": "ranks", "rank_constant": constant} for constant in (10.0, 60.0)]
    return {
        ", ".join(f"{key} {value}" for key, value in some.items()): whole(
            searcher_of(shop, WHOLE.model_copy(update=some)), numbers
        )
        for some in tried
    }


def _show_means(found: list[dict[str, Any]]) -> None:
    names = dict.fromkeys(row["way"] for row in found)
    means = {
        name: np.mean([row["ndcg@10"] for row in found if row["way"] == name]) for name in names
    }
    show("mean NDCG@10 over the sets, valid", ["weights", "mean"],
         [[name, _short(float(mean))] for name, mean in means.items()])  # fmt: skip


# -- across languages -------------------------------------------------------------------


def across(most: int, work: Path | None) -> list[dict[str, Any]]:
    """Goods of one language, queries in the other."""
    found = []
    sets = {one.name: one for one in demo_sets()}
    for goods, other in (("en", "zh"), ("zh", "en")):
        items = [_only(item, goods) for item in sets["demo known zh"].items]
        with shop_of(items, f"only-{goods}", work) as shop:
            for kind in ("attributes", "known"):
                queries = sets[f"demo {kind} {other}"].part("test")[:most]
                for name, way in ways_of(shop, items).items():
                    found.append({"goods": goods, "queries in": other, "kind": kind,
                                  "queries": len(queries), "way": name,
                                  **judged(way, queries)})  # fmt: skip
    heads = ["goods", "queries in", "kind", "queries", "way", "recall@10", "ndcg@10", "mrr"]
    show("search across languages, test", heads, [[_short(r[h]) for h in heads] for r in found])
    return found


def _only(item: Item, language: str) -> Item:
    """The item with the texts of one language and no attribute in the other."""
    text = item.in_language(language) if language == "en" else Text(item.title, item.description)
    bare = {"brand": None, "category": (), "attributes": {}, "tags": (), "texts": {}}
    kept = {} if language == "zh" else bare
    return dataclasses.replace(
        item, **{**kept, "texts": {}}, title=text.title, description=text.description
    )


# -- pictures ---------------------------------------------------------------------------


def pictured(folder: Path | None, most: int) -> list[dict[str, Any]]:
    """The weight of the space of words and pictures, on a shop that has pictures."""
    if folder is None:
        raise SystemExit("--shop names a demo shop of the default size that was pretrained")
    found = []
    with open_shop(folder) as shop:
        there = {change.id for change in shop.store.catalogue.changes() if change.item}
        for one in demo_sets():
            numbers = {item.id: n for n, item in enumerate(one.items) if item.id in there}
            for weight in (0.0, 0.1, 0.15, 0.2, 0.35):
                settings = WHOLE.model_copy(update={"joint": weight})
                way = whole(searcher_of(shop, settings), numbers)
                queries = one.part("valid")[:most]
                found.append({"set": one.name, "queries": len(queries), "joint": weight,
                              **judged(way, queries)})  # fmt: skip
    heads = ["set", "queries", "joint", "ndcg@10", "mrr"]
    show("words asked of pictures, valid", heads, [[_short(r[h]) for h in heads] for r in found])
    return found


# -- at size ----------------------------------------------------------------------------


def at_size(part: str, work: Path | None) -> dict[str, Any]:
    """Built in one process and searched in another."""
    with tempfile.TemporaryDirectory() as temporary:
        place = (work or Path(temporary)) / part
        size = str(SIZES[part])
        made: dict[str, Any] = {}
        if not (place / "built.json").is_file():
            place.mkdir(parents=True, exist_ok=True)
            made = in_child("benchmarks.search", "--child", "build", size, "--work", str(place))
            (place / "built.json").write_text(json.dumps(made), encoding="utf-8")
        else:
            made = json.loads((place / "built.json").read_bytes())
        asked = in_child("benchmarks.search", "--child", "ask", size, "--work", str(place))
    rows = [
        [name, *(f"{value:,.1f}" for value in row.values())] for name, row in asked["ms"].items()
    ]
    show(f"search among {SIZES[part]:,} goods, ms", ["search", "p50", "p99", "CPU, mean"], rows)
    show("to begin", ["what", "value"], [*made.items(), *asked["open"].items()])
    return {"build": made, **asked}


def built(folder: Path, size: int) -> dict[str, Any]:
    """The catalogue and the search artifact of so many goods."""
    import shutil

    began, cpu = time.monotonic(), time.process_time()
    shutil.rmtree(folder / "shop", ignore_errors=True)
    create_shop(folder / "shop", encoders={"text": "use", "image": "none"})
    with open_shop(folder / "shop") as shop:
        shop.add_items([*demo_items(DemoSize(items=REAL))])
        shop.pretrain(align=False)
        for batch in in_batches(demo_items(DemoSize(items=size)), 10_000):
            shop.add_items(batch)
        stored = time.process_time() - cpu
        _spread(shop, size)
        shop._searching.build()
    return {
        "build, s": round(time.monotonic() - began, 1),
        "build, CPU s": round(time.process_time() - cpu, 1),
        "of it to store, CPU s": round(stored, 1),
        "build peak, MB": round(peak_bytes() / 1e6),
    }


def _spread(shop: Shop, size: int) -> None:
    """An understanding of all goods: the real vectors, moved a little each."""
    from zhiyin.pretrain.understanding import write_head, write_rows

    known = shop.understanding()
    assert known is not None
    real = np.asarray(known.vectors("text"), np.float32)
    rng = derive(7, "benchmark", "search")
    ids = sorted(change.id for change in shop.store.catalogue.changes() if change.item)
    number = shop.store.catalogue.count() and max(c.number for c in shop.store.catalogue.changes())
    source = shop.artifacts.open(known.version).path

    def blocks() -> Iterator[np.ndarray]:
        for start in range(0, size, 10_000):
            rows = real[rng.integers(0, len(real), min(10_000, size - start))]
            rows = rows + rng.normal(0, 0.35 / np.sqrt(rows.shape[1]), rows.shape)
            yield (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    with shop.artifacts.writing("understanding", "pretrain") as draft:
        (draft.path / "text.turn.npy").write_bytes((source / "text.turn.npy").read_bytes())
        write_rows(draft.path, "text", blocks(), (size, real.shape[1]))
        write_head(draft.path, known.facts.model_copy(update={"catalogue": number}), ids)
    shop.artifacts.promote("goods", draft.id)


def searched(folder: Path, size: int) -> dict[str, Any]:
    """Open what was built and search it, one after the other."""
    queries = [q.text for one in demo_sets() if "typos" not in one.name for q in one.part("test")]
    queries = [str(q) for q in derive(7, "order").permutation(queries)[:400]]
    began = time.monotonic()
    with open_shop(folder / "shop") as shop:
        shop.search("丝巾")
        first = time.monotonic() - began
        filters = (
            {"price": {"at_most": 200}},
            {"category": ["丝巾披肩"]},
            {"all": [{"price": {"at_least": 100}}, {"on_sale": True}]},
        )
        asks: dict[str, list[dict[str, Any]]] = {
            "words, facets": [{"query": query} for query in queries],
            "words, a filter, facets": [
                {"query": query, "where": filters[n % 3]} for n, query in enumerate(queries[:200])
            ],
            "words, cheapest first": [
                {"query": query, "sort": "price_up"} for query in queries[:100]
            ],
            "next page": [{"query": "丝巾", "cursor": shop.search("丝巾").next}] * 50,
            "no words": [{}] * 20,
        }
        return {
            "ms": {name: _timed(shop, some) for name, some in asks.items()},
            "open": {
                "open and first search, s": round(first, 2),
                "memory after, MB": round(peak_bytes() / 1e6),
                "goods": size,
            },
        }


def _timed(shop: Shop, asks: list[dict[str, Any]]) -> dict[str, float]:
    shop.search(**asks[0])
    cpu, took = time.process_time(), []
    for ask in asks:
        began = time.monotonic()
        shop.search(**ask)
        took.append((time.monotonic() - began) * 1000)
    return {
        "p50": float(np.quantile(took, 0.5)),
        "p99": float(np.quantile(took, 0.99)),
        "cpu": (time.process_time() - cpu) * 1000 / len(asks),
    }


def _earlier() -> dict[str, Any]:
    """What an earlier run of other parts left, so that parts can be run one by one."""
    file = Path(__file__).parent / "results" / "search.json"
    if not file.is_file():
        return {}
    kept = json.loads(file.read_bytes())
    return {name: kept[name] for name in PARTS if name in kept}


def _short(value: Any) -> Any:
    return f"{value:.3f}" if isinstance(value, float) and value < 10 else value


if __name__ == "__main__":
    main()
