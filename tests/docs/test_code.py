"""What the pages tell people to type works, and answers what the pages say it answers."""

import re
from pathlib import Path
from typing import Any

import pytest


def test_the_code_of_a_page_runs(told: Any, workplace: Path, terminal: Any) -> None:
    names: dict[str, Any] = {}
    for block in told.blocks:
        if block.file is not None:
            target = workplace / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(block.text.encode(block.encoding))
        elif block.language == "python":
            code = compile("\n" * block.line + block.text, told.name, "exec")
            exec(code, names)
        elif block.language == "console":
            _console(terminal, block, told.name)


def _console(terminal: Any, block: Any, page: str) -> None:
    said = ""
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        if line.startswith("$ make demo"):  # what the Makefile runs
            said = terminal.run("zhiyin demo")
        elif line.startswith("$ zhiyin"):
            said = terminal.run(line.removeprefix("$ "))
        elif not line.startswith("$ ") and line.strip():
            assert _answered(line, said), f"{page}:{number} is not what it answers:\n{said}"


def _answered(line: str, said: str) -> bool:
    """Whether a line was printed, blanks aside; … stands for anything."""
    wanted = r".*".join(re.escape(part) for part in " ".join(line.split()).split("…"))
    return any(re.fullmatch(wanted, " ".join(each.split())) for each in said.splitlines())


@pytest.mark.parametrize(
    ("line", "said", "fits"),
    [
        ("rows read  4", "x\n  rows read     4  \n", True),
        ("rows read  4", "rows read 44", False),
        ("live now: … (item-knn…)", "live now: recommender-1 (item-knn +1)", True),
    ],
)
def test_an_answer_is_compared_without_its_blanks(line: str, said: str, fits: bool) -> None:
    assert _answered(line, said) is fits
