"""Patience: asking a part that may be slow or broken, and waiting for it only so long.

What is late runs on in a thread of its own and nobody waits for it; while several are
late, the part is not asked again, so that a hanging encoder costs threads and time once.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from zhiyin.core import ZhiyinError, get_logger

log = get_logger(__name__)

T = TypeVar("T")
_MOST_LATE = 2


class Missed(Exception):
    """No answer, and why, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


class Patience:
    """One part that may be slow, and how long its answers are waited for.

    ``loading`` seconds are allowed once, for the first answer: a part is loaded by it.
    """

    def __init__(self, what: str, what_zh: str, seconds: float, loading: float = 0.0) -> None:
        self._what, self._what_zh = what, what_zh
        self.seconds = seconds
        self._first = loading
        self._late: set[Future[Any]] = set()

    def ask(self, work: Callable[[], T]) -> Callable[[], T]:
        """Start ``work``; the call that comes back waits for it, at most ``seconds``.

        That call raises Missed when there is no answer: it is late, the part failed, or it
        is still busy with what it was asked before.
        """
        answer: Future[T] = Future()
        seconds, self._first = max(self.seconds, self._first), 0.0
        if len(self._late) >= _MOST_LATE:
            answer.set_exception(Missed(f"{self._what} is still busy", f"{self._what_zh}仍在忙"))
        else:
            # Daemon threads, no pool: a thread that hangs must not keep a program from ending.
            threading.Thread(target=_answer, args=(work, answer), daemon=True).start()
        return lambda: self._wait(answer, seconds)

    def _wait(self, answer: "Future[T]", seconds: float) -> T:
        try:
            return answer.result(seconds)
        except Missed:
            raise
        except TimeoutError as error:
            if answer.done():  # the part's own
                raise self._failed(error) from error
            self._late.add(answer)
            answer.add_done_callback(self._late.discard)
            raise Missed(
                f"{self._what} took longer than {seconds:g} s",
                f"{self._what_zh}超过 {seconds:g} 秒未应答",
            ) from error
        except Exception as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> Missed:
        log.warning("a part of search failed", part=self._what, error=repr(error))
        if isinstance(error, ZhiyinError):
            return Missed(error.text("en"), error.text("zh"))
        return Missed(
            f"{self._what} failed ({type(error).__name__})",
            f"{self._what_zh}出错（{type(error).__name__}）",
        )


def _answer(work: Callable[[], T], answer: "Future[T]") -> None:
    try:
        answer.set_result(work())
    except Exception as error:  # noqa: BLE001 - it is raised where the answer is waited for
        answer.set_exception(error)
