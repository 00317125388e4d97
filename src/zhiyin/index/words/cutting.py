"""Cutting: a text becomes pieces, and pieces become the terms that are looked up.

Latin words count by their stem, a little more where they are written alike (a shop's Shirts
and Shirt may be different goods), and two joined by a hyphen also as one. Chinese, Japanese
and Korean runs count by character and by pair: no dictionary knows a shop's own words
(月白莲花纹 is no 白莲), and on the demo shop pairs with characters found more than jieba's
words (``benchmarks/words.py``). A number counts as it is, with the character that follows
it (6枚) and within a size (200x70).
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, repeat
from operator import add
from typing import Literal, NamedTuple

import snowballstemmer

from zhiyin.index.words.folding import Folded, fold

Kind = Literal["run", "word", "number", "size"]
EXACT = "="
"""First character of a term for a word just as it is written, where its stem is another."""
LONGEST = 64
"""Letters of a word; what is longer is cut, so that no term is enormous."""

_RUN = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_PIECES = re.compile(
    r"([a-z]+(?:['’][a-z]+)*)"
    rf"|([{_RUN}]+)"
    rf"|({_NUMBER}(?:\s?[x×*]\s?{_NUMBER})+)"
    rf"|({_NUMBER})"
    rf"|([^\W\d_a-z{_RUN}]+)"
)
_KINDS: tuple[Kind, ...] = ("word", "word", "run", "size", "number", "word")
_TIMES = re.compile(r"\s?[x×*]\s?")
_HYPHENS = {"-", "‐", "‑"}
_IRREGULAR = {
    "scarves": "scarf",
    "shelves": "shelf",
    "leaves": "leaf",
    "knives": "knife",
    "loaves": "loaf",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "geese": "goose",
}
"""Plurals that no rule of the stemmer leads back."""
_stemmer = snowballstemmer.stemmer("english")


class Piece(NamedTuple):
    """A stretch of one kind."""

    kind: Kind
    text: str
    """Folded; of a size without blanks, with x between its numbers."""
    start: int
    end: int
    """Its places in the folded text."""
    link: str
    """What stands between it and the piece before: empty, a hyphen, or a blank for all else."""


Term = tuple[str, int, int, int]
"""One thing to be looked up: its text, its position, its start and its end in the folded text.

Positions count words and characters, so that neighbours can be told; -1: only that it is
there."""


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a folded text, in order."""
    last = -1
    for match in _PIECES.finditer(text):
        kind = _KINDS[match.lastindex or 0]
        start, end = match.span()
        if last < 0 or start > last:
            link = "-" if start == last + 1 and text[last] in _HYPHENS else " "
        else:
            link = ""
        said = match[0]
        if kind == "size":
            said = _TIMES.sub("x", said)
        yield Piece(kind, said if kind == "run" else said[:LONGEST], start, end, link)
        last = end


def terms(found: Iterable[Piece]) -> Iterator[Term]:
    """All that is indexed of the pieces of a text."""
    position = -1
    before: Piece | None = None
    for piece in found:
        position += 1
        kind, text, start, end, link = piece
        if kind == "run":
            if before is not None and before.kind == "number" and not link:
                yield before.text + text[0], position - 1, before.start, start + 1
            yield from _run(text, position, start)
            position += len(text) - 1
        elif kind == "size":
            yield text, position, start, end
            for number in text.split("x"):
                yield number, -1, start, end
        else:
            root = stem(text)
            yield root, position, start, end
            if root != text:
                yield EXACT + text, -1, start, end
            if link == "-" and kind == "word" and before is not None and before.kind == "word":
                yield stem(before.text + text), -1, before.start, end
        before = piece


def _run(text: str, position: int, start: int) -> Iterator[Term]:
    """Its characters and pairs; made without a loop, since most of an index is made of these."""
    size = len(text)
    if size == 1:
        return iter([(text, position, start, start + 1)])
    singles = zip(
        text,
        repeat(-1),
        range(start, start + size),
        range(start + 1, start + size + 1),
        strict=False,  # repeat never ends
    )
    pairs = zip(
        map(add, text, text[1:]),
        range(position, position + size - 1),
        range(start, start + size - 1),
        range(start + 2, start + size + 1),
        strict=True,
    )
    return chain(singles, pairs)


@lru_cache(1 << 16)
def stem(word: str) -> str:
    """What an English word is looked up by; words of other kinds stay as they are."""
    if not word.isascii() or word[0].isdigit():
        return word
    plain = word.replace("’", "'").removesuffix("'s").replace("'", "")
    found: str = _stemmer.stemWord(_IRREGULAR.get(plain, plain))
    return found or word


def cut(text: str) -> tuple[Folded, list[Piece]]:
    """A text folded, and its pieces."""
    folded = fold(text)
    return folded, list(pieces(folded.text))
