"""What of an exam can be seen in the data that was learnt from.

========  =======================================================================
late      an event learnt from is not older than the cut
learnt    a shopper's target is an item of the same shopper in the data learnt from
shown     a shopper's target stands in the history that the scorer is shown
========  =======================================================================

Where each shopper has a cut of their own (leave-one-out, by ratio) training holds what
others did later. That belongs to those protocols and is not counted; a cut in time has
none of it. That pictures, words or graphs were made after the cut cannot be seen here.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhiyin.core import BadRequest
from zhiyin.data import Dataset, Exam

Ints = npt.NDArray[np.int64]

# name -> what was looked for, English and Chinese; then what to do where it was found.
SENTENCES = {
    "late": (
        "events learnt from that are not older than the cut",
        "用于训练、却不早于切分时刻的行为",
    ),
    "learnt": (
        "targets that the same shopper already has in the data learnt from",
        "同一顾客在训练数据中已有的目标",
    ),
    "shown": (
        "targets that stand in the history the scorer is shown",
        "出现在所给历史中的目标",
    ),
}
REMEDY = "learn from split.train and judge on the exams of the same split"
REMEDY_ZH = "请用 split.train 训练，并在同一切分的考题上评估"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked for, and how often it was found."""

    name: str
    """"late", "learnt" or "shown"."""
    found: int
    of: int
    """How many were looked at."""
    example: str = ""
    """The first that was found, by its names."""

    @property
    def ok(self) -> bool:
        return not self.found

    def text(self, lang: str = "en") -> str:
        """The row in a sentence: "3 of 40 targets that …"."""
        english, chinese = SENTENCES[self.name]
        if lang.lower().startswith("zh"):
            first = f"，例如 {self.example}" if self.example else ""
            return f"{self.of:,} 项中有 {self.found:,} 项：{chinese}{first}"
        first = f", such as {self.example}" if self.example else ""
        return f"{self.found:,} of {self.of:,} {english}{first}"


def look_for_leaks(train: Dataset, exam: Exam, *, cut: int | None = None) -> tuple[Check, ...]:
    """Every check, also those that find nothing; ``late`` where ``cut`` says when.

    ``train`` is what the scorer learnt from. ``cut`` is in microseconds since 1970, such
    as ``split.cut``.
    """
    _check_same(train, exam)
    found = [] if cut is None else [_late(train, cut)]
    past, wanted = train.interactions.histories, _wanted(exam)
    known = past.items >= 0
    keys = past.rows()[known] * exam.items + past.items[known].astype(np.int64)
    found.append(_among("learnt", train, wanted, keys))
    shown = exam.histories
    known = shown.items >= 0
    owners = exam.shoppers[shown.rows()[known]]
    keys = owners * exam.items + shown.items[known].astype(np.int64)
    found.append(_among("shown", train, wanted, keys))
    return tuple(found)


def refuse_leaks(train: Dataset, exam: Exam, *, cut: int | None = None) -> tuple[Check, ...]:
    """The rows of ``look_for_leaks``, or BadRequest when one of them leaks."""
    checks = look_for_leaks(train, exam, cut=cut)
    for check in checks:
        if not check.ok:
            raise BadRequest(
                what=f"this exam would judge what was learnt by heart: {check.text()}",
                what_zh=f"这份考题会考到训练时见过的内容：{check.text('zh')}",
                remedy=REMEDY,
                remedy_zh=REMEDY_ZH,
            )
    return checks


def _check_same(train: Dataset, exam: Exam) -> None:
    most = int(exam.shoppers.max(initial=-1))
    if len(train.items) != exam.items or most >= len(train.shoppers):
        raise BadRequest(
            what=f"the exam numbers {exam.items} items and shoppers up to {most}, the data learnt "
            f"from has {len(train.items)} and {len(train.shoppers)}: they are not of one split",
            what_zh=f"考题有 {exam.items} 件商品、顾客编号至 {most}，训练数据有 "
            f"{len(train.items)} 件、{len(train.shoppers)} 位：两者不属于同一切分",
            remedy=REMEDY,
            remedy_zh=REMEDY_ZH,
        )


def _wanted(exam: Exam) -> Ints:
    """(T,) one number per shopper of the data and target."""
    wanted: Ints = np.repeat(exam.shoppers, np.diff(exam.offsets)) * exam.items + exam.targets
    return wanted


def _late(train: Dataset, cut: int) -> Check:
    past = train.interactions.histories
    late = np.flatnonzero(past.times >= cut)
    example = ""
    if len(late):
        shopper = int(np.searchsorted(past.offsets, late[0], side="right")) - 1
        example = _named(train, shopper, int(past.items[late[0]]))
    return Check("late", len(late), len(past.items), example)


def _among(name: str, train: Dataset, wanted: Ints, keys: Ints) -> Check:
    both = wanted[np.isin(wanted, keys)]
    size = max(len(train.items), 1)
    example = _named(train, *map(int, divmod(both[0], size))) if len(both) else ""
    return Check(name, len(both), len(wanted), example)


def _named(train: Dataset, shopper: int, item: int) -> str:
    of_item = train.items.names[item] if item >= 0 else "?"
    return f"{train.shoppers.names[shopper]} – {of_item}"
