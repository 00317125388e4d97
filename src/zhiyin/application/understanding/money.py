"""Money in a query: which amounts are limits of price, and in which currency.

An amount counts only where something says that it is money or a limit; 53 厘米, 6 枚以内
and "size 38 to 40" are left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from zhiyin.application.understanding.numbers import NUMBER, number

_BEFORE = r"us\$|hk\$|[¥$€£]|rmb|cny|usd|eur|gbp"
_AFTER = (
    r"块钱|块|元|圆|人民币|rmb|cny|yuan|kuai|美元|美金|刀|us dollars?|dollars?|bucks?|usd|欧元|"
    r"euros?|eur|英镑|pounds?|gbp|港币|港元|hkd|日元|yen|jpy|[€£$¥]"
)
_UNITS = (
    r"毫升|升|厘米|毫米|米|克|公斤|斤|枚|支|件|个|只|页|寸|英寸|岁|年|月|天|日|小时|分|秒|度|号|码|款|折|层|"
    r"片|包|盒|瓶|ml|l|cm|mm|m|kg|g|oz|lbs?|inch(?:es)?|in|ft|feet|years?|yrs?|months?|weeks?|days?|"
    r"hours?|hrs?|minutes?|mins?|pcs|pieces?|pages?|items?|calories|kcal|gb|tb|mb|mah|w|v|hz|degrees?|%|°|"
    r"[x×*]\s?\d"
)
_LATIN = r"(?<![a-z])"
# Not in the middle of another number, not 200×70, not 12 毫升.
_AMOUNT = (
    rf"(?<![\d.,×x])(?:(?P<before{{n}}>{_BEFORE})\s?)?(?<![\d.])(?P<amount{{n}}>{NUMBER})"
    rf"(?!\d|\.\d|\s?(?:{_UNITS})(?![a-z]))(?:\s?(?P<after{{n}}>{_AFTER})(?![a-z]))?"
)
_ONE, _TWO = _AMOUNT.format(n=1), _AMOUNT.format(n=2)
_CUE = (
    r"(?:(?P<cue>价格|价位|价钱|预算|单价|price[ds]?|budget)(?:\s?(?:在|为|是|of|is|from|:))?\s*)"
)
# "不低于" and "no less than" say the contrary of what is inside them.
_NOT = r"(?<!不)(?<!no )(?<!not )"
_MOST = (
    rf"不超过|不要超过|别超过|不能超过|最多|最高|至多|不高于|不大于|不多于|控制在|no more than|"
    rf"not more than|not over|not above|at most|{_NOT}(?:低于|少于|小于等于|小于|便宜于|less than|"
    rf"lower than|cheaper than|under|below)|<=?|≤"
)
_PERHAPS_MOST = r"up to|within|max(?:imum)?(?: of)?"
"""Words that goods have in their names too, such as Air Max 1."""
_LEAST = (
    rf"不低于|不少于|不小于|至少|起码|最少|at least|no less than|not less than|from|"
    rf"min(?:imum)?(?: of)?|{_NOT}(?:高于|多于|大于等于|大于|超过|more than|over|above)|>=?|≥"
)
_ABOUT = r"大约|大概|差不多|约|around|about|approximately|approx\.?|roughly|~"


@dataclass(frozen=True, slots=True)
class Limit:
    """One statement about the price, in a stretch of the text."""

    start: int
    stop: int
    low: Decimal | None
    high: Decimal | None
    currency: str | None
    """What the words name, such as "元" or "$"; None: no currency is named."""
    about: bool = False
    """Near a price, and no limit."""


def limits(text: str) -> Iterator[Limit]:
    """The limits of price in folded text, none inside another."""
    taken = bytearray(len(text))
    for pattern, shape, needs in _PATTERNS:
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            found = _limit(match, shape, needs)
            if found is not None:
                taken[found.start : found.stop] = b"\1" * (found.stop - found.start)
                yield found


def _limit(match: re.Match[str], shape: str, needs: bool) -> Limit | None:
    """What a match says; ``needs``: nothing, unless the text names a currency or a price."""
    said = match.groupdict()
    currency = next(
        (said[k] for k in ("after2", "after1", "before1", "before2") if said.get(k)), None
    )
    if needs and currency is None and not said.get("cue"):
        return None
    amounts = [number(said[key]) for key in ("amount1", "amount2") if said.get(key)]
    if shape == "few":
        amounts = [number(said["first"] + said["unit"]), number(said["second"] + said["unit"])]
    if not amounts or None in amounts:
        return None
    values = [value for value in amounts if value is not None]
    if max(values) >= Decimal("1e12"):
        return None
    place = (match.start(), match.end())
    if shape in ("range", "few"):
        first, second = values
        return Limit(*place, first, second, currency) if first < second else None
    if shape == "about":
        wide = Decimal("0.2") * values[0]
        return Limit(*place, values[0] - wide, values[0] + wide, currency, about=True)
    most = shape == "most"
    return Limit(*place, None if most else values[0], values[0] if most else None, currency)


_D = "一二两三四五六七八九"
_PATTERNS: tuple[tuple[re.Pattern[str], str, bool], ...] = (
    (
        re.compile(rf"{_LATIN}(?:between|from)\s*{_ONE}\s?(?:and|to|-|~)\s?{_TWO}"),
        "range",
        False,
    ),
    (re.compile(rf"{_ONE}\s?(?:-|~|到|至)\s?{_TWO}\s?之间"), "range", False),
    (
        re.compile(rf"{_CUE}?{_ONE}\s?(?:-|~|到|至|to)\s?{_TWO}\s?(?:之间|以内|间)?"),
        "range",
        True,
    ),
    (
        re.compile(
            rf"(?<![{_D}])(?P<first>[{_D}])(?P<second>[{_D}])(?P<unit>[十百千万])"
            rf"(?:(?P<after1>{_AFTER})|(?=的|左右|\s|$))(?:左右|以内)?"
        ),
        "few",
        False,
    ),
    (re.compile(rf"{_CUE}?{_LATIN}(?:{_MOST})\s*{_ONE}\s?(?:以内|以下|之内)?"), "most", False),
    (
        re.compile(rf"{_CUE}?{_ONE}\s?(?:以内|以下|之内|封顶|or less|or under|and under|or below)"),
        "most",
        False,
    ),
    (re.compile(rf"{_CUE}?{_LATIN}(?:{_PERHAPS_MOST})\s*{_ONE}"), "most", True),
    (re.compile(rf"{_CUE}?{_ONE}\s?(?:内|max)"), "most", True),
    (re.compile(rf"{_CUE}?{_ONE}\s?(?:以上|and up|or more|and above)"), "least", False),
    (re.compile(rf"{_CUE}?{_ONE}\s?(?:起|\+)"), "least", True),
    (re.compile(rf"{_CUE}?{_LATIN}(?:{_LEAST})\s*{_ONE}"), "least", True),
    (re.compile(rf"{_CUE}?{_ONE}\s?(?:左右|上下|前后)"), "about", False),
    (re.compile(rf"{_LATIN}(?:{_ABOUT})\s*{_ONE}"), "about", True),
    (re.compile(rf"{_CUE}{_ONE}"), "most", False),
    (re.compile(rf"{_ONE}\s?(?:预算|budget)"), "most", False),
    (re.compile(_ONE), "about", True),
)
"""Each with its shape, and whether a currency or a word such as 预算 must be there too."""
