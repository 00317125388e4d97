"""What pretraining makes of the goods: how much is lost, how fast neighbours are found, who gains.

    python -m benchmarks.understanding [--only space,text,graph,new] [--shop FOLDER]

* ``space``: search and neighbours by vectors as the encoders gave them, and by what is made
  of them. Queries and judgements are those of ``benchmarks.searches``; the choice was made
  on their train and valid parts, the table is the test part. Neighbours: the share of the
  ten nearest of the same category path (fashion) or motif (demo, from the hidden truth).
* ``text``: one text of everything against several with weights, as search finds them.
* ``graph``: the twenty nearest of each item, by cells against all products, on the fashion
  titles' vectors repeated with noise of their own spread, 256 wide.
* ``new``: the demo shop's wants of goods that nobody had turned to before the cut: content
  neighbours against what events alone can say; and ``fit`` with and without the goods.

Vectors are kept in the system's folder for temporary files, so a second run is quick; a part
that is not run keeps the figures, machine and commit of its last run.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.record import RESULTS, peak_bytes, save, show, where
from benchmarks.searches import (
    DEMO,
    SearchSet,
    demo_sets,
    fashion_sets,
    fashion_sha,
    missing_fashion,
    ndcg,
)
from zhiyin.app import make_demo, open_shop
from zhiyin.core import Encoder, Item, derive
from zhiyin.data import Dataset, Exam, Split
from zhiyin.data.demo.goods import WORDS, shelf
from zhiyin.encoders import ImageEncoder, Kept, TextEncoder
from zhiyin.evaluation import evaluate
from zhiyin.models.collaborative import ItemKnn, Popularity
from zhiyin.models.multimodal import ContentKnn
from zhiyin.posttrain import Limits, judge
from zhiyin.posttrain.cutting import cut_days, open_test
from zhiyin.pretrain import PretrainConfig, sources
from zhiyin.pretrain.contents import Source, Tally
from zhiyin.pretrain.graphs import likeness
from zhiyin.pretrain.whitening import Whitening
from zhiyin.pretrain.wording import words_of

Floats = npt.NDArray[np.float32]
Row = dict[str, Any]
KEPT = Path(tempfile.gettempdir()) / "zhiyin-benchmarks" / "encoded.db"
OURS = PretrainConfig()
SPACES: dict[str, tuple[int, float, bool] | None] = {
    "as encoded": None,
    "turned and cut": (OURS.width, 1.0, False),
    "s = 0.9 (chosen)": (OURS.width, OURS.shrinkage, False),
    "s = 0.9, mean off": (OURS.width, OURS.shrinkage, True),
    "s = 0.5": (OURS.width, 0.5, False),
    "whitened in full": (OURS.width, 0.0, False),
    "s = 0.9, 128 wide": (128, OURS.shrinkage, False),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", default="space,text,graph,new")
    parser.add_argument("--shop", type=Path, help="a demo shop that is there, for ``new``")
    given = parser.parse_args()
    parts: dict[str, Callable[[], Row]] = {
        "space": spaces, "text": texts, "graph": graphs, "new": lambda: newcomers(given.shop)
    }  # fmt: skip
    file = RESULTS / "understanding.json"
    found: Row = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for name in given.only.split(","):
        found[name] = {**where(), **parts[name]()}
    hash_ = "" if missing_fashion() else fashion_sha()
    print(
        save("understanding", {**found, "data": {"fashion": hash_, "demo": str(DEMO)}, **where()})
    )


# -- space ----------------------------------------------------------------------------------


def spaces() -> Row:
    """Search and neighbours in each space."""
    sets = searched_sets()
    raw = {each.name: encoded(each.items, "text") for each in sets}
    asked = {each.name: queries(each) for each in sets}
    alike = neighbourhoods()
    rows: Row = {}
    for name, way in SPACES.items():
        row = {each.name: found(each, raw[each.name], asked[each.name], way) for each in sets}
        rows[name] = row | {title: purity(*pair, way) for title, pair in alike.items()}
    heads = [*next(iter(rows.values()))]
    table = [[name, *(f"{row[head]:.3f}" for head in heads)] for name, row in rows.items()]
    show("NDCG@10 of dense search on the test part; ten neighbours alike", ["space", *heads], table)
    return rows


def texts() -> Row:
    """One text of everything, or several with weights."""
    ways: dict[str, Callable[[Item], list[tuple[str, float]]]] = {
        "one text of everything": lambda item: [("\n".join(t for t, _ in words_of(item)), 1.0)],
        "facts alone": lambda item: words_of(item)[:1],
        "facts, titles, descriptions (chosen)": words_of,
    }
    sets = [each for each in searched_sets() if each.name.startswith("demo")]
    rows: Row = {}
    with Kept(TextEncoder(), KEPT) as encoder:
        for name, way in ways.items():
            vectors = described(encoder, sets[0].items, way)
            rows[name] = {each.name: found(each, vectors, queries(each), None) for each in sets}
    heads = [each.name for each in sets]
    table = [[name, *(f"{row[head]:.3f}" for head in heads)] for name, row in rows.items()]
    show("NDCG@10 of dense search on the test part, as encoded", ["an item is", *heads], table)
    return rows


def searched_sets() -> tuple[SearchSet, ...]:
    """The sets without typing errors, which are not what vectors are for."""
    there = demo_sets() if missing_fashion() else (*demo_sets(), *fashion_sets())
    return tuple(each for each in there if "typos" not in each.name)


def encoded(items: Sequence[Item], modality: str, images: Path = Path()) -> Floats:
    """(I, D) the items as their encoder sees them."""
    encoder: Encoder = TextEncoder() if modality == "text" else ImageEncoder()
    with Kept(encoder, KEPT) as kept:
        source = sources([kept], images)[modality]
        return source.rows(items, Tally(kept.name), lambda trouble: None)


def described(
    encoder: Encoder, items: Sequence[Item], way: Callable[[Item], list[tuple[str, float]]]
) -> Floats:
    """(I, D) the items by the texts that ``way`` makes of them."""
    return Source(encoder, way).rows(items, Tally(encoder.name), lambda trouble: None)


def queries(search: SearchSet) -> Floats:
    """(Q, D) the queries of the test part."""
    with Kept(TextEncoder(), KEPT) as encoder:
        return encoder.encode([query.text for query in search.part("test")]).vectors


def made(rows: Floats, way: tuple[int, float, bool]) -> Callable[[Floats], Floats]:
    """A whitening learnt from ``rows``; with or without their mean taken off first."""
    width, shrinkage, centred = way
    mean = np.nanmean(rows, axis=0) if centred else np.zeros(rows.shape[1], np.float32)
    whitening = Whitening.learnt([rows - mean], rows.shape[1], width, shrinkage)
    return lambda others: whitening(others - mean)


def found(
    search: SearchSet, raw: Floats, asked: Floats, way: tuple[int, float, bool] | None
) -> float:
    """Mean NDCG@10 of the test part."""
    to = made(raw, way) if way is not None else (lambda rows: rows)
    scores = np.nan_to_num(to(asked) @ to(raw).T, nan=-1.0)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    wanted = [query.relevant for query in search.part("test")]
    return float(np.mean([ndcg(b.tolist(), w) for b, w in zip(best, wanted, strict=True)]))


def neighbourhoods() -> dict[str, tuple[Floats, npt.NDArray[Any]]]:
    """Vectors, and what neighbours should have in common."""
    with tempfile.TemporaryDirectory() as name:
        make_demo(Path(name), shoppers=10, days=2)
        with open_shop(name) as shop:
            changes = [change.item for change in shop.store.catalogue.changes()]
        items = [item for item in changes if item is not None]
        pictures = encoded(items, "image", Path(name) / "images")
    motifs = shelf(DEMO, 0, len(items)).motif
    assert len(WORDS.motifs) > motifs.max()
    rows = {"motif, demo words": (encoded(items, "text"), motifs)}
    return rows | {"motif, demo pictures": (pictures, motifs)} | _fashion_kinds()


def _fashion_kinds() -> dict[str, tuple[Floats, npt.NDArray[Any]]]:
    if missing_fashion():
        return {}
    items = fashion_sets()[0].items
    paths = np.array(["/".join(item.category) for item in items])
    return {"category, fashion words": (encoded(items, "text"), paths)}


def purity(raw: Floats, labels: npt.NDArray[Any], way: tuple[int, float, bool] | None) -> float:
    """The share of the ten nearest that have the same label."""
    rows = raw if way is None else made(raw, way)(raw)
    products = np.nan_to_num(rows @ rows.T, nan=-1.0)
    np.fill_diagonal(products, -2.0)
    near = np.argpartition(-products, 9, axis=1)[:, :10]
    return float((labels[near] == labels[:, None]).mean())


# -- graph ----------------------------------------------------------------------------------


def graphs() -> Row:
    """Neighbours by cells: how many are the nearest, at what cost."""
    if missing_fashion():
        print(missing_fashion())
        return {}
    seeds = encoded(fashion_sets()[0].items, "text")
    rows: Row = {}
    for items in (10_000, 30_000, 100_000):
        vectors = repeated(seeds, items)
        began = time.process_time()
        graph = likeness(vectors, 20, derive(1, "graph"), exact=0)
        took = time.process_time() - began
        some = derive(2, "some").choice(items, 500, replace=False)
        began = time.process_time()
        truth = nearest(vectors, some, 20)
        all_products = (time.process_time() - began) * items / len(some)
        hit = [
            len({*graph.indices[graph.indptr[row] : graph.indptr[row + 1]]} & {*own})
            for row, own in zip(some, truth, strict=True)
        ]
        rows[f"{items:,}"] = {
            "recall@20": round(float(np.mean(hit)) / 20, 4),
            "cells_cpu_s": round(took, 1),
            "all_products_cpu_s": round(all_products, 1),
            "peak_bytes": peak_bytes(),
        }
    table = [
        [name, f"{r['recall@20']:.3f}", r["cells_cpu_s"], r["all_products_cpu_s"]]
        for name, r in rows.items()
    ]
    heads = ["items", "recall@20", "by cells, CPU s", "all products, CPU s (from 500 rows)"]
    show("the twenty nearest of each item, 256 wide", heads, table)
    return rows


def repeated(seeds: Floats, items: int) -> Floats:
    """(items, W) whitened vectors around those of ``seeds``, spread as they are."""
    rng = derive(3, "repeated")
    whitening = Whitening.learnt([seeds], seeds.shape[1], OURS.width, OURS.shrinkage)
    values, vectors = np.linalg.eigh(np.cov(seeds.T))
    spread = (np.sqrt(values.clip(0.0)) * vectors).T.astype(np.float32)
    near = np.empty((items, whitening.width), np.float32)
    for start in range(0, items, 10_000):
        count = min(10_000, items - start)
        noise = rng.standard_normal((count, len(spread)), np.float32) @ spread
        near[start : start + count] = whitening(
            seeds[rng.integers(0, len(seeds), count)] + noise / 2
        )
    return near


def nearest(vectors: Floats, rows: npt.NDArray[np.int64], k: int) -> npt.NDArray[np.int64]:
    """(n, k) the nearest of some rows by all products."""
    products = vectors[rows] @ vectors.T
    products[np.arange(len(rows)), rows] = -2.0
    return np.argpartition(-products, k - 1, axis=1)[:, :k]


# -- new ------------------------------------------------------------------------------------


def newcomers(folder: Path | None) -> Row:
    """Goods that nobody had turned to, and ``fit`` with and without what is known of goods."""
    with tempfile.TemporaryDirectory() as name:
        place = folder or Path(name)
        if folder is None:
            make_demo(place)
        with open_shop(place) as shop:
            began = time.process_time()
            if shop.understanding() is None:
                shop.pretrain()
            pretraining = time.process_time() - began
            after, _ = shop.dataset()
    before = replace(after, features={}, graphs={})
    cold = cold_goods(after)
    fits = {}
    for title, data in (("events alone", before), ("with the goods", after)):
        report = judge(data, seed=7, limits=Limits(budget=60.0))
        best = report.chosen
        fits[title] = {"best": best.name, "valid": best.valid, "test": best.metrics}
    names = ("recall@10", "ndcg@10", "coverage@10")
    table = [
        [title, row["best"], *(f"{row['test'][name]:.4f}" for name in names)]
        for title, row in fits.items()
    ]
    show("fit on the demo shop, the last days", ["learnt from", "best", *names], table)
    return {"pretrain_cpu_s": round(pretraining, 1), "cold": cold, "fit": fits}


def cold_goods(data: Dataset) -> Row:
    """Wants of goods without an event before the cut, ranked among all goods."""
    _, split, _ = cut_days(data)
    exam, cold = only_new(split, open_test(split))
    rng = derive(0, "cold")
    models: dict[str, Any] = {
        "popularity": Popularity(),
        "item-knn": ItemKnn(),
        "content-knn": ContentKnn(),
        "content-knn, words alone": ContentKnn(ContentKnn.Config(image=0.0)),
        "content-knn, pictures alone": ContentKnn(ContentKnn.Config(text=0.0, image=1.0)),
    }
    rows: Row = {}
    for name, model in models.items():
        form = model.fit(split.train, rng).compile()
        everything = evaluate(form.score, exam, (10, 50))

        def among(histories: Any, form: Any = form) -> Floats:
            """Scores of the new goods alone: which of them, not whether one of them."""
            scores: Floats = form.score(histories).copy()
            scores[:, ~cold] = np.nan
            return scores

        rows[name] = {
            "recall@10, all goods": everything.means["recall@10"],
            "recall@10, new goods": evaluate(among, exam, (10,)).means["recall@10"],
        }
    table = [[name, *(f"{value:.4f}" for value in row.values())] for name, row in rows.items()]
    count = int(cold.sum())
    title = f"{len(exam):,} shoppers who wanted one of {count} goods that were new; of those alone "
    title += f"chance finds {min(1.0, 10 / count):.3f}, and none where all are unknown"
    show(title, ["model", *next(iter(rows.values()))], table)
    return {"shoppers": len(exam), "goods": count, "models": rows}


def only_new(split: Split, exam: Exam) -> tuple[Exam, npt.NDArray[np.bool_]]:
    """The exam's wants of goods that training never saw, and which goods those are."""
    seen = np.zeros(exam.items, np.bool_)
    items = split.train.interactions.histories.items
    seen[items[items >= 0]] = True
    chosen = ~seen[exam.targets]
    owners = np.repeat(np.arange(len(exam)), np.diff(exam.offsets))[chosen]
    rows, counts = np.unique(owners, return_counts=True)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    asked = exam.take(rows)
    return (
        Exam(asked.shoppers, asked.histories, exam.targets[chosen], offsets, exam.items),
        ~seen,
    )


if __name__ == "__main__":
    main()
