"""A few rows that someone waits for: checked as those of a file are, and answered one by one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from zhiyin.core import Clock, Receipt, Settings, Store
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
    numbers = np.arange(1, len(rows) + 1)
    _, receipt, rejects = intake.take(Block(list(rows), numbers, Place(0, len(rows) + 1)))
    return Receipt(receipt.new, receipt.seen, tuple(reject.refusal for reject in rejects))


def _never_opened() -> BinaryIO:
    raise NotImplementedError("rows are not a file")
