"""Numbers as shoppers write them: 1,200 · 1.5万 · 2k · 两百五 · 一千零五十."""

from decimal import Decimal, InvalidOperation

_DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
_SHORT = {**_UNITS, "k": 1_000, "w": 10_000}
CHINESE = "零〇一二两三四五六七八九十百千万"
NUMBER = rf"(?:\d[\d,]*+(?:\.\d+)?+(?:\s?[万千百]\d?|[kw](?![a-z]))?+|[{CHINESE}]++)"
"""A regular expression for one whole number; ``number`` reads what it matches."""


def number(text: str) -> Decimal | None:
    """The number that a text is; None where it is none, such as 三四百."""
    text = text.replace(",", "").replace(" ", "")
    if not text:
        return None
    return _arabic(text) if text[0].isdigit() else _chinese(text)


def _arabic(text: str) -> Decimal | None:
    place = next((n for n, letter in enumerate(text) if letter in _SHORT), None)
    if place is None:
        return _decimal(text)
    scale, tail = _SHORT[text[place]], text[place + 1 :]
    value = _decimal(text[:place])
    # 1千5 is 1500: the digit after a unit counts tenths of it.
    return None if value is None else value * scale + Decimal(tail or 0) * scale / 10


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _chinese(text: str) -> Decimal | None:
    total = section = 0
    digit: int | None = None
    unit = 0
    for letter in text:
        if letter in _DIGITS:
            if digit:  # two digits in a row are 三四百 and no number
                return None
            digit = _DIGITS[letter]
            if digit == 0:
                unit = 0
        elif letter == "万":
            total += (section + (digit or 0) or 1) * 10_000
            section, digit, unit = 0, None, 10_000
        else:
            unit = _UNITS[letter]
            section += (1 if digit is None else digit) * unit
            digit = None
    # 两百五 is 250, but 一百零五 is 105.
    last = (digit or 0) * (unit // 10 if unit > 10 else 1)
    return Decimal(total + section + last)
