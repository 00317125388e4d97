"""A few rows that someone waits for: checked as those of a file are, and answered one by one."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from zhiyin.core import Clock, Receipt, Refusal, Settings, Store, shorten
from zhiyin.data.ingest.intake import Intake, Rules
from zhiyin.data.ingest.mapping import Into, Mapping
from zhiyin.data.ingest.reading import Block, Input
from zhiyin.data.ingest.reading.blocks import Place


def take(
    rows: Sequence[dict[str, Any]],
    into: Into,
    store: Store,
    settings: Settings,
    clock: Clock,
    images: Path,
) -> Receipt:
    """Store events or items; every row that stays out has its refusal, numbered from 1.

    An event without a time happened now. What the receipt counts is on disk. Nothing else is
    written: no note of where a file was left, no file of refused rows.
    """
    defaults = {"time": clock.now().isoformat()} if into == "events" else {}
    mapping = Mapping(into=into, defaults=defaults)
    source = Input("rows", "rows", _never_opened)
    intake = Intake(source, mapping, Rules(settings, clock, images), store)
    broken = [found for number, row in enumerate(rows, 1) for found in _halves(number, row)]
    skipped = {refusal.row for refusal in broken}
    numbers = np.array([n for n in range(1, len(rows) + 1) if n not in skipped], np.int64)
    block = Block([rows[n - 1] for n in numbers], numbers, Place(0, len(rows) + 1))
    _, receipt, rejects = intake.take(block)
    refused = sorted(
        [*broken, *(reject.refusal for reject in rejects)], key=lambda refusal: refusal.row
    )
    return Receipt(receipt.new, receipt.seen, tuple(refused))


def _halves(number: int, row: dict[str, Any]) -> Iterator[Refusal]:
    """The refusal of a row that holds half a surrogate pair: JSON can say it, UTF-8 cannot."""
    for name, cell in row.items():
        try:
            json.dumps([name, cell], ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError:
            shown = shorten(ascii(cell))
            yield Refusal("bad_encoding", number, ascii(name)[1:-1], shown, "UTF-8")
            return


def _never_opened() -> BinaryIO:
    raise NotImplementedError("rows are not a file")
