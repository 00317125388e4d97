"""Makes the whole demo shop: goods, pictures and behaviour into a store, truth beside it.

Everything is made again from the same size, so an interrupted run is finished by running
it once more: goods and pictures that are there are left alone, and events are appended
from where the note in the store says that the last run came to.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.core import SILENT, Conflict, Progress, Settings, Store, get_logger, in_batches
from zhiyin.data.demo.behaviour import behaviour
from zhiyin.data.demo.goods import demo_items
from zhiyin.data.demo.pictures import LIMIT, Painted, demo_pictures
from zhiyin.data.demo.size import DemoSize
from zhiyin.data.demo.truth import write_hidden_facts, write_slips

NOTE = "demo"
"""Name of the note that says which demo shop a store holds, and how far it is."""
TRUTH = "truth"

_TELLING = ["click", "favourite", "cart", "buy"]
_VERSION = 1
log = get_logger(__name__)


@dataclass(slots=True)
class DemoReport:
    """What was made, and how long it took."""

    items: int = 0
    events: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    """Events by kind."""
    pictures: Painted = field(default_factory=lambda: Painted(0, 0, 0))
    seconds: dict[str, float] = field(default_factory=dict)
    """By step: goods, pictures, events."""
    examples: tuple[str, ...] = ()
    """Shoppers with enough behind them to be worth a look."""

    def notes(self, lang: str = "en") -> tuple[str, ...]:
        """What a person should know about it."""
        missing = self.pictures.left_out
        if not missing:
            return ()
        if lang.lower().startswith("zh"):
            return (f"有 {missing:,} 件商品未绘制图片；如需全部绘制，请选择 pictures=all",)
        return (f"{missing:,} goods have no picture; ask for pictures=all to paint them",)


def make_demo(
    folder: Path,
    store: Store,
    settings: Settings,
    size: DemoSize,
    progress: Progress = SILENT,
    *,
    pictures: Literal["some", "all", "none"] = "some",
    processes: int = 1,
) -> DemoReport:
    """Make the demo shop in ``store`` and ``folder``; Conflict where another one is.

    Goods past the 5,000th have no picture unless ``pictures="all"``.
    """
    state = _State.open(store, size)
    report = DemoReport(items=size.items)
    with _timed(report, "goods"):
        if not state.goods:
            _write_goods(store, size, progress)
            state.goods = True
            state.save(store)
    if pictures != "none":
        with _timed(report, "pictures"):
            limit = None if pictures == "all" else LIMIT
            where = folder / settings.images
            report.pictures = demo_pictures(size, where, progress, limit=limit, processes=processes)
    with _timed(report, "events"):
        if not state.done:
            _write_events(folder, store, size, state, progress)
    report.events, report.kinds = sum(state.kinds.values()), state.kinds
    report.examples = tuple(state.examples)
    log.info("demo shop made", items=report.items, events=report.events)
    return report


@dataclass(slots=True)
class _State:
    """How far a demo shop is, as its store remembers."""

    size: str
    goods: bool = False
    batches: int = 0
    done: bool = False
    kinds: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, store: Store, size: DemoSize) -> "_State":
        asked = json.dumps([_VERSION, asdict(size)], default=str)
        note = store.checkpoints.get(NOTE)
        state = cls(asked) if note is None else cls(**json.loads(note))
        if state.size != asked:
            raise Conflict(
                kind="demo shop",
                name=state.size,
                remedy="choose another folder or shop name, or remove this one first",
            )
        return state

    def save(self, store: Store) -> None:
        store.checkpoints.put(NOTE, json.dumps(asdict(self), ensure_ascii=False))


@contextmanager
def _timed(report: DemoReport, step: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    report.seconds[step] = time.monotonic() - began


def _write_goods(store: Store, size: DemoSize, progress: Progress) -> None:
    with progress.step("goods", size.items, "goods") as step:
        for batch in in_batches(demo_items(size)):
            store.catalogue.upsert(batch)
            step.advance(len(batch))


def _write_events(
    folder: Path, store: Store, size: DemoSize, state: _State, progress: Progress
) -> None:
    """Append what is not there yet; the truth is written when all is."""
    kinds: Counter[str] = Counter()
    telling: Counter[str] = Counter()
    slips: list[pa.Array] = []
    with progress.step("events", None, "events") as step:
        for number, told in enumerate(behaviour(size)):
            _count(told.batch, kinds, telling)
            slips.append(told.wrong)
            if number >= state.batches:
                store.events.append(told.batch)
                state.batches = number + 1
                state.save(store)
            step.advance(told.batch.num_rows)
    write_hidden_facts(size, folder / TRUTH)
    write_slips(folder / TRUTH, slips)
    state.kinds = dict(kinds.most_common())
    state.examples = _examples(telling)
    state.done = True
    state.save(store)


def _count(batch: pa.RecordBatch, kinds: Counter[str], telling: Counter[str]) -> None:
    """Events by kind, and what members did on purpose."""
    for kind in batch["kind"].value_counts():
        kinds[kind["values"].as_py()] += kind["counts"].as_py()
    meant = pc.and_(
        pc.is_in(batch["kind"], pa.array(_TELLING)), pc.starts_with(batch["shopper"], "s")
    )
    for shopper in batch["shopper"].filter(meant).value_counts():
        telling[shopper["values"].as_py()] += shopper["counts"].as_py()


def _examples(telling: Counter[str]) -> list[str]:
    """Lively shoppers, though not the very liveliest."""
    liveliest = [shopper for shopper, _ in telling.most_common(200)]
    places = {len(liveliest) * share // 10 for share in (1, 4, 7)}
    return [liveliest[place] for place in sorted(places) if liveliest]
