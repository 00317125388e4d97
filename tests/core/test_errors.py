"""Errors: one tree, two languages, every sentence complete."""

import re
import string

import pytest

from zhiyin.core import SENTENCES, BadInput, Refusal, ZhiyinError, shorten
from zhiyin.core import errors as tree


def everyone(root: type[ZhiyinError] = ZhiyinError) -> list[type[ZhiyinError]]:
    return [root, *(sub for child in root.__subclasses__() for sub in everyone(child))]


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("kind", everyone(), ids=lambda kind: kind.__name__)
def test_an_error_says_the_same_in_both_languages(kind: type[ZhiyinError]) -> None:
    assert fields(kind.en) == fields(kind.zh)
    error = kind(**{name: f"<{name}>" for name in fields(kind.en)})
    for name in fields(kind.en):
        assert f"<{name}>" in str(error)
        assert f"<{name}>" in error.text("zh-CN")


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in everyone()]
    assert len(codes) == len(set(codes))


def test_the_drawn_tree_shows_every_error() -> None:
    drawn = set(re.findall(r"[A-Z]\w+", (tree.__doc__ or "").split("\n\n")[1]))
    assert {kind.__name__ for kind in everyone()} <= drawn


@pytest.mark.parametrize("code", SENTENCES)
def test_a_refusal_names_what_and_what_to_do_in_both_languages(code: str) -> None:
    refusal = Refusal(code, row=3, field="price", value="abc", expected="a number")
    english, chinese = SENTENCES[code]
    assert fields(english) == fields(chinese)
    assert re.search(r"[一-鿿]", refusal.text("zh"))
    assert not re.search(r"[一-鿿]", refusal.text())
    assert refusal.record()["row"] == 3


def test_a_long_value_is_shortened_in_messages() -> None:
    assert len(shorten("x" * 10_000)) == 200


def test_a_sentence_inside_an_error_may_be_told_in_both_languages() -> None:
    error = BadInput(
        what="a.csv", problem="is empty", problem_zh="是空的", remedy="x", remedy_zh="补"
    )
    assert error.text() == "a.csv: is empty; x"
    assert error.text("zh-CN") == "a.csv：是空的；补"


def test_what_a_refusal_expected_may_be_told_in_both_languages() -> None:
    refusal = Refusal("wrong_type", 3, "price", "abc", "a number", expected_zh="数值")
    assert "not a number" in refusal.text()
    assert "不是数值" in refusal.text("zh")
    assert refusal.record()["expected"] == "a number"
