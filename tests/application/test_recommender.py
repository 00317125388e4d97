"""Answers: everybody gets one, in order, with a true reason and the story of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from zhiyin.application import Answers
from zhiyin.core import BadRequest, Event, Item, Request, micros
from zhiyin.data.stores import open_store
from zhiyin.models import Blend, Form, Neighbours, Vectors
from zhiyin.models.readers import Sum

NAMES = tuple(f"item-{number:02}" for number in range(12))


def viewed(item: str, number: int = 0) -> Event:
    return Event(f"now-{number}", "guest", "view", datetime(2026, 3, 1, 12, tzinfo=UTC), item)


def test_a_guest_gets_what_many_like_and_is_told_so(shop: Any) -> None:
    slate = shop.ask(None)
    assert slate.items == NAMES[:3]
    for why in slate.reasons:
        assert [(reason.kind, reason.weight) for reason in why] == [("popular", 1.0)]


def test_a_stranger_is_answered_like_a_guest(shop: Any) -> None:
    guest, stranger = shop.ask(None), shop.ask("nobody has heard of her")
    assert guest.items == stranger.items
    assert guest.reasons == stranger.reasons


def test_one_click_is_enough_for_an_own_answer(shop: Any) -> None:
    shop.did("new", "click", "item-05")
    slate = shop.ask("new", k=2)
    assert slate.items == ("item-06", "item-07")
    assert slate.reasons[0][0].kind == "history"
    assert slate.reasons[0][0].evidence == ("item-05",)


def test_what_was_viewed_just_now_counts_without_being_stored(shop: Any) -> None:
    request = Request(None, k=2, events=(viewed("item-05"),))
    slate = shop.answers.recommend(request)
    assert slate.items == ("item-06", "item-07")
    assert shop.store.events.count() == 0


def test_what_was_viewed_just_now_is_not_offered_back(shop: Any) -> None:
    request = Request(None, k=12, events=(viewed("item-00"), viewed("item-01", 1)))
    assert not {"item-00", "item-01"} & set(shop.answers.recommend(request).items)


def test_excluded_items_are_left_out_even_unknown_ones(shop: Any) -> None:
    slate = shop.ask(None, k=12, exclude={"item-00", "no such item"})
    assert "item-00" not in slate.items
    assert len(slate.items) == 11


def test_more_than_there_is_gives_all_there_is(shop: Any) -> None:
    slate = shop.ask("ann", k=1_000)
    assert sorted(slate.items) == sorted(NAMES)
    assert len(slate.scores) == len(slate.reasons) == len(slate.propensities) == 12


@pytest.mark.parametrize("k", [0, -5])
def test_a_slate_of_nothing_is_refused(shop: Any, k: int) -> None:
    with pytest.raises(BadRequest, match=f"a slate of {k} items: ask for 1 or more"):
        shop.ask(None, k=k)


def test_a_deleted_item_of_the_table_is_not_shown(shop: Any) -> None:
    shop.store.catalogue.delete(["item-00"])
    slate = shop.ask(None)
    assert slate.items == NAMES[1:4]
    assert "1 that cannot be bought now" in " ".join(told.text() for told in slate.trace)


def test_a_new_item_that_the_model_never_met_breaks_nothing(shop: Any) -> None:
    shop.store.catalogue.upsert([Item(id="brand new")])
    shop.did("ann", "buy", "brand new")
    shop.did("ann", "view", "item-05")
    shop.did("ann", "view", None)
    shop.did("ann", "a kind that nobody declared", "item-03")
    assert shop.ask("ann", k=2).items == ("item-06", "item-07")


def test_sold_out_goods_are_replaced_by_the_next_best(shop: Any) -> None:
    shop.store.catalogue.upsert([Item(id=name, stock=0) for name in NAMES[:10]])
    slate = shop.ask(None, k=3)
    assert slate.items == ("item-10", "item-11")
    assert "10 that cannot be bought now" in " ".join(told.text() for told in slate.trace)


def test_when_nothing_may_be_shown_the_slate_is_empty_and_says_so(shop: Any) -> None:
    shop.store.catalogue.upsert([Item(id=name, stock=0) for name in NAMES])
    slate = shop.ask("ann")
    assert (slate.items, slate.reasons, len(slate.scores)) == ((), (), 0)
    assert "12 that cannot be bought now" in " ".join(told.text() for told in slate.trace)


def test_a_shop_without_a_catalogue_answers_from_its_events(shop: Any) -> None:
    store = open_store("memory://", "shop")
    answers = Answers(shop.form, store.catalogue, store.events, shop.answers._clock)
    slate = answers.recommend(Request(None, k=3))
    assert slate.items == NAMES[:3]
    assert slate.artifacts == ()


def test_scores_fall_and_every_choice_was_certain(shop: Any) -> None:
    shop.did("ann", "buy", "item-03")
    slate = shop.ask("ann", k=12)
    assert (np.diff(slate.scores) <= 0).all()
    assert slate.propensities.tolist() == [1.0] * len(slate.items)
    assert slate.scores.dtype == slate.propensities.dtype == np.float32


def test_impressions_and_searches_do_not_crowd_out_what_tells(shop: Any) -> None:
    shop.did("ann", "buy", "item-05", hours_ago=50)
    for number in range(300):
        shop.did("ann", "impression", NAMES[number % 12], hours_ago=number / 10)
        shop.did("ann", "search", None, hours_ago=number / 10)
    assert shop.ask("ann", k=1).items == ("item-06",)


def without(history: Any, item: int) -> Any:
    kept = history.items != item
    return type(history)(
        history.items[kept],
        history.kinds[kept],
        history.times[kept],
        history.weights[kept],
        np.array([0, kept.sum()]),
        history.kind_names,
    )


def test_a_reason_is_the_share_that_goes_with_its_evidence(shop: Any) -> None:
    for hours, (kind, item) in enumerate(
        [("view", "item-02"), ("cart", "item-03"), ("view", "item-02"), ("dislike", "item-08")]
    ):
        shop.did("ann", kind, item, hours_ago=24 * hours)
    slate = shop.ask("ann", k=12)
    form: Neighbours = shop.form
    now = shop.answers._clock.now()
    history = form.read(shop.store.events.recent("ann"))
    cited = 0
    for place, name in enumerate(slate.items):
        number = NAMES.index(name)
        before = form.score(history, micros(now))[0, number]
        assert slate.scores[place] == pytest.approx(before, rel=1e-5)
        disliked = form.score(without(history, NAMES.index("item-08")), micros(now))
        up = max(before, disliked[0, number])  # what speaks for it, without the dislike
        for reason in slate.reasons[place]:
            assert 0 < reason.weight <= 1
            if reason.kind == "history":
                cited += 1
                (evidence,) = reason.evidence
                after = form.score(without(history, NAMES.index(evidence)), micros(now))
                lost = (before - after[0, number]) / up
            else:
                assert (reason.kind, reason.evidence) == ("popular", ())
                lost = form.prior[number] / up
            assert reason.weight == pytest.approx(lost, abs=2e-4)
    assert cited >= 4


def test_the_weightiest_reason_comes_first_and_two_are_enough(shop: Any) -> None:
    for item in ("item-03", "item-04", "item-10"):
        shop.did("ann", "view", item)
    for why in shop.ask("ann", k=12).reasons:
        weights = [reason.weight for reason in why]
        assert weights == sorted(weights, reverse=True)
        assert 1 <= len(why) <= 2


def test_what_a_dislike_pushed_below_zero_gets_no_reason(shop: Any) -> None:
    shop.did("ann", "dislike", "item-03")
    slate = shop.ask("ann", k=12)
    told = dict(zip(slate.items, slate.reasons, strict=True))
    assert told["item-04"] == ()
    assert slate.items[-1] == "item-04"


def test_old_events_say_less_than_new_ones(shop: Any) -> None:
    shop.did("ann", "view", "item-02", hours_ago=24 * 60)
    shop.did("ann", "view", "item-07", hours_ago=1)
    assert shop.ask("ann", k=1).items == ("item-08",)


def test_every_answer_has_its_own_id_and_tells_how_it_came_about(shop: Any) -> None:
    shop.did("ann", "buy", "item-01")
    one, two = shop.ask("ann", exclude={"item-02"}), shop.ask("ann", exclude={"item-02"})
    assert one.request_id != two.request_id
    assert one.items == two.items
    story = " ".join(told.text() for told in one.trace)
    assert "history: 1 events" in story
    assert "neighbours of ring" in story
    assert "left out 2 that the shopper is done with" in story
    assert one.artifacts == ("ring",)


def test_an_event_from_a_clock_that_runs_ahead_counts_as_now(shop: Any) -> None:
    shop.did("ann", "view", "item-05", hours_ago=-3)
    assert shop.ask("ann", k=1).items == ("item-06",)


def as_vectors(ring: Neighbours) -> Vectors:
    """The ring as vectors: an item reads as its row, and is compared by a place of its own."""
    places = np.eye(12, dtype=np.float32)
    reader = Sum(ring.table.toarray(), power=0.0)
    return Vectors(ring.items, places, ring.prior, reader, ring.strengths, ring.now)


def one_part(ring: Neighbours) -> Blend:
    return Blend([ring], [1.0])


@pytest.mark.parametrize(
    ("served", "source", "source_zh"),
    [
        (as_vectors, "source: vectors of ring", "来源：ring 的向量"),
        (one_part, "source: a blend of ring", "来源：ring 的混合模型"),
    ],
)
def test_every_form_of_the_same_model_gives_the_same_slate_and_reasons(
    shop: Any, served: Callable[[Neighbours], Form], source: str, source_zh: str
) -> None:
    answers = Answers(
        served(shop.form), shop.store.catalogue, shop.store.events, shop.answers._clock, "ring"
    )
    for hours, (kind, item) in enumerate([("view", "item-02"), ("cart", "item-03")]):
        shop.did("ann", kind, item, hours_ago=24 * hours)
    shop.did("ann", "dislike", "item-08")
    for shopper in (None, "ann"):
        expected, slate = shop.ask(shopper, k=12), answers.recommend(Request(shopper, k=12))
        assert slate.items == expected.items
        for why, wanted in zip(slate.reasons, expected.reasons, strict=True):
            assert [(r.kind, r.evidence) for r in why] == [(r.kind, r.evidence) for r in wanted]
            weights = [reason.weight for reason in wanted]
            assert [reason.weight for reason in why] == pytest.approx(weights, abs=2e-4)
        told = {line.step: line for line in slate.trace}["source"]
        assert (told.text(), told.text("zh")) == (source, source_zh)
