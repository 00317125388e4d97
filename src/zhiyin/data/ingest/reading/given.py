"""Rows that are in Python already: dictionaries, events, items, or Arrow batches."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa

from zhiyin.core import BadInput, Event, Item, ZhiyinError, item_to_json
from zhiyin.data.ingest.reading.blocks import Block, Place, Row
from zhiyin.data.ingest.reading.table import Table
from zhiyin.data.ingest.wording import problem, remedy

Given = Iterable[Row | Event | Item | pa.RecordBatch]


class Rows:
    """An iterable, cut into blocks; its rows count from 1."""

    problem: ZhiyinError | None = None

    def __init__(self, given: Given, rows: int, name: str) -> None:
        self._given, self._rows, self._name = given, rows, name

    def blocks(self, start: Place) -> Iterator[Block]:
        """The rows from number ``start.row`` on."""
        held: list[Row] = []
        row = 1
        for each in self._given:
            if isinstance(each, pa.RecordBatch | pa.Table):
                for batch in each.to_batches() if isinstance(each, pa.Table) else [each]:
                    numbers = np.arange(row, row + batch.num_rows)
                    row += batch.num_rows
                    yield Block(batch, numbers, Place(0, row))
                continue
            held.append(self._row(each))
            row += 1
            if len(held) == self._rows:
                yield self._block(held, row)
                held = []
        if held:
            yield self._block(held, row)

    def _block(self, held: list[Row], after: int) -> Block:
        return Block(held, np.arange(after - len(held), after), Place(0, after))

    def _row(self, each: Any) -> Row:
        if isinstance(each, dict):
            return each
        if isinstance(each, Event):
            return asdict(each)
        if isinstance(each, Item):
            document: Row = json.loads(item_to_json(each))
            return document
        raise BadInput(
            what=self._name,
            **problem(f"a row is {type(each).__name__}", f"有一行是 {type(each).__name__}"),
            **remedy(
                "give dictionaries, events, items or Arrow batches",
                "请提供字典、事件、商品或 Arrow 批次",
            ),
        )


def given_table(given: Given, rows: int, name: str) -> Table:
    """An iterable as a table."""
    return Table(None, "rows", Rows(given, rows, name), Place())
