"""Where ``fit`` cuts the time, whom it asks, and when that is too little to judge by."""

from dataclasses import dataclass

import numpy as np

from zhiyin.core import BadRequest
from zhiyin.data import Dataset, Exam, Split

LEAST = 10
"""Events; with fewer there is nothing to learn."""
ENOUGH = 100
"""Shoppers of whom a choice may hang: below it, 0.05 of NDCG is chance."""
WANTS = frozenset({"favourite", "cart", "buy", "rate"})
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Days:
    """Where the valid and the test days begin, in microseconds since 1970."""

    valid: int
    test: int


def cut_days(data: Dataset) -> tuple[Days, Split, list[str]]:
    """The last tenth of the time, at most a week, is the test; as much before it, valid.

    What is asked for are wants (carts, buys …) where enough shoppers had any, else
    everything that a shopper turned to. The third part names the kinds. Where hardly
    anybody came back in those days (a small or an old log), each shopper's last new item is
    the test instead, and the one before it valid.
    """
    days = _days(data)
    kinds = data.interactions.histories.kind_names
    used = {kinds[number] for number in np.unique(data.interactions.histories.kinds)}
    split: Split | None = None
    asked: set[str] = set()
    for asked in (used & WANTS, used):
        if asked:
            split = Split.by_time(
                data, valid_from=days.valid, test_from=days.test, target_kinds=asked
            )
            if len(split.valid) >= ENOUGH:
                break
    if split is None or len(split.valid) < ENOUGH:
        last = Split.leave_one_out(data)
        if split is None or len(last.valid) > len(split.valid):
            split, asked = last, used
    if not len(split.valid):
        raise _nobody()
    return days, split, sorted(asked)


def _days(data: Dataset) -> Days:
    interactions = data.interactions
    if len(interactions) < LEAST:
        left_out = ", ".join(f"{n:,} {why}" for why, n in interactions.skipped.items())
        raise BadRequest(
            what=f"{len(interactions)} events are too few to learn from"
            + (f" (left out: {left_out})" if left_out else ""),
            what_zh=f"只有 {len(interactions)} 条可用的行为，不足以训练",
            remedy="ingest more events first: zhiyin ingest FILE",
            remedy_zh="请先导入更多行为数据：zhiyin ingest 文件",
        )
    times = interactions.histories.times
    first, newest = int(times.min()), int(times.max())
    part = min((newest - first) // 10, 7 * _DAY)
    return Days(newest + 1 - 2 * part, newest + 1 - part)


def open_test(split: Split) -> Exam:
    """The test exam; BadRequest when it would ask nobody."""
    test = split.open_test()
    if not len(test):
        raise _nobody()
    return test


def _nobody() -> BadRequest:
    return BadRequest(
        what="nobody came back in the last days for something new, so nothing can be judged",
        what_zh="最后几天没有顾客回来关注新的商品，无法评估",
        remedy="ingest events of a longer time, or check their times",
        remedy_zh="请导入更长时间的行为数据，或检查其时间",
    )
