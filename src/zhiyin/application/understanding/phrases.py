"""Phrases: the longest known phrase at a place, in Chinese without blanks or in Latin words."""

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from zhiyin.application.understanding.text import LETTERS, Folded, fold_letters, is_latin

T = TypeVar("T")
_LONGEST = 40


class Phrases(Generic[T]):
    """What each phrase stands for; the first that claims a phrase keeps it."""

    def __init__(self, letters: Mapping[int, str] = LETTERS) -> None:
        self._letters = letters
        self._means: dict[str, T] = {}
        self._lengths: dict[str, list[int]] = {}

    def add(self, phrase: str, meaning: T) -> None:
        """Let a phrase, and for Latin words its plural and singular, stand for something."""
        for form in forms(spaced(phrase, self._letters)):
            if form and len(form) <= _LONGEST and form not in self._means:
                self._means[form] = meaning
                lengths = self._lengths.setdefault(form[0], [])
                if len(form) not in lengths:
                    lengths.append(len(form))
                    lengths.sort(reverse=True)

    def add_all(self, phrases: Iterable[str], meaning: T) -> None:
        """``add`` for several phrases."""
        for phrase in phrases:
            self.add(phrase, meaning)

    def at(self, text: Folded, place: int) -> tuple[int, T] | None:
        """Where the longest phrase that starts at ``place`` stops, and what it stands for."""
        lengths = self._lengths.get(text.spaced[place : place + 1])
        if lengths is None or not text.starts_word(place):
            return None
        for length in lengths:
            stop = place + length
            phrase = text.spaced[place:stop]
            if len(phrase) == length and phrase in self._means and text.ends_word(stop):
                return stop, self._means[phrase]
        return None


def spaced(phrase: str, letters: Mapping[int, str] = LETTERS) -> str:
    """A phrase as it is looked for: folded, hyphens as blanks."""
    return " ".join(fold_letters(phrase, letters).replace("-", " ").split())


def forms(phrase: str) -> list[str]:
    """A phrase and, where its last word is Latin, the same in the other number."""
    if not phrase or not is_latin(phrase[-1]) or phrase[-1].isdigit():
        return [phrase]
    return list(dict.fromkeys([phrase, singular(phrase), plural(phrase)]))


def singular(phrase: str) -> str:
    """English without the ending of a plural, roughly; the same for every form of a word."""
    if phrase.endswith("ies") and len(phrase) > 4:
        return phrase[:-3] + "y"
    if phrase.endswith(("shes", "ches", "sses", "xes")):
        return phrase[:-2]
    return phrase[:-1] if phrase.endswith("s") and not phrase.endswith("ss") else phrase


def plural(phrase: str) -> str:
    """English in the plural, roughly."""
    if phrase.endswith("s"):
        return phrase if singular(phrase) != phrase else phrase + "es"
    if phrase.endswith(("sh", "ch", "x")):
        return phrase + "es"
    if phrase.endswith("y") and phrase[-2:-1] not in "aeiou":
        return phrase[:-1] + "ies"
    return phrase + "s"
