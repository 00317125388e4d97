"""Synonyms: words that a shop holds to be the same, in a text file that anyone can edit.

# a comment
丝巾, 围巾, scarf        each finds the others
国潮 => 国风, 新中式      the left finds the right, and not the other way
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from zhiyin.core import BadInput, NotFound
from zhiyin.index.words.cutting import Piece, cut, stem
from zhiyin.index.words.pinyin import spelt

_MOST = 32
"""Words in a line: more would make a search as slow as that many."""
_LARGEST = 4_000_000


@dataclass(frozen=True, eq=False)
class Synonyms:
    """What else to look for, by the words that stand for it."""

    others: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    """Words of a query, as ``canon`` writes each → texts that are looked for as well."""

    @cached_property
    def sounds(self) -> Mapping[str, tuple[str, ...]]:
        """Chinese words that have synonyms, by their pinyin."""
        found: dict[str, tuple[str, ...]] = {}
        for key in self.others:
            if len(key) == 1 and not key[0].isascii():
                for letters in spelt(key[0]):
                    found[letters] = (*found.get(letters, ()), key[0])
        return found

    @classmethod
    def read(cls, file: Path) -> "Synonyms":
        """The synonyms of a text file (UTF-8); BadInput names the line that cannot be read."""
        if not file.is_file():
            raise NotFound(
                kind="synonyms file",
                kind_zh="同义词文件",
                name=str(file),
                remedy="create it, a line of words with commas between each",
                remedy_zh="请新建该文件，每行若干个词，以逗号分隔",
            )
        if file.stat().st_size > _LARGEST:
            raise _bad(str(file), 0, "is larger than 4 MB", "超过 4 MB")
        try:
            text = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            line = file.read_bytes()[: error.start].count(b"\n") + 1
            raise _bad(str(file), line, "is not UTF-8", "不是 UTF-8 编码") from error
        return cls.parsed(text.splitlines(), str(file))

    @classmethod
    def built_in(cls) -> "Synonyms":
        """The words of the home domain in Chinese and English."""
        text = files("zhiyin.index.words").joinpath("tables", "synonyms.txt").read_text("utf-8")
        return cls.parsed(text.splitlines(), "the built-in synonyms")

    @classmethod
    def parsed(cls, lines: Iterable[str], name: str) -> "Synonyms":
        """The synonyms of some lines; ``name`` is what they are called in messages."""
        others: dict[tuple[str, ...], dict[str, None]] = {}
        for number, line in enumerate(lines, 1):
            for said, meant in _rules(line.split("#", 1)[0].strip(), name, number):
                key = canon(said)
                for text in meant:
                    if canon(text) != key:
                        others.setdefault(key, {})[text] = None
        return cls({key: tuple(texts) for key, texts in others.items()})

    def __add__(self, more: "Synonyms") -> "Synonyms":
        keys = dict.fromkeys([*self.others, *more.others])
        both = ((key, (*self.others.get(key, ()), *more.others.get(key, ()))) for key in keys)
        return Synonyms({key: tuple(dict.fromkeys(texts)) for key, texts in both})


def canon(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: Latin ones by their stem."""
    return tuple(canonical(piece) for piece in cut(text)[1])


def canonical(piece: Piece) -> str:
    """One word as it is compared."""
    return stem(piece.text) if piece.kind == "word" else piece.text


def _rules(line: str, name: str, number: int) -> Iterable[tuple[str, list[str]]]:
    if not line:
        return
    left, arrow, right = line.replace("＝＞", "=>").replace("，", ",").partition("=>")
    if "=>" in right:
        raise _bad(name, number, "has more than one arrow", "箭头多于一个")
    said, meant = _words(left, name, number), _words(right, name, number) if arrow else []
    if not arrow and len(said) < 2:
        raise _bad(name, number, "has one word; a synonym takes two", "只有一个词；同义词至少两个")
    if len(said) + len(meant) > _MOST:
        raise _bad(name, number, f"has more than {_MOST} words", f"多于 {_MOST} 个词")
    for word in said:
        yield word, meant or [other for other in said if other != word]


def _words(side: str, name: str, number: int) -> list[str]:
    words = [" ".join(word.split()) for word in side.split(",")]
    if not all(canon(word) for word in words):
        raise _bad(
            name, number, "has an empty place beside a comma or an arrow", "逗号或箭头旁为空"
        )
    return words


def _bad(name: str, number: int, problem: str, problem_zh: str) -> BadInput:
    where, where_zh = (f", line {number}", f"第 {number} 行") if number else ("", "")
    return BadInput(
        what=f"{name}{where}",
        what_zh=f"{name}{where_zh}",
        problem=problem,
        problem_zh=problem_zh,
        remedy="write “a, b, c” or “a => b, c”, one rule a line",
        remedy_zh="请写成“a, b, c”或“a => b, c”，每行一条",
    )
