"""Whether a transformer on the shop's own texts finds more: search by vectors, set by set.

    python -m benchmarks.language [--tokens 800000]

Queries and judgements are those of ``benchmarks.searches``. Each language learns from the
catalogue that is searched, never from a query; an item is the weighted mean of its texts, as
``zhiyin pretrain`` makes it, without whitening. Rows:

* ``words``: full text (BM25), the limit that vectors have to add to; ``use``: the encoder
  that comes along.
* ``guessing`` and ``+ drawing``: the shop's own, after each of its two steps.
* ``use beside shop``: √(1−w) and √w times their vectors side by side; w is the best of a grid
  on the valid queries of a set, and the table is its test queries.
* ``lora`` and ``adapter``: gone on from a checkpoint of the same size with *random* weights,
  the only one that can be had without a network: it shows that the few weights learn, and
  says nothing of what a trained checkpoint would bring.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.record import peak_bytes, save, show
from benchmarks.searches import (
    DEMO,
    Part,
    SearchSet,
    demo_sets,
    fashion_sets,
    fashion_sha,
    missing_fashion,
    ndcg,
)
from benchmarks.understanding import KEPT
from zhiyin.application.search.documents import document
from zhiyin.core import SILENT, Encoder, Item
from zhiyin.encoders import Kept, TextEncoder, open_encoder
from zhiyin.index.words import new_words
from zhiyin.pretrain import sources
from zhiyin.pretrain.contents import Tally
from zhiyin.pretrain.language import LanguageConfig
from zhiyin.pretrain.language.network import write_checkpoint
from zhiyin.pretrain.language.teaching import Teaching
from zhiyin.pretrain.language.texts import Lesson, lesson_of

Floats = npt.NDArray[np.float32]
Row = dict[str, Any]
WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7)
SEED = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--tokens", type=int, default=800_000, help="pieces read in each step")
    given = parser.parse_args()
    config = LanguageConfig(tokens=given.tokens)
    found = {"demo": measured(demo_sets(), config, continued=True)}
    if missing_fashion():
        print(missing_fashion())
    else:
        found["fashion"] = measured(fashion_sets(), config, continued=False)
    hash_ = "" if missing_fashion() else fashion_sha()
    facts = {"data": {"fashion": hash_, "demo": str(DEMO)}, "config": config.model_dump()}
    print(save("language", {**facts, "peak_bytes": peak_bytes(), "catalogues": found}))


def measured(every: Sequence[SearchSet], config: LanguageConfig, *, continued: bool) -> Row:
    """One catalogue: what was learnt, and what each way finds."""
    sets = [each for each in every if "typos" not in each.name]
    items = sets[0].items
    lesson = lesson_of(items, config.held)
    rows: Row = {"words": {"ndcg": by_words(sets)}}
    with Kept(TextEncoder(), KEPT) as use:
        vectors = described(use, items)
        asked = {each.name: queries(use, each) for each in sets}
    rows["use"] = {"ndcg": {s.name: by_vectors(s, vectors, asked[s.name]) for s in sets}}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        rows |= from_nothing(lesson, config, sets, vectors, asked, place)
        if continued:
            for method in ("lora", "adapter"):
                rows[method] = gone_on(lesson, config, sets, method, place / method)
    heads = [each.name for each in sets]
    table = [
        [name, *(f"{row['ndcg'][head]:.3f}" for head in heads), row.get("cpu_s", "")]
        for name, row in rows.items()
    ]
    show("NDCG@10 on the test queries", ["vectors", *heads, "CPU s"], table)
    return rows


def from_nothing(
    lesson: Lesson,
    config: LanguageConfig,
    sets: Sequence[SearchSet],
    use: Floats,
    asked: dict[str, tuple[Floats, Floats]],
    place: Path,
) -> Row:
    """The shop's own after each step, and beside USE."""
    items = sets[0].items
    began = time.process_time()
    teaching = Teaching.begun(lesson, config, seed=SEED, progress=SILENT)
    surprise, right, _ = teaching.guess()
    taken = time.process_time() - began
    guessing = served(teaching, place / "guessing")
    began = time.process_time()
    told, _ = teaching.draw()
    drawing = time.process_time() - began
    own = served(teaching, place / "drawing")
    vectors, mine = described(own, items), {each.name: queries(own, each) for each in sets}
    beside = {
        each.name: best_beside(each, use, asked[each.name], vectors, mine[each.name])
        for each in sets
    }
    first = described(guessing, items)
    return {
        "guessing": {
            "ndcg": {s.name: by_vectors(s, first, queries(guessing, s)) for s in sets},
            "surprise": surprise,
            "right": right,
            "cpu_s": round(taken, 1),
        },
        "+ drawing": {
            "ndcg": {s.name: by_vectors(s, vectors, mine[s.name]) for s in sets},
            "held_mrr": told,
            "cpu_s": round(drawing, 1),
        },
        "use beside shop": {
            "ndcg": {name: one["test"] for name, one in beside.items()},
            "chosen": {name: one["weight"] for name, one in beside.items()},
            "valid": {name: one["valid"] for name, one in beside.items()},
        },
    }


def gone_on(
    lesson: Lesson, config: LanguageConfig, sets: Sequence[SearchSet], method: Any, place: Path
) -> Row:
    """From a checkpoint with random weights, by few new ones, with half of the budget."""
    half = config.model_copy(update={"tokens": config.tokens // 2})
    fresh = Teaching.begun(lesson, half, seed=SEED + 1, progress=SILENT)
    write_checkpoint(fresh.reader.network, fresh.vocabulary, place / "random")
    began = time.process_time()
    teaching = Teaching.begun(
        lesson,
        half,
        seed=SEED,
        progress=SILENT,
        checkpoint=str(place / "random"),
        method=method,
    )
    surprise, right, _ = teaching.guess()
    told, _ = teaching.draw()
    taken = time.process_time() - began
    own = served(teaching, place / "served")
    vectors = described(own, sets[0].items)
    return {
        "ndcg": {s.name: by_vectors(s, vectors, queries(own, s)) for s in sets},
        "surprise": surprise,
        "right": right,
        "held_mrr": told,
        "learnt_share": round(teaching.counts[0] / teaching.counts[1], 4),
        "cpu_s": round(taken, 1),
    }


def served(teaching: Teaching, folder: Path) -> Encoder:
    """What learning made so far, as it would serve."""
    folder.mkdir(parents=True)
    teaching.write(folder)
    return open_encoder(f"shop:{folder}", "text")


def described(encoder: Encoder, items: Sequence[Item]) -> Floats:
    """(I, D) the items as pretraining sees their words."""
    source = sources([encoder], Path())["text"]
    return source.rows(items, Tally(encoder.name), lambda trouble: None)


def queries(encoder: Encoder, search: SearchSet) -> tuple[Floats, Floats]:
    """(Q, D) the valid and the test queries."""
    return tuple(  # type: ignore[return-value]
        encoder.encode([query.text for query in search.part(part)]).vectors
        for part in ("valid", "test")
    )


def by_vectors(search: SearchSet, vectors: Floats, asked: tuple[Floats, Floats]) -> float:
    """NDCG@10 of the test queries."""
    return score(search, "test", np.nan_to_num(asked[1] @ vectors.T, nan=-1.0))


def best_beside(
    search: SearchSet,
    use: Floats,
    use_asked: tuple[Floats, Floats],
    own: Floats,
    own_asked: tuple[Floats, Floats],
) -> Row:
    """The weight that is best on valid, and what it gives there and on test."""

    def scores(place: int, weight: float) -> Floats:
        both = [
            np.nan_to_num(use_asked[place] @ use.T) * (1 - weight),
            np.nan_to_num(own_asked[place] @ own.T) * weight,
        ]
        return both[0] + both[1]

    valid = {weight: score(search, "valid", scores(0, weight)) for weight in WEIGHTS}
    weight = max(valid, key=lambda each: valid[each])
    return {"weight": weight, "valid": valid, "test": score(search, "test", scores(1, weight))}


def score(search: SearchSet, part: Part, scores: Floats) -> float:
    """Mean NDCG@10 of these queries' scores."""
    best = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    wanted = [query.relevant for query in search.part(part)]
    return float(np.mean([ndcg(b.tolist(), w) for b, w in zip(best, wanted, strict=True)]))


def by_words(sets: Sequence[SearchSet]) -> dict[str, float]:
    """Full text: all words of a query, then any of them."""
    index = new_words()
    index.put([document(key, item) for key, item in enumerate(sets[0].items)])
    found = {}
    for each in sets:
        told = []
        for query in each.part("test"):
            every = index.search(query.text, 10).keys.tolist()
            some = index.search(query.text, 10, all_words=False).keys.tolist()
            told.append(ndcg([*dict.fromkeys([*every, *some])], query.relevant))
        found[each.name] = float(np.mean(told))
    return found


if __name__ == "__main__":
    main()
