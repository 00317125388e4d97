"""Text of a query, folded for matching, with the way back to what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from unicodedata import normalize

_SAME = {
    **dict.fromkeys("‐‑‒–—−", "-"),
    **dict.fromkeys("〜∼", "~"),
    **dict.fromkeys("’‘`´", "'"),
}
# Enough of the traditional letters for the words that queries are understood by; a shop
# that folds them all hands its own table to the lexicon.
_TRADITIONAL = (
    "紅綠藍黃絲內塊銀蓮雲禮媽節壺蓋鐲鏈條領師長輩圍織繡錢萬兩無帶後給過將鶴龍鱗紋樣編錦緞絨燈籠爐餅點"
    "盤裝飾寶項錄號買貴價預幾從間級貨現歡樂結舊橋遷開學國慶頭機殼"
)
_SIMPLIFIED = (
    "红绿蓝黄丝内块银莲云礼妈节壶盖镯链条领师长辈围织绣钱万两无带后给过将鹤龙鳞纹样编锦缎绒灯笼炉饼点"
    "盘装饰宝项录号买贵价预几从间级货现欢乐结旧桥迁开学国庆头机壳"
)
LETTERS: Mapping[int, str] = {
    ord(old): new for old, new in zip(_TRADITIONAL, _SIMPLIFIED, strict=True)
}


@dataclass(frozen=True)
class Folded:
    """Folded text; letter n of it was typed at ``places[n]``."""

    typed: str
    text: str
    places: tuple[int, ...]

    @cached_property
    def spaced(self) -> str:
        """The same with hyphens as blanks: "mid-autumn" and "mid autumn" are one."""
        return self.text.replace("-", " ")

    def words(self, start: int, stop: int) -> str:
        """What was typed for a stretch of the folded text."""
        return self.typed[self.places[start] : self.places[stop - 1] + 1].strip()

    def starts_word(self, place: int) -> bool:
        """Whether no Latin word or number runs on from before ``place``."""
        return place == 0 or not (is_latin(self.text[place - 1]) and is_latin(self.text[place]))

    def ends_word(self, place: int) -> bool:
        """Whether no Latin word or number runs on past ``place``."""
        last = len(self.text)
        return place >= last or not (is_latin(self.text[place - 1]) and is_latin(self.text[place]))


def folded(typed: str, letters: Mapping[int, str] = LETTERS) -> Folded:
    """The query letter by letter: width, case, dashes and traditional forms do not count."""
    text: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(typed):
        plain = letter.isascii() and letter.isalnum()
        for one in letter.lower() if plain else fold_letters(letter, letters):
            text.append(one)
            places.append(place)
    return Folded(typed, "".join(text), tuple(places))


def fold_letters(text: str, letters: Mapping[int, str] = LETTERS) -> str:
    """The folding of one letter, or of a phrase of the lexicon."""
    plain = normalize("NFKC", text).casefold().translate(letters)
    return "".join(" " if one.isspace() else _SAME.get(one, one) for one in plain)


def is_latin(letter: str) -> bool:
    """Whether the letter joins others to words that blanks part; digits do so too."""
    return letter.isalnum() and not is_chinese(letter)


def is_chinese(letter: str) -> bool:
    """Whether it is a Chinese character, of which words are not parted by blanks."""
    return "㐀" <= letter <= "鿿"
