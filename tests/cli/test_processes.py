"""The command as a process: languages, streams, exit statuses, and being interrupted."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from zhiyin.app import open_shop
from zhiyin.cli import app

NAMES = sorted(str(command.name) for command in app.registered_commands)
EVERY_HELP = """
import sys
from typer.testing import CliRunner
from zhiyin.cli import app
for name in sys.argv[1:]:
    done = CliRunner().invoke(app, [name, "--help"])
    assert done.exit_code == 0, (name, done.output)
    print("=" + name)
    print(done.output)
"""


def helps(language: str) -> dict[str, str]:
    """What ``--help`` says of every command, in a process that speaks ``language``."""
    done = subprocess.run(
        [sys.executable, "-c", EVERY_HELP, *NAMES],
        env={"ZHIYIN_LANG": language, "PATH": "", "LC_ALL": "C.UTF-8", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    parts = (part.partition("\n") for part in done.stdout.split("=")[1:] if "\n" in part)
    return {name: text for name, _, text in parts if name in NAMES}


def chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_every_command_explains_itself_in_both_languages() -> None:
    english, ours = helps("en"), helps("zh")
    assert set(english) == set(ours) == set(NAMES)
    for name in NAMES:
        assert not chinese(english[name].replace("云间集", "")), name
        assert chinese(ours[name]), name
        options = [line for line in ours[name].splitlines() if line.strip().startswith("-")]
        mute = [line for line in options if "--help" not in line and not chinese(line)]
        # A long option stands on a line of its own, its words on the next.
        assert all(len(line.split()) <= 3 for line in mute), (name, mute)


def test_the_first_screen_is_in_the_language_of_the_locale(zhiyin: Any) -> None:
    told = zhiyin("--help", LC_ALL="zh_CN.UTF-8")
    assert "从这里开始：zhiyin demo" in told.stdout
    told = zhiyin("--help", "--lang", "en", LC_ALL="zh_CN.UTF-8")
    assert "Start with: zhiyin demo" in told.stdout


def test_from_nothing_to_a_recommendation(zhiyin: Any, tmp_path: Path) -> None:
    rows = [
        {"shopper": f"s{u}", "item": f"i{u % 2 + 2 * d}", "kind": "view", "time": 1.77e9 + d * 9e4}
        for u in range(40)
        for d in range(12)
    ]
    goods = "".join(json.dumps({"id": f"i{n}", "title": f"Good {n}"}) + "\n" for n in range(26))
    (tmp_path / "goods.jsonl").write_text(goods)
    assert zhiyin("init", "tea").returncode == 0
    assert zhiyin("ingest", "goods.jsonl", "--shop", "tea").returncode == 0
    given = "".join(json.dumps(row) + "\n" for row in rows)
    taken = zhiyin("ingest", "-", "--into", "events", given=given, ZHIYIN_SHOP="tea")
    assert taken.returncode == 0, taken.stderr
    fit = zhiyin("fit", "--json", "--shop", "tea")
    assert json.loads(fit.stdout)["promoted"] is True, fit.stderr
    slate = json.loads(zhiyin("recommend", "s1", "-k", "3", "--json", "--shop", "tea").stdout)
    assert [item["title"][:5] for item in slate["items"]] == ["Good "] * 3
    told = zhiyin("recommend", "--shop", "tea", "--lang", "zh")
    assert "给访客" in told.stdout
    assert told.stderr == ""


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "not_found no shop named 'nowhere'"), ("zh", "not_found 找不到")],
)
def test_an_error_is_one_sentence_in_the_callers_language(
    zhiyin: Any, language: str, sentence: str
) -> None:
    told = zhiyin("fit", "--shop", "nowhere", ZHIYIN_LANG=language)
    assert told.returncode == 2
    assert told.stdout == ""
    (line,) = told.stderr.splitlines()
    assert line.startswith(sentence)


def test_what_the_operator_must_mend_ends_with_another_status(zhiyin: Any, tmp_path: Path) -> None:
    zhiyin("init", "tea")
    (tmp_path / "tea" / "shop.db").write_bytes(b"this is no database" * 100)
    told = zhiyin("recommend", "--shop", "tea")
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_place_that_cannot_be_written_is_no_traceback(zhiyin: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("words")
    (tmp_path / "events.csv").write_text("shopper,item,kind,time\na,b,view,2026-03-01T00:00:00Z\n")
    zhiyin("init", "tea")
    told = zhiyin("ingest", "events.csv", "--shop", "tea", "--rejects", "file/rejects.jsonl")
    assert told.returncode == 1
    (line,) = told.stderr.splitlines()
    assert line.startswith("unavailable ")


def test_a_reader_that_leaves_early_is_no_traceback(fitted: Path) -> None:
    from_here = f"recommend --json -k 60 --shop {fitted}".split()
    with subprocess.Popen(
        [sys.executable, "-c", "from zhiyin.cli import main; main()", *from_here],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert b"Traceback" not in child.stderr.read()


ROWS = 100_000


def test_an_interrupted_ingest_goes_on_where_it_was(zhiyin: Any, tmp_path: Path) -> None:
    zhiyin("init", "tea")
    with (tmp_path / "events.csv").open("w") as file:
        file.write("id,shopper,item,kind,time\n")
        file.writelines(
            f"e{n},s{n % 997},i{n % 89},view,{1_770_000_000 + n}\n" for n in range(ROWS)
        )
    settings = tmp_path / "tea" / "zhiyin.toml"
    settings.write_text(settings.read_text() + "ingest = { batch_rows = 2_000 }\n")
    child = subprocess.Popen(
        [sys.executable, "-c", "from zhiyin.cli import main; main()", "ingest", "events.csv"],
        cwd=tmp_path,
        env={"ZHIYIN_SHOP": "tea", "PATH": "", "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while child.poll() is None and stored(tmp_path / "tea") == 0:
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    finally:
        child.kill()
    before = stored(tmp_path / "tea")
    assert 0 < before < ROWS
    assert child.returncode == 130, (out, err)
    assert "Traceback" not in err
    assert "the same command goes on" in err

    assert zhiyin("ingest", "events.csv", "--shop", "tea").returncode == 0
    assert stored(tmp_path / "tea") == ROWS


def test_an_interrupted_fit_leaves_the_shop_as_it_was(fitted: Path, tmp_path: Path) -> None:
    shop = Path(shutil.copytree(fitted, tmp_path / "copy"))
    before = sorted(file for file in shop.rglob("*") if file.suffix != ".lock")
    # Interrupts itself when the first recipe has been learnt, so the moment is no chance.
    code = (
        "import os, signal\n"
        "from zhiyin.models.collaborative import Popularity\n"
        "whole = Popularity.fit\n"
        "def fit(*given):\n"
        "    done = whole(*given)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    return done\n"
        "Popularity.fit = fit\n"
        "from zhiyin.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "fit", "--shop", str(shop)],
        env={"PATH": "", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 130, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert "nothing was written, and what was live is live" in done.stderr
    assert sorted(file for file in shop.rglob("*") if file.suffix != ".lock") == before


def stored(folder: Path) -> int:
    with open_shop(folder) as shop:
        return shop.store.events.count()
