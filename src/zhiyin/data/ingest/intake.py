"""Intake: one file, block by block, checked and handed to a store."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from zhiyin.core import Clock, Item, Receipt, Refusal, Settings, Store
from zhiyin.data.ingest.checking import Events, Goods, Plan, make_plan
from zhiyin.data.ingest.hooks import hooked, shown
from zhiyin.data.ingest.mapping import Mapping
from zhiyin.data.ingest.reading import Block, Input, Reject
from zhiyin.data.ingest.reading.blocks import Ints
from zhiyin.data.ingest.wording import in_both


@dataclass(frozen=True)
class Rules:
    """What every file of a run is checked by."""

    settings: Settings
    clock: Clock
    images: Path


class Intake:
    """Takes the blocks of one file in; knows what its columns mean once it saw some."""

    def __init__(self, source: Input, mapping: Mapping, rules: Rules, store: Store | None) -> None:
        self._source, self._mapping, self._store = source, mapping, store
        self._size = rules.settings.ingest.batch_rows
        self._columns: dict[str, None] = {}
        self._plan: Plan | None = None
        self._take: Callable[[Block, Plan], tuple[Receipt, list[Reject]]]
        if mapping.into == "events":
            self._events = Events(rules.settings, mapping, source.label, rules.clock)
            self._take = self._take_events
        else:
            self._goods = Goods(rules.settings, mapping, rules.images)
            self._take = self._take_items

    def plan(self, columns: tuple[str, ...]) -> Plan:
        """Join the columns seen so far to fields; BadInput where that cannot be done."""
        if self._plan is None or not self._columns.keys() >= set(columns):
            self._columns.update(dict.fromkeys(columns))
            self._plan = make_plan(tuple(self._columns), self._mapping, self._source.name)
        return self._plan

    def take(self, block: Block) -> tuple[int, Receipt, list[Reject]]:
        """Rows read, what became of the sound ones, and the refused ones."""
        read = len(block.numbers) + len(block.broken)
        receipt = Receipt()
        rejects: list[Reject] = []
        for part in hooked(block, self._mapping, self._source.name, self._size):
            rejects += part.broken
            if len(part.numbers):
                stored, refused = self._take(part, self.plan(part.columns))
                receipt += stored
                rejects += refused
        return read, receipt, [_told(reject) for reject in sorted(rejects, key=_row)]

    def _take_events(self, block: Block, plan: Plan) -> tuple[Receipt, list[Reject]]:
        batch, numbers, faults = self._events.check(block, plan)
        rejects = [
            Reject(replace(refusal, row=int(block.numbers[place])), shown(block.row(place)))
            for place, refusal in faults.found.items()
        ]
        receipt = Receipt()
        for start in range(0, batch.num_rows, self._size):
            part = batch.slice(start, self._size)
            stored = self._store.events.append(part) if self._store else Receipt(part.num_rows)
            receipt += Receipt(stored.new, stored.seen)
            rejects += _named(stored.refused, numbers[start:], part)
        return receipt, rejects

    def _take_items(self, block: Block, plan: Plan) -> tuple[Receipt, list[Reject]]:
        items, refused = self._goods.check(block, plan)
        rejects = [
            Reject(replace(refusal, row=int(block.numbers[place])), shown(block.row(place)))
            for place, refusal in refused.items()
        ]
        # Of two rows with one id the later is the news; a store takes each id once.
        last: dict[str, Item] = {}
        for item in items:
            if item is not None:
                last.pop(item.id, None)
                last[item.id] = item
        sound = list(last.values())
        again = len(items) - len(refused) - len(sound)
        receipt = Receipt(seen=again)
        for start in range(0, len(sound), self._size):
            part = sound[start : start + self._size]
            stored = self._store.catalogue.upsert(part) if self._store else Receipt(len(part))
            receipt += Receipt(stored.new, stored.seen)
        return receipt, rejects


def _named(refused: tuple[Refusal, ...], numbers: Ints, part: pa.RecordBatch) -> list[Reject]:
    """Refusals of the store, with rows of the file instead of rows of the batch."""
    found = []
    for refusal in refused:
        event: dict[str, Any] = part.slice(refusal.row - 1, 1).to_pylist()[0]
        raw = shown({name: value for name, value in event.items() if value is not None})
        found.append(Reject(replace(refusal, row=int(numbers[refusal.row - 1])), raw))
    return found


def _told(reject: Reject) -> Reject:
    return Reject(in_both(reject.refusal), reject.raw)


def _row(reject: Reject) -> int:
    return reject.refusal.row
