"""The terminal as a user has it: a process of its own, or its commands called directly."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from zhiyin.app import make_demo, open_shop
from zhiyin.cli import answers, demo, goods, learning, machine, main, screen, searching, words

Done = subprocess.CompletedProcess[str]
Zhiyin = Callable[..., Done]
COMMAND = (sys.executable, "-c", "from zhiyin.cli import main; main()")


def surroundings(**more: str) -> dict[str, str]:
    """The environment without settings of ours, in English."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("ZHIYIN_")}
    return {**plain, "LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "error", **more}


@pytest.fixture
def zhiyin(tmp_path: Path) -> Zhiyin:
    """Run the real command in a folder of its own: ``zhiyin("fit", "--shop", "tea")``."""

    def run(*words: str, given: str | None = None, **variables: str) -> Done:
        return subprocess.run(
            [*COMMAND, *words],
            cwd=tmp_path,
            env=surroundings(**variables),
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start the real command and leave it running."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(*words: str) -> subprocess.Popen[bytes]:
        running.append(
            subprocess.Popen(
                [*COMMAND, *words], cwd=tmp_path, env=surroundings(), stderr=subprocess.DEVNULL
            )
        )
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture(scope="package")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo shop that was fitted; to be read only."""
    place = tmp_path_factory.mktemp("fitted") / "shop"
    make_demo(place, items=60, shoppers=200, days=21, pictures="none")
    with open_shop(place) as shop:
        shop.fit()
    return place


class Told:
    """What a command printed, and its exit status."""

    def __init__(self, out: str, err: str, status: int) -> None:
        self.out, self.err, self.status = out, err, status


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Call ``main`` in this process, in English: quick, and with its exit status."""
    for file in (words, screen, answers, demo, goods, learning, machine, searching):
        monkeypatch.setattr(file, "LANG", "en")

    def call(*line: str | Path) -> Told:
        monkeypatch.setattr(sys, "argv", ["zhiyin", *map(str, line)])
        status: object = 0
        try:
            main()
        except SystemExit as end:
            status = end.code or 0
        told = capsys.readouterr()
        return Told(told.out, told.err, int(str(status)))

    return call


@pytest.fixture
def folder(run: Callable[..., Told], tmp_path: Path) -> Path:
    """An empty shop, made by the terminal."""
    assert run("init", tmp_path / "tea").status == 0
    return tmp_path / "tea"
