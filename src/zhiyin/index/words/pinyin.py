"""Pinyin: Chinese typed in Latin letters, whole (sichou) or by initials (sc)."""

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice, product

_LETTERS = 6
"""Letters of the longest syllable."""
_TRIED = 64
_VOWELS = frozenset("aeiouv")
_SPLITS = 8


@cache
def table() -> dict[str, tuple[str, str]]:
    """Syllable → characters usually read so, and those that may be."""
    text = files("zhiyin.index.words").joinpath("tables", "pinyin.txt").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if line[0] != "#"]
    # Without a vowel they are grunts (ng 嗯), which no word is spelt with.
    return {one: (usual, other) for one, usual, other in rows if not _VOWELS.isdisjoint(one)}


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Character → its syllables, the usual one first."""
    found: dict[str, tuple[str, ...]] = {}
    for place in (0, 1):
        for syllable, chars in table().items():
            for char in chars[place]:
                found[char] = (*found.get(char, ()), syllable)
    return found


@lru_cache(4096)
def characters(syllable: str, *, rare: bool = True) -> str:
    """The characters read so, usually or (``rare``) at all; u stands for ü too, as people type."""
    found = [table().get(syllable, ("", ""))]
    if syllable[:2] in ("lu", "nu") and syllable not in ("lun", "nun"):
        found.append(table().get(syllable.replace("u", "v", 1), ("", "")))
    return "".join(usual + (other if rare else "") for usual, other in found)


def splits(letters: str) -> list[tuple[str, ...]]:
    """The ways to read letters as syllables, those of fewest syllables first."""
    if not letters.isascii() or not letters.isalpha():
        return []
    return sorted(islice(_split(letters), _TRIED), key=len)[:_SPLITS]


def spelt(text: str, most: int = 4) -> list[str]:
    """A Chinese text in pinyin without blanks; characters read in several ways multiply it."""
    options = [readings().get(char, (char,)) for char in text]
    return ["".join(one) for one in islice(product(*options), most)]


def initials(text: str) -> str:
    """The first letters of a Chinese text's usual syllables; other characters stay."""
    return "".join(readings().get(char, (char,))[0][0] for char in text)


def _split(letters: str) -> Iterator[tuple[str, ...]]:
    if not letters:
        yield ()
    for size in range(min(_LETTERS, len(letters)), 0, -1):
        head, tail = letters[:size], letters[size:]
        if (head in table() or characters(head)) and _possible(tail):
            for rest in _split(tail):
                yield (head, *rest)


@lru_cache(4096)
def _possible(letters: str) -> bool:
    """Whether letters can be read as syllables at all, so that no dead end is walked twice."""
    return not letters or any(
        (letters[:size] in table() or characters(letters[:size])) and _possible(letters[size:])
        for size in range(1, min(_LETTERS, len(letters)) + 1)
    )
