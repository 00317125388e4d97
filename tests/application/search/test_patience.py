"""Patience: an answer, or why there is none; a part that hangs is not asked for ever."""

import threading
from collections.abc import Iterator

import pytest

from zhiyin.application.search.patience import Missed, Patience
from zhiyin.core import Unavailable


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What hanging work waits for; opened when the test ends."""
    opened = threading.Event()
    yield opened
    opened.set()


def patience(seconds: float = 5.0) -> Patience:
    return Patience("the encoder", "编码器", seconds)


def test_an_answer_in_time_is_the_answer() -> None:
    assert patience().ask(lambda: 42)() == 42


def test_the_work_runs_while_the_caller_does_something_else() -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        goes_on.wait(5)
        return "done"

    wait = patience().ask(work)
    assert begun.wait(5)  # before anybody waits for it
    goes_on.set()
    assert wait() == "done"


def test_a_late_answer_is_missed_with_the_time_in_both_languages(gate: threading.Event) -> None:
    with pytest.raises(Missed) as missed:
        patience(0.01).ask(gate.wait)()
    assert missed.value.en == "the encoder took longer than 0.01 s"
    assert missed.value.zh == "编码器超过 0.01 秒未应答"


def test_the_first_answer_may_take_longer_for_it_loads_the_part(gate: threading.Event) -> None:
    asked = Patience("the encoder", "编码器", 0.01, loading=20)
    loads = asked.ask(lambda: gate.wait(0.2) or "loaded")
    assert loads() == "loaded"
    with pytest.raises(Missed, match=r"longer than 0\.01 s"):
        asked.ask(gate.wait)()


def test_a_hanging_part_is_not_asked_again_until_it_comes_back(gate: threading.Event) -> None:
    asked = patience(0.01)
    for _ in range(2):
        with pytest.raises(Missed, match="took longer"):
            asked.ask(gate.wait)()
    started = threading.Event()
    with pytest.raises(Missed, match="the encoder is still busy"):
        asked.ask(started.set)()
    assert not started.is_set()
    gate.set()
    for _ in range(500):
        if not asked._late:
            break
        threading.Event().wait(0.01)
    asked.seconds = 5.0
    assert asked.ask(lambda: "well again")() == "well again"


@pytest.mark.parametrize("error", [ValueError("secret"), TimeoutError("theirs"), OSError()])
def test_a_part_that_fails_is_named_and_its_text_is_not_shown(error: Exception) -> None:
    def work() -> None:
        raise error

    with pytest.raises(Missed) as missed:
        patience().ask(work)()
    assert missed.value.en == f"the encoder failed ({type(error).__name__})"


def test_an_error_of_ours_says_what_to_do_in_both_languages() -> None:
    def work() -> None:
        raise Unavailable(
            what="server", problem="down", problem_zh="已停", remedy="start it", remedy_zh="请启动"
        )

    with pytest.raises(Missed) as missed:
        patience().ask(work)()
    assert missed.value.en == "server is unavailable: down; start it"
    assert "请启动" in missed.value.zh
