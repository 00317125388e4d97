"""What the language is learnt from: the texts of a catalogue, and which belong to one item.

An item says the same thing several times: a title in one language and in another, a
description, its facts (category, brand, attributes, tags). Each is a *view* of it. Items are
parted by the hash of their first view, so that those of the same title are all held, or none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Self
from zlib import crc32

from zhiyin.core import BadRequest, Catalogue, Item
from zhiyin.pretrain.encode import pages
from zhiyin.pretrain.wording import views_of

LEAST = 50
"""With fewer texts there is nothing to learn: whatever is found would be chance."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Texts, each once, and the items that say them."""

    texts: tuple[str, ...]
    items: tuple[tuple[int, ...], ...]
    """The views of each item, by their numbers in ``texts``; some at least one."""
    held: tuple[bool, ...]
    """Per item: it only judges."""

    @classmethod
    def of(cls, views: Iterable[list[str]], held: float) -> Self:
        """From the views of each item; ``held``: the share of the items that judge.

        Raises:
            BadRequest: There are fewer than ``LEAST`` texts.
        """
        numbers: dict[str, int] = {}
        said = [each for each in views if each]
        items = tuple(tuple(numbers.setdefault(t, len(numbers)) for t in each) for each in said)
        if len(numbers) < LEAST:
            raise _too_few(len(numbers))
        marks = [_place(each[0]) < held for each in said]
        marks[0] = marks[0] or not any(marks)  # of few items none may have been drawn
        return cls(tuple(numbers), items, tuple(marks))

    @property
    def taught(self) -> list[int]:
        """The texts that teach: those that an item says which is not held."""
        return sorted({n for own, held in self._each() if not held for n in own})

    @property
    def judging(self) -> list[int]:
        """The texts that only held items say."""
        return sorted({n for own, held in self._each() if held for n in own} - {*self.taught})

    def pairs(self, *, held: bool) -> list[tuple[int, ...]]:
        """The views of those items that have two or more."""
        return [own for own, mark in self._each() if mark == held and len(own) > 1]

    @property
    def key(self) -> str:
        """A hash: other texts, other key."""
        digest = sha256(repr((self.items, self.held)).encode())
        for text in self.texts:
            digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
        return digest.hexdigest()

    def _each(self) -> Iterator[tuple[tuple[int, ...], bool]]:
        return zip(self.items, self.held, strict=True)


def gathered(catalogue: Catalogue, most: int, held: float) -> Lesson:
    """The lesson of a catalogue; of more than ``most`` items about so many, drawn by id."""
    share = most / max(catalogue.count(), 1)
    found: dict[str, list[str]] = {}
    for page in pages(catalogue, 0):
        for change in page:
            found.pop(change.id, None)
            if change.item is not None and _place(change.id) < share:
                found[change.id] = views_of(change.item)
    return Lesson.of((found[id] for id in sorted(found)), held)


def lesson_of(items: Iterable[Item], held: float) -> Lesson:
    """The lesson of items at hand."""
    return Lesson.of((views_of(item) for item in items), held)


def _place(text: str) -> float:
    """A number from 0 to 1 that the text alone decides."""
    return crc32(text.encode("utf-8", "surrogatepass")) / 2**32


def _too_few(count: int) -> BadRequest:
    return BadRequest(
        what=f"the goods say {count} different texts",
        what_zh=f"商品共有 {count} 条不同的文本",
        remedy=f"learning a language needs {LEAST}; add titles and descriptions",
        remedy_zh=f"学习语言至少需要 {LEAST} 条；请补充标题和描述",
    )
