"""Matching: how much of a query holds for which goods, and what is given up first."""

from typing import Any

import numpy as np
import pytest

from zhiyin.application.search.matching import Matching, Wish, gave_up
from zhiyin.core import Chip, Document

TITLES = ("red silk scarf", "blue silk scarf", "red teapot", "silk purse")


@pytest.fixture
def shelf(words: Any) -> Any:
    words.put([Document(key, {"title": title}) for key, title in enumerate(TITLES)])
    return words


def wish(kind: str, word: str, *rows: int, held: bool = True) -> Wish:
    holds = np.isin(np.arange(len(TITLES)), rows) if held else None
    return Wish(Chip(f"{kind}:{word}", kind, word, word, f"{word} (zh)", hard=False), holds)


def found(matching: Matching) -> list[list[int]]:
    return [np.flatnonzero(matching.mask(step)).tolist() for step in matching.steps()]


def test_every_word_is_asked_first_and_then_any(shelf: Any) -> None:
    assert found(Matching(shelf, 4, "silk scarf", ())) == [[0, 1], [0, 1, 3]]


def test_wishes_narrow_and_are_given_up_one_by_one_the_category_last(shelf: Any) -> None:
    wishes = (wish("category", "scarf", 0, 1), wish("occasion", "wedding"), wish("colour", "red"))
    matching = Matching(shelf, 4, "", wishes)
    lost = [[w.chip.kind for w in step.lost] for step in matching.steps()]
    assert lost == [[], ["occasion"], ["occasion", "colour"]]
    assert found(matching) == [[], [0], [0, 1]]


def test_words_left_over_keep_a_step_without_any_wish(shelf: Any) -> None:
    matching = Matching(shelf, 4, "teapot", (wish("colour", "green"),))
    assert found(matching) == [[], [], [2], []]


def test_at_last_the_words_go_and_the_wishes_stay(shelf: Any) -> None:
    matching = Matching(shelf, 4, "xyzzy", (wish("category", "scarf", 0, 1),))
    assert found(matching) == [[], [], [], [0, 1]]
    steps = [*matching.steps()]
    assert "“xyzzy”: shown without them" in gave_up(steps[0], steps[3], matching.rest)[0].en


def test_a_wish_holds_where_its_words_stand_though_the_column_is_empty(shelf: Any) -> None:
    red = wish("colour", "red", 3)
    assert np.flatnonzero(Matching(shelf, 4, "", (red,)).met(red.chip)).tolist() == [0, 2, 3]


def test_a_wish_without_a_column_is_a_matter_of_words_alone(shelf: Any) -> None:
    red = wish("colour", "red", held=False)
    assert np.flatnonzero(Matching(shelf, 4, "", (red,)).met(red.chip)).tolist() == [0, 2]


def test_goods_that_came_after_the_view_are_not_seen(shelf: Any) -> None:
    assert found(Matching(shelf, 2, "silk", ())) == [[0, 1], [0, 1]]


def test_what_was_given_up_is_told_in_both_languages(shelf: Any) -> None:
    matching = Matching(shelf, 4, "silk teapot", (wish("colour", "green"),))
    steps = [*matching.steps()]
    told = gave_up(steps[0], steps[2], matching.rest)
    assert [line.en for line in told] == [
        "nothing has all the words of “silk teapot”: any of them is enough",
        "without the wish “green”",
    ]
    assert told[1].zh == "未满足“green (zh)”"
    assert gave_up(steps[0], steps[0], matching.rest) == ()


def test_a_query_of_nothing_asks_nothing(shelf: Any) -> None:
    assert [*Matching(shelf, 4, "  ", ()).steps()] == []
