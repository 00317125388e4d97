"""Search by words: how well goods are found, and how fast among a million.

    python -m benchmarks.words [--only quality,speed] [--sizes 100000,1000000] [--folder DIR]

Quality: NDCG@10 and MRR on the query sets of ``benchmarks.searches``, their test part, from
the first hundred found, beside ``bm25s`` and ``rank-bm25`` with their usual settings over all
of an item's words: English split as each does by default; Chinese into single characters, and
into the words of jieba (``rjieba``). zhiyin finds all words first and then any of them; also
without the built-in synonyms, and by single words alone, without typing errors or pinyin. The
built-in synonyms hold the usual names of the home domain, which the demo's queries use too.

Speed: goods of the demo shop, both languages, beside SQLite's FTS5 and tantivy over the same
terms. Asked are the attribute queries; per query the ten best with the number of all (top),
the ten best of a tenth of the goods by a mask (masked), and all keys that match (all). What
an engine cannot do by itself is done as a shop would: fetch what matches, mask, cut. Then the
time until a changed document is found (live), one at a time. The million, for zhiyin alone, is
ten times the same hundred thousand under other keys, in files of its own: their making alone
would take half an hour.

Peers by hand: pip install bm25s rank-bm25 rjieba tantivy
"""

import argparse
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from benchmarks.record import in_child, peak_bytes, save, show
from benchmarks.searches import (
    SearchSet,
    demo_sets,
    fashion_sets,
    fashion_sha,
    missing_fashion,
    ndcg,
    reciprocal_rank,
)
from zhiyin.application.search.documents import document
from zhiyin.core import Document, derive
from zhiyin.data.demo import DemoSize, demo_items
from zhiyin.index.words import FullText, Synonyms, WordsConfig, new_words, open_words
from zhiyin.index.words.cutting import cut, terms

FIRST = 100
REAL = 100_000
"""Goods up to which all are made; more are ten times the same under other keys."""
BATCH = 32_768
ENGINES = ("zhiyin", "fts5", "tantivy")
ASKED = 300
Find = Callable[[str], Sequence[int]]


def quality() -> list[dict[str, Any]]:
    """Every way to find on every set."""
    sets = [*(() if missing_fashion() else fashion_sets()), *demo_sets()]
    rows = []
    for one in sets:
        for name, find in _ways(one):
            started = time.process_time()
            found = [find(query.text) for query in one.part("test")]
            spent = time.process_time() - started
            judged = list(zip(found, (q.relevant for q in one.part("test")), strict=True))
            rows.append(
                {
                    "set": one.name,
                    "way": name,
                    "queries": len(judged),
                    "ndcg@10": round(float(np.mean([ndcg(f, r) for f, r in judged])), 4),
                    "mrr": round(float(np.mean([reciprocal_rank(f, r) for f, r in judged])), 4),
                    "queries_per_cpu_second": round(len(judged) / spent),
                }
            )
    return rows


def _ways(one: SearchSet) -> Iterator[tuple[str, Find]]:
    documents = [document(number, item) for number, item in enumerate(one.items)]
    full = _filled(documents, new_words())
    yield "zhiyin", lambda query: all_then_any(full, query)
    bare = _filled(documents, new_words(synonyms=Synonyms()))
    yield "zhiyin, no synonyms", lambda query: all_then_any(bare, query)
    plain = _filled(documents, new_words(WordsConfig(typos=0, pinyin=1e-9), Synonyms()))
    yield "zhiyin, exact, any word", lambda query: _any(plain, query)
    texts = [" ".join(" ".join(values) for values in d.fields.values()) for d in documents]
    if one.language == "en":
        yield "bm25s, its tokens", _bm25s(texts, None)
        yield "rank-bm25, split", _rank(texts, lambda text: text.lower().split())
    else:
        yield "bm25s, characters", _bm25s(texts, list)
        yield "bm25s, jieba", _bm25s(texts, _jieba)
        yield "rank-bm25, jieba", _rank(texts, _jieba)


def all_then_any(index: FullText, query: str) -> list[int]:
    """Those with all words, then those with any."""
    found = index.search(query, FIRST).keys.tolist()
    more = [] if len(found) == FIRST else _any(index, query)
    return list(dict.fromkeys([*found, *more]))


def _any(index: FullText, query: str) -> list[int]:
    found: list[int] = index.search(query, FIRST, all_words=False).keys.tolist()
    return found


def _filled(documents: Sequence[Document], index: FullText) -> FullText:
    index.put(documents)
    return index


def _jieba(text: str) -> list[str]:
    import rjieba

    return [word for word in rjieba.cut_for_search(text.lower()) if word.strip()]


def _bm25s(texts: Sequence[str], split: Callable[[str], list[str]] | None) -> Find:
    import bm25s

    def tokens(all: Sequence[str]) -> Any:
        if split is None:
            return bm25s.tokenize(list(all), show_progress=False)
        return [split(text.lower()) for text in all]

    engine = bm25s.BM25()
    engine.index(tokens(texts), show_progress=False)

    def find(query: str) -> list[int]:
        rows, scores = engine.retrieve(tokens([query]), k=FIRST, show_progress=False)
        return [int(n) for n, score in zip(rows[0], scores[0], strict=True) if score > 0]

    return find


def _rank(texts: Sequence[str], split: Callable[[str], list[str]]) -> Find:
    from rank_bm25 import BM25Okapi

    engine = BM25Okapi([split(text) for text in texts])

    def find(query: str) -> list[int]:
        scores = engine.get_scores(split(query))
        best = np.argsort(-scores, kind="stable")[:FIRST]
        return [int(n) for n in best if scores[n] > 0]

    return find


class Zhiyin:
    """Our own index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index = open_words(folder, check=False) if folder.exists() else new_words()

    def add(self, documents: Sequence[Document]) -> None:
        self.index.put(documents)

    def finish(self) -> None:
        self.index.save(self.folder)

    def multiply(self, times: int, size: int, folder: Path) -> None:
        """Write an index of as many times the same documents, under other keys."""
        copies = [
            replace(segment, keys=segment.keys + n * size)
            for n in range(times)
            for segment in self.index._state.segments
        ]
        vocabulary = self.index._vocabulary
        FullText(self.index.config, vocabulary, copies).save(folder)

    def top(self, query: str) -> tuple[list[int], int]:
        hits = self.index.search(query, 10)
        return hits.keys.tolist(), hits.total

    def masked(self, query: str, among: np.ndarray) -> tuple[list[int], int]:
        hits = self.index.search(query, 10, among)
        return hits.keys.tolist(), hits.total

    def all(self, query: str) -> int:
        return len(self.index.matching(query))

    def change(self, changed: Document) -> None:
        self.index.put([changed])


class Fts5:
    """SQLite's full text over the same terms, each written as a word of its own."""

    weights = "3.0, 0.5"  # title and what else is short; description

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.base = sqlite3.connect(folder / "words.db")
        self.base.execute(
            "create virtual table if not exists words using "
            "fts5(short, long, tokenize='ascii')"  # with its texts: without, nothing is replaced
        )

    def add(self, documents: Sequence[Document]) -> None:
        rows = ((d.key, *_two_fields(d)) for d in documents)
        self.base.executemany(
            "insert or replace into words(rowid, short, long) values(?, ?, ?)", rows
        )
        self.base.commit()

    def finish(self) -> None:
        self.base.execute("insert into words(words) values('optimize')")
        self.base.commit()

    def top(self, query: str) -> tuple[list[int], int]:
        ranked = (
            "select rowid from words where words match ? "
            f"order by bm25(words, {self.weights}) limit 10"
        )
        counted = "select count(*) from words where words match ?"
        asked = (_conjunction(query, '"{}"', " "),)
        keys = [row[0] for row in self.base.execute(ranked, asked)]
        return keys, self.base.execute(counted, asked).fetchone()[0]

    def masked(self, query: str, among: np.ndarray) -> tuple[list[int], int]:
        ranked = f"select rowid, bm25(words, {self.weights}) from words where words match ?"
        rows = self.base.execute(ranked, (_conjunction(query, '"{}"', " "),)).fetchall()
        kept = [(score, key) for key, score in rows if among[key]]
        return [key for _, key in sorted(kept)[:10]], len(kept)

    def all(self, query: str) -> int:
        asked = (_conjunction(query, '"{}"', " "),)
        found = self.base.execute("select rowid from words where words match ?", asked).fetchall()
        return len(np.fromiter((row[0] for row in found), np.int64, len(found)))

    def change(self, changed: Document) -> None:
        self.add([changed])


class Tantivy:
    """tantivy over the same terms, split at blanks."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        self.tantivy = tantivy
        folder.mkdir(parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("key", indexed=True, fast=True, stored=True)
        builder.add_text_field("short", tokenizer_name="whitespace")
        builder.add_text_field("long", tokenizer_name="whitespace")
        self.index = tantivy.Index(builder.build(), path=str(folder))
        self.writer = self.index.writer(256_000_000, 1)
        self.index.reload()

    def add(self, documents: Sequence[Document]) -> None:
        for one in documents:
            short, long = _two_fields(one)
            self.writer.add_document(self.tantivy.Document(key=one.key, short=short, long=long))

    def finish(self) -> None:
        self.writer.commit()
        self.writer.wait_merging_threads()

    def top(self, query: str) -> tuple[list[int], int]:
        searcher = self.index.searcher()
        found = searcher.search(self._query(query), 10)
        return [searcher.doc(place)["key"][0] for _, place in found.hits], found.count

    def masked(self, query: str, among: np.ndarray) -> tuple[list[int], int]:
        searcher = self.index.searcher()
        hits = searcher.search(self._query(query), searcher.num_docs).hits
        kept = [key for _, place in hits if among[key := searcher.doc(place)["key"][0]]]
        return kept[:10], len(kept)

    def all(self, query: str) -> int:
        searcher = self.index.searcher()
        hits = searcher.search(self._query(query), searcher.num_docs).hits
        return len({searcher.doc(place)["key"][0] for _, place in hits})

    def change(self, changed: Document) -> None:
        self.writer.delete_documents_by_term("key", changed.key)
        self.add([changed])
        self.writer.commit()
        self.index.reload()

    def _query(self, query: str) -> Any:
        fields, boosts = ["short", "long"], {"short": 3.0, "long": 0.5}
        return self.index.parse_query(
            _conjunction(query, '"{}"', " AND "), fields, field_boosts=boosts
        )


def _two_fields(one: Document) -> tuple[str, str]:
    """The terms of all short fields, and those of the description, with blanks between."""
    short = " ".join(_terms(" ".join(v)) for name, v in one.fields.items() if name != "description")
    return short, _terms(" ".join(one.fields.get("description", ())))


def _terms(text: str) -> str:
    return " ".join(term[0].replace(".", "d") for term in terms(cut(text)[1]))


def _conjunction(query: str, form: str, between: str) -> str:
    """The query's words, or their pairs of characters, all of which must be there."""
    wanted = [t[0] for t in terms(cut(query)[1]) if t[0].isascii() or len(t[0]) > 1]
    return between.join(form.format(term) for term in dict.fromkeys(wanted))


def build(engine: str, size: int, folder: Path) -> dict[str, Any]:
    """Fill an engine with goods of the demo shop; the making of the goods is not counted."""
    index = {"zhiyin": Zhiyin, "fts5": Fts5, "tantivy": Tantivy}[engine](folder)
    wall, cpu = 0.0, 0.0
    batch: list[Document] = []
    for key, item in enumerate(demo_items(DemoSize(items=size))):
        batch.append(document(key, item))
        if len(batch) == BATCH or key == size - 1:
            wall, cpu = wall - time.perf_counter(), cpu - time.process_time()
            index.add(batch)
            wall, cpu = wall + time.perf_counter(), cpu + time.process_time()
            batch = []
    wall, cpu = wall - time.perf_counter(), cpu - time.process_time()
    index.finish()
    wall, cpu = wall + time.perf_counter(), cpu + time.process_time()
    size_on_disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return {
        "build_seconds": round(wall, 1),
        "build_cpu_seconds": round(cpu, 1),
        "build_peak_bytes": peak_bytes(),
        "disk_bytes": size_on_disk,
    }


def ask(engine: str, size: int, folder: Path) -> dict[str, Any]:
    """CPU milliseconds of each kind of question, from an index that was just opened."""
    started = time.perf_counter()
    index = {"zhiyin": Zhiyin, "fts5": Fts5, "tantivy": Tantivy}[engine](folder)
    opened = time.perf_counter() - started
    among = derive(7, "benchmark", "words").random(size) < 0.1
    queries = _queries()
    kinds: dict[str, Callable[[str], Any]] = {
        "top": index.top,
        "masked": lambda query: index.masked(query, among),
        "all": index.all,
    }
    result: dict[str, Any] = {"open_seconds": round(opened, 2)}
    for kind, answer in kinds.items():
        asked = queries if engine == "zhiyin" or kind == "top" else queries[:60]
        for query in asked[:20]:
            answer(query)
        result[kind] = _spread([_milliseconds(answer, query) for query in asked])
    result["matches_p50"] = int(np.median([index.all(query) for query in queries[:60]]))
    result["live"] = _spread([_milliseconds(_live, index, number) for number in range(30)])
    result["peak_bytes"] = peak_bytes()
    return result


def _live(index: Any, number: int) -> None:
    """Change a document and find it by its new word."""
    word = f"neuling{chr(97 + number % 26)}{chr(97 + number // 26)}"
    index.change(Document(number, {"title": [word]}))
    if index.top(word)[0] != [number]:
        raise RuntimeError(f"{word} is not found after it was written")


def _queries() -> list[str]:
    """Attribute queries in both languages, the same for all."""
    texts = [q.text for one in demo_sets() if "attributes" in one.name for q in one.part("train")]
    order = derive(7, "benchmark", "words", "order").permutation(len(texts))[:ASKED]
    return [texts[place] for place in order.tolist()]


def _milliseconds(work: Callable[..., object], *arguments: object) -> float:
    # Of the processor: on a machine that others use as well, the clock tells of them.
    started = time.process_time()
    work(*arguments)
    return 1e3 * (time.process_time() - started)


def _spread(times: Sequence[float]) -> dict[str, float]:
    return {
        "p50": round(float(np.median(times)), 2),
        "p99": round(float(np.quantile(times, 0.99)), 2),
    }


def multiply(engine: str, times: int, folder: Path) -> dict[str, Any]:
    """Write an index of as many times the goods, beside that of them alone."""
    size = int(folder.name.rpartition("-")[2]) // times
    Zhiyin(folder.with_name(f"{engine}-{size}")).multiply(times, size, folder)
    return {"copies": times, "disk_bytes": sum(file.stat().st_size for file in folder.iterdir())}


def speed(sizes: Sequence[int], folder: Path, engines: Sequence[str]) -> list[dict[str, Any]]:
    """Build and ask every engine at every size, each in a process of its own."""
    rows = []
    for size in sizes:
        for engine in engines if size <= REAL else engines[:1]:
            place = folder / f"{engine}-{size}"
            facts = place.with_suffix(".json")
            if not facts.exists():
                work = ("build", engine, str(size)) if size <= REAL else ("multiply", engine, "10")
                built = in_child("benchmarks.words", "--child", *work, str(place))
                facts.write_text(json.dumps(built))
            asked = in_child("benchmarks.words", "--child", "ask", engine, str(size), str(place))
            rows.append({"engine": engine, "goods": size, **json.loads(facts.read_text()), **asked})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="quality,speed", help="comma between")
    parser.add_argument("--sizes", default="100000,1000000", help="comma between")
    parser.add_argument("--engines", default=",".join(ENGINES), help="comma between")
    parser.add_argument("--folder", type=Path, help="where indexes are kept for the next time")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        work, engine, size, place = given.child
        jobs = {"build": build, "ask": ask, "multiply": multiply}
        print(json.dumps(jobs[work](engine, int(size), Path(place))))
        return
    parts = given.only.split(",")
    if "quality" in parts:
        rows = quality()
        data = {"fashion": "" if missing_fashion() else fashion_sha()}
        save("words", {"part": "test", "data": data, "results": rows})
        show("search by words", list(rows[0]), [_line(rows, n) for n in range(len(rows))])
    if "speed" in parts:
        folder = given.folder or Path(mkdtemp(prefix="words-"))
        folder.mkdir(parents=True, exist_ok=True)
        sizes = [int(size) for size in given.sizes.split(",")]
        rows = speed(sizes, folder, given.engines.split(","))
        save("words_speed", {"threads": 1, "results": rows})
        heads = ["engine", "goods", "build CPU s", "disk MB", "peak MB", "open s", "found"]
        kinds = ["top", "masked", "all", "live"]
        table = [
            [
                row["engine"],
                row["goods"],
                row.get("build_cpu_seconds", ""),
                round(row["disk_bytes"] / 1e6),
                round(row["peak_bytes"] / 1e6),
                row["open_seconds"],
                row["matches_p50"],
                *(f"{row[kind]['p50']:.2f} / {row[kind]['p99']:.2f}" for kind in kinds),
            ]
            for row in rows
        ]
        show("full text, CPU ms p50 / p99", [*heads, *kinds], table)


def _line(rows: Sequence[dict[str, Any]], number: int) -> list[Any]:
    """A row as cells; the name of a set is said once, and quality with four digits."""
    row = rows[number]
    again = number > 0 and rows[number - 1]["set"] == row["set"]
    return [
        "" if again else row["set"],
        row["way"],
        row["queries"],
        f"{row['ndcg@10']:.4f}",
        f"{row['mrr']:.4f}",
        row["queries_per_cpu_second"],
    ]


if __name__ == "__main__":
    main()
