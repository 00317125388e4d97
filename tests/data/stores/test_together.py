"""Many callers share one write; each gets its own answer, and nobody another's fault."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from time import sleep

from zhiyin.core import Unavailable
from zhiyin.data.stores.together import Together


class Disk:
    """Records each write; the first waits until the test says go."""

    def __init__(self) -> None:
        self.go = Event()
        self.writes: list[list[int]] = []

    def write(self, works: list[int]) -> list[str]:
        self.writes.append(works)
        if len(self.writes) == 1:
            self.go.wait(5)
        if any(work < 0 for work in works):
            raise ValueError(f"cannot write {works}")
        return [f"wrote {work}" for work in works]


def queued(together: Together[int, str], works: list[int], size: int = 1) -> list[object]:
    """Submit 0, and all ``works`` while it is being written; the answers or errors."""
    disk = together._write.__self__  # type: ignore[attr-defined]

    def submit(work: int) -> object:
        try:
            return together.submit(work, size)
        except Exception as error:  # noqa: BLE001 - an answer like any other
            return error

    with ThreadPoolExecutor(len(works) + 1) as pool:
        first = pool.submit(submit, 0)
        while not disk.writes:
            sleep(0.001)
        others = [pool.submit(submit, work) for work in works]
        while len(together._waiting) < len(works):
            sleep(0.001)
        disk.go.set()
        assert first.result() == "wrote 0"
        return [other.result() for other in others]


def test_all_that_wait_are_written_at_once_and_answered_alone() -> None:
    disk = Disk()
    answers = queued(Together(disk.write, 100), list(range(1, 20)))
    assert answers == [f"wrote {n}" for n in range(1, 20)]
    assert [len(works) for works in disk.writes] == [1, 19]


def test_one_write_holds_no_more_than_allowed() -> None:
    disk = Disk()
    queued(Together(disk.write, 100), list(range(1, 11)), size=30)
    assert [len(works) for works in disk.writes] == [1, 3, 3, 3, 1]


def test_work_larger_than_allowed_is_written_alone() -> None:
    disk = Disk()
    queued(Together(disk.write, 100), [1, 2], size=1_000)
    assert disk.writes == [[0], [1], [2]]


def test_who_spoils_a_write_fails_alone() -> None:
    disk = Disk()
    answers = queued(Together(disk.write, 100), [1, -2, 3])
    assert answers[0] == "wrote 1"
    assert answers[2] == "wrote 3"
    assert isinstance(answers[1], ValueError)
    assert str(answers[1]) == "cannot write [-2]"


def test_when_the_database_is_away_all_hear_it_once() -> None:
    disk = Disk()

    def away(works: list[int]) -> list[str]:
        if works != [0]:
            disk.writes.append(works)
            raise Unavailable(what="store", problem="gone", remedy="wait")
        return disk.write(works)

    together: Together[int, str] = Together(disk.write, 100)
    together._write = away  # type: ignore[method-assign]
    errors: list[object] = []

    def submit(work: int) -> None:
        try:
            together.submit(work, 1)
        except Unavailable as error:
            errors.append(error)

    threads = [Thread(target=submit, args=[n]) for n in range(6)]
    threads[0].start()
    while not disk.writes:
        sleep(0.001)
    for thread in threads[1:]:
        thread.start()
    while len(together._waiting) < 5:
        sleep(0.001)
    disk.go.set()
    for thread in threads:
        thread.join()
    assert len(errors) == len(set(map(id, errors))) == 5
    assert len(disk.writes) == 2


def test_an_interrupted_leader_leaves_its_followers_to_the_next() -> None:
    class Interrupted(BaseException):
        pass

    disk = Disk()

    def write(works: list[int]) -> list[str]:
        if works == [1, 2, 3]:
            raise Interrupted
        return disk.write(works)

    together: Together[int, str] = Together(disk.write, 100)
    together._write = write  # type: ignore[method-assign]
    answers: dict[int, object] = {}

    def submit(work: int) -> None:
        try:
            answers[work] = together.submit(work, 1)
        except Interrupted:
            answers[work] = "interrupted"

    threads = [Thread(target=submit, args=[n]) for n in range(4)]
    for place, thread in enumerate(threads):
        thread.start()
        while not disk.writes or len(together._waiting) < place:
            sleep(0.001)
    disk.go.set()
    for thread in threads:
        thread.join(5)
    assert answers == {0: "wrote 0", 1: "interrupted", 2: "wrote 2", 3: "wrote 3"}
    assert together.submit(4, 1) == "wrote 4"
