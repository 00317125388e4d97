"""Settings of full text: what each field is worth, and how forgiving a search is."""

from typing import Literal

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from zhiyin.core import Config


class Field(Config):
    """How one field of a document counts."""

    weight: PositiveFloat = 1.0
    """What one mention here counts beside one in another field."""
    evenness: NonNegativeFloat = 0.5
    """How much a long text is held against a mention: 0 not at all, 1 in proportion."""
    usual: PositiveInt = 10
    """Words of a text of usual length; a mention in a longer one counts less."""
    completes: Literal["value", "title", "no"] = "no"
    """Whether whole texts of this field complete what is being typed: "value" at once,
    "title" after a few letters, since there is one for every item."""


class WordsConfig(Config):
    """How documents are weighed and queries understood."""

    fields: dict[str, Field] = {
        "title": Field(weight=3.0, usual=15, completes="title"),
        "category": Field(weight=3.0, usual=4, completes="value"),
        "brand": Field(weight=2.0, usual=3, completes="value"),
        "attributes": Field(weight=1.5, usual=20, completes="value"),
        "tags": Field(weight=1.0, usual=10, completes="value"),
        "description": Field(weight=0.5, evenness=0.75, usual=100),
        "id": Field(weight=3.0, usual=1),
    }
    """Fields by name; one that is not named counts as ``Field()``."""
    saturation: PositiveFloat = 1.2
    """BM25's k₁: how soon further mentions stop to count."""
    characters: NonNegativeFloat = 1.0
    """What a single character of a Chinese word counts beside a pair of them."""
    exact: NonNegativeFloat = 0.25
    """What a Latin word adds that is written as in the query, where it has a stem."""
    typos: NonNegativeInt = 2
    """Letters that may be wrong in a long Latin word; in a short one 1, in a tiny one none."""
    synonym: PositiveFloat = 0.8
    """What a synonym counts beside the word itself."""
    pinyin: PositiveFloat = 0.8
    """What a Chinese word counts that was typed in pinyin; by initials, half of it."""
    longest: PositiveInt = 400
    """Characters of a query; the rest is not read."""
    most: PositiveInt = 24
    """Words of a query; the rest is not looked for."""

    def field(self, name: str) -> Field:
        """How the field counts."""
        return self.fields.get(name, _OTHER)


_OTHER = Field()
