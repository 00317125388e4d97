"""Pricing: a limit that was read becomes a chip, in a currency that the shop has or lacks."""

from decimal import Decimal
from typing import Any

from zhiyin.application.understanding.lexicon import Lexicon
from zhiyin.application.understanding.money import Limit
from zhiyin.core import Chip

_YUAN = {"元", "块", "块钱", "圆"}
_DOLLARS = {"$", "dollar", "dollars", "buck", "bucks", "刀"}
_NAMED = {
    **dict.fromkeys(("人民币", "rmb", "cny", "yuan", "kuai"), "CNY"),
    **dict.fromkeys(("美元", "美金", "us$", "usd", "us dollar", "us dollars"), "USD"),
    **dict.fromkeys(("欧元", "euro", "euros", "eur", "€"), "EUR"),
    **dict.fromkeys(("英镑", "pound", "pounds", "gbp", "£"), "GBP"),
    **dict.fromkeys(("港币", "港元", "hkd", "hk$"), "HKD"),
    **dict.fromkeys(("日元", "yen", "jpy"), "JPY"),
}
_DOLLAR_LANDS = {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD"}
_YUAN_LANDS = {"CNY", "TWD", "HKD", "MOP"}


def price_chip(limit: Limit, words: str, lexicon: Lexicon) -> Chip:
    """The chip of a limit.

    It is hard where it is a limit in a currency that the shop's prices are in. In another
    one nothing would be left, and nobody can say what it is worth today: it is shown, and
    hides nothing.
    """
    currency = _currency(limit.currency, lexicon.currency)
    foreign = currency is not None and currency not in lexicon.currencies
    hard = not (limit.about or foreign)
    en, zh = _labels(limit, currency or lexicon.currency)
    if foreign:
        en, zh = f"{en} (no prices in {currency} here)", f"{zh}（本店没有 {currency} 标价）"
    return Chip(_id(limit, currency, lexicon.currency), "price", words, en, zh, hard,
                _where(limit.low, limit.high, currency, lexicon))  # fmt: skip


def cheap(lexicon: Lexicon) -> dict[str, Any] | None:
    """The condition that a price is among the lower ones; None for goods without prices."""
    if lexicon.cheap_price is None:
        return None
    return _where(None, lexicon.cheap_price, lexicon.currency, lexicon)


def _currency(said: str | None, main: str) -> str | None:
    """The currency that a word means in a shop whose own is ``main``; None: none was said."""
    if said is None:
        return None
    if said in _YUAN:
        return main if main in _YUAN_LANDS else "CNY"
    if said in _DOLLARS:
        return main if main in _DOLLAR_LANDS else "USD"
    if said == "¥":
        return main if main in ("CNY", "JPY") else "CNY"
    return _NAMED[said]


def _where(
    low: Decimal | None, high: Decimal | None, currency: str | None, lexicon: Lexicon
) -> dict[str, Any]:
    price = {}
    if low is not None:
        price["at_least"] = _plain(low)
    if high is not None:
        price["at_most"] = _plain(high)
    # In a shop of one currency it goes without saying.
    if lexicon.currencies != {currency or lexicon.currency}:
        price["currency"] = currency or lexicon.currency
    return {"price": price}


def _id(limit: Limit, currency: str | None, main: str) -> str:
    tail = "" if currency in (None, main) else currency
    low, high = (None if one is None else _plain(one) for one in (limit.low, limit.high))
    if limit.about and limit.low is not None and limit.high is not None:
        return f"price:~{_plain((limit.low + limit.high) / 2)}{tail}"
    return f"price:{low or ''}..{high or ''}{tail}"


def _labels(limit: Limit, currency: str) -> tuple[str, str]:
    unit = "元" if currency == "CNY" else f" {currency}"
    low, high = (None if one is None else _plain(one) for one in (limit.low, limit.high))
    if low is None:
        return f"up to {high} {currency}", f"{high}{unit}以内"
    if high is None:
        return f"{low} {currency} or more", f"{low}{unit}以上"
    return f"{low} to {high} {currency}", f"{low}–{high}{unit}"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
