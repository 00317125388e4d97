"""Pages as tests see them: blocks, headings, links, and a folder in which to run them."""

import csv
import random
import re
import shlex
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import TextIOWrapper
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

ROOT = Path(__file__).parent.parent.parent
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
_FILE = re.compile(r"<!-- file: (\S+)(?: (\S+))? -->\n$")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|src=\"([^\"]+)\"")
# The demo of the docs, small enough for a test.
SMALL = "--once --items 60 --shoppers 200 --days 30 --pictures none"


PHOTOS = (
    ("scarf-1", "square", "#c0392b"),
    ("scarf-2", "square", "#1f4e9c"),
    ("scarf-3", "square", "#789b73"),
    ("cup-1", "round", "#e8ede8"),
    ("cup-2", "round", "#2a5caa"),
    ("pot-1", "round", "#6b3a2a"),
    ("bag-1", "square", "#d6455d"),
    ("fan-1", "round", "#96b88c"),
)


@dataclass(frozen=True)
class Block:
    """A fenced block; a comment ``<!-- file: NAME [ENCODING] -->`` before it names a file."""

    language: str
    text: str
    line: int
    file: str | None = None
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Page:
    """A Markdown file of the repository."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def blocks(self) -> list[Block]:
        text = self.text
        found = []
        for fence in _FENCE.finditer(text):
            before = text[: fence.start()]
            file = _FILE.search(before)
            names = (file[1], file[2] or "utf-8") if file else (None, "utf-8")
            found.append(Block(fence[1], fence[2], before.count("\n") + 1, *names))
        return found

    @property
    def prose(self) -> str:
        """The page without its blocks."""
        return _FENCE.sub("", self.text)

    @property
    def headings(self) -> list[str]:
        return re.findall(r"^#+ .*$", self.prose, re.M)

    @property
    def links(self) -> list[str]:
        return [plain or source for plain, source in _LINK.findall(self.prose)]


def pages() -> list[Page]:
    """Every page that people read."""
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return [Page(file) for file in sorted(files)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for ``page`` once per page, ``told`` once per page that shows code."""
    for name in {"page", "told"} & set(metafunc.fixturenames):
        chosen = [p for p in pages() if name == "page" or _shows_code(p)]
        metafunc.parametrize(name, chosen, ids=[each.name for each in chosen])


def _shows_code(page: Page) -> bool:
    return any(b.language == "python" or "$ zhiyin" in b.text for b in page.blocks)


@pytest.fixture
def all_pages() -> list[Page]:
    return pages()


class Terminal:
    """Runs the lines of a console block through the real command line, in this process."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], postgres: str
    ) -> None:
        self._patch, self._capsys, self._postgres = monkeypatch, capsys, postgres

    def run(self, line: str) -> str:
        """What the command printed; fails when it does not end with status 0."""
        # Loaded late: the language of the terminal is chosen when it is.
        from zhiyin.cli import main

        words = shlex.split(re.sub(r"postgresql://[^\s'\"]+", self._postgres, line), comments=True)
        given = None
        if "<" in words:
            given = words[words.index("<") + 1]
            words = words[: words.index("<")]
        if words[1:2] == ["demo"]:
            words += SMALL.split()
        with self._patch.context() as patch, ExitStack() as opened:
            patch.setattr(sys, "argv", words)
            if given is not None:
                file = opened.enter_context(Path(given).open("rb"))
                patch.setattr(sys, "stdin", opened.enter_context(TextIOWrapper(file)))
            status: object = 0
            try:
                main()
            except SystemExit as end:
                status = end.code or 0
        said = self._capsys.readouterr()
        assert status == 0, f"{line}\nended with {status}\n{said.out}\n{said.err}"
        return said.out + said.err


@pytest.fixture
def terminal(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    told: Page,
    request: pytest.FixtureRequest,
) -> Terminal:
    """A terminal; where the page speaks of Postgres it has a schema of its own."""
    asks = "$ zhiyin" in told.text and "postgresql://" in told.text
    return Terminal(monkeypatch, capsys, request.getfixturevalue("postgres_url") if asks else "")


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the docs suppose a shop to have."""
    monkeypatch.chdir(tmp_path)
    dice = random.Random(7)
    items = [f"SKU-{1000 + number}" for number in range(120)]
    with Path("products.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["sku", "title", "category", "brand", "price", "stock"])
        table.writerows([id, f"Scarf {id}", "scarves>silk", "Cloud", 99, 5] for id in items)
    start = datetime(2026, 3, 1)
    rows = []
    for shopper in range(60):
        for _ in range(20):
            # Two tribes, so that there is something to learn.
            item = items[2 * dice.randrange(60) + shopper % 2]
            time = start + timedelta(minutes=dice.randrange(30 * 24 * 60))
            rows.append([f"u{shopper}", item, dice.choice(["view", "view", "buy"]), time])
    with Path("events.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["user_id", "sku", "event", "timestamp"])
        table.writerows(sorted(rows, key=lambda row: row[-1]))
    _photos(Path("photos"))
    return tmp_path


def _photos(folder: Path) -> None:
    """Pictures of the eight goods of how-to/search.md: a plain shape each, in its colour."""
    folder.mkdir()
    for name, shape, colour in PHOTOS:
        photo = Image.new("RGB", (160, 160), "white")
        draw = ImageDraw.Draw(photo)
        {"square": draw.rectangle, "round": draw.ellipse}[shape]((30, 30, 130, 130), fill=colour)
        photo.save(folder / f"{name}.jpg")
