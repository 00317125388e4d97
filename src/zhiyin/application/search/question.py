"""Question: the words of a request as search uses them, read with the words of the shop."""

import re
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from unicodedata import category

from zhiyin.application.shelf import View
from zhiyin.application.understanding import Lexicon, understand
from zhiyin.core import Chip, Request

Learnt = Mapping[tuple[str, str], Iterable[str]]
"""(field, value) → what it is called in another language."""

_READ = 400
"""Letters of a query; nobody types more, and an encoder would read pasted text for seconds."""
_RESTS = 30.0
"""Seconds before new brands and values of the shelf are learnt again: it takes a moment."""
_NO_WORDS = frozenset({"price", "cheap", "on_sale", "in_stock"})
"""Kinds of chips whose words are not in the goods' own."""
_TOKEN = re.compile(r"[a-z0-9']+|[^\W\d_a-z]", re.IGNORECASE)
# What is left between wishes and means nothing by itself: "我想买…的", "looking for a …".
_SMALL = frozenset("的了吗呢啊吧和与及或给送要想买找来个件款只条我你他她有是用在请帮看些种一") | {
    *("a", "an", "and", "any", "are", "at", "buy", "by", "can", "find", "for", "from", "get"),
    *("give", "i", "in", "is", "it", "like", "looking", "me", "my", "of", "on", "one", "or"),
    *("please", "show", "some", "something", "that", "the", "this", "to", "want", "with", "you"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What the words of a request mean."""

    text: str
    """The words to look for, without those of limits and refusals."""
    rest: str
    """Of these, the words that no chip stands for."""
    chips: tuple[Chip, ...]


class Reader:
    """Reads questions with the words of one shop, which it learns from its shelf."""

    def __init__(self, learnt: Learnt | None = None) -> None:
        self._learnt = learnt or {}
        self._lexicon: Lexicon | None = None
        self._of: tuple[int, ...] = ()
        self._not_before = 0.0
        self._lock = threading.Lock()

    def lexicon(self, view: View) -> Lexicon:
        """The words of the shop; a new brand is among them half a minute later."""
        found = self._lexicon
        if found is None:
            return self._learn(view)
        names = view.names
        known = len(names.brands), len(names.categories), len(names.facts)
        if known != self._of and time.monotonic() >= self._not_before:
            self._not_before = time.monotonic() + _RESTS
            threading.Thread(target=self._learn, args=(view,), daemon=True).start()
        return found

    def read(self, request: Request, view: View) -> Question:
        """What the words of a request mean."""
        query = request.query[:_READ]
        found = understand(query, self.lexicon(view), request.language, request.without)
        text = _without(found.words, (c.words for c in found.chips if c.kind in _NO_WORDS))
        rest = _without(text, (chip.words for chip in found.chips if not chip.hard))
        return Question(text, "" if _says_nothing(rest) else rest, found.chips)

    def _learn(self, view: View) -> Lexicon:
        with self._lock:
            names = view.names
            self._of = len(names.brands), len(names.categories), len(names.facts)
            self._lexicon = Lexicon(view, self._learnt)
            return self._lexicon


def _without(text: str, phrases: Iterable[str]) -> str:
    """The text without these stretches of it, each once."""
    for phrase in sorted(phrases, key=len, reverse=True):
        text = text.replace(phrase, " ", 1)
    return " ".join(text.split())


def _says_nothing(text: str) -> bool:
    """Whether only small words and marks are left; a picture sign says something."""
    small = all(token.lower() in _SMALL for token in _TOKEN.findall(text))
    return small and not any(category(letter) == "So" for letter in text)
