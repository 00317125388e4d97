"""Items, events, histories and randomness."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from zhiyin.core import (
    EVENT_SCHEMA,
    BadInput,
    Event,
    Histories,
    Item,
    Text,
    Vocabulary,
    derive,
    from_row,
    in_batches,
    item_from_dict,
    item_from_json,
    item_to_json,
    micros,
    moment,
    to_batch,
)

ITEM = Item(
    "a",
    title="云纹丝巾",
    category=("服饰", "丝巾"),
    price=Decimal("199.90"),
    texts={"en": Text("Cloud scarf")},
    attributes={"motif": "云纹", "sizes": ("S", "M"), "washable": True, "grams": 12.5},
    available_from=datetime(2026, 1, 1, tzinfo=UTC),
)


def test_an_item_survives_json() -> None:
    assert item_from_json(item_to_json(ITEM)) == ITEM


def test_an_item_speaks_the_language_asked_or_its_own() -> None:
    assert ITEM.in_language("en").title == "Cloud scarf"
    assert ITEM.in_language("fr").title == "云纹丝巾"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", -1),
        ("price", "NaN"),
        ("price", "Infinity"),
        ("stock", -2),
        ("currency", "yuan"),
        ("available_from", "2026-01-01T00:00:00"),  # no zone
        ("colour", "red"),  # not a field: belongs in attributes
        ("id", ""),
    ],
)
def test_a_bad_item_is_refused_at_its_field(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        item_from_dict({"id": "a", field: value})
    assert caught.value.errors()[0]["loc"][0] == field


times = st.datetimes(
    min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)
)


@given(times)
def test_micros_and_moment_are_each_others_inverse(when: datetime) -> None:
    assert moment(micros(when)) == when


def test_micros_minds_the_zone() -> None:
    east = datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    assert moment(micros(east)) == datetime(2026, 1, 1, tzinfo=UTC)


def test_events_become_columns_and_come_back() -> None:
    event = Event("e", "s", "buy", datetime(2026, 1, 1, tzinfo=UTC), "a", 2.0, position=0)
    batch = to_batch([event, Event("f", "s", "search", event.time, query="云纹")])
    assert batch.schema == EVENT_SCHEMA
    assert from_row(tuple(batch.slice(0, 1).to_pylist()[0].values())) == event


def histories(lengths: list[int]) -> Histories:
    total = sum(lengths)
    return Histories(
        items=np.arange(total),
        kinds=np.zeros(total, np.int16),
        times=np.arange(total),
        weights=np.ones(total, np.float32),
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    )


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6), st.data())
def test_taking_histories_keeps_each_ones_events(lengths: list[int], data: st.DataObject) -> None:
    whole = histories(lengths)
    chosen = data.draw(st.lists(st.integers(0, len(lengths) - 1), max_size=8))
    part = whole.take(chosen)
    assert len(part) == len(chosen)
    for place, shopper in enumerate(chosen):
        ours = part.items[part.offsets[place] : part.offsets[place + 1]]
        theirs = whole.items[whole.offsets[shopper] : whole.offsets[shopper + 1]]
        assert ours.tolist() == theirs.tolist()
    assert part.rows().tolist() == [p for p, s in enumerate(chosen) for _ in range(lengths[s])]


def test_columns_that_disagree_with_offsets_are_refused() -> None:
    with pytest.raises(ValueError, match="disagree"):
        Histories(np.arange(3), np.zeros(3, np.int16), np.arange(3), np.ones(3), np.array([0, 2]))


def test_a_vocabulary_numbers_names_and_knows_what_it_does_not_know() -> None:
    words = Vocabulary(["b", "a"])
    assert words.numbers(["a", "b", "c", None]).tolist() == [1, 0, -1, -1]
    with pytest.raises(ValueError, match="once"):
        Vocabulary(["a", "a"])


def test_streams_depend_on_names_and_not_on_order() -> None:
    assert derive(1, "a").integers(1 << 60) == derive(1, "a").integers(1 << 60)
    assert derive(1, "a").integers(1 << 60) != derive(1, "b").integers(1 << 60)


def test_batches_cover_everything_once() -> None:
    items = [Item(str(n)) for n in range(7)]
    assert [len(batch) for batch in in_batches(items, 3)] == [3, 3, 1]


def test_a_time_without_a_zone_is_refused_in_words() -> None:
    with pytest.raises(BadInput, match="no time zone"):
        to_batch([Event("e", "s", "buy", datetime(2026, 1, 1))])
