"""Reads the text tables that the goods are written from."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

Pair = tuple[str, str]
"""The same thing in Chinese and in English."""


@cache
def read(name: str) -> dict[str, Any]:
    """The table ``texts/name.toml``."""
    text = files("zhiyin.data.demo.goods").joinpath("texts", f"{name}.toml")
    return tomllib.loads(text.read_text(encoding="utf-8"))


def pairs(rows: list[list[str]]) -> tuple[Pair, ...]:
    """Rows of a text table as pairs."""
    return tuple((chinese, english) for chinese, english in rows)
