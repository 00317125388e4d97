"""The whole demo shop in a store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from zhiyin.core import Conflict, Settings, Step, Store
from zhiyin.data.demo import DemoSize, demo_events, demo_items, make_demo
from zhiyin.data.stores import open_store

TINY = DemoSize(items=40, shoppers=60, days=25)
SETTINGS = Settings()


class Stopped(Exception):
    """Somebody pulled the plug."""


class StopsAt:
    """A watcher under whose eyes the work breaks off after so many units of one step."""

    def __init__(self, name: str, units: int) -> None:
        self.name, self.units = name, units

    @contextmanager
    def step(self, name: str, total: int | None = None, unit: str = "") -> Iterator[Step]:
        yield _Counting(self.units if name == self.name else 10**9)


class _Counting:
    def __init__(self, left: int) -> None:
        self.left = left

    def advance(self, amount: int = 1, **notes: object) -> None:
        self.left -= amount
        if self.left < 0:
            raise Stopped


@pytest.fixture(params=["memory://", "sqlite:///shop.db"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(request.param, "demo", folder=tmp_path)
    yield opened
    opened.close()


def everything(store: Store) -> tuple[list[object], list[dict[str, object]]]:
    goods = [change.item for change in store.catalogue.changes()]
    rows = [row for batch in store.events.read() for row in batch.to_pylist()]
    return goods, rows


def made(tmp_path: Path, store: Store, **choices: object) -> object:
    return make_demo(tmp_path, store, SETTINGS, TINY, pictures="none", **choices)  # type: ignore[arg-type]


def test_all_goods_and_events_are_in_the_store_and_the_truth_beside_it(
    tmp_path: Path, store: Store
) -> None:
    report = make_demo(tmp_path, store, SETTINGS, TINY, pictures="none")
    goods, rows = everything(store)
    assert goods == list(demo_items(TINY))
    assert len(rows) == report.events == sum(report.kinds.values())
    assert rows == [row for batch in demo_events(TINY) for row in batch.to_pylist()]
    assert set(report.seconds) == {"goods", "events"}
    assert len(list((tmp_path / "truth").glob("*.parquet"))) == 3


def test_examples_are_shoppers_with_a_history(tmp_path: Path, store: Store) -> None:
    report = make_demo(tmp_path, store, SETTINGS, TINY, pictures="none")
    assert len(set(report.examples)) == 3
    assert all(store.events.recent(shopper) for shopper in report.examples)


def test_made_again_nothing_changes_and_the_report_is_the_same(
    tmp_path: Path, store: Store
) -> None:
    first = make_demo(tmp_path, store, SETTINGS, TINY, pictures="none")
    cut, before = store.events.cut(), everything(store)
    second = make_demo(tmp_path, store, SETTINGS, TINY, pictures="none")
    assert (store.events.cut(), everything(store)) == (cut, before)
    assert (second.events, second.kinds, second.examples) == (
        first.events,
        first.kinds,
        first.examples,
    )


@pytest.mark.parametrize("units", [0, 300, 900])
def test_broken_off_and_made_again_it_is_whole(
    tmp_path: Path, store: Store, units: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhiyin.data.demo.behaviour._ROWS", 200)
    with pytest.raises(Stopped):
        made(tmp_path, store, progress=StopsAt("events", units))
    assert units < store.events.count() < units + 400
    made(tmp_path, store)
    goods, rows = everything(store)
    assert goods == list(demo_items(TINY))
    assert rows == [row for batch in demo_events(TINY) for row in batch.to_pylist()]


def test_broken_off_among_the_goods_it_is_whole_too(tmp_path: Path, store: Store) -> None:
    with pytest.raises(Stopped):
        made(tmp_path, store, progress=StopsAt("goods", 10))
    made(tmp_path, store)
    assert store.catalogue.count() == TINY.items


def test_a_good_that_was_deleted_by_hand_stays_deleted(tmp_path: Path, store: Store) -> None:
    made(tmp_path, store)
    store.catalogue.delete(["yj000004"])
    made(tmp_path, store)
    assert store.catalogue.get(["yj000004"]) == [None]


def test_another_demo_shop_in_the_same_store_is_refused(tmp_path: Path, store: Store) -> None:
    made(tmp_path, store)
    with pytest.raises(Conflict, match="choose another folder"):
        make_demo(tmp_path, store, SETTINGS, replace(TINY, seed=8), pictures="none")


def test_pictures_go_where_the_settings_say_and_missing_ones_are_told(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhiyin.data.demo.shop.LIMIT", 3)
    report = make_demo(tmp_path, store, Settings(images=Path("paintings")), TINY)
    assert len(list((tmp_path / "paintings").glob("*.jpg"))) == 3
    assert "37" in report.notes()[0]
    assert "37" in report.notes("zh")[0]
