"""The two READMEs tell the same, and only numbers that a committed run can reproduce."""

import re
from pathlib import Path
from typing import Any

import pytest
from _pytest.fixtures import FixtureRequest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def english(all_pages: list[Any]) -> Any:
    return next(page for page in all_pages if page.name == "README.md")


@pytest.fixture
def chinese(all_pages: list[Any]) -> Any:
    return next(page for page in all_pages if page.name == "README.zh-CN.md")


def depths(page: Any) -> list[int]:
    return [heading.index(" ") for heading in page.headings]


def code(page: Any) -> list[tuple[str, str]]:
    """Code to type, word for word; what is printed may be in the page's own language."""
    return [(b.language, "" if b.language == "text" else b.text) for b in page.blocks]


def test_both_readmes_have_the_same_headings(english: Any, chinese: Any) -> None:
    assert depths(english) == depths(chinese)


def test_both_readmes_show_the_same_code(english: Any, chinese: Any) -> None:
    assert code(english) == code(chinese)


def test_both_readmes_lead_to_the_same_places(english: Any, chinese: Any) -> None:
    other = {"README.md", "README.zh-CN.md"}
    assert [each for each in english.links if each not in other] == [
        each for each in chinese.links if each not in other
    ]


@pytest.mark.parametrize("name", ["english", "chinese"])
def test_numbers_stand_in_a_marked_block(name: str, request: FixtureRequest) -> None:
    text = request.getfixturevalue(name).text
    assert len(re.findall(r"<!-- numbers:begin -->.*?<!-- numbers:end -->", text, re.S)) == 1


@pytest.mark.parametrize("name", ["english", "chinese"])
def test_every_number_names_a_benchmark_that_is_there(name: str, request: FixtureRequest) -> None:
    text = request.getfixturevalue(name).text
    table = text.split("<!-- numbers:begin -->")[1].split("<!-- numbers:end -->")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    measures = {row[-1].split()[0] for row in rows[2:]}
    assert measures
    assert not [each for each in measures if not (ROOT / f"benchmarks/{each}.py").is_file()]
