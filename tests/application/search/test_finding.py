"""Finding: words, meaning and wishes together, and never nothing without saying why."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from zhiyin.application.search.finding import Finding, Query, find
from zhiyin.application.search.fusion import Ranked
from zhiyin.application.search.matching import Wish
from zhiyin.application.search.spaces import Space
from zhiyin.core import Chip, Document, SearchSettings

from .conftest import PlainIndex, PlainWords, unit

TITLES = ("red silk scarf", "blue silk scarf", "red teapot", "silk purse", "shawl")
# The second axis is what one wears around the neck.
MEANINGS = {0: (1, 3), 1: (1, 3), 2: (4, -1), 3: (2, 0), 4: (1, 2.9)}


class Crowd:
    """Everybody likes the last goods best; one shopper likes what she is told to."""

    def __init__(self, liked: Mapping[int, float] = {}) -> None:
        self.liked = liked

    def of_shopper(self, keys: np.ndarray) -> Ranked | None:
        known = sorted((k for k in keys.tolist() if k in self.liked), key=lambda k: -self.liked[k])
        scores = np.array([self.liked[k] for k in known], np.float32)
        return Ranked("personal", np.array(known, np.int64), scores) if known else None

    def of_many(self, among: np.ndarray, reach: int) -> Ranked | None:
        keys = np.flatnonzero(among)[::-1][:reach]
        return Ranked("popular", keys, keys.astype(np.float32))


def wish(kind: str, word: str, *rows: int) -> Wish:
    holds = np.isin(np.arange(len(TITLES)), rows)
    return Wish(Chip(f"{kind}:{word}", kind, word, word, word, hard=False), holds)


@pytest.fixture
def ask(words: PlainWords) -> Any:
    """``ask("red scarf", vector=(1, 3), allowed=[0, 1])`` → Finding."""
    words.put([Document(key, {"title": title}) for key, title in enumerate(TITLES)])
    spaces = {name: Space(name, PlainIndex(2, MEANINGS), {}) for name in ("meaning", "looks")}

    def call(
        text: str = "",
        *,
        rest: str | None = None,
        vector: Sequence[float] | None = None,
        space: str = "meaning",
        wishes: tuple[Wish, ...] = (),
        allowed: Sequence[int] = range(len(TITLES)),
        liked: Mapping[int, float] = {},
        likeness: bool = False,
        widely: bool = True,
        **settings: Any,
    ) -> Finding:
        vectors = {} if vector is None else {space: unit(vector)[None]}
        mask = np.isin(np.arange(len(TITLES)), allowed)
        query = Query(text, text if rest is None else rest, wishes, vectors, likeness, mask, widely)
        return find(query, words, spaces, Crowd(liked), SearchSettings(**settings))

    return call


def order(finding: Finding) -> list[int]:
    scores = np.nan_to_num(finding.scores_of(finding.keys), nan=-1)
    return finding.keys[np.lexsort((finding.keys, -scores))].tolist()


def test_words_alone_find_what_has_all_of_them(ask: Any) -> None:
    finding = ask("silk scarf")
    assert order(finding) == [0, 1]
    assert finding.relaxed == ()


def test_goods_as_near_in_meaning_as_those_found_join_them(ask: Any) -> None:
    finding = ask("scarf", vector=(1, 2.9))
    assert set(order(finding)) == {0, 1, 4}  # the shawl, and neither teapot nor purse


def test_in_other_orders_than_by_relevance_only_what_matches_is_found(ask: Any) -> None:
    assert order(ask("scarf", vector=(1, 2.9), widely=False)) == [0, 1]


def test_meaning_that_disagrees_with_words_brings_nothing(ask: Any) -> None:
    assert order(ask("teapot", vector=(1, 3), reach=3)) == [2]


def test_any_word_is_enough_where_nothing_has_all_and_that_is_told(ask: Any) -> None:
    finding = ask("silk teapot")
    assert sorted(order(finding)) == [0, 1, 2, 3]
    assert "any of them is enough" in finding.relaxed[0].en


def test_without_any_word_the_near_in_meaning_is_shown_and_that_is_told(ask: Any) -> None:
    finding = ask("pashmina", vector=(1, 3), reach=3)
    assert order(finding)[:2] == [0, 1]
    assert "near in meaning" in finding.relaxed[0].en


def test_where_no_word_is_known_the_category_s_goods_are_shown_by_popularity(ask: Any) -> None:
    finding = ask("xyzzy scarves", rest="xyzzy", wishes=(wish("category", "scarves", 0, 1),))
    assert order(finding) == [1, 0]
    assert [told.en for told in finding.relaxed] == [
        "nothing has the words “xyzzy”: shown without them"
    ]


def test_at_last_what_the_shop_s_shoppers_like_is_shown(ask: Any) -> None:
    finding = ask("xyzzy")
    assert order(finding) == [4, 3, 2, 1, 0]
    assert "liked in the shop" in finding.relaxed[0].en


def test_nothing_asked_is_everything_by_popularity(ask: Any) -> None:
    finding = ask()
    assert (order(finding), finding.relaxed) == ([4, 3, 2, 1, 0], ())


def test_a_wish_narrows_and_its_loss_is_told(ask: Any) -> None:
    assert order(ask("silk red", rest="silk", wishes=(wish("colour", "red", 0),))) == [0]
    finding = ask("silk green", rest="silk", wishes=(wish("colour", "green"),))
    assert sorted(order(finding)) == [0, 1, 3]
    assert finding.relaxed[-1].en == "without the wish “green”"


def test_only_what_is_allowed_is_ever_found(ask: Any) -> None:
    for finding in (
        ask("silk scarf", allowed=[1, 3]),
        ask("xyzzy", vector=(1, 3), allowed=[1, 3]),
        ask("xyzzy", allowed=[1, 3]),
        ask(allowed=[1, 3]),
    ):
        assert set(order(finding)) <= {1, 3}
        assert order(finding)


def test_what_is_meant_is_known_beyond_what_is_allowed(ask: Any) -> None:
    assert np.flatnonzero(ask("silk scarf", allowed=[1]).meant).tolist() == [0, 1]


def test_history_changes_the_order_and_not_what_is_found(ask: Any) -> None:
    plain, own = ask("silk scarf"), ask("silk scarf", liked={1: 5.0, 0: 1.0, 2: 9.0})
    assert (order(plain), order(own)) == ([0, 1], [1, 0])
    assert "personal" in own.fused.sources


def test_likeness_finds_by_looks_and_wishes_narrow_it(ask: Any) -> None:
    alike = ask(vector=(1, 3), space="looks", likeness=True, reach=3)
    assert order(alike) == [0, 1, 4]
    blue = ask(
        "this but in blue",
        rest="this but in",
        vector=(1, 3),
        space="looks",
        likeness=True,
        reach=3,
        wishes=(wish("colour", "blue", 1),),
    )
    assert (order(blue), blue.relaxed) == ([1], ())
    green = ask(
        vector=(1, 3), space="looks", likeness=True, reach=3, wishes=(wish("colour", "green"),)
    )
    assert order(green) == [0, 1, 4]
    assert [told.en for told in green.relaxed] == ["without the wish “green”"]


def test_likeness_that_cannot_be_told_says_so_and_still_shows_goods(ask: Any) -> None:
    finding = ask(likeness=True)
    assert order(finding) == [4, 3, 2, 1, 0]
    assert "alike cannot be told" in finding.relaxed[0].en


def test_goods_beyond_the_reach_follow_in_the_order_of_the_catalogue(ask: Any) -> None:
    assert order(ask("silk", reach=1)) == [0, 1, 3]
