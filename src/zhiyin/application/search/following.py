"""Following: what changed in the catalogue is read in the background, and waited for a while.

A change is a row number. Rows wait in order, are read a batch at a time by one thread, and
are read again when they change again; so the last reading always sees the last state. A
batch that could not be read stays, and is tried again after a pause.
"""

import threading
import time
from collections.abc import Callable, Iterable

from zhiyin.core import get_logger

log = get_logger(__name__)

_PAUSE = 10.0
"""Seconds before what failed is tried again."""


class Following:
    """Rows that changed and are not read yet, and the thread that reads them."""

    def __init__(self, read: Callable[[list[int]], None], batch: int) -> None:
        self._read = read
        self._batch = batch
        self._waiting: dict[int, None] = {}
        self._changed = threading.Condition()
        self._running = False
        self._not_before = 0.0
        self._late = False
        self.error: Exception | None = None
        """Why the last batch could not be read; None: it could."""

    def add(self, rows: Iterable[int]) -> None:
        """These changed. Returns at once."""
        with self._changed:
            self._waiting.update(dict.fromkeys(map(int, rows)))

    def wait(self, seconds: float) -> int:
        """Let them be read for at most so long; how many still are not.

        Once that was too short nobody waits again until all is read: many changes cost one
        search its patience, and not every one.
        """
        with self._changed:
            if self._waiting and not self._running and time.monotonic() >= self._not_before:
                self._running = True
                # A reader that hangs must not keep the program from ending.
                threading.Thread(target=self._run, daemon=True).start()
            allowed = 0.0 if self._late else seconds
            self._late = not self._changed.wait_for(lambda: not self._running, allowed)
            # While it runs, at least one row is being read.
            return max(len(self._waiting), int(self._late))

    def _run(self) -> None:
        while batch := self._next():
            try:
                self._read(batch)
            except Exception as error:  # noqa: BLE001 - an adapter may raise anything
                log.warning("changes could not be read", rows=len(batch), error=repr(error))
                self._rest(error, batch)
                return

    def _next(self) -> list[int]:
        """The next rows to read; without any the thread ends."""
        with self._changed:
            batch = [*self._waiting][: self._batch]
            for row in batch:  # one that changes while it is read waits anew
                del self._waiting[row]
            if not batch:
                self.error = None
                self._end()
            return batch

    def _rest(self, error: Exception, batch: list[int]) -> None:
        with self._changed:
            self._waiting = {**dict.fromkeys(batch), **self._waiting}
            self.error = error
            self._not_before = time.monotonic() + _PAUSE
            self._end()

    def _end(self) -> None:
        self._running = False
        self._changed.notify_all()
