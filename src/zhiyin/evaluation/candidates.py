"""Frozen candidate sets: a few items per shopper to rank the targets among, drawn once.

The protocol "1 + 100 uniform" of many papers. Shopper s's j-th number is a hash of
(seed, s, j), so a set depends on the seed, the shopper, their own history and targets and
the size of the catalogue, and not on who else is asked, in which order, or on the version
of a random generator. Of these numbers, the first ``count`` that are new and neither in
the history nor among the targets are the candidates: uniform, without replacement.

Numbers from sampled candidates flatter and can even reorder models (Krichene and Rendle,
KDD 2020): compare them only under the same ``digest``, and show full ranking beside.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zhiyin.core import BadRequest, Damaged
from zhiyin.data import Exam

Ints = npt.NDArray[np.int64]
BLOCK = 1 << 20  # numbers drawn at a time


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What each shopper's targets are ranked against."""

    shoppers: Ints  # (B,) those of the exam, in its order
    items: npt.NDArray[np.int32]  # (B, C) in the order drawn
    seed: int

    @classmethod
    def draw(cls, exam: Exam, count: int = 100, *, seed: int = 0) -> "Candidates":
        """``count`` items per shopper, none from the history, none a target."""
        if count < 1:
            raise BadRequest(what=f"{count} candidates", remedy="give a whole number of 1 or more")
        taken = _taken(exam)
        _check_enough(exam, taken, count)
        items = np.empty((len(exam), count), np.int32)
        left, tries = np.arange(len(exam)), count + count // 4 + 4
        while len(left):
            size = max(1, BLOCK // tries)
            short = []
            for start in range(0, len(left), size):
                rows = left[start : start + size]
                numbers = _numbers(seed, exam.shoppers[rows], tries) % np.uint64(exam.items)
                drawn = numbers.astype(np.int64)
                good = _firsts(drawn) & ~_in(taken, rows[:, None] * exam.items + drawn)
                enough = np.count_nonzero(good, axis=1) >= count
                good &= np.cumsum(good, axis=1) <= count
                items[rows[enough]] = drawn[enough][good[enough]].reshape(-1, count)
                short.append(rows[~enough])
            left, tries = np.concatenate(short), 2 * tries
        return cls(exam.shoppers, items, seed)

    @property
    def digest(self) -> str:
        """SHA-256 of who is asked and what stands beside their targets."""
        found = hashlib.sha256(str(self.items.shape).encode())
        found.update(self.shoppers.astype("<i8").tobytes())
        found.update(self.items.astype("<i4").tobytes())
        return found.hexdigest()

    @property
    def protocol(self) -> str:
        """For a report: how many, from which seed, and the digest."""
        return f"targets + {self.items.shape[1]} uniform, seed {self.seed}, sha256 {self.digest}"

    def check(self, exam: Exam) -> None:
        """Refuse an exam that they were not drawn for."""
        problem = None
        if not np.array_equal(self.shoppers, exam.shoppers):
            problem = "other shoppers than the exam asks"
        elif self.items.size and self.items.max() >= exam.items:
            problem = "a larger catalogue"
        else:
            taken, size = _taken(exam), max(1, BLOCK // self.items.shape[1])
            for start in range(0, len(exam), size):
                part = self.items[start : start + size].astype(np.int64)
                keys = (start + np.arange(len(part)))[:, None] * exam.items + part
                if _in(taken, keys).any():
                    problem = "another exam: some are in a history or among the targets"
                    break
        if problem:
            raise BadRequest(
                what=f"these candidates were drawn for {problem}",
                remedy="draw them from this exam, or judge the exam they belong to",
            )

    def take(self, chosen: Ints) -> "Candidates":
        """The candidates of some of the shoppers, by place."""
        return Candidates(self.shoppers[chosen], self.items[chosen], self.seed)

    def write(self, path: Path) -> None:
        """Keep the sets, with their digest, for others to judge by."""
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                shoppers=self.shoppers,
                items=self.items,
                seed=np.array(self.seed),
                digest=np.array(self.digest),
            )

    @classmethod
    def read(cls, path: Path) -> "Candidates":
        """The sets that ``write`` kept; refuses those that are no longer the same."""
        with np.load(path, allow_pickle=False) as file:
            found = cls(file["shoppers"], file["items"], int(file["seed"]))
            if str(file["digest"]) != found.digest:
                raise Damaged(
                    what=f"the candidate sets in {path.name}",
                    problem="they do not give the digest written with them",
                    remedy="draw them again from their seed",
                )
        return found


def _taken(exam: Exam) -> Ints:
    """Sorted, one number per shopper and item that may not be drawn."""
    past, owners = exam.histories, np.repeat(np.arange(len(exam)), np.diff(exam.offsets))
    known = past.items >= 0
    seen = past.rows()[known] * exam.items + past.items[known].astype(np.int64)
    taken: Ints = np.unique(np.concatenate([seen, owners * exam.items + exam.targets]))
    return taken


def _check_enough(exam: Exam, taken: Ints, count: int) -> None:
    used = np.bincount(taken // max(exam.items, 1), minlength=len(exam))
    if len(exam) and exam.items - used.max() < count:
        shopper = int(exam.shoppers[used.argmax()])
        raise BadRequest(
            what=f"{count} candidates for shopper {shopper}, who leaves {exam.items - used.max()}",
            remedy="draw fewer, or rank the whole catalogue",
        )


def _numbers(seed: int, shoppers: Ints, count: int) -> npt.NDArray[np.uint64]:
    """(B, count) splitmix64 of seed, shopper and place: the same on every machine."""
    start = _mixed(np.array([seed % (1 << 64)], np.uint64))
    mine = _mixed(start ^ shoppers.astype(np.uint64))
    step = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return _mixed(mine[:, None] + step)


def _mixed(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _firsts(drawn: Ints) -> npt.NDArray[np.bool_]:
    """(B, M) whether a number stands there for the first time in its row."""
    order = np.argsort(drawn, axis=1, kind="stable")
    ranked = np.take_along_axis(drawn, order, axis=1)
    new = np.ones(drawn.shape, np.bool_)
    np.put_along_axis(new, order[:, 1:], ranked[:, 1:] != ranked[:, :-1], axis=1)
    return new


def _in(taken: Ints, keys: Ints) -> npt.NDArray[np.bool_]:
    place = np.searchsorted(taken, keys)
    found: npt.NDArray[np.bool_] = taken[np.minimum(place, len(taken) - 1)] == keys
    return found
