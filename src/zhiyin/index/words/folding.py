"""Folding: characters that stand for the same become the same, and every place is kept.

Full and half width, compatibility forms, capitals, accents and traditional characters are
folded away, one character at a time, so that what is found can be shown in the original.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and where its characters came from."""

    text: str
    origins: Sequence[int] | None
    """Place in the original of each character, and one past the end; None: the same place."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that became ``text[start:end]``."""
        if self.origins is None:
            return start, end
        return self.origins[start], self.origins[end - 1] + 1


class _Table(dict[int, str]):
    """Character → what it is folded to; filled as characters are met."""

    def __init__(self) -> None:
        super().__init__()
        self.odd: set[int] = set()
        """Characters that become none or several."""

    def __missing__(self, code: int) -> str:
        found = _folded(chr(code))
        if len(found) != 1:
            self.odd.add(code)
        self[code] = found
        return found


_TABLE = _Table()


def fold(text: str) -> Folded:
    """The text with every character folded."""
    if text.isascii():
        return Folded(text.lower(), None)
    folded = text.translate(_TABLE)
    if _TABLE.odd.isdisjoint(map(ord, text)):
        return Folded(folded, None)
    origins = [place for place, char in enumerate(text) for _ in _TABLE[ord(char)]]
    return Folded(folded, origins)


def simplified(char: str) -> str:
    """The simplified form of a traditional character; any other as it is."""
    return _traditional().get(char, char)


@cache
def _traditional() -> dict[str, str]:
    table = files("zhiyin.index.words").joinpath("tables", "traditional.txt")
    lines = table.read_text(encoding="utf-8").splitlines()
    return {pair[0]: pair[1] for line in lines if line[0] != "#" for pair in line.split()}


def _folded(char: str) -> str:
    wide = unicodedata.normalize("NFKC", char).lower()
    return "".join(_bare(each) for each in wide)


def _bare(char: str) -> str:
    """A letter without its accents, a character in its simplified form, nothing for a mark."""
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return ""
    if char < "\u0250":  # Latin; elsewhere a mark can make another letter of it
        return unicodedata.normalize("NFD", char)[0]
    return simplified(char)
