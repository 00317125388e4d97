"""Does what a scorer says depend on what it must not know? It is tried, not read.

Everything that ``split.train`` does not hold is changed: each such event is about another
item, and a third of them are gone. Then the scorer learns again, by the same code. A
scorer that saw training alone says the same, to the last bit; one that counted its
popularity before the cut was made, or built its graph from all events, does not.

The converse holds only as far as chance reaches: what looks at the future without
letting it change a score is not found, nor is what the caller's function fetches from
elsewhere than its two arguments.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from zhiyin.core import BadRequest, Histories, derive
from zhiyin.data import Dataset, Interactions, Split

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]
Score = Callable[[Histories], Floats]
Learn = Callable[[Dataset, Split], Score]
LOST = 1 / 3


@dataclass(frozen=True, slots=True)
class Foresight:
    """What changed when the future did. It is true where the future was seen."""

    shoppers: int
    """How many were scored."""
    changed: int
    """Of how many a score changed."""
    most: float
    """The largest change of a score, as a share of the largest score of its shopper."""

    def __bool__(self) -> bool:
        return self.changed > 0


def sees_the_future(
    learn: Learn,
    data: Dataset,
    split: Split,
    *,
    seed: int = 0,
    tolerance: float = 0.0,
    shoppers: int = 500,
) -> Foresight:
    """Let ``learn`` learn from the data, then from data with another future, and compare.

    ``learn(data, split)`` is the whole way from events to a scorer: what is counted,
    built and tuned. It takes all it uses from these two, and gives the same scores each
    time. The split it is handed has the same training part; half of the rest is valid and
    half test. The test of the caller's own ``split`` stays closed.

    Early stopping and tuning read the valid part, so they see the future, as they say:
    hand in the recipe with its settings and epochs fixed. ``tolerance`` is as in
    ``Foresight.most``; ``shoppers`` are scored at most.
    """
    future = _future(data.interactions, split.train.interactions)
    asked = _asked(split.train.interactions.histories, shoppers)
    if not future.any() or not len(asked) or len(data.items) < 2:
        raise BadRequest(
            what="there is no future to change: training has every event, nobody or one item",
            what_zh="没有可以改变的未来：训练数据包含全部行为，或没有顾客，或只有一件商品",
            remedy="cut off a part of the events first",
            remedy_zh="请先切分出一部分行为",
        )
    rng = derive(seed, "another future")
    other, still = _another(data.interactions, future, rng)
    first = _scores(learn, data, future, split, asked)
    if _differ(first, _scores(learn, data, future, split, asked), tolerance)[0].any():
        raise BadRequest(
            what="the scorer says something else each time it learns from the same data",
            what_zh="用同样的数据训练，每次得到的分数都不同",
            remedy="seed it, or give the tolerance that tells its noise from a change",
            remedy_zh="请固定随机种子，或给出能区分噪声与变化的 tolerance",
        )
    again = _scores(learn, data.learning_from(other), still, split, asked)
    changed, most = _differ(first, again, tolerance)
    return Foresight(len(asked), int(np.count_nonzero(changed)), most)


def _future(whole: Interactions, train: Interactions) -> Bools:
    """(E,) which events of the whole training does not have.

    Events that are alike in everything are interchangeable: of them, the first are training's.
    """
    places, counts = _alike(whole, train)
    seen = np.zeros(len(whole), np.bool_)
    size, mine = len(whole), places[: len(whole)]
    left = np.bincount(places[size:], minlength=counts)
    order = np.argsort(mine, kind="stable")
    ranked = mine[order]
    firsts = np.searchsorted(ranked, ranked)
    seen[order] = np.arange(size) - firsts < left[ranked]
    if np.count_nonzero(seen) != len(train):
        raise BadRequest(
            what="the split's training part holds events that the data has not",
            what_zh="切分的训练部分含有数据中没有的行为",
            remedy="give the data that the split was made of",
            remedy_zh="请给出切分所用的数据",
        )
    future: Bools = ~seen
    return future


def _alike(*sides: Interactions) -> tuple[npt.NDArray[np.int64], int]:
    """Events of all sides end to end: one number for all that are alike; how many numbers."""
    columns = [np.concatenate(parts) for parts in zip(*map(_columns, sides), strict=True)]
    order = np.lexsort(columns)
    new = np.zeros(len(order), np.bool_)
    for column in columns:
        new[1:] |= np.diff(column[order]) != 0
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.cumsum(new)
    return numbers, int(new.sum()) + 1


def _columns(side: Interactions) -> list[npt.NDArray[np.int64]]:
    """All that an event is, as whole numbers; a weight by its bits."""
    past = side.histories
    columns = [past.rows(), past.items, past.times, past.kinds, past.weights.view(np.int32)]
    return [column.astype(np.int64) for column in columns]


def _another(
    whole: Interactions, future: Bools, rng: np.random.Generator
) -> tuple[Interactions, Bools]:
    """The events with another future, and which of them it is."""
    past, size = whole.histories, len(whole.items)
    items = past.items.astype(np.int64)
    steps = rng.integers(1, size, int(future.sum()))  # never 0: always another item
    items[future] = (items[future] + steps) % size
    kept = ~future
    kept[future] = rng.random(len(steps)) > LOST
    changed = replace(whole, histories=replace(past, items=items.astype(past.items.dtype)))
    return changed.where(kept), future[kept]


def _asked(past: Histories, most: int) -> Histories:
    """At most so many histories of the training side, from the first to the last."""
    there = np.flatnonzero(np.diff(past.offsets))
    few = np.unique(np.linspace(0, len(there) - 1, min(most, len(there))).astype(np.int64))
    return past.take(there[few])


def _scores(learn: Learn, data: Dataset, future: Bools, split: Split, asked: Histories) -> Floats:
    labels = np.zeros(len(future), np.int8)
    labels[future] = 1 + np.arange(np.count_nonzero(future)) % 2
    return learn(data, Split(data, labels, split.how, cut=split.cut))(asked)


def _differ(one: Floats, other: Floats, tolerance: float) -> tuple[Bools, float]:
    """(B,) whose scores differ by more than the tolerance, and the most that any does."""
    known = np.isfinite(one) & np.isfinite(other)
    with np.errstate(invalid="ignore"):  # infinities that are alike
        apart = np.where(known, np.abs(one - other), 0.0)
    largest = np.where(known, np.abs(one), 0.0).max(axis=1, keepdims=True, initial=0.0)
    share = np.divide(apart, largest, out=apart.copy(), where=largest > 0)
    same = known | (one == other) | (np.isnan(one) & np.isnan(other))
    changed: Bools = (share > tolerance).any(axis=1) | ~same.all(axis=1)
    return changed, float(share.max(initial=0.0)) if same.all() else float("inf")
