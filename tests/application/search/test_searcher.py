"""Search: from a request to a page, live, with filters, and whatever is slow or missing."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from zhiyin.application.search import Goods, Searcher, Senses, Space, Taste
from zhiyin.application.shelf import Shelf
from zhiyin.core import (
    DEFAULT_KINDS,
    BadInput,
    BadRequest,
    Encoded,
    Event,
    Found,
    Item,
    NotFound,
    Request,
    SearchSettings,
    Vocabulary,
    micros,
    to_batch,
)
from zhiyin.data import Strengths
from zhiyin.data.stores import open_store
from zhiyin.models import Neighbours

from .conftest import PlainEncoder, PlainIndex, PlainWords

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AXES = ("scarf", "teapot", "red", "blue")
GOODS = (
    Item(id="red-scarf", title="red silk scarf", price=Decimal(120), category=("scarves",)),
    Item(id="blue-scarf", title="blue silk scarf", price=Decimal(80), category=("scarves",)),
    Item(id="red-teapot", title="red clay teapot", price=Decimal(300), category=("tea",)),
    Item(id="blue-teapot", title="blue teapot", price=Decimal(40), category=("tea",), stock=0),
    Item(id="shawl", title="shawl", price=Decimal(200), description="a scarf for evenings"),
)


class StillClock:
    def now(self) -> datetime:
        return NOW


class Counted:
    """How far it is, for nobody."""

    def __init__(self) -> None:
        self.done = 0

    def advance(self, amount: int = 1, **notes: object) -> None:
        self.done += amount


@dataclass
class LittleShop:
    """Five goods; vectors by what titles name, and by what pictures show."""

    patience: float = 5.0
    described: list[Sequence[str]] = field(default_factory=list)
    taste: Taste | None = None

    def __post_init__(self) -> None:
        self.store = open_store("memory://", "shop")
        self.store.catalogue.upsert(GOODS)
        self.words = PlainWords()
        self.text, self.image = PlainEncoder("text", AXES), PlainEncoder("image", AXES)
        self.spaces = [
            Space("meaning", PlainIndex(4), {"text": lambda raw: raw}),
            Space("looks", PlainIndex(4), {"image": lambda raw: raw}),
            Space("joint", PlainIndex(4), {"text": lambda raw: raw, "image": lambda raw: raw}),
        ]
        self.settings = SearchSettings(patience_seconds=self.patience)
        self.open()

    def open(self) -> None:
        shelf = Shelf.open(self.store.catalogue)
        goods = Goods(self.store.catalogue, shelf, self.words, self.spaces, self.describe)
        goods.read_all(Counted())
        rows = np.arange(len(shelf.view))
        vectors = self.describe(shelf.view.ids_of(rows))
        for space in self.spaces:
            space.index.put(rows, vectors[space.name])
        self.described.clear()
        senses = Senses({"text": self.text, "image": self.image}, self.patience)
        self.searcher = Searcher(
            goods, senses, StillClock(), self.settings, taste=lambda: self.taste, language="en"
        )

    def describe(self, ids: Sequence[str]) -> Mapping[str, np.ndarray]:
        self.described.append(ids)
        items = self.store.catalogue.get(ids)
        titles = ["" if item is None else f"{item.title} {item.description}" for item in items]
        vectors = self.text.encode(titles).vectors
        return {space.name: vectors for space in self.spaces}

    def ask(self, query: str = "", **words: Any) -> Found:
        return self.searcher.search(Request(query=query, **words))

    def ids(self, query: str = "", **words: Any) -> list[str]:
        return [*self.ask(query, **words).slate.items]


@pytest.fixture
def shop() -> LittleShop:
    return LittleShop()


def trace(found: Found) -> str:
    return "\n".join(told.en for told in found.slate.trace)


# -- words, meaning, filters ------------------------------------------------------------


def test_words_and_meaning_are_found_and_each_part_is_told(shop: LittleShop) -> None:
    found = shop.ask("silk scarf")
    assert {*found.slate.items[:2]} == {"red-scarf", "blue-scarf"}
    assert "words (words of the query)" in trace(found)
    assert "meaning (near in meaning)" in trace(found)
    first = {reason.kind: reason for reason in found.slate.reasons[0]}
    assert first["words"].evidence == ("silk", "scarf")
    assert sum(reason.weight for reason in first.values()) == pytest.approx(1.0, abs=0.01)


def test_what_cannot_be_bought_is_not_found(shop: LittleShop) -> None:
    assert "blue-teapot" not in shop.ids("teapot", k=10)
    assert "blue-teapot" not in shop.ids(k=10)


def test_the_chosen_filter_holds_whatever_the_words_say(shop: LittleShop) -> None:
    cheap = {"price": {"at_most": 150}}
    assert {*shop.ids("scarf", where=cheap)} == {"red-scarf", "blue-scarf"}
    found = shop.ask("teapot", where=cheap)
    assert {*found.slate.items} <= {"red-scarf", "blue-scarf"}
    assert found.slate.items
    assert any("the chosen filter" in told.en and "would be 1" in told.en for told in found.relaxed)


def test_a_filter_that_excludes_everything_is_named_with_what_would_be_there(
    shop: LittleShop,
) -> None:
    found = shop.ask("scarf", where={"price": {"at_most": 1}})
    assert (found.slate.items, found.total) == ((), 0)
    assert "nothing is left by “the chosen filter”; without it there would be 3" in [
        told.en for told in found.relaxed
    ]


def test_a_filter_that_makes_no_sense_is_refused(shop: LittleShop) -> None:
    with pytest.raises(BadInput, match=r"where\.prise"):
        shop.ask("scarf", where={"prise": 3})
    with pytest.raises(BadRequest, match="sort 'best'"):
        shop.ask("scarf", sort="best")


def test_an_empty_catalogue_finds_nothing_and_does_not_fail(shop: LittleShop) -> None:
    shop.store.catalogue.delete([item.id for item in GOODS])
    assert (shop.ids("scarf"), shop.ids()) == ([], [])


@pytest.mark.parametrize("query", ["🧣🧣", "\0\x1b[31m", "a" * 10_000, "' OR 1=1 --", "。，！"])
def test_no_query_finds_nothing_while_there_are_goods(shop: LittleShop, query: str) -> None:
    found = shop.ask(query)
    assert found.slate.items
    assert found.relaxed or not query.strip("。，！\0")


def test_facets_count_all_that_matches_and_not_the_page(shop: LittleShop) -> None:
    found = shop.ask("silk scarf", k=1)
    (category,) = [facet for facet in found.facets if facet.name == "category"]
    assert {value.en: value.count for value in category.values}["scarves"] == 2


def test_a_facet_s_own_choice_does_not_shrink_it(shop: LittleShop) -> None:
    found = shop.ask(where={"category": ["tea"]})
    assert found.slate.items == ("red-teapot",)
    (category,) = [facet for facet in found.facets if facet.name == "category"]
    assert {value.en for value in category.values} == {"tea", "scarves"}


def test_the_query_s_words_are_marked_in_title_and_description(shop: LittleShop) -> None:
    marks = shop.ask("scarf").highlights
    assert marks["red-scarf"] == {"title": ((9, 14),)}
    assert marks["shawl"] == {"description": ((2, 7),)}


def test_pasted_text_is_read_only_so_far(shop: LittleShop) -> None:
    seen: list[Any] = []
    encode = shop.text.encode
    shop.text.encode = lambda contents: seen.extend(contents) or encode(contents)  # type: ignore
    assert shop.ids("scarf " * 5_000)
    assert max(map(len, seen)) <= 400


# -- orders and pages -------------------------------------------------------------------


def test_every_order_goes_over_all_that_matches(shop: LittleShop) -> None:
    assert shop.ids("scarf", sort="price_up") == ["blue-scarf", "red-scarf", "shawl"]
    assert shop.ids("scarf", sort="price_down") == ["shawl", "red-scarf", "blue-scarf"]


@pytest.mark.parametrize("sort", ["relevance", "price_up", "price_down", "newest", "popular"])
@pytest.mark.parametrize("query", ["", "scarf", "red"])
def test_pages_hold_everything_once(shop: LittleShop, query: str, sort: str) -> None:
    whole, pages, cursor = shop.ids(query, sort=sort, k=10), [], None
    while True:
        found = shop.ask(query, sort=sort, k=1, cursor=cursor)
        pages += found.slate.items
        assert found.total == len(whole)
        cursor = found.next
        if cursor is None:
            break
    assert pages == whole


def test_a_cursor_of_another_search_is_refused(shop: LittleShop) -> None:
    cursor = shop.ask("scarf", k=1).next
    with pytest.raises(BadRequest, match="another search"):
        shop.ask("teapot", k=1, cursor=cursor)


# -- pictures and likeness --------------------------------------------------------------


def test_a_picture_finds_what_looks_like_it(shop: LittleShop) -> None:
    assert shop.ids(picture=b"red teapot", k=1) == ["red-teapot"]


def test_a_picture_with_words_is_moved_towards_them(shop: LittleShop) -> None:
    plain = shop.ids(picture=b"red scarf", k=5)
    blue = shop.ids("blue", picture=b"red scarf", k=5)
    assert plain[0] == "red-scarf"
    assert blue.index("blue-scarf") < plain.index("blue-scarf")


def test_a_picture_that_cannot_be_read_is_answered_with_its_sentence(shop: LittleShop) -> None:
    with pytest.raises(BadRequest, match="cut off or damaged"):
        shop.ask(picture=b"broken")
    with pytest.raises(BadRequest, match="save or upload it again"):
        shop.ask("scarf", picture=b"")


def test_goods_like_an_item_are_found_without_the_item(shop: LittleShop) -> None:
    assert shop.ids(like="red-scarf", k=1) == ["shawl"]  # a scarf, and no blue one
    assert "red-scarf" not in shop.ids(like="red-scarf", k=10)
    with pytest.raises(NotFound, match="no item named 'nothing'"):
        shop.ask(like="nothing")


# -- live -------------------------------------------------------------------------------


def test_a_new_item_is_found_with_the_next_search(shop: LittleShop) -> None:
    shop.store.catalogue.upsert([Item(id="new", title="green scarf", price=Decimal(10))])
    assert "new" in shop.ids("green scarf")
    assert "new" in shop.ids(picture=b"scarf", k=10)
    assert shop.described == [("new",)]


def test_a_changed_item_is_found_by_what_it_is_now(shop: LittleShop) -> None:
    shop.store.catalogue.patch("red-teapot", {"title": "red vase"})
    assert shop.ids("vase")[0] == "red-teapot"
    assert "red-teapot" not in shop.ids("teapot")[:1]


def test_a_deleted_item_is_gone_at_once(shop: LittleShop) -> None:
    shop.store.catalogue.delete(["red-scarf"])
    assert "red-scarf" not in shop.ids("red silk scarf", k=10)
    assert "red-scarf" not in shop.ids(picture=b"red scarf", k=10)


def test_one_that_comes_back_into_stock_is_found(shop: LittleShop) -> None:
    shop.store.catalogue.patch("blue-teapot", {"stock": 3})
    assert shop.ids("blue teapot")[0] == "blue-teapot"


# -- slow, broken, missing --------------------------------------------------------------


@pytest.fixture
def slow() -> Iterator[LittleShop]:
    shop = LittleShop(patience=0.02)
    gate = threading.Event()
    shop.text.encode = lambda contents: gate.wait(20) and Encoded(np.zeros((1, 4)))  # type: ignore
    yield shop
    gate.set()


def test_a_slow_encoder_does_not_block_words_and_is_told(slow: LittleShop) -> None:
    found = slow.ask("silk scarf")
    assert {*found.slate.items} == {"red-scarf", "blue-scarf"}
    assert "meaning: left out, the text encoder took longer than 0.02 s" in trace(found)


def test_a_slow_encoder_delays_no_change(slow: LittleShop) -> None:
    slow.store.catalogue.upsert([Item(id="new", title="green scarf")])
    found = slow.ask("green scarf")
    assert found.slate.items[0] == "new"
    assert "the vectors of 1 changed items are not read yet" in trace(found)


def test_without_any_vectors_words_answer_and_say_what_is_missing(shop: LittleShop) -> None:
    shop.spaces = []
    shop.open()
    found = shop.ask("silk scarf")
    assert {*found.slate.items} == {"red-scarf", "blue-scarf"}
    assert "zhiyin pretrain makes them" in trace(found)
    pictured = shop.ask(picture=b"red scarf")
    assert pictured.slate.items
    assert "alike cannot be told" in pictured.relaxed[0].en


def test_a_broken_encoder_of_changes_is_told_and_words_still_find(shop: LittleShop) -> None:
    def broken(_: Any) -> Encoded:
        raise OSError("gone")

    shop.text.encode = broken  # type: ignore[method-assign]
    shop.store.catalogue.upsert([Item(id="new", title="green scarf")])
    found = shop.ask("green scarf")
    assert found.slate.items[0] == "new"
    assert "not read yet (OSError)" in trace(found)
    assert "meaning: left out, the text encoder failed (OSError)" in trace(found)


# -- personal ---------------------------------------------------------------------------


@pytest.fixture
def personal(shop: LittleShop) -> LittleShop:
    """Who viewed the blue teapot wants the blue scarf; the red scarf is what many like."""
    ids = [item.id for item in GOODS]
    table = np.zeros((5, 5), np.float32)
    table[ids.index("blue-teapot"), ids.index("blue-scarf")] = 1.0
    prior = np.array([0.5, 0.1, 0.2, 0.1, 0.1], np.float32)
    form = Neighbours(
        Vocabulary(ids), csr_array(table), prior, Strengths(DEFAULT_KINDS), micros(NOW)
    )
    shop.taste = Taste(form, shop.store.events, "live-1")
    event = Event("e1", "ann", "view", NOW - timedelta(hours=1), "blue-teapot")
    shop.store.events.append(to_batch([event]))
    return shop


def test_history_counts_only_with_consent(personal: LittleShop) -> None:
    without = personal.ask("silk scarf", shopper="ann")
    own = personal.ask("silk scarf", shopper="ann", personal=True)
    assert own.slate.items[0] == "blue-scarf"
    assert "personal" in {reason.kind for reason in own.slate.reasons[0]}
    assert own.slate.artifacts == ("live-1",)
    assert without.slate.artifacts == ()
    assert not any(r.kind == "personal" for why in without.slate.reasons for r in why)


def test_nothing_asked_is_answered_with_what_many_like(personal: LittleShop) -> None:
    assert personal.ids(k=2) == ["red-scarf", "red-teapot"]
    assert personal.ids("scarf", sort="popular")[0] == "red-scarf"


# -- completions and threads ------------------------------------------------------------


def test_completions_know_new_items(shop: LittleShop) -> None:
    assert shop.searcher.suggest("sil") == ("silk",)
    shop.store.catalogue.upsert([Item(id="new", title="silver ring")])
    assert shop.searcher.suggest("sil") == ("silk", "silver")
    shop.store.catalogue.patch("new", {"stock": 0})
    assert shop.searcher.suggest("sil") == ("silk",), "what is sold out is not completed"


def test_many_threads_search_while_the_catalogue_changes(shop: LittleShop) -> None:
    errors: list[Exception] = []

    def search() -> None:
        try:
            for _ in range(20):
                assert shop.ids("silk scarf")
        except Exception as error:  # noqa: BLE001 - whatever a thread met
            errors.append(error)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(20):
        shop.store.catalogue.upsert([Item(id=f"new-{number}", title=f"scarf number {number}")])
    for thread in threads:
        thread.join()
    assert not errors
    assert {f"new-{n}" for n in range(20)} <= {*shop.ids("scarf number", k=100)}
