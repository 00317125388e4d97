"""The shelf: rows that stay, views that do not change, and what is saved comes back."""

import json
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.application.conditions import mask, read_condition
from zhiyin.application.rules import can_be_bought
from zhiyin.application.shelf import MICRO, Shelf, fold, in_micros
from zhiyin.application.shelf import shelf as shelf_file
from zhiyin.application.shelf.columns import SCALARS, pieces
from zhiyin.core import Damaged, Item, Variant, moment
from zhiyin.data.stores import open_store


def catalogue_of(*goods: Item) -> Any:
    catalogue = open_store("memory://", "shop").catalogue
    catalogue.upsert(goods)
    return catalogue


def shown(shelf: Shelf) -> dict[str, list[Any]]:
    """What the shelf says of each item that is there, by id."""
    view = shelf.view
    rows = np.flatnonzero(view.present())
    few = view.take(rows)
    facts = [few.facts[first:last] for first, last in pairwise(few.starts)]
    names = view.names.facts
    columns = [getattr(few, name).tolist() for name in SCALARS if name not in _NUMBERED]
    categories = [view.names.categories.path(node) for node in few.category]
    brands = [None if n < 0 else view.names.brands.texts[n] for n in few.brand]
    said = [sorted(f"{names.fields[n]}={names.values[n]}" for n in one) for one in facts]
    table = zip(*columns, categories, brands, said, strict=True)
    return dict(zip(view.ids_of(rows), map(list, table), strict=True))


_NUMBERED = {"category", "brand", "currency"}
_goods = st.builds(
    Item,
    id=st.sampled_from(["a", "b", "c", "d", "e"]),
    category=st.sampled_from([(), ("x",), ("x", "y")]),
    brand=st.sampled_from([None, "A", "B"]),
    price=st.sampled_from([None, Decimal(1), Decimal("2.5")]),
    attributes=st.dictionaries(st.sampled_from("pq"), st.sampled_from(["1", "2", ("1", "2")])),
    tags=st.sampled_from([(), ("t",)]),
)
_steps = st.lists(st.one_of(_goods, st.sampled_from("abcde")), max_size=12)


@settings(max_examples=30)
@given(st.lists(_steps, max_size=4), st.booleans())
def test_a_shelf_that_follows_is_one_that_starts_over(batches: Any, soon: bool) -> None:
    catalogue = catalogue_of()
    shelf = Shelf.open(catalogue)
    few = shelf_file._FEW
    try:
        shelf_file._FEW = 1 if soon else few  # so that the base is made anew in between
        rows: dict[str, int] = {}
        for batch in batches:
            for step in batch:
                if isinstance(step, Item):
                    catalogue.upsert([step])
                else:
                    catalogue.delete([step])
            shelf.refresh()
            for id, row in rows.items():
                assert shelf.view.ids.row(id) == row
            rows |= {id: shelf.view.row(id) for id in shown(shelf)}
    finally:
        shelf_file._FEW = few
    assert shown(shelf) == shown(Shelf.open(catalogue))


def test_a_refresh_says_which_rows_changed() -> None:
    catalogue = catalogue_of(Item("a"), Item("b"))
    shelf = Shelf.open(catalogue)
    catalogue.upsert([Item("b", title="new words"), Item("c")])
    catalogue.delete(["a"])
    done = shelf.refresh()
    assert sorted(shelf.view.ids_of(done.put)) == ["b", "c"]
    assert shelf.view.ids_of(done.gone) == ("a",)
    again = shelf.refresh()
    assert len(again.put) == len(again.gone) == 0


def test_an_item_that_came_and_went_between_two_refreshes_leaves_no_row() -> None:
    catalogue = catalogue_of(Item("a"))
    shelf = Shelf.open(catalogue)
    catalogue.upsert([Item("b")])
    catalogue.delete(["b"])
    assert len(shelf.refresh().gone) == 0
    assert len(shelf.view) == 1


def test_an_item_that_comes_back_gets_its_row_back() -> None:
    catalogue = catalogue_of(Item("a"), Item("b"))
    shelf = Shelf.open(catalogue)
    row = shelf.view.row("a")
    catalogue.delete(["a"])
    shelf.refresh()
    assert shelf.view.row("a") == -1
    catalogue.upsert([Item("a", brand="again")])
    shelf.refresh()
    assert shelf.view.row("a") == row


def test_given_ids_have_the_first_rows_even_those_that_are_not_there() -> None:
    shelf = Shelf.open(catalogue_of(Item("a"), Item("b"), Item("z")), ["z", "gone", "b"])
    view = shelf.view
    assert view.ids_of(range(4)) == ("z", "gone", "b", "a")
    assert view.present().tolist() == [True, False, True, True]
    assert view.rows_of(["a", "gone", "never"]).tolist() == [3, -1, -1]


def test_a_view_stays_as_it_was_while_the_shelf_moves_on() -> None:
    catalogue = catalogue_of(Item("a", price=Decimal(1)))
    shelf = Shelf.open(catalogue)
    before = shelf.view
    catalogue.upsert([Item("a", price=Decimal(2)), Item("b")])
    shelf.refresh()
    assert before.values("price", np.array([0])).tolist() == [MICRO]
    assert (len(before), before.row("b")) == (1, -1)
    assert shelf.view.values("price", np.array([0, 1])).tolist() == [2 * MICRO, -1]


def test_what_is_saved_is_mapped_and_follows_on(tmp_path: Path) -> None:
    catalogue = catalogue_of(
        Item("茶", category=("茶器",), brand="岫云坊", attributes={"n": 1.5, "ok": True}),
        Item("b", tags=("新年",), price=Decimal("0.1")),
    )
    shelf = Shelf.open(catalogue, ["b"], currency="USD")
    catalogue.delete(["b"])
    shelf.refresh()
    shelf.save(tmp_path)
    catalogue.upsert([Item("later", brand="岫云坊")])
    opened = Shelf.open(catalogue, folder=tmp_path)
    shelf.refresh()
    assert isinstance(opened.view.base.columns.price, np.memmap)
    assert shown(opened) == shown(shelf)
    assert opened.view.currency == "USD"
    assert opened.view.number == shelf.view.number
    assert opened.view.ids_of([0, 1, 2]) == shelf.view.ids_of([0, 1, 2])


def test_an_empty_shelf_is_saved_and_opened(tmp_path: Path) -> None:
    catalogue = catalogue_of()
    Shelf.open(catalogue).save(tmp_path)
    opened = Shelf.open(catalogue, folder=tmp_path)
    assert len(opened.view) == 0
    assert mask(read_condition({"brand": "A"}), opened.view, moment(0)).tolist() == []


@pytest.mark.parametrize("file", ["price.npy", "shelf.json", "fact_rows.npy", "id_text.npy"])
@pytest.mark.parametrize("harm", ["gone", "cut", "other"])
def test_a_damaged_shelf_is_refused(tmp_path: Path, file: str, harm: str) -> None:
    catalogue = catalogue_of(Item("a", tags=("t",)), Item("b"))
    Shelf.open(catalogue).save(tmp_path)
    place = tmp_path / file
    if harm == "gone":
        place.unlink()
    elif harm == "cut":
        place.write_bytes(place.read_bytes()[:-7])
    elif file.endswith("npy"):
        np.save(place, np.zeros(9))
    else:
        place.write_text('{"format": 1}')
    with pytest.raises(Damaged, match="build it again"):
        Shelf.open(catalogue, folder=tmp_path)


def test_a_column_that_points_past_its_names_is_refused(tmp_path: Path) -> None:
    catalogue = catalogue_of(Item("a", brand="A"))
    Shelf.open(catalogue).save(tmp_path)
    head = json.loads((tmp_path / "shelf.json").read_text())
    head["names"]["brands"] = []
    (tmp_path / "shelf.json").write_text(json.dumps(head))
    with pytest.raises(Damaged, match="disagree"):
        Shelf.open(catalogue, folder=tmp_path)


_stocks = st.sampled_from([None, 0, 1, 5])


@given(_stocks, st.lists(_stocks, max_size=3))
def test_pieces_are_none_exactly_where_nothing_can_be_bought(own: Any, forms: Any) -> None:
    variants = tuple(Variant(id=str(n), stock=stock) for n, stock in enumerate(forms))
    item = Item("a", stock=own, variants=variants)
    assert (pieces(item) != 0) == can_be_bought(item, moment(0))


def test_prices_are_exact_to_the_millionth() -> None:
    assert in_micros(Decimal("199.90")) == 199_900_000
    assert in_micros(Decimal("999999999999.999999")) == 999_999_999_999_999_999


def test_values_fold_whatever_type_a_feed_gave_them() -> None:
    assert fold("  ＲＥＤ  silk ") == fold("red silk")
    assert fold(1.0) == fold(1) == fold("1")
    assert fold(True) == fold("TRUE") != fold(1)


def test_readers_are_not_disturbed_while_the_shelf_is_refreshed() -> None:
    """Whatever moment a reader takes, price and brand of an item are of the same state."""
    brands = ["one", "two"]
    catalogue = catalogue_of(*(Item(f"i{n}", brand="one", price=Decimal(1)) for n in range(50)))
    shelf = Shelf.open(catalogue)
    troubles: list[str] = []
    done = Event()

    def read() -> None:
        conditions = [
            read_condition({"brand": brands[state], "price": {"at_most": state + 1}})
            for state in (0, 1)
        ]
        while not done.is_set():
            view = shelf.view
            found = sum(int(mask(one, view, moment(0)).sum()) for one in conditions)
            if found != int(view.present().sum()):
                troubles.append(f"{found} of {view.present().sum()}")

    readers = [Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for step in range(60):
            state = step % 2
            catalogue.upsert(
                [Item(f"i{n}", brand=brands[state], price=Decimal(state + 1)) for n in range(step)]
            )
            shelf.refresh()
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert not troubles
