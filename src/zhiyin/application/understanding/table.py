"""The table of words.toml: what shoppers in both languages call what many shops sell."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

KINDS = ("category", "colour", "motif", "craft", "material", "occasion", "style")
"""The kinds of meaning that have a table or a role, those that win a tie first."""


@dataclass(frozen=True, slots=True)
class Idea:
    """One thing that shops call differently: a colour, an occasion, a sort of goods."""

    kind: str
    key: str
    en: str
    zh: str
    words: tuple[str, ...]
    values: tuple[str, ...]
    within: tuple[str, ...]
    ends: tuple[str, ...]


@cache
def ideas() -> tuple[Idea, ...]:
    """All of the table, kind by kind."""
    return tuple(
        Idea(
            kind,
            key,
            row["label"][0],
            row["label"][1],
            *(tuple(row.get(part, ())) for part in ("words", "values", "within", "ends")),
        )
        for kind in KINDS
        for key, row in _read().get(kind, {}).items()
    )


def words(name: str) -> tuple[str, ...]:
    """A plain list of the table: "cheap", "on_sale", "in_stock", "plain", "details", "tones"."""
    return tuple(_read()[name]["words"])


def role(attribute: str) -> str | None:
    """The kind of values that an attribute of this (folded) name has; None: no known kind."""
    roles: dict[str, list[str]] = _read()["roles"]
    return next((kind for kind, names in roles.items() if attribute in names), None)


@cache
def _read() -> dict[str, Any]:
    text = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
