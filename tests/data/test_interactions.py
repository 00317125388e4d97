"""From the log to arrays."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import DEFAULT_KINDS, Event, KindSettings, Vocabulary, to_batch
from zhiyin.data import COLUMNS, LABELLED, Interactions, encoding, naming, ordering
from zhiyin.data.stores import open_store

START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = {
    "view": KindSettings(weight=1.0, half_life_days=10),
    "buy": KindSettings(weight=6.0, value="quantity"),
    "dislike": KindSettings(weight=-4.0),
    "search": KindSettings(weight=0.0),
}
Row = tuple[str, str | None, str, float]  # shopper, item, kind, day


def batch(rows: Sequence[Row], **more: object) -> pa.RecordBatch:
    return to_batch(
        Event(f"e{n}", who, kind, START + timedelta(days=day), what, **more)  # type: ignore[arg-type]
        for n, (who, what, kind, day) in enumerate(rows)
    )


def read(*rows: Row) -> Interactions:
    return Interactions.from_events([batch(rows)], KINDS)


def story(data: Interactions) -> dict[str, list[tuple[str, str, float]]]:
    """Each shopper's events as (item, kind, weight), in their order."""
    events, told = data.histories, {}
    for number, name in enumerate(data.shoppers.names):
        part = slice(events.offsets[number], events.offsets[number + 1])
        items = [data.items.names[i] for i in events.items[part]]
        kinds = [events.kind_names[k] for k in events.kinds[part]]
        told[name] = list(zip(items, kinds, events.weights[part].tolist(), strict=True))
    return told


def test_a_log_becomes_one_history_per_shopper_in_time_order() -> None:
    data = read(("b", "y", "buy", 2), ("a", "x", "view", 1), ("b", "x", "view", 1))
    assert data.shoppers.names == ("a", "b")
    assert data.items.names == ("x", "y")
    assert story(data) == {"a": [("x", "view", 1)], "b": [("x", "view", 1), ("y", "buy", 6)]}
    assert data.histories.items.dtype == np.int32


def test_events_of_one_moment_keep_the_order_of_arrival() -> None:
    data = read(("a", "z", "view", 1), ("a", "x", "view", 1), ("a", "y", "view", 0))
    assert [item for item, _, _ in story(data)["a"]] == ["y", "z", "x"]


def test_what_says_nothing_about_an_item_is_left_out_and_counted() -> None:
    data = read(
        ("a", "x", "view", 1),
        ("a", None, "view", 1),
        ("a", "x", "search", 1),
        ("z", "x", "wave", 1),
    )
    assert len(data) == 1
    assert data.shoppers.names == ("a",)
    assert data.skipped == {"without an item": 1, "kinds not declared": 1}


def test_a_given_vocabulary_is_kept_and_other_items_are_left_out() -> None:
    rows = [("a", "x", "view", 1.0), ("a", "gone", "view", 2.0)]
    goods = Vocabulary(["new", "x"])
    data = Interactions.from_events([batch(rows)], KINDS, items=goods)
    assert data.items is goods
    assert data.histories.items.tolist() == [1]
    assert data.skipped == {"items not in the catalogue": 1}


def test_labels_travel_in_the_surface() -> None:
    batches = [batch([("b", "x", "buy", n)], surface=s) for n, s in enumerate(["split:2", None])]
    batches.append(batch([("a", "x", "buy", 0)], surface="split:0"))
    assert batches[0].select(list(LABELLED)).num_columns == len(COLUMNS) + 1
    data = Interactions.from_events(batches, KINDS, labelled=True)
    assert data.labels is not None
    assert data.labels.tolist() == [0, 2, -1]


def test_an_empty_log_is_an_empty_world() -> None:
    data = Interactions.from_events([], KINDS)
    assert (len(data), len(data.shoppers), len(data.items), data.newest) == (0, 0, 0, 0)
    assert data.matrix().shape == (0, 0)


def test_dictionary_columns_are_read_like_plain_ones() -> None:
    plain = batch([("b", "y", "buy", 2), ("a", "x", "view", 1)])
    columns = [
        column.dictionary_encode() if pa.types.is_string(column.type) else column
        for column in plain.columns
    ]
    encoded = pa.RecordBatch.from_arrays(columns, names=plain.schema.names)
    assert story(Interactions.from_events([encoded], KINDS)) == story(read_batch(plain))


def read_batch(whole: pa.RecordBatch) -> Interactions:
    return Interactions.from_events([whole], KINDS)


rows = st.lists(
    st.tuples(
        st.sampled_from("dcba"),
        st.sampled_from("zyx"),
        st.sampled_from(["view", "buy", "dislike"]),
        st.integers(0, 5),
    ),
    max_size=40,
)


@given(rows, st.integers(1, 7), st.integers(1, 9))
def test_batches_and_blocks_of_any_size_give_the_same(
    rows: list[Row], rows_each: int, group: int
) -> None:
    whole = batch(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "GROUP_ROWS", group)
        patch.setattr(naming, "FOLD", group)
        patch.setattr(ordering, "_BLOCK", group)
        parts = [whole.slice(n, rows_each) for n in range(0, len(rows), rows_each)]
        data = Interactions.from_events(parts, KINDS)
    expected: dict[str, list[tuple[str, str, float]]] = {}
    weights = {name: kind.weight for name, kind in KINDS.items()}
    for who, what, kind, _ in sorted(rows, key=lambda row: (row[0], row[3])):
        expected.setdefault(who, []).append((str(what), kind, weights[kind]))
    assert story(data) == expected


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_change_the_numbers(rows: list[Row], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = read(*rows), read(*shuffled)
    assert one.items.names == other.items.names
    assert one.shoppers.names == other.shoppers.names
    assert np.allclose(one.matrix().toarray(), other.matrix().toarray())


def test_the_matrix_sums_what_has_faded() -> None:
    data = read(
        ("a", "x", "view", 0),
        ("a", "x", "view", 10),
        ("a", "y", "buy", 0),
        ("b", "x", "dislike", 5),
    )
    # Ten days are one half-life of a view; buys and dislikes do not fade here.
    assert data.matrix().toarray().tolist() == [[1.5, 6.0], [-4.0, 0.0]]
    assert data.matrix(fade=False).toarray().tolist() == [[2.0, 6.0], [-4.0, 0.0]]


def test_what_cancels_leaves_no_entry() -> None:
    kinds = {"buy": KindSettings(weight=6), "return": KindSettings(weight=-6)}
    events = [batch([("a", "x", "buy", 0), ("a", "x", "return", 1)])]
    assert Interactions.from_events(events, kinds).matrix().nnz == 0


def test_default_kinds_all_have_a_number() -> None:
    rows = [("a", "x", kind, 0.0) for kind in DEFAULT_KINDS]
    data = Interactions.from_events([batch(rows)], DEFAULT_KINDS)
    silent = {name for name, kind in DEFAULT_KINDS.items() if kind.weight == 0}
    assert {kind for _, kind, _ in story(data)["a"]} == set(DEFAULT_KINDS) - silent


def test_where_keeps_shoppers_and_their_order() -> None:
    data = read(("a", "x", "view", 1), ("b", "y", "view", 1), ("b", "x", "buy", 2))
    part = data.where(np.array([False, True, False]))
    assert part.shoppers is data.shoppers
    assert story(part) == {"a": [], "b": [("y", "view", 1)]}


def test_times_far_apart_are_ordered_too() -> None:
    rows = [("a", "x", "view", 0.0), ("b", "x", "view", 0.0), ("b", "y", "view", -730_000.0)]
    # 1 AD to 2026 in microseconds, times the shoppers of a block, is past 63 bits.
    many = [(f"s{n:05}", item, "view", day) for n in range(200) for _, item, _, day in rows[1:]]
    data = read(*rows, *many)
    assert [item for item, _, _ in story(data)["b"]] == ["y", "x"]
    assert (np.diff(data.histories.times.reshape(-1)[1:].reshape(-1, 2)) > 0).all()


@pytest.mark.parametrize("url", ["memory://", "sqlite:///{folder}/shop.db"])
def test_a_stored_log_gives_the_same_arrays_up_to_its_cut(url: str, tmp_path: Path) -> None:
    store = open_store(url.format(folder=tmp_path), "shop")
    first, later = [("b", "y", "buy", 2.0), ("a", "x", "view", 1.0)], [("a", "y", "view", 0.0)]
    store.events.append(batch(first))
    cut = store.events.cut()
    store.events.append(to_batch([Event("late", "a", "view", START, "y")]))
    before = Interactions.from_events(store.events.read(until=cut, columns=COLUMNS), KINDS)
    whole = Interactions.from_events(store.events.read(columns=COLUMNS), KINDS)
    store.close()
    assert story(before) == story(read(*first))
    assert story(whole) == story(read(*first, *later))
