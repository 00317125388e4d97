"""What a colour is called: the nearest traditional Chinese name, and the everyday word."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from zhiyin.encoders.oklab import oklab

WORDS = {
    "red": "红",
    "pink": "粉",
    "orange": "橙",
    "yellow": "黄",
    "green": "绿",
    "cyan": "青",
    "blue": "蓝",
    "purple": "紫",
    "brown": "棕",
    "grey": "灰",
    "black": "黑",
    "white": "白",
}
"""Everyday words for colours, English and Chinese."""

# Found on the words that a shop gives to 509 photographs of fashion: 63 % of them agree with
# the largest colour (61 % of 1,524 others, see benchmarks/colours.py), 53 % by nearest name.
_FAINT, _FAINTER, _BLACK, _WHITE = 0.015, 0.03, 0.4, 0.85
_SHADE = np.array([0.7, 1.0, 1.0], np.float32)
_GREYS = {"black", "grey", "white"}


@dataclass(frozen=True, slots=True)
class Traditional:
    """A colour with an old name."""

    name: str
    pinyin: str
    english: str
    rgb: tuple[int, int, int]
    word: str
    """The everyday word, a key of WORDS."""


@cache
def traditional() -> tuple[Traditional, ...]:
    """All that we know the names of."""
    text = (files("zhiyin.encoders") / "traditional.toml").read_text(encoding="utf-8")
    found = []
    for word, table in tomllib.loads(text).items():
        for name, pinyin, english, value in table["colours"]:
            red, green, blue = bytes.fromhex(value)
            found.append(Traditional(name, pinyin, english, (red, green, blue), word))
    return tuple(found)


def nearest(lab: npt.ArrayLike) -> tuple[Traditional, float]:
    """The traditional colour nearest to one in OKLab, and how far it is × 100."""
    away = np.linalg.norm(_values() - np.asarray(lab, np.float32), axis=1) * 100
    number = int(away.argmin())
    return traditional()[number], float(away[number])


def everyday(lab: npt.ArrayLike) -> str:
    """The everyday word for a colour in OKLab, a key of WORDS.

    With hardly any hue it is black, grey or white by its lightness, and pale colours need
    more hue than dark ones; else it is the word of the nearest name that has a hue.
    """
    lightness, *hue = np.asarray(lab, np.float64)
    if np.hypot(*hue) < _FAINT + _FAINTER * max(0.0, lightness - 0.5):
        return "black" if lightness < _BLACK else "white" if lightness > _WHITE else "grey"
    away = np.linalg.norm((_values() - np.asarray(lab, np.float32)) * _SHADE, axis=1)
    away[[colour.word in _GREYS for colour in traditional()]] = np.inf
    return traditional()[int(away.argmin())].word


@cache
def _values() -> npt.NDArray[np.float32]:
    return oklab([colour.rgb for colour in traditional()])
