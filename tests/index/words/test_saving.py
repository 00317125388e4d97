"""Saving: whole or not at all, and damage is told before anything is looked up."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zhiyin.core import BadInput, Conflict, Damaged, Document, NotFound
from zhiyin.index.words import Synonyms, new_words, open_words


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    index = new_words()
    index.put([Document(n, {"title": f"silk {n} 丝巾", "brand": "Jade House"}) for n in range(9)])
    index.asked({"jade scarf": 3})
    index.save(tmp_path / "words")
    return tmp_path / "words"


def test_every_flipped_byte_is_noticed(saved: Path) -> None:
    for file in sorted(saved.glob("*.npy")):
        content = bytearray(file.read_bytes())
        for place in {0, len(content) // 2, len(content) - 1}:
            content[place] ^= 0x41
            file.write_bytes(content)
            with pytest.raises(Damaged, match=file.name):
                open_words(saved)
            content[place] ^= 0x41
        file.write_bytes(content)
    assert open_words(saved).search("silk", 1).total == 9


def test_a_file_that_is_cut_or_gone_is_noticed_without_reading_all(saved: Path) -> None:
    file = saved / "0.rows.npy"
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    with pytest.raises(Damaged, match=r"0\.rows\.npy"):
        open_words(saved, check=False)
    file.unlink()
    with pytest.raises(Damaged, match=r"0\.rows\.npy is missing"):
        open_words(saved, check=False)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"format": 99}, BadInput),
        ({"segments": 2}, Damaged),
        ({"files": {}}, Damaged),
        ({"config": {"no such": 1}}, Damaged),
        ({"files": {"../words.json": {"size": 1, "crc32": 0}}}, Damaged),
    ],
)
def test_a_header_that_does_not_fit_is_refused(
    saved: Path, change: dict[str, object], error: type[Exception]
) -> None:
    header = json.loads((saved / "words.json").read_text(encoding="utf-8"))
    (saved / "words.json").write_text(json.dumps(header | change), encoding="utf-8")
    with pytest.raises(error):
        open_words(saved)


def test_arrays_of_another_index_are_refused(saved: Path, tmp_path: Path) -> None:
    other = new_words()
    other.put([Document(1, {"title": "lamp"})])
    other.save(tmp_path / "other")
    header = json.loads((saved / "words.json").read_text(encoding="utf-8"))
    facts = json.loads((tmp_path / "other" / "words.json").read_text(encoding="utf-8"))["files"]
    header["files"]["0.rows.npy"] = facts["0.rows.npy"]
    (saved / "words.json").write_text(json.dumps(header), encoding="utf-8")
    (saved / "0.rows.npy").write_bytes((tmp_path / "other" / "0.rows.npy").read_bytes())
    with pytest.raises(Damaged, match="do not fit"):
        open_words(saved)


def test_a_folder_without_a_header_is_no_index(saved: Path) -> None:
    (saved / "words.json").unlink()
    with pytest.raises(NotFound, match="index of words"):
        open_words(saved)


def test_a_folder_in_use_is_not_written_over(saved: Path) -> None:
    with pytest.raises(Conflict):
        new_words().save(saved)
    assert open_words(saved).search("silk", 1).total == 9


def test_past_queries_and_settings_are_kept(saved: Path) -> None:
    opened = open_words(saved, Synonyms())
    assert opened.suggest("jade s") == ()  # no scarf by that name
    opened.put([Document(99, {"title": "jade scarf"})])
    assert opened.suggest("jade s") == ("jade scarf",)


def test_a_save_that_is_killed_leaves_no_index_or_a_whole_one(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from zhiyin.core import Document;"
        "from zhiyin.index.words import new_words; index = new_words();"
        "index.put([Document(n, {'title': f'silk {n}'}) for n in range(500)]);"
        "print('ready', flush=True);"
        "[index.save(Path(sys.argv[1]) / str(n)) for n in range(1000)]"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.15)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    folders = sorted(tmp_path.iterdir(), key=lambda folder: int(folder.name))
    for folder in folders:
        try:
            assert open_words(folder).search("silk", 1).total == 500
        except NotFound:
            assert folder == folders[-1]
