"""What was encoded once is not encoded again, and the file survives what may happen to it."""

import hashlib
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zhiyin.core import Conflict, Damaged, Encoded, Encoder, Modality, Refusal, Unavailable
from zhiyin.encoders import Kept, TextEncoder
from zhiyin.testing import EncoderContract


class Toy:
    """A text's vector hangs on its letters; "bad…" is refused, "" is nothing; it counts."""

    modality: Modality = "text"

    def __init__(self, name: str = "toy", width: int = 8) -> None:
        self.name, self.width = name, width
        self.asked: list[str] = []

    def encode(self, contents: Sequence[str]) -> Encoded:
        self.asked += contents
        rows = np.full((len(contents), self.width), np.nan, np.float32)
        troubles = []
        for place, text in enumerate(contents):
            if text.startswith("bad"):
                troubles.append(Refusal("no_words", place + 1, value=text))
            elif text:
                seed = hashlib.sha256(text.encode()).digest()
                row = np.frombuffer(seed, np.uint8)[: self.width] - np.float32(127.5)
                rows[place] = row / np.linalg.norm(row)
        return Encoded(rows, tuple(troubles))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "vectors.sqlite"


class TestKept(EncoderContract):
    pairs = (("a red silk scarf", "红色真丝围巾"), ("porcelain teacup", "瓷茶杯"))

    @pytest.fixture(autouse=True)
    def own_file(self, file: Path) -> None:
        self.kept = Kept(TextEncoder(), file, portion=3)

    def make(self) -> Encoder:
        return self.kept


def test_a_content_is_encoded_once_for_all_who_share_the_file(file: Path) -> None:
    first, second = Toy(), Toy()
    before = Kept(first, file).encode(["a", "b", "a"])
    kept = Kept(second, file)
    after = kept.encode(["b", "a", "c"])
    assert first.asked == ["a", "b"]
    assert second.asked == ["c"]
    assert kept.found == 2
    np.testing.assert_array_equal(after.vectors[:2], before.vectors[[1, 0]])
    np.testing.assert_array_equal(after.vectors, Toy().encode(["b", "a", "c"]).vectors)


def test_troubles_point_at_every_row_they_belong_to_and_are_not_kept(file: Path) -> None:
    for _ in range(2):
        toy = Toy()
        encoded = Kept(toy, file, portion=3).encode(["a", "bad", "b", "", "bad", "c", "bad"])
        assert [trouble.row for trouble in encoded.troubles] == [2, 5, 7]
        assert np.isnan(encoded.vectors[:, 0]).tolist() == [0, 1, 0, 1, 1, 0, 1]
    assert toy.asked == ["bad", "", "bad", "bad"]  # once in each portion


def test_another_encoder_finds_nothing_and_another_modality_neither(file: Path) -> None:
    Kept(Toy("one"), file).encode(["a"])
    other, picture = Toy("other", width=4), Toy("one")
    picture.modality = "image"
    Kept(other, file).encode(["a"])
    Kept(picture, file).encode(["a"])
    assert (other.asked, picture.asked) == (["a"], ["a"])


def test_a_name_that_changed_its_width_is_refused(file: Path) -> None:
    Kept(Toy(width=8), file).encode(["a"])
    with pytest.raises(Conflict, match="width 8 and has 4 now"):
        Kept(Toy(width=4), file).encode(["a"])


def test_a_foreign_database_is_refused_and_left_as_it_is(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(Conflict, match="something else"):
        Kept(Toy(), file).encode(["a"])
    assert file.read_bytes() == before


@pytest.mark.parametrize("content", [b"title,price\n" * 300, b"\0" * 8_192], ids=["csv", "zeros"])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(
    file: Path, content: bytes
) -> None:
    file.write_bytes(content)
    with pytest.raises(Conflict, match="name another file") as told:
        Kept(Toy(), file).encode(["a"])
    assert "delete" not in str(told.value)
    assert file.read_bytes() == content


def test_a_later_form_is_refused(file: Path) -> None:
    Kept(Toy(), file).encode(["a"])
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(Conflict, match="of form 99, this version reads 1"):
        Kept(Toy(), file).encode(["a"])


def test_a_changed_byte_is_noticed(file: Path) -> None:
    with Kept(Toy(), file) as kept:
        kept.encode(["a"])
    with sqlite3.connect(file) as connection:
        (blob,) = connection.execute("SELECT vector FROM vectors").fetchone()
        changed = blob[:5] + bytes([blob[5] ^ 1]) + blob[6:]
        connection.execute("UPDATE vectors SET vector = ?", (changed,))
    connection.close()
    with pytest.raises(Damaged, match="delete it"):
        Kept(Toy(), file).encode(["a"])


def test_a_file_cut_short_is_damaged(file: Path) -> None:
    with Kept(Toy(), file) as kept:
        kept.encode([f"text {n}" for n in range(500)])
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2 // 4096 * 4096])
    with pytest.raises(Damaged):
        Kept(Toy(), file).encode([f"text {n}" for n in range(500)])


def test_where_nothing_may_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(Unavailable, match="name another file"):
        Kept(Toy(), tmp_path / "taken" / "vectors.sqlite").encode(["a"])


def test_threads_may_share_one(file: Path) -> None:
    texts = [f"text {n}" for n in range(40)]
    kept, wanted = Kept(Toy(), file, portion=4), Toy().encode(texts).vectors
    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(lambda _: kept.encode(texts).vectors, range(8)):
            np.testing.assert_array_equal(found, wanted)


WORKER = """
import sys, time
from pathlib import Path
import numpy as np
from zhiyin.core import Encoded
from zhiyin.encoders import Kept

class Slow:
    name, modality, width = "slow", "text", 4
    def encode(self, contents):
        time.sleep(float(sys.argv[2]))
        return Encoded(np.tile(np.float32([1, 0, 0, 0]), (len(contents), 1)))

kept = Kept(Slow(), Path(sys.argv[1]), portion=5)
for start in range(int(sys.argv[3]), 200, 5):
    kept.encode([str(n) for n in range(start, start + 5)])
    print(start, flush=True)
print("found", kept.found, flush=True)
"""


def started(file: Path, *arguments: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(file), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
    )


def count(file: Path) -> int:
    connection = sqlite3.connect(file)
    (found,) = connection.execute("SELECT count(*) FROM vectors").fetchone()
    connection.close()
    return int(found)


def test_what_was_done_before_a_kill_is_kept(file: Path) -> None:
    worker = started(file, 0.02, 0)
    assert worker.stdout is not None
    lines = [worker.stdout.readline() for _ in range(6)]
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    done = int(lines[-1]) + 5
    assert done <= count(file) < 200
    again = started(file, 0, 0)
    told, _ = again.communicate(timeout=60)
    assert int(told.split()[-1]) >= done
    assert count(file) == 200


@pytest.mark.slow
def test_many_processes_fill_one_file(file: Path) -> None:
    workers = [started(file, 0.001, start) for start in (0, 0, 50, 100)]
    for worker in workers:
        worker.communicate(timeout=60)
        assert worker.returncode == 0
    assert count(file) == 200
    assert Kept(Toy("slow", width=4), file).encode(["0"]).vectors.tolist() == [[1, 0, 0, 0]]


def test_a_full_disk_is_told_and_what_was_kept_stays(tmp_path: Path) -> None:
    file = tmp_path / "vectors.sqlite"
    kept = Kept(Toy(), file)
    kept.encode(["a"])
    # SQLite's own limit stands for the disk's: the same error, without a disk to fill.
    with kept._opened() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Unavailable, match="full"):
        kept.encode([f"text {n}" for n in range(200)])
    kept.close()
    again = Kept(Toy(), file)
    again.encode(["a"])
    assert again.found == 1
