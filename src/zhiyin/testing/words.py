"""The contract of full text: what a ``WordIndex`` finds, whatever engine is below it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from threading import Thread

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from zhiyin.core import Document, WordHits, WordIndex

ALL = 1_000
_MANY = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)
_WORDS = ("lotus", "crane", "silk", "scarf", "丝巾", "莲花", "茶杯", "云纹", "red", "7")
_TEXTS = some.lists(some.sampled_from(_WORDS), min_size=1, max_size=6).map(" ".join)
_DOCUMENTS = some.lists(
    some.builds(
        Document,
        key=some.integers(0, 30),
        fields=some.fixed_dictionaries({"title": _TEXTS, "description": _TEXTS}),
    ),
    min_size=1,
    max_size=20,
)
_QUERIES = some.lists(some.sampled_from(_WORDS), min_size=1, max_size=3).map(" ".join)
_ANYTHING = some.text(max_size=60) | some.text("\"“”'-*()[]{}\\^$~:/ \t\n\0a丝7", max_size=60)

SHELF = (
    Document(3, {"title": ["莲花纹真丝方巾", "Lotus silk square"], "category": ["丝巾"]}),
    Document(5, {"title": ["仙鹤茶杯", "Crane tea cup"], "description": "Not of silk."}),
    Document(8, {"title": ["Red silk scarf"], "brand": "Lotus House"}),
    Document(13, {"title": "空"}),
)


class WordIndexContract:
    """Subclass, say how to make an empty index and how to open a saved one, inherit the tests."""

    def make(self) -> WordIndex:
        """An empty index without synonyms."""
        raise NotImplementedError

    def opened(self, folder: Path) -> WordIndex:
        """The index that was saved into the folder, without synonyms."""
        raise NotImplementedError

    def filled(self, documents: Sequence[Document] = SHELF) -> WordIndex:
        index = self.make()
        index.put(documents)
        return index

    def test_an_empty_index_finds_nothing(self) -> None:
        index = self.make()
        assert len(index) == 0
        assert same(index.search("silk", 5), [], 0)
        assert index.matching("silk").tolist() == []
        assert index.suggest("s") == ()

    def test_every_word_must_be_there_unless_any_will_do(self) -> None:
        index = self.filled()
        assert set(index.search("silk scarf", 5).keys.tolist()) == {8}
        assert set(index.search("silk scarf", 5, all_words=False).keys.tolist()) == {3, 5, 8}

    def test_chinese_needs_no_blanks(self) -> None:
        index = self.filled()
        assert index.search("莲花方巾", 5).keys.tolist() == [3]
        assert index.search("茶杯", 5).keys.tolist() == [5]

    def test_a_word_of_the_title_counts_more_than_one_of_the_description(self) -> None:
        found = self.filled().search("silk", 5)
        assert found.keys[-1] == 5
        assert (found.scores > 0).all()
        assert (np.diff(found.scores) <= 0).all()

    def test_a_rare_word_counts_more_than_a_common_one(self) -> None:
        common = [Document(n, {"title": "silk"}) for n in range(20)]
        index = self.filled([*common, Document(30, {"title": "crane"})])
        assert index.search("silk crane", 1, all_words=False).keys.tolist() == [30]

    def test_equal_scores_are_in_order_of_keys(self) -> None:
        index = self.filled([Document(n, {"title": "silk"}) for n in (9, 2, 7, 4)])
        assert index.search("silk", 3).keys.tolist() == [2, 4, 7]

    def test_what_is_put_is_found_at_once_and_what_is_replaced_is_not(self) -> None:
        index = self.filled()
        index.put([Document(8, {"title": "Blue vase"}), Document(9, {"title": "Blue lamp"})])
        assert set(index.search("blue", 5).keys.tolist()) == {8, 9}
        assert index.search("scarf", 5).total == 0
        assert len(index) == len(SHELF) + 1

    def test_the_last_of_a_key_counts(self) -> None:
        index = self.filled([Document(1, {"title": "lamp"}), Document(1, {"title": "vase"})])
        assert len(index) == 1
        assert index.search("lamp", 5).total == 0
        assert index.search("vase", 5).keys.tolist() == [1]

    def test_what_is_deleted_is_gone_and_counted(self) -> None:
        index = self.filled()
        assert index.delete(np.array([8, 8, 99])) == 1
        assert index.delete(np.array([8])) == 0
        assert index.search("scarf", 5).total == 0
        assert len(index) == len(SHELF) - 1

    def test_a_mask_that_is_too_short_forbids_what_lies_past_it(self) -> None:
        found = self.filled().search("silk", 5, np.ones(5, np.bool_))
        assert found.keys.tolist() == [3]
        assert found.total == 1

    def test_a_query_without_words_finds_nothing(self) -> None:
        index = self.filled()
        for query in ("", "   ", "!?。，…", "🙂🧣", "\0\x1f\x1e", "\ud800"):
            assert same(index.search(query, 5), [], 0), query

    def test_a_query_of_small_words_alone_is_not_emptied(self) -> None:
        index = self.filled([Document(1, {"title": "The The"}), Document(2, {"title": "lamp"})])
        assert index.search("the", 5).keys.tolist() == [1]

    @pytest.mark.parametrize("size", [10_000, 1_000_000])
    def test_an_enormous_query_is_answered(self, size: int) -> None:
        index = self.filled()
        for piece in ("silk ", "丝", '"', "a", "(((", "silk\n", "9x", "shi"):
            index.search(piece * (size // len(piece)), 5)
            index.suggest(piece * (size // len(piece)))

    @_MANY
    @given(_ANYTHING)
    def test_no_query_is_an_error(self, query: str) -> None:
        index = self.filled()
        found = index.search(query, 5, all_words=False)
        assert len(found.keys) == len(found.scores) <= found.total <= len(SHELF)
        assert sorted(index.matching(query, all_words=False).tolist()) == sorted(found.keys)
        index.suggest(query)

    @_MANY
    @given(_ANYTHING, _ANYTHING)
    def test_highlights_are_stretches_of_the_text_in_order(self, text: str, query: str) -> None:
        spans = self.filled().highlight(text, query)
        edges = [edge for span in spans for edge in span]
        assert edges == sorted(set(edges))
        assert all(0 <= edge <= len(text) for edge in edges)

    def test_half_a_character_in_a_document_does_no_harm(self, tmp_path: Path) -> None:
        index = self.filled([Document(1, {"title": "silk \ud800", "category": "\udfff"})])
        index.save(tmp_path / "words")
        assert self.opened(tmp_path / "words").search("silk \ud800", 5).keys.tolist() == [1]

    @_MANY
    @given(_ANYTHING)
    def test_any_text_may_stand_in_a_document(self, text: str) -> None:
        index = self.filled([Document(1, {"title": text, "no such field": [text, ""]})])
        assert len(index) == 1
        index.search(text, 5)

    @_MANY
    @given(_DOCUMENTS, _QUERIES, some.lists(some.booleans(), max_size=31), some.booleans())
    def test_a_mask_takes_out_what_it_forbids_and_changes_nothing_else(
        self, documents: list[Document], query: str, allowed: list[bool], all_words: bool
    ) -> None:
        index, among = self.filled(documents), np.array(allowed, np.bool_)
        free = index.search(query, ALL, all_words=all_words)
        kept = np.array([key < len(among) and bool(among[key]) for key in free.keys], np.bool_)
        found = index.search(query, ALL, among, all_words=all_words)
        assert same(found, free.keys[kept].tolist(), int(kept.sum()))
        np.testing.assert_allclose(found.scores, free.scores[kept], rtol=1e-6)

    @_MANY
    @given(_DOCUMENTS, _QUERIES, some.integers(0, 5), some.booleans())
    def test_the_best_few_are_the_first_of_all(
        self, documents: list[Document], query: str, k: int, all_words: bool
    ) -> None:
        index = self.filled(documents)
        every = index.search(query, ALL, all_words=all_words)
        assert same(
            index.search(query, k, all_words=all_words), every.keys[:k].tolist(), every.total
        )
        matching = index.matching(query, all_words=all_words)
        assert sorted(matching.tolist()) == sorted(every.keys.tolist())

    @_MANY
    @given(_DOCUMENTS, _QUERIES, some.randoms())
    def test_it_does_not_matter_how_documents_came_in(
        self, documents: list[Document], query: str, random: Random
    ) -> None:
        latest = list({document.key: document for document in documents}.values())
        there = self.filled(latest).search(query, ALL, all_words=False)
        index = self.make()
        for document in latest:
            index.put([replace(document, fields={"title": "lotus crane 丝巾"})])
            if random.random() < 0.5:
                index.delete(np.array([document.key]))
        random.shuffle(latest)
        for document in latest:
            index.put([document])
        found = index.search(query, ALL, all_words=False)
        assert same(found, there.keys.tolist(), there.total)
        np.testing.assert_allclose(found.scores, there.scores, rtol=1e-6)

    def test_suggestions_start_with_what_is_typed(self) -> None:
        index = self.filled()
        assert "Lotus House" in index.suggest("lotus h")
        assert "丝巾" in index.suggest("丝")
        assert index.suggest("zzz") == ()
        assert len(index.suggest("l", 1)) == 1

    def test_what_only_hidden_or_deleted_things_hold_is_not_suggested(self) -> None:
        index = self.filled()
        allowed = np.ones(20, np.bool_)
        allowed[8] = False
        assert "Lotus House" not in index.suggest("lotus h", 8, allowed)
        index.delete(np.array([8]))
        assert "Lotus House" not in index.suggest("lotus h")

    def test_a_saved_index_finds_the_same_when_it_is_opened(self, tmp_path: Path) -> None:
        index = self.filled()
        index.delete(np.array([13]))
        index.save(tmp_path / "words")
        opened = self.opened(tmp_path / "words")
        assert len(opened) == len(index)
        for query in ("silk", "莲花", "lotus red", "nothing"):
            one, other = (each.search(query, 9, all_words=False) for each in (index, opened))
            assert same(other, one.keys.tolist(), one.total)
            np.testing.assert_allclose(other.scores, one.scores, rtol=1e-6)
        assert opened.suggest("lo") == index.suggest("lo")

    def test_an_opened_index_takes_changes_and_is_saved_again(self, tmp_path: Path) -> None:
        self.filled().save(tmp_path / "first")
        index = self.opened(tmp_path / "first")
        index.put([Document(3, {"title": "Jade bangle"})])
        index.delete(np.array([5]))
        index.save(tmp_path / "second")
        for each in (index, self.opened(tmp_path / "second")):
            assert each.search("jade", 5).keys.tolist() == [3]
            assert each.search("crane", 5).total == 0
            assert len(each) == len(SHELF) - 1
        assert self.opened(tmp_path / "first").search("crane", 5).total == 1

    def test_a_search_sees_all_of_a_change_or_nothing_of_it(self) -> None:
        index = self.filled([Document(n, {"title": "silk 0"}) for n in range(40)])
        wrong: list[int] = []
        going = True

        def search() -> None:
            while going:
                found = index.search("silk", ALL)
                wrong.extend([found.total] if found.total != 40 else [])

        reader = Thread(target=search)
        reader.start()
        for n in range(30):
            index.put([Document(key, {"title": f"silk {n}"}) for key in range(40)])
        going = False
        reader.join()
        assert not wrong


def same(found: WordHits, keys: list[int], total: int) -> bool:
    """Whether those keys were found, in that order, of so many in all."""
    return found.keys.tolist() == keys and found.total == total
