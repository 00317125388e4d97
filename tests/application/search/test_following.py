"""Following: every change is read at its last state, and a broken reader loses none."""

import threading
from collections.abc import Iterator

import pytest

from zhiyin.application.search import following
from zhiyin.application.search.following import Following


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    opened = threading.Event()
    yield opened
    opened.set()


def settled(follows: Following) -> bool:
    """Whether all is read in the end."""
    return any(follows.wait(0) == 0 or threading.Event().wait(0.01) for _ in range(1_000))


def test_what_changed_is_read_once_in_order_and_in_batches() -> None:
    batches: list[list[int]] = []
    follows = Following(batches.append, batch=2)
    follows.add([5, 3, 5, 9])
    assert follows.wait(5) == 0
    assert batches == [[5, 3], [9]]
    assert follows.wait(5) == 0
    assert len(batches) == 2


def test_a_slow_reader_is_waited_for_no_longer_than_asked(gate: threading.Event) -> None:
    follows = Following(lambda rows: gate.wait(10) and None, batch=10)
    follows.add([1, 2])
    assert follows.wait(0.01) >= 1
    gate.set()
    assert settled(follows)


def test_a_reader_that_was_too_slow_once_costs_nobody_else_a_wait(gate: threading.Event) -> None:
    follows = Following(lambda rows: gate.wait(20) and None, batch=10)
    follows.add([1])
    assert follows.wait(0.01) == 1
    began = threading.Thread(target=follows.wait, args=(20,))
    began.start()
    began.join(10)  # far less than it would be willing to wait
    assert not began.is_alive()
    gate.set()
    assert settled(follows)
    assert not follows._late  # the next change is waited for again


def test_what_changes_while_it_is_read_is_read_again(gate: threading.Event) -> None:
    read: list[int] = []
    begun = threading.Event()

    def slowly(rows: list[int]) -> None:
        begun.set()
        gate.wait(10)
        read.extend(rows)

    follows = Following(slowly, batch=10)
    follows.add([7])
    follows.wait(0.01)
    assert begun.wait(5)
    follows.add([7])
    gate.set()
    assert settled(follows)
    assert read == [7, 7]


def test_what_could_not_be_read_stays_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken, read = [True], []

    def sometimes(rows: list[int]) -> None:
        if broken[0]:
            raise OSError("gone")
        read.extend(rows)

    follows = Following(sometimes, batch=10)
    follows.add([1, 2])
    assert follows.wait(5) == 2
    assert isinstance(follows.error, OSError)
    broken[0] = False
    assert follows.wait(5) == 2  # not yet: it rests
    monkeypatch.setattr(following, "_PAUSE", 0.0)
    follows._not_before = 0.0
    follows.add([3])
    assert follows.wait(5) == 0
    assert read == [1, 2, 3]
    assert follows.error is None
