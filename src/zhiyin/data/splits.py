"""Splits: what may be learnt from, what is tuned on, and what is opened once.

Every way of splitting only labels events: 0 train, 1 valid, 2 test, -1 left out. The
``Split`` then owns the cut. Rules that hold for all ways:

* Training sees the events labelled 0 and no others. All vocabularies are those of the
  whole data: knowing that an item exists is no leak (a shop knows its catalogue before
  the first click), its events are. An item without a training event is one that a
  model cannot know.
* A target is an item that the shopper turned to (strength > 0, of the wanted kinds) and
  that is new to the shopper's history: what one has seen is not recommended again, so
  it cannot be a hit.
* The valid exam is taken with the events labelled 0. The test exam is taken with those
  labelled 0 and 1, except in the MMRec protocol, where it is taken with 0 alone.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from zhiyin.core import BadInput, BadRequest, Histories
from zhiyin.data.dataset import Dataset
from zhiyin.data.encoding import Int8s, Int64s
from zhiyin.data.interactions import Interactions
from zhiyin.data.strengths import DAY

TRAIN, VALID, TEST, LEFT_OUT = 0, 1, 2, -1
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Exam:
    """B shoppers, what each did before, and what each went on to want."""

    shoppers: Int64s  # (B,) their numbers in the data
    histories: Histories  # B rows; items in them are not asked for again
    targets: Int64s  # (T,) item numbers, each shopper's end to end, each once
    offsets: Int64s  # (B + 1,) whose targets are whose
    items: int
    """How many items the vocabulary has."""

    def __len__(self) -> int:
        return len(self.shoppers)

    def take(self, chosen: Int64s) -> "Exam":
        """The exam of some of the shoppers, by place."""
        lengths = np.diff(self.offsets)[chosen]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        place = np.arange(offsets[-1]) + np.repeat(self.offsets[chosen] - offsets[:-1], lengths)
        histories = self.histories.take(chosen)
        return Exam(self.shoppers[chosen], histories, self.targets[place], offsets, self.items)

    def sample(self, most: int, rng: Generator) -> "Exam":
        """At most so many of its shoppers, in their order; all where there are no more."""
        if len(self) <= most:
            return self
        return self.take(np.sort(rng.choice(len(self), most, replace=False)))


class Split:
    """One data set, cut. Learn from ``train``, tune on ``valid``, open the test once."""

    def __init__(
        self,
        data: Dataset,
        labels: Int8s,
        how: str,
        *,
        cut: int | None = None,
        target_kinds: Collection[str] | None = None,
        test_sees_valid: bool = True,
    ) -> None:
        self.how = how
        self.cut = cut
        """The first moment that training does not see; None where each shopper has their own."""
        self.test_opened = False
        self._data = data
        self._labels = labels
        self._test_sees_valid = test_sees_valid
        self._wanted = _wanted(data.interactions, target_kinds)
        self.train = data.learning_from(data.interactions.where(labels == TRAIN))
        self.valid = self._exam(VALID, labels == TRAIN)

    @classmethod
    def by_labels(
        cls,
        data: Dataset,
        labels: Int8s | None = None,
        *,
        target_kinds: Collection[str] | None = None,
    ) -> "Split":
        """The split that came with the data (MMRec): learn and answer from label 0 alone."""
        given = data.interactions.labels if labels is None else labels
        if given is None or len(given) != len(data.interactions):
            raise BadInput(
                what="split by labels",
                problem="the events carry no label each",
                remedy="read them with labelled=True, or split by time",
            )
        return cls(data, given, "labels", target_kinds=target_kinds, test_sees_valid=False)

    @classmethod
    def leave_one_out(
        cls, data: Dataset, *, target_kinds: Collection[str] | None = None
    ) -> "Split":
        """Each shopper's last new item is the test, the one before it valid.

        Events from the valid one up to the test one are labelled 1, from the test one
        on 2, so nothing that follows a target is learnt from. Shoppers with fewer than
        three new items are learnt from and not asked.
        """
        labels = _last_two(data.interactions, _wanted(data.interactions, target_kinds))
        return cls(data, labels, "leave-one-out", target_kinds=target_kinds)

    @classmethod
    def by_ratio(
        cls,
        data: Dataset,
        *,
        valid: float = 0.1,
        test: float = 0.1,
        target_kinds: Collection[str] | None = None,
    ) -> "Split":
        """The last share of each shopper's events, by time: test, and before it valid."""
        if valid < 0 or test < 0 or valid + test >= 1:
            raise BadRequest(
                what=f"shares {valid} for valid and {test} for test leave nothing to learn from",
                remedy="give shares that add up to less than 1",
            )
        offsets = data.interactions.histories.offsets
        rows, lengths = data.interactions.histories.rows(), np.diff(offsets)
        place = np.arange(len(rows)) - offsets[rows]
        # Half a unit in the last place of slack: 0.1 + 0.2 of 10 events are 3, not 4.
        first_test = lengths - np.floor(lengths * test + 1e-9).astype(np.int64)
        first_valid = first_test - np.floor(lengths * valid + 1e-9).astype(np.int64)
        labels = (place >= first_valid[rows]).astype(np.int8) + (place >= first_test[rows])
        return cls(data, labels.astype(np.int8), "ratio", target_kinds=target_kinds)

    @classmethod
    def by_time(
        cls,
        data: Dataset,
        *,
        valid_from: int | None = None,
        test_from: int | None = None,
        valid_days: float = 7,
        test_days: float = 7,
        target_kinds: Collection[str] | None = None,
    ) -> "Split":
        """One cut through everybody: before ``valid_from``, before ``test_from``, after.

        Moments in microseconds since 1970. Where they are not given, the last
        ``test_days`` of the data are the test, the ``valid_days`` before them valid.
        """
        end = data.interactions.newest + 1
        second = end - round(test_days * DAY) if test_from is None else test_from
        first = second - round(valid_days * DAY) if valid_from is None else valid_from
        if first > second:
            raise BadRequest(
                what="the valid part would begin after the test part",
                remedy="give valid_from <= test_from",
            )
        times = data.interactions.histories.times
        labels = (times >= first).astype(np.int8) + (times >= second).astype(np.int8)
        return cls(data, labels.astype(np.int8), "time", cut=first, target_kinds=target_kinds)

    def open_test(self) -> Exam:
        """The test exam. It can be opened once: afterwards there is nothing left to tune."""
        if self.test_opened:
            raise BadRequest(
                what="the test part of this split was opened already",
                remedy="tune on split.valid; a new run makes a new split",
            )
        self.test_opened = True
        seen = self._labels == TRAIN
        if self._test_sees_valid:
            seen |= self._labels == VALID
        return self._exam(TEST, seen)

    def record(self) -> dict[str, object]:
        """What a manifest or a result file says about this split."""
        counts = {name: int(np.count_nonzero(self._labels == n)) for n, name in _PARTS.items()}
        return {"how": self.how, "cut": self.cut, "test_opened": self.test_opened, **counts}

    def _exam(self, part: int, seen: Bools) -> Exam:
        data = self._data.interactions
        asked = (self._labels == part) & self._wanted
        rows, items = data.histories.rows(), data.histories.items.astype(np.int64)
        keys = rows * len(data.items) + items
        targets = np.setdiff1d(keys[asked], keys[seen])  # sorted: by shopper, then item
        owners = targets // max(len(data.items), 1)
        shoppers, lengths = np.unique(owners, return_counts=True)
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        histories = data.where(seen).histories.take(shoppers)
        chosen = targets - owners * len(data.items)
        return Exam(shoppers, histories, chosen, offsets, len(data.items))


_PARTS = {TRAIN: "train", VALID: "valid", TEST: "test"}


def _wanted(data: Interactions, kinds: Collection[str] | None) -> Bools:
    """(E,) which events may be targets: positive, and of the wanted kinds."""
    names = data.histories.kind_names
    if kinds is not None and not set(kinds) <= set(names):
        raise BadRequest(
            what=f"target kinds {sorted(set(kinds) - set(names))} are not declared",
            remedy=f"use some of {', '.join(names)}",
        )
    chosen = np.array([kinds is None or name in kinds for name in names], np.bool_)
    positive: Bools = data.histories.weights > 0
    return positive & chosen[data.histories.kinds] if len(names) else positive


def _last_two(data: Interactions, wanted: Bools) -> Int8s:
    """(E,) leave-one-out labels: see ``Split.leave_one_out``."""
    rows, items = data.histories.rows(), data.histories.items.astype(np.int64)
    _, firsts = np.unique(rows * max(len(data.items), 1) + items, return_index=True)
    new = np.zeros(len(rows), np.bool_)
    new[firsts] = True
    candidates = np.flatnonzero(new & wanted)  # in order of shopper and time
    owners = rows[candidates]
    after = np.searchsorted(candidates, data.histories.offsets[1:])  # (U,) end of each one's
    count = np.bincount(owners, minlength=len(data.histories))
    enough = count >= 3
    never = np.full(len(data.histories), len(rows), np.int64)
    first_test, first_valid = never.copy(), never
    first_test[enough] = candidates[after[enough] - 1]
    first_valid[enough] = candidates[after[enough] - 2]
    place = np.arange(len(rows))
    return (place >= first_valid[rows]).astype(np.int8) + (place >= first_test[rows])
