"""WordPiece, as BERT cuts texts: letters made plain, words split, each into its longest pieces.

Reads ``tokenizer.json`` of the tokenizers library where it is of this kind, and gives the
same numbers, so that a shop serves without that library. Wu et al.: *Google's neural machine
translation system*, 2016 (the pieces); Devlin et al.: *BERT*, 2019 (what is a word). What a
text says is never one of the signs, even where it is written like one: ``[MASK]`` is a word
between brackets.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Self


class Unfit(ValueError):
    """A tokeniser of another kind; the library can read it."""


@dataclass(frozen=True, slots=True)
class WordPiece:
    """Text → numbers of pieces."""

    numbers: Mapping[str, int]
    unknown: int
    prefix: str
    longest: int
    """Characters of a word; a longer one is unknown."""
    lower: bool
    plain: bool
    """Accents are taken off."""
    apart: bool
    """Chinese characters stand alone."""
    clean: bool

    @classmethod
    def read(cls, content: bytes) -> Self:
        """From ``tokenizer.json``; raises Unfit for what it is not."""
        try:
            whole = json.loads(content)
            model, normal = whole["model"], whole["normalizer"]
            kinds = (model["type"], normal["type"], whole["pre_tokenizer"]["type"])
            if kinds != ("WordPiece", "BertNormalizer", "BertPreTokenizer"):
                raise Unfit(f"it is made of {kinds}")
            lower = bool(normal["lowercase"])
            accents: Any = normal["strip_accents"]
            return cls(
                numbers=dict(model["vocab"]),
                unknown=int(model["vocab"][model["unk_token"]]),
                prefix=str(model["continuing_subword_prefix"]),
                longest=int(model["max_input_chars_per_word"]),
                lower=lower,
                plain=lower if accents is None else bool(accents),
                apart=bool(normal["handle_chinese_chars"]),
                clean=bool(normal["clean_text"]),
            )
        except (KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise Unfit(f"it lacks {error}") from error

    def __call__(self, text: str) -> list[int]:
        return [number for word in self._words(text) for number in self._cut(word)]

    def _words(self, text: str) -> Iterator[str]:
        """Words and single marks, made plain."""
        if self.clean:
            text = "".join(" " if c.isspace() else c for c in text if not _dropped(c))
        if self.apart:
            text = "".join(f" {c} " if _chinese(c) else c for c in text)
        if self.plain:
            decomposed = unicodedata.normalize("NFD", text)
            text = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
        if self.lower:
            text = "".join(c.lower() for c in text)
        word = ""
        for character in text:
            if character.isspace() or _mark(character):
                if word:
                    yield word
                word = ""
                if not character.isspace():
                    yield character
            else:
                word += character
        if word:
            yield word

    def _cut(self, word: str) -> list[int]:
        """The longest piece first, again and again; unknown where no piece fits."""
        if len(word) > self.longest:
            return [self.unknown]
        found, start = [], 0
        while start < len(word):
            lead = self.prefix if start else ""
            for stop in range(len(word), start, -1):
                number = self.numbers.get(lead + word[start:stop])
                if number is not None:
                    found.append(number)
                    start = stop
                    break
            else:
                return [self.unknown]
        return found


@cache
def _dropped(character: str) -> bool:
    """Controls and what has no width, but for the gaps among them."""
    if character in "\t\n\r":
        return False
    return character in "\x00\ufffd" or unicodedata.category(character) in ("Cc", "Cf", "Co")


@cache
def _mark(character: str) -> bool:
    if character.isascii():
        return character.isprintable() and not character.isalnum() and character != " "
    return unicodedata.category(character).startswith("P")


@cache
def _chinese(character: str) -> bool:
    number = ord(character)
    return any(first <= number <= last for first, last in _BLOCKS)


_BLOCKS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)
