"""Group commit: many callers, one transaction, one wait for the disk.

Whoever comes first leads: takes all that wait, writes them at once and hands each caller
its own answer. Whoever comes meanwhile waits for the next round.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Generic, TypeVar

from zhiyin.core import Unavailable

Work = TypeVar("Work")
Answer = TypeVar("Answer")


@dataclass(eq=False)
class _Caller(Generic[Work, Answer]):
    work: Work
    size: int
    woken: Event = field(default_factory=Event)
    answers: list[Answer] = field(default_factory=list)
    error: Exception | None = None
    leads: bool = False

    def result(self) -> Answer:
        if self.error is not None:
            raise self.error
        return self.answers[0]


class Together(Generic[Work, Answer]):
    """Joins the work of many threads into few writes."""

    def __init__(self, write: Callable[[list[Work]], list[Answer]], largest: int) -> None:
        self._write = write
        """Does all of it or, with an error, nothing; one answer per piece."""
        self._largest = largest
        """Sizes are summed up to this for one write; memory stays bounded."""
        self._lock = Lock()
        self._waiting: list[_Caller[Work, Answer]] = []
        self._busy = False

    def submit(self, work: Work, size: int) -> Answer:
        """Write ``work``, perhaps with others'; returns when it is done."""
        caller: _Caller[Work, Answer] = _Caller(work, size)
        with self._lock:
            self._waiting.append(caller)
            caller.leads, self._busy = not self._busy, True
        if not caller.leads:
            caller.woken.wait()
        if caller.leads:
            self._lead()
        return caller.result()

    def _lead(self) -> None:
        group = self._take()
        try:
            self._serve(group)
        finally:
            unserved = [c for c in group[1:] if c.error is None and not c.answers]
            self._hand_over(unserved)
            for caller in group[1:]:
                if caller not in unserved:
                    caller.woken.set()

    def _take(self) -> list[_Caller[Work, Answer]]:
        with self._lock:
            count, total = 0, 0
            for caller in self._waiting:
                total += caller.size
                if count and total > self._largest:
                    break
                count += 1
            group, self._waiting = self._waiting[:count], self._waiting[count:]
        return group

    def _hand_over(self, unserved: list[_Caller[Work, Answer]]) -> None:
        """Let the next in line lead. The unserved are there if the leader was interrupted."""
        with self._lock:
            self._waiting = unserved + self._waiting
            if self._waiting:
                self._waiting[0].leads = True
                self._waiting[0].woken.set()
            else:
                self._busy = False

    def _serve(self, group: list[_Caller[Work, Answer]]) -> None:
        try:
            answers = self._write([caller.work for caller in group])
        except Unavailable as error:
            # Nobody's fault and nobody's luck: alone, each would wait for the same end.
            for caller in group:
                caller.error = Unavailable(**error.fields)
                caller.error.__cause__ = error
        except Exception as error:  # noqa: BLE001 - every caller gets the error that is its own
            if len(group) == 1:
                group[0].error = error
            else:
                # One spoilt it for all: alone, the others succeed.
                for caller in group:
                    self._serve([caller])
        else:
            for caller, answer in zip(group, answers, strict=True):
                caller.answers.append(answer)
