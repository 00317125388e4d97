"""The contract of stores: what a ``Store`` keeps, whichever database is below it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from zhiyin.core import (
    EVENT_SCHEMA,
    Act,
    BadInput,
    Event,
    Item,
    Key,
    NotFound,
    Store,
    Text,
    Variant,
    from_row,
    to_batch,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OpenShop = Callable[[str], Store]

_MANY = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,  # rows of earlier examples do no harm
        HealthCheck.differing_executors,  # the suite is inherited by many classes
        HealthCheck.too_slow,
    ],
)
_TEXT = some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
_NAME = _TEXT.filter(bool)
_NUMBER = some.floats(allow_nan=False, allow_infinity=False)
_EVENTS = some.lists(
    some.builds(
        Event,
        id=_NAME,
        shopper=_NAME,
        kind=_NAME,
        time=some.datetimes(timezones=some.just(UTC)),
        item=some.none() | _TEXT,
        value=some.none() | _NUMBER,
        session=some.none() | _TEXT,
        request=some.none() | _TEXT,
        surface=some.none() | _TEXT,
        position=some.none() | some.integers(-(2**31), 2**31 - 1),
        propensity=some.none() | _NUMBER,
        query=some.none() | _TEXT,
    ),
    max_size=8,
    unique_by=lambda event: event.id,
)
_ITEMS = some.builds(
    Item,
    id=_NAME,
    title=some.text(some.characters(exclude_categories=["Cs"]), max_size=40),
    price=some.none() | some.decimals(0, 10**11, places=2),
    attributes=some.dictionaries(_TEXT, _TEXT | _NUMBER | some.booleans(), max_size=3),
    tags=some.lists(_TEXT, max_size=3).map(tuple),
    available_from=some.none() | some.datetimes(timezones=some.just(UTC)),
)


def view(id: str, shopper: str = "lin", minutes: int = 0, **more: Any) -> Event:
    """A view of a scarf, so many minutes after noon."""
    time = NOON + timedelta(minutes=minutes)
    return Event(id, shopper, "view", time, **{"item": "scarf", **more})


def stored(store: Store, since: int = 0, until: int | None = None) -> list[Event]:
    """All events of a cut, in the order they are read."""
    batches = list(store.events.read(since, until))
    return [
        from_row(row)
        for batch in batches
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    ]


def _together(work: Callable[[int], None], threads: int) -> None:
    """Run ``work`` in many threads that start at the same moment; raise what they raise."""
    gate, errors = Barrier(threads), []

    def run(number: int) -> None:
        gate.wait()
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    running = [Thread(target=run, args=[number]) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if errors:
        raise errors[0]


class StoreContract:
    """Inherit and give ``open_shop``: a fixture that opens the store for a shop's name.

    All shops that one test opens share one database, which is empty at first.
    """

    durable = True
    """False for a store that forgets when it is closed."""

    @pytest.fixture
    def open_shop(self) -> OpenShop:
        """Override: a function from a shop's name to its open store."""
        raise NotImplementedError("give the fixture open_shop")

    @pytest.fixture
    def store(self, open_shop: OpenShop) -> Iterator[Store]:
        """The store of one shop."""
        store = open_shop("silk")
        yield store
        store.close()

    # The catalogue

    def test_items_come_back_as_they_were(self, store: Store) -> None:
        scarf = Item(
            "scarf",
            title="云纹丝巾 🧣",
            price=Decimal("199.00"),
            currency="CNY",
            stock=3,
            category=("服饰", "丝巾"),
            attributes={"motif": "云纹", "silk": True, "grams": 45.5, "colours": ("靛", "赭")},
            variants=(Variant("scarf-s", price=Decimal("159.5"), attributes={"size": "S"}),),
            available_until=NOON,
            texts={"en": Text("Cloud scarf")},
        )
        assert store.catalogue.upsert([scarf]).new == 1
        assert store.catalogue.get(["scarf"]) == [scarf]

    @_MANY
    @given(item=_ITEMS)
    def test_odd_items_come_back_as_they_were(self, store: Store, item: Item) -> None:
        store.catalogue.upsert([item])
        assert store.catalogue.get([item.id]) == [item]

    def test_items_are_given_in_the_order_asked(self, store: Store) -> None:
        store.catalogue.upsert([Item("a"), Item("b")])
        found = store.catalogue.get(["b", "none", "a", "b", "\0"])
        assert [item and item.id for item in found] == ["b", None, "a", "b", None]

    def test_an_unchanged_item_is_seen_and_makes_no_change(self, store: Store) -> None:
        store.catalogue.upsert([Item("a", title="one"), Item("b")])
        before = list(store.catalogue.changes())
        receipt = store.catalogue.upsert([Item("a", title="one"), Item("b", title="two")])
        assert (receipt.new, receipt.seen) == (1, 1)
        assert next(store.catalogue.changes()) == before[0]

    def test_an_item_twice_in_one_upsert_keeps_the_last(self, store: Store) -> None:
        store.catalogue.upsert([Item("a", title="one"), Item("a", title="two")])
        assert [change.item and change.item.title for change in store.catalogue.changes()] == [
            "two"
        ]

    def test_an_upsert_is_all_or_nothing(self, store: Store) -> None:
        with pytest.raises(BadInput, match="weight is nan"):
            store.catalogue.upsert([Item("a"), Item("b", attributes={"weight": float("nan")})])
        with pytest.raises(BadInput, match="NUL"):
            store.catalogue.upsert([Item("a"), Item("b\0")])
        assert store.catalogue.count() == 0

    def test_a_patch_changes_the_fields_it_names(self, store: Store) -> None:
        store.catalogue.upsert([Item("a", title="one", price=Decimal(5))])
        patched = store.catalogue.patch("a", {"price": "4.50", "stock": 2})
        assert patched == Item("a", title="one", price=Decimal("4.50"), stock=2)
        assert store.catalogue.get(["a"]) == [patched]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [({"price": "-1"}, "price"), ({"colour": "red"}, "colour"), ({"id": "b"}, "id")],
    )
    def test_a_bad_patch_names_the_field_and_changes_nothing(
        self, store: Store, changes: dict[str, Any], field: str
    ) -> None:
        store.catalogue.upsert([Item("a", title="one")])
        with pytest.raises(BadInput, match=field):
            store.catalogue.patch("a", {"title": "two", **changes})
        assert store.catalogue.get(["a"]) == [Item("a", title="one")]

    def test_a_patch_of_nothing_known_says_so(self, store: Store) -> None:
        store.catalogue.upsert([Item("a")])
        store.catalogue.delete(["a"])
        for id in ("a", "never"):
            with pytest.raises(NotFound, match=id):
                store.catalogue.patch(id, {"title": "x"})

    def test_patches_at_once_all_take_effect(self, store: Store) -> None:
        store.catalogue.upsert([Item("a")])
        fields = ["title", "description", "brand"]

        def write(thread: int) -> None:
            store.catalogue.patch("a", {fields[thread]: "new"})

        _together(write, 3)
        assert store.catalogue.get(["a"]) == [Item("a", "new", "new", brand="new")]

    def test_changes_are_numbered_and_deletes_are_too(self, store: Store) -> None:
        store.catalogue.upsert([Item("a"), Item("b"), Item("c")])
        seen = max(change.number for change in store.catalogue.changes())
        assert store.catalogue.delete(["b", "b", "never"]) == 1
        store.catalogue.patch("a", {"title": "new"})
        later = list(store.catalogue.changes(since=seen))
        assert [(change.id, change.item) for change in later] == [
            ("b", None),
            ("a", Item("a", title="new")),
        ]
        numbers = [change.number for change in store.catalogue.changes()]
        assert numbers == sorted(set(numbers))
        assert [change.id for change in store.catalogue.changes()] == ["c", "b", "a"]

    def test_a_deleted_item_may_come_again(self, store: Store) -> None:
        store.catalogue.upsert([Item("a")])
        store.catalogue.delete(["a"])
        assert store.catalogue.get(["a"]) == [None]
        assert store.catalogue.count() == 0
        assert store.catalogue.upsert([Item("a")]).new == 1
        assert store.catalogue.count() == 1

    def test_changes_may_be_made_while_changes_are_read(self, store: Store) -> None:
        store.catalogue.upsert([Item(f"item{n}") for n in range(1_500)])
        read = []
        for change in store.catalogue.changes():
            read.append(change.id)
            if len(read) == 1:
                store.catalogue.upsert([Item("item1499", title="new"), Item("late")])
        assert read == [f"item{n}" for n in range(1_500)]

    def test_a_reader_may_stop_halfway(self, store: Store) -> None:
        store.catalogue.upsert([Item(f"item{n}") for n in range(600)])
        store.events.append(to_batch([view(f"e{n}") for n in range(10)]))
        assert next(iter(store.catalogue.changes())).id == "item0"
        assert next(iter(store.events.read())).num_rows
        assert store.catalogue.delete(["item0"]) == 1

    def test_writers_at_once_share_no_change_number(self, store: Store) -> None:
        def write(thread: int) -> None:
            for n in range(10):
                store.catalogue.upsert([Item(f"{thread}-{n}"), Item("shared", title=f"{thread}")])

        _together(write, 8)
        numbers = [change.number for change in store.catalogue.changes()]
        assert numbers == sorted(set(numbers))
        assert len(numbers) == store.catalogue.count() == 81

    # The events

    def test_events_come_back_as_they_were(self, store: Store) -> None:
        full = Event(
            "e1", "lin", "buy", NOON, "scarf", 2.0, "s1", "r1", "home", 0, 0.125, "丝巾 🧣"
        )
        bare = Event("e2", "lin", "search", NOON)
        assert store.events.append(to_batch([full, bare])).new == 2
        assert stored(store) == [full, bare]
        assert store.events.count() == 2

    @_MANY
    @given(events=_EVENTS)
    def test_odd_events_come_back_as_they_were(self, store: Store, events: list[Event]) -> None:
        # An id of an earlier example may have other content: make it this example's own.
        events = [replace(event, id=f"{uuid4()} {event.id}") for event in events]
        cut = store.events.cut()
        receipt = store.events.append(to_batch(events))
        assert receipt.new == len(events)
        assert stored(store, since=cut) == events
        for event in events:
            assert event in store.events.recent(event.shopper, 10_000)
        assert store.events.append(to_batch(events)).seen == len(events)

    @pytest.mark.parametrize(
        "text",
        ["", " ", "\\.", "\n\\.\n", '"', "a,b", "a\r\nb", "\x01\x1f\x7f", "𐍈", "NULL", "\\N"],
    )
    def test_text_that_looks_like_syntax_is_text(self, store: Store, text: str) -> None:
        event = view(f"id{text}", f"shopper{text}", query=text, session=text, item=text)
        store.events.append(to_batch([event]))
        assert stored(store) == [event]
        assert store.events.recent(event.shopper) == [event]

    @pytest.mark.parametrize(
        "number", [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -2.5, 1e22, 2**53 + 2.0, 123456.789]
    )
    def test_numbers_come_back_to_the_last_bit(self, store: Store, number: float) -> None:
        store.events.append(to_batch([view("a", value=number), view("b")]))
        assert [event.value for event in stored(store)] == [number, None]

    def test_the_same_event_again_is_seen(self, store: Store) -> None:
        batch = to_batch([view("a"), view("b", value=0.5)])
        store.events.append(batch)
        cut = store.events.cut()
        receipt = store.events.append(batch)
        assert (receipt.new, receipt.seen, receipt.refused) == (0, 2, ())
        assert store.events.cut() == cut
        assert len(stored(store)) == store.events.count() == 2

    def test_the_same_id_with_other_content_is_refused(self, store: Store) -> None:
        store.events.append(to_batch([view("a", value=1.0), view("b")]))
        receipt = store.events.append(to_batch([view("c"), view("a", value=2.0), view("b")]))
        assert (receipt.new, receipt.seen) == (1, 1)
        (refusal,) = receipt.refused
        assert (refusal.code, refusal.row, refusal.field, refusal.value) == (
            "other_content",
            2,
            "id",
            "a",
        )
        assert stored(store) == [view("a", value=1.0), view("b"), view("c")]

    def test_within_one_batch_the_first_of_an_id_wins(self, store: Store) -> None:
        receipt = store.events.append(
            to_batch([view("a"), view("a"), view("a", value=1.0), view("b"), view("b")])
        )
        assert (receipt.new, receipt.seen) == (2, 2)
        assert [(r.code, r.row) for r in receipt.refused] == [("other_content", 3)]
        assert stored(store) == [view("a"), view("b")]

    def test_numbers_rise_and_a_cut_splits_them(self, store: Store) -> None:
        assert store.events.cut() == 0
        store.events.append(to_batch([view("a"), view("b")]))
        first = store.events.cut()
        store.events.append(to_batch([view("b"), view("c"), view("d")]))
        second = store.events.cut()
        store.events.append(to_batch([view("e")]))
        assert 0 < first < second < store.events.cut()
        assert [e.id for e in stored(store, until=first)] == ["a", "b"]
        assert [e.id for e in stored(store, since=first, until=second)] == ["c", "d"]
        assert [e.id for e in stored(store, since=second)] == ["e"]
        assert stored(store, since=store.events.cut()) == []

    def test_a_read_has_the_columns_asked_for(self, store: Store) -> None:
        store.events.append(to_batch([view("a", value=1.5), view("b", item=None)]))
        names = ["value", "item", "time", "position"]
        (batch,) = store.events.read(columns=names)
        assert batch.schema.names == names
        assert all(batch.schema.field(n).type == EVENT_SCHEMA.field(n).type for n in names)
        assert batch.column("value").to_pylist() == [1.5, None]
        assert batch.column("item").to_pylist() == ["scarf", None]

    @pytest.mark.parametrize("columns", [[], ["colour"], ["id", "id"]])
    def test_columns_that_events_do_not_have_are_refused(
        self, store: Store, columns: list[str]
    ) -> None:
        with pytest.raises(BadInput, match="columns"):
            list(store.events.read(columns=columns))

    def test_a_long_log_is_read_in_bounded_batches(self, store: Store) -> None:
        rows = 150_000
        names = pa.array([f"e{n}" for n in range(rows)])
        columns = {"id": names, "shopper": names, "kind": pa.repeat("view", rows)}
        columns["time"] = pa.array(np.arange(rows))
        nothing = {f.name: pa.nulls(rows, f.type) for f in EVENT_SCHEMA if f.nullable}
        every = {**columns, **nothing}
        store.events.append(
            pa.RecordBatch.from_arrays([every[n] for n in EVENT_SCHEMA.names], schema=EVENT_SCHEMA)
        )
        sizes, start = [], 0
        for batch in store.events.read(columns=["time", "shopper"]):
            assert batch.column("time").equals(pa.array(np.arange(start, start + len(batch))))
            sizes.append(len(batch))
            start += len(batch)
        assert start == rows
        assert max(sizes) <= 100_000

    def test_recent_is_newest_first_and_only_this_shopper(self, store: Store) -> None:
        events = [view("b", "lin", 2), view("a", "lin", 1), view("x", "wang", 5)]
        store.events.append(to_batch(events))
        store.events.append(to_batch([view("c", "lin", 1), view("d", "lin", 3)]))
        assert [e.id for e in store.events.recent("lin")] == ["d", "b", "c", "a"]
        assert [e.id for e in store.events.recent("lin", 2)] == ["d", "b"]
        assert store.events.recent("lin", 0) == []
        assert store.events.recent("nobody") == store.events.recent("\0") == []

    def test_recent_of_some_kinds_leaves_the_others_out(self, store: Store) -> None:
        kinds = ["view", "buy", "impression", "buy", "impression", "impression"]
        events = [replace(view(f"e{n}", "lin", n), kind=kind) for n, kind in enumerate(kinds)]
        store.events.append(to_batch(events))
        recent = store.events.recent
        assert [e.id for e in recent("lin", kinds=["buy", "view"])] == ["e3", "e1", "e0"]
        assert [e.id for e in recent("lin", 2, {"buy", "view"})] == ["e3", "e1"]
        assert [e.id for e in recent("lin", 1)] == ["e5"]
        assert recent("lin", kinds=["\0", "never"]) == recent("lin", kinds=[]) == []

    def test_an_empty_batch_is_nothing(self, store: Store) -> None:
        receipt = store.events.append(to_batch([]))
        assert (receipt.new, receipt.seen, receipt.refused) == (0, 0, ())
        assert list(store.events.read()) == []

    # The door

    @pytest.mark.parametrize(
        ("event", "code", "field"),
        [
            (view("a\0b"), "wrong_type", "id"),
            (view("a", query="x\0"), "wrong_type", "query"),
            (view("a", value=float("nan")), "not_finite", "value"),
            (view("a", value=float("inf")), "not_finite", "value"),
            (view("a", propensity=float("-inf")), "not_finite", "propensity"),
            (view("x" * 257), "too_long", "id"),
            (view("a", "🧣" * 257), "too_long", "shopper"),
            (view(""), "missing", "id"),
        ],
    )
    def test_a_row_that_no_store_can_keep_is_refused_alone(
        self, store: Store, event: Event, code: str, field: str
    ) -> None:
        receipt = store.events.append(to_batch([view("before"), event, view("after")]))
        (refusal,) = receipt.refused
        assert (refusal.code, refusal.row, refusal.field) == (code, 2, field)
        assert receipt.new == 2
        assert [e.id for e in stored(store)] == ["before", "after"]

    def test_missing_values_and_impossible_times_are_refused_by_row(self, store: Store) -> None:
        store.events.append(to_batch([view("known")]))
        rows = to_batch([view("a"), view("b"), view("c"), view("known", value=1.0)]).to_pydict()
        rows["shopper"][0], rows["time"][1] = None, 2**62
        receipt = store.events.append(
            pa.RecordBatch.from_arrays(
                [pa.array(rows[field.name], field.type) for field in EVENT_SCHEMA],
                names=EVENT_SCHEMA.names,
            )
        )
        assert [(r.code, r.row, r.field) for r in receipt.refused] == [
            ("missing", 1, "shopper"),
            ("out_of_range", 2, "time"),
            ("other_content", 4, "id"),
        ]
        assert receipt.new == 1

    def test_a_batch_of_another_form_is_refused_whole(self, store: Store) -> None:
        good = to_batch([view("a")])
        text = good.set_column(4, "time", pa.array(["noon"]))
        for bad, word in [
            (good.drop_columns(["kind"]), "kind"),
            (text, "time is string"),
            (good.append_column("colour", pa.array(["red"])), "colour"),
        ]:
            with pytest.raises(BadInput, match=word):
                store.events.append(bad)
        assert store.events.count() == 0

    def test_columns_in_another_order_are_the_same_batch(self, store: Store) -> None:
        batch = to_batch([view("a", value=1.0)])
        store.events.append(batch.select(EVENT_SCHEMA.names[::-1]))
        assert store.events.append(batch).seen == 1

    # Many at once

    def test_many_threads_append_overlapping_ids_once_each(self, store: Store) -> None:
        events = [view(f"e{n}", f"shopper{n % 5}", n) for n in range(300)]
        receipts = []

        def write(thread: int) -> None:
            for low in range(0, 300, 20):
                start = (low + 20 * thread) % 300
                receipts.append(store.events.append(to_batch(events[start : start + 20])))

        _together(write, 16)
        assert sum(receipt.new for receipt in receipts) == 300
        assert sum(receipt.seen for receipt in receipts) == 15 * 300
        assert sorted(e.id for e in stored(store)) == sorted(e.id for e in events)
        assert store.events.count() == 300

    def test_each_of_many_callers_gets_its_own_refusals(self, store: Store) -> None:
        store.events.append(to_batch([view("known")]))
        refused: dict[int, list[tuple[int, str | None]]] = {}

        def write(thread: int) -> None:
            own = [view(f"{thread}-{n}") for n in range(thread)]
            receipt = store.events.append(to_batch([*own, view("known", value=float(thread))]))
            refused[thread] = [(r.row, r.value) for r in receipt.refused]
            assert receipt.new == thread

        _together(write, 16)
        assert refused == {thread: [(thread + 1, "known")] for thread in range(16)}

    def test_readers_see_only_whole_batches(self, store: Store) -> None:
        def work(thread: int) -> None:
            if thread < 4:
                for n in range(10):
                    batch = to_batch([view(f"{thread}-{n}-{k}") for k in range(10)])
                    store.events.append(batch)
            else:
                for _ in range(10):
                    assert len(stored(store)) % 10 == 0

        _together(work, 8)

    # Notes

    def test_notes_are_kept_replaced_and_removed(self, store: Store) -> None:
        notes = store.checkpoints
        assert notes.get("file") is None
        notes.put("file", "1")
        notes.put("other", "")
        notes.put("file", "行 2 🧣")
        assert notes.get("file") == "行 2 🧣"
        notes.put("file", None)
        notes.put("never", None)
        assert notes.get("file") is None
        assert notes.get("other") == ""

    @pytest.mark.parametrize(
        ("key", "value"), [("", "x"), ("a\0", "x"), ("k" * 513, "x"), ("k", "x\0")]
    )
    def test_a_note_that_no_store_can_keep_is_refused(
        self, store: Store, key: str, value: str
    ) -> None:
        with pytest.raises(BadInput):
            store.checkpoints.put(key, value)

    # Keys

    def test_keys_are_kept_replaced_and_listed_the_oldest_first(self, store: Store) -> None:
        late = Key("b", "d1", frozenset({"admin"}), NOON, "console", ("https://a.example",))
        early = Key("c", "d2", frozenset(), NOON - timedelta(days=1), per_minute=60)
        for each in (late, early):
            store.keys.put(each)
        assert store.keys.all() == [early, late]
        revoked = replace(late, revoked=NOON, expires=NOON + timedelta(microseconds=1))
        store.keys.put(revoked)
        assert store.keys.get("b") == revoked
        assert store.keys.get("nobody") is store.keys.get("\0") is None

    def test_the_audit_log_tells_the_newest_act_first(self, store: Store) -> None:
        acts = [Act(NOON + timedelta(hours=n), "b", "promote", f"产物 {n}") for n in range(5)]
        for act in acts:
            store.keys.note(act)
        assert store.keys.acts() == acts[::-1]
        assert store.keys.acts(2) == [acts[4], acts[3]]
        assert store.keys.acts(0) == []

    def test_no_act_is_lost_when_many_act_at_once(self, store: Store) -> None:
        _together(lambda n: store.keys.note(Act(NOON, f"k{n}", "promote")), 8)
        assert {act.who for act in store.keys.acts()} == {f"k{n}" for n in range(8)}

    @pytest.mark.parametrize(
        "key",
        [
            Key("", "d", frozenset(), NOON),
            Key("k\0", "d", frozenset(), NOON),
            Key("k", "d", frozenset(), NOON, label="\ud800"),
        ],
    )
    def test_a_key_that_no_store_can_keep_is_refused(self, store: Store, key: Key) -> None:
        with pytest.raises(BadInput):
            store.keys.put(key)
        assert store.keys.all() == []

    # The whole

    def test_nobody_sees_another_shop(self, open_shop: OpenShop) -> None:
        silk, tea = open_shop("silk"), open_shop("tea")
        silk.catalogue.upsert([Item("a", title="silk")])
        silk.events.append(to_batch([view("e1"), view("e2")]))
        silk.checkpoints.put("k", "silk")
        assert tea.catalogue.get(["a"]) == [None]
        assert list(tea.catalogue.changes()) == []
        assert stored(tea) == tea.events.recent("lin") == []
        assert (tea.catalogue.count(), tea.events.count(), tea.events.cut()) == (0, 0, 0)
        assert tea.checkpoints.get("k") is None
        silk.keys.put(Key("key", "d", frozenset(), NOON))
        silk.keys.note(Act(NOON, "key", "promote"))
        assert (tea.keys.all(), tea.keys.get("key"), tea.keys.acts()) == ([], None, [])
        assert tea.events.append(to_batch([view("e1", value=9.0)])).new == 1
        assert tea.catalogue.delete(["a"]) == 0
        tea.checkpoints.put("k", None)
        assert [e.value for e in silk.events.recent("lin")] == [None, None]
        assert silk.catalogue.count() == 1
        assert silk.checkpoints.get("k") == "silk"
        for store in (silk, tea):
            store.close()

    def test_what_was_stored_is_there_when_opened_again(self, open_shop: OpenShop) -> None:
        if not self.durable:
            pytest.skip("this store forgets when it is closed, as it says")
        store = open_shop("silk")
        store.catalogue.upsert([Item("a"), Item("b")])
        store.catalogue.delete(["b"])
        store.events.append(to_batch([view("e1")]))
        store.checkpoints.put("k", "v")
        key = Key("key", "d", frozenset({"admin"}), NOON)
        store.keys.put(key)
        store.keys.note(Act(NOON, "key", "promote"))
        store.close()
        again = open_shop("silk")
        assert (again.keys.all(), again.keys.acts()) == ([key], [Act(NOON, "key", "promote")])
        assert again.catalogue.get(["a", "b"]) == [Item("a"), None]
        assert stored(again) == [view("e1")]
        assert again.events.append(to_batch([view("e1"), view("e2")])).seen == 1
        assert again.checkpoints.get("k") == "v"
        again.close()

    def test_it_may_be_closed_twice(self, open_shop: OpenShop) -> None:
        store = open_shop("silk")
        store.close()
        store.close()
