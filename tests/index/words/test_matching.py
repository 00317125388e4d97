"""Matching and building: the scores are BM25F as written down, whatever way they were merged."""

from collections import Counter
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from zhiyin.core import Document
from zhiyin.index.words import Field, Synonyms, WordsConfig, building, new_words
from zhiyin.index.words.building import build, merge
from zhiyin.index.words.vocabulary import Vocabulary

WORDS = ("lotus", "crane", "silk", "jade", "lamp")
TEXTS = some.lists(some.sampled_from(WORDS), max_size=8).map(" ".join)
DOCUMENTS = some.lists(
    some.fixed_dictionaries({"title": TEXTS, "description": TEXTS}), min_size=1, max_size=9
).map(lambda all: [Document(3 * n, fields) for n, fields in enumerate(all)])
CONFIG = WordsConfig(
    fields={
        "title": Field(weight=3.0, evenness=0.5, usual=3),
        "description": Field(weight=0.5, evenness=0.75, usual=5),
    },
    saturation=1.5,
)


def bm25f(documents: list[Document], query: list[str]) -> dict[int, float]:
    """Key → score, by the formula, one document after the other."""
    scores: Counter[int] = Counter()
    for word in query:
        mentions = {d.key: mentioned(d, word) for d in documents}
        often = sum(m > 0 for m in mentions.values())
        rarity = log(1 + (len(documents) - often + 0.5) / (often + 0.5))
        for key, m in mentions.items():
            scores[key] += rarity * m / (CONFIG.saturation + m)
    return {key: score for key, score in scores.items() if score > 0}


def mentioned(document: Document, word: str) -> float:
    total = 0.0
    for name, text in document.fields.items():
        words, field = str(text).split(), CONFIG.fields[name]
        held = 1 - field.evenness + field.evenness * len(words) / field.usual
        total += field.weight * words.count(word) / held
    return total


@settings(deadline=None)
@given(DOCUMENTS, some.lists(some.sampled_from(WORDS), min_size=1, max_size=3, unique=True))
def test_scores_are_those_of_the_formula(documents: list[Document], query: list[str]) -> None:
    index = new_words(CONFIG, Synonyms())
    index.put(documents)
    found = index.search(" ".join(query), 99, all_words=False)
    wanted = bm25f(documents, query)
    assert set(found.keys.tolist()) == set(wanted)
    scores = [wanted[key] for key in found.keys.tolist()]
    np.testing.assert_allclose(found.scores, scores, rtol=2e-3)  # impacts have two bytes


@pytest.mark.parametrize("part", [1, 5, building.PART])
@settings(deadline=None, max_examples=40)
@given(documents=DOCUMENTS, data=some.data())
def test_segments_that_are_merged_are_those_that_are_built_at_once(
    part: int, documents: list[Document], data: some.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "PART", part)  # postings ordered at a time
        _merged_like_built(documents, data)


def _merged_like_built(documents: list[Document], data: some.DataObject) -> None:
    vocabulary = Vocabulary.empty()
    whole = build(documents, vocabulary, CONFIG)
    parts: list[list[Document]] = [[], [], []]
    for document in documents:
        parts[data.draw(some.integers(0, 2))].append(document)
    merged = merge([build(part, vocabulary, CONFIG) for part in parts])
    for name, array in whole.arrays().items():
        np.testing.assert_array_equal(merged.arrays()[name], array, name)


def test_dead_rows_are_left_out_of_a_merge() -> None:
    vocabulary = Vocabulary.empty()
    documents = [Document(n, {"title": f"silk {WORDS[n]}"}) for n in range(5)]
    segment = build(documents, vocabulary, CONFIG).without(np.array([1, 3]))
    wanted = build([documents[n] for n in (0, 2, 4)], vocabulary, CONFIG)
    for name, array in wanted.arrays().items():
        np.testing.assert_array_equal(merge([segment]).arrays()[name], array, name)


@pytest.mark.parametrize("allowed", [1.0, 0.5, 0.01])
def test_long_lists_and_short_ones_are_looked_up_alike(allowed: float) -> None:
    # Long enough that either way of looking a word up is taken, the mask deciding which.
    rng = np.random.default_rng(7)
    index = new_words(CONFIG, Synonyms())
    has = {
        word: rng.random(3_000) < share
        for word, share in zip(WORDS, (0.9, 0.5, 0.1, 0.02, 0.3), strict=True)
    }
    documents = [
        Document(n, {"title": " ".join(word for word in WORDS if has[word][n])})
        for n in range(3_000)
    ]
    index.put(documents)
    among = rng.random(3_000) < allowed
    for query in (("lotus", "silk"), ("lotus", "crane", "lamp"), ("jade", "lotus")):
        wanted = np.flatnonzero(among & np.all([has[word] for word in query], axis=0))
        found = index.search(" ".join(query), 5_000, among)
        assert sorted(found.keys.tolist()) == wanted.tolist()
        assert found.total == len(wanted)
