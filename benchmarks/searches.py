"""Query sets with judgements for search: the same for words, for vectors and for both.

Two catalogues, fashion (5,104 titles and category paths; ZHIYIN_TEST_DATA names the folder
of ``fashion``) and the demo shop (made on the spot, both languages), and two kinds of set:

* **known**: someone looks for one product that she has seen. Words of its title, some
  forgotten, not always in order; ``typos``: one of them mistyped. Relevant: that product
  and those of the same title.
* **attributes**: someone describes what she wants. Fashion: article, colour and use, as
  the category path has them. Demo: what people type for a category beside a motif, a
  craft or a hue; relevant is what the hidden truth says, whatever an item's words say.

Every query is in one part, by a hash of its text: tune on ``train`` and ``valid``; ``test``
is for the table.
"""

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

import numpy as np

from zhiyin.core import Item, derive
from zhiyin.data.demo import DemoSize, demo_items
from zhiyin.data.demo.goods import WORDS, shelf
from zhiyin.data.demo.goods.palettes import colour_name
from zhiyin.data.demo.goods.reading import read

Part = Literal["train", "valid", "test"]
DEMO = DemoSize()
_BESIDE = Path(__file__).parents[2] / "shared" / "data"
_LEAST, _MOST = 1, 400  # relevant goods of an attribute query: something, and no aisle
_QUERIES = 3_000  # of a set, all parts together
_SMALL = {"a", "an", "and", "at", "for", "in", "of", "on", "the", "to", "with"}


@dataclass(frozen=True, slots=True)
class Query:
    """What someone types, and the goods (places in the catalogue) that she would be glad of."""

    text: str
    relevant: frozenset[int]

    @property
    def part(self) -> Part:
        """40 % train, 30 % valid, 30 % test, by the text alone."""
        place = int.from_bytes(sha256(self.text.encode()).digest()[:4], "big") % 10
        return "train" if place < 4 else "valid" if place < 7 else "test"


@dataclass(frozen=True, slots=True)
class SearchSet:
    """Queries over one catalogue."""

    name: str
    language: Literal["zh", "en"]
    items: tuple[Item, ...]
    queries: tuple[Query, ...]

    def part(self, part: Part) -> tuple[Query, ...]:
        """The queries of one part."""
        return tuple(query for query in self.queries if query.part == part)


def fashion_sets() -> tuple[SearchSet, ...]:
    """Known items, with typing errors and without, and attributes; English."""
    items = fashion_items()
    titles = [item.title.split() for item in items]
    return (
        _known("fashion known", "en", items, titles, typos=False),
        _known("fashion typos", "en", items, titles, typos=True),
        SearchSet("fashion attributes", "en", items, _capped(_described(items))),
    )


def demo_sets(size: DemoSize = DEMO) -> tuple[SearchSet, ...]:
    """Known items and attributes, in Chinese and in English."""
    items = tuple(demo_items(size))
    chinese = [_chinese_words(item.title) for item in items]
    english = [_english_words(item.in_language("en").title) for item in items]
    return (
        _known("demo known zh", "zh", items, chinese, typos=False),
        _known("demo known en", "en", items, english, typos=False),
        _known("demo typos en", "en", items, english, typos=True),
        SearchSet("demo attributes zh", "zh", items, _capped(_wished(size, 0))),
        SearchSet("demo attributes en", "en", items, _capped(_wished(size, 1))),
    )


def missing_fashion() -> str:
    """What to say when fashion is not there; empty when it is."""
    if _fashion().is_file():
        return ""
    return "fashion is not here; ZHIYIN_TEST_DATA names the folder of fashion/products.csv"


@cache
def fashion_items() -> tuple[Item, ...]:
    """The products of fashion: title, category path, colour and use."""
    with _fashion().open(encoding="utf-8", newline="") as file:
        return tuple(_fashion_item(row) for row in csv.DictReader(file))


def fashion_sha() -> str:
    """SHA-256 of the products' file."""
    return sha256(_fashion().read_bytes()).hexdigest()


def ndcg(found: Sequence[int], relevant: frozenset[int], k: int = 10) -> float:
    """NDCG@k with relevance 0 or 1."""
    gains = [1 / np.log2(place + 2) for place, item in enumerate(found[:k]) if item in relevant]
    ideal = sum(1 / np.log2(place + 2) for place in range(min(k, len(relevant))))
    return float(sum(gains) / ideal)


def reciprocal_rank(found: Sequence[int], relevant: frozenset[int]) -> float:
    """One over the place of the first that is relevant; 0 where none was found."""
    return next((1 / place for place, item in enumerate(found, 1) if item in relevant), 0.0)


def _fashion() -> Path:
    return Path(os.environ.get("ZHIYIN_TEST_DATA", _BESIDE), "fashion", "products.csv")


def _fashion_item(row: Mapping[str, str]) -> Item:
    *path, colour, usage = row["description"].split(" - ")
    return Item(
        id=row["product_id"],
        title=row["title"],
        description=row["description"],
        category=tuple(path),
        images=(f"{row['product_id']}.jpg",),
        attributes={"colour": colour, "usage": usage},
    )


def _known(
    name: str,
    language: Literal["zh", "en"],
    items: tuple[Item, ...],
    titles: Sequence[Sequence[str]],
    *,
    typos: bool,
) -> SearchSet:
    """One query per product, up to the limit: half to all of the telling words of its title."""
    same: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, words in enumerate(titles):
        same[tuple(words)].add(number)
    rng = derive(7, "searches", name)
    queries = []
    for number in rng.permutation(len(items))[:_QUERIES].tolist():
        words = [word for word in titles[number] if word.lower() not in _SMALL]
        kept = _forgetful(words, rng)
        if typos:
            kept = _mistyped(kept, rng)
        if kept:
            text = (" " if language == "en" else rng.choice(["", " "])).join(kept)
            queries.append(Query(text.lower(), frozenset(same[tuple(titles[number])])))
    return SearchSet(name, language, items, _distinct(queries))


def _forgetful(words: Sequence[str], rng: np.random.Generator) -> list[str]:
    """At least two of the words, and at least half; a quarter of the time in another order."""
    least = min(len(words), max(2, (len(words) + 1) // 2))
    count = int(rng.integers(least, len(words) + 1)) if words else 0
    chosen = rng.choice(len(words), count, replace=False) if count else np.empty(0, np.int64)
    if rng.random() >= 0.25:
        chosen = np.sort(chosen)
    return [words[place] for place in chosen.tolist()]


def _mistyped(words: Sequence[str], rng: np.random.Generator) -> list[str]:
    """One word of five letters or more with one letter wrong; nothing where there is none."""
    long = [
        n for n, word in enumerate(words) if len(word) >= 5 and word.isascii() and word.isalpha()
    ]
    if not long:
        return []
    chosen = int(rng.choice(long))
    word, place = words[chosen].lower(), int(rng.integers(1, len(words[chosen]) - 1))
    letter = "abcdefghijklmnopqrstuvwxyz"[int(rng.integers(26))]
    forms = (
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    )
    return [*words[:chosen], forms[int(rng.integers(4))], *words[chosen + 1 :]]


def _described(items: Sequence[Item]) -> Iterator[Query]:
    """Fashion: article with colour, with use, and with both."""
    goods: dict[str, set[int]] = defaultdict(set)
    for number, item in enumerate(items):
        article, facts = item.category[-1], item.attributes
        colour, usage = str(facts["colour"]), str(facts["usage"])
        for words in ((colour, article), (usage, article), (colour, usage, article)):
            goods[" ".join(words).lower()].add(number)
    for text, relevant in sorted(goods.items()):
        yield Query(text, frozenset(relevant))


def _wished(size: DemoSize, side: int) -> Iterator[Query]:
    """Demo: a category's words beside those of a motif, a craft or a hue, either first."""
    rows = shelf(size, 0, size.items)
    searches = read("searches")
    language = ("zh", "en")[side]
    truths: dict[tuple[str, str], set[int]] = defaultdict(set)
    for number in range(len(rows)):
        category = WORDS.wares[rows.ware[number]].path[0]
        family = WORDS.palettes[rows.palette[number]].family
        hue = searches["hues"].get(family, ["", ""])[side]
        motif = WORDS.motifs[rows.motif[number]].pair[side]
        craft = WORDS.crafts[rows.craft[number]].pair[side]
        for wish in (motif, craft, hue):
            truths[category, wish].add(number)
    rng = derive(size.seed, "searches", "wished", language)
    for (category, wish), relevant in sorted(truths.items()):
        if wish:
            word = str(rng.choice(searches["categories"][category][language]))
            pair = [wish, word] if rng.random() < 0.7 else [word, wish]
            between = " " if side or rng.random() < 0.5 else ""
            yield Query(between.join(pair), frozenset(relevant))


def _english_words(title: str) -> list[str]:
    for mark in ":,()“”-–·":
        title = title.replace(mark, " ")
    return title.split()


def _chinese_words(title: str) -> list[str]:
    """The words that a title of the demo shop was put together from, longest first."""
    words, known = [], _parts()
    longest = max(map(len, known))
    place = 0
    while place < len(title):
        size = next((n for n in range(longest, 1, -1) if title[place : place + n] in known), 0)
        if size:
            words.append(title[place : place + size])
        place += size or 1
    return words


@cache
def _parts() -> frozenset[str]:
    """Every word that a Chinese title may hold."""
    colours = {key for one in WORDS.palettes for key in (one.ground, one.ink)}
    return frozenset(
        word
        for words in (
            (noun[0] for ware in WORDS.wares for noun in ware.nouns),
            (motif.zh for motif in WORDS.motifs),
            (name[0] for motif in WORDS.motifs for name in motif.names),
            (craft.title[0] for craft in WORDS.crafts),
            (brand.zh for brand in WORDS.brands),
            (colour_name(key)[0] for key in colours),
        )
        for word in words
        if len(word) > 1
    )


def _capped(queries: Iterable[Query]) -> tuple[Query, ...]:
    some = [query for query in queries if _LEAST <= len(query.relevant) <= _MOST]
    return _distinct(some)[:_QUERIES]


def _distinct(queries: Iterable[Query]) -> tuple[Query, ...]:
    """Queries without those whose text stands for several wishes."""
    queries = list(queries)
    often = Counter(query.text for query in queries)
    return tuple(query for query in queries if often[query.text] == 1)
