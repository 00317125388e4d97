"""Lexicon: the words of one shop and what they mean on its shelf.

It is built from the shelf's own values, from the table of what shoppers call such things,
and from what the shop's texts in two languages teach. An idea that no value of the shelf
stands for is left out: its words stay words.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from zhiyin.application.shelf import MICRO, View, fold
from zhiyin.application.understanding import table
from zhiyin.application.understanding.phrases import Phrases, singular, spaced
from zhiyin.application.understanding.text import LETTERS, is_chinese
from zhiyin.core import Where

_SHORT, _LONG = 2, 24
_MANY_VALUES = 2_000
"""An attribute with more values than this names each thing and no kind of thing."""
_CHEAP = 0.3
"""The share of the goods that cost least."""
_PARTS = re.compile(r"[/、&,，·+|]|\band\b|和|与|及")
_OTHER_KINDS = {"brand", "cheap", "in_stock", "not", "on_sale", "price", "tag"}
"""Kinds of chips that are no attribute, whatever an attribute may be called."""
_NO_KINDS = {"size", "sizes", "尺寸", "尺码", "规格"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for on the shelf."""

    kind: str
    key: str
    en: str
    zh: str
    where: Where

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.key}"


class Lexicon:
    """The words of one shop."""

    def __init__(
        self,
        view: View,
        learnt: Mapping[tuple[str, str], Iterable[str]] | None = None,
        letters: Mapping[int, str] = LETTERS,
    ) -> None:
        """The words of the goods in a view.

        Args:
            view: Whose brands, categories and attribute values are known.
            learnt: (field, value) → further phrases for it, as ``learn_words`` finds them;
                the fields are "category" (the name of the last step), "brand" and those of
                the shelf.
            letters: Traditional → simplified letters, for ``str.translate``.
        """
        self.letters = letters
        self.phrases: Phrases[Meaning | None] = Phrases(letters)
        """None: a phrase that means nothing of what its parts do."""
        self.tones: Phrases[str] = Phrases()
        self.details: Phrases[str] = Phrases()
        self.wishes: Phrases[str] = Phrases()
        """Words such as "cheap": the kind of chip that each is."""
        self.currency, self.currencies = _currencies(view)
        self.cheap_price = _cheap(view, self.currency)
        for phrase in table.words("plain"):
            self.phrases.add(phrase, None)
        for phrase in table.words("tones"):
            self.tones.add(phrase, phrase)
        for phrase in table.words("details"):
            self.details.add(phrase, phrase)
        for wish in ("cheap", "on_sale", "in_stock"):
            self.wishes.add_all(table.words(wish), wish)
        self._labels: dict[tuple[str, str], tuple[str, str]] = {}
        self._add(view, learnt or {})

    def label(self, field: str, value: object) -> tuple[str, str]:
        """What to call a value of a field in English and Chinese; itself where nobody knows."""
        return self._labels.get((field, str(value)), (str(value), str(value)))

    def _add(self, view: View, learnt: Mapping[tuple[str, str], Iterable[str]]) -> None:
        """All phrases, in the order in which they win where two claim the same."""
        shelf = _Values(view)
        own = [one for one in shelf.own() if one[1].strip()]
        for field, value, meaning in own:
            if field == "category":  # a sort of goods that the shop itself calls so
                self.phrases.add(value, meaning)
        for idea in table.ideas():
            meant = shelf.idea(idea)
            if meant is not None:
                self.phrases.add_all(idea.words, meant)
        for field, value, meaning in own:
            if _worth_a_phrase(value, meaning.kind):
                self.phrases.add(value, meaning)
            if meaning.kind == "colour" and is_chinese(value[-1]) and not value.endswith("色"):
                self.phrases.add(f"{value}色", meaning)
            others = [*learnt.get((field, value), ())]
            self.phrases.add_all(others, meaning)
            if others and is_chinese(value[0]):
                self._labels[field, value] = (others[0], value)
        for _, value, meaning in own:
            self.phrases.add_all(_pieces(value, meaning.kind), meaning)


class _Values:
    """The values of a shelf by kind, and the conditions that find them."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._fields: defaultdict[str, list[str]] = defaultdict(list)  # kind -> fields
        for field in view.names.facts.all_fields():
            name = fold(field.removeprefix("attribute:"))
            if field == "tag":
                for kind in ("occasion", "style"):  # shops often write these as tags
                    self._fields[kind].append(field)
            elif name not in _NO_KINDS:
                kind = field if name in _OTHER_KINDS else name
                self._fields[table.role(name) or kind].append(field)

    def idea(self, idea: table.Idea) -> Meaning | None:
        """What an idea of the table means on this shelf; None: nothing here stands for it."""
        wanted = {singular(spaced(word)) for word in (*idea.words, *idea.values)}
        if idea.kind == "category":
            return self._category(idea, wanted)
        found = {
            field: [value for value in self._texts(field) if _stands(value, idea, wanted)]
            for field in self._fields[idea.kind]
        }
        found = {field: values for field, values in found.items() if values}
        if not found:
            return None
        one = {value for values in found.values() for value in values}
        (name,) = one if len(one) == 1 else {idea.key}
        # A single value that shoppers call just so is that value, and not the idea of it.
        exact = singular(spaced(name)) in {singular(spaced(word)) for word in idea.words}
        own = idea.kind in ("motif", "craft", "style") and len(one) == 1 and exact
        return Meaning(idea.kind, name if own else idea.key, idea.en, idea.zh, _facts(found))

    def own(self) -> Iterator[tuple[str, str, Meaning]]:
        """Every value worth a phrase: its field, itself, and what it means."""
        for name in dict.fromkeys(self._view.names.categories.names[1:]):
            yield "category", name, self._at(name, name, [name])
        others = sorted(set(self._fields) - {*table.KINDS})
        for kind in table.KINDS[1:]:
            yield from self._of(kind)
        for name in self._view.names.brands.texts:
            yield "brand", name, Meaning("brand", name, name, name, {"brand": [name]})
        for kind in others:
            yield from self._of(kind)
        for value in self._texts("tag"):
            yield "tag", value, Meaning("tag", value, value, value, {"tag": [value]})

    def _of(self, kind: str) -> Iterator[tuple[str, str, Meaning]]:
        for field in self._fields[kind]:
            for value in self._texts(field) if field != "tag" else ():
                where = _facts({field: [value]})
                yield field, value, Meaning(kind, value, value, value, where)

    def _texts(self, field: str) -> list[str]:
        """The values of a field that are words."""
        facts = self._view.names.facts
        numbers = facts.of(field)
        if len(numbers) > _MANY_VALUES:
            return []
        values = (facts.values[number] for number in numbers)
        return [value for value in values if isinstance(value, str) and value.strip()]

    def _category(self, idea: table.Idea, wanted: set[str]) -> Meaning | None:
        names = dict.fromkeys(self._view.names.categories.names[1:])
        found = [name for name in names if singular(spaced(name)) in wanted]
        if not found:
            return None
        return self._at(found[0], (idea.en, idea.zh), found)

    def _at(self, name: str, label: str | tuple[str, str], names: list[str]) -> Meaning:
        """The goods under every node of these names, wherever it stands in the tree."""
        tree = self._view.names.categories
        paths = [list(tree.path(node)) for node in range(1, len(tree)) if tree.names[node] in names]
        en, zh = (label, label) if isinstance(label, str) else label
        where: Where = (
            {"category": paths[0]}
            if len(paths) == 1
            else {"any": [{"category": path} for path in paths]}
        )
        return Meaning("category", name, en, zh, where)


def _stands(value: str, idea: table.Idea, wanted: set[str]) -> bool:
    plain = spaced(value)
    return (
        singular(plain) in wanted
        or any(plain.endswith(_ending(end)) for end in idea.ends)
        or any(_contains(plain, part) for part in idea.within)
    )


def _ending(end: str) -> str:
    """The ending of a value; a blank in front of it is kept, so that "red" ends no "tired"."""
    return (" " if end.startswith(" ") else "") + spaced(end)


def _contains(value: str, part: str) -> bool:
    """Whether the part is in there: a whole word where it is Latin."""
    if is_chinese(part[-1]):
        return part in value
    return f" {part} " in f" {value} "


def _facts(found: Mapping[str, list[str]]) -> Where:
    """The condition that one of the values of one of the fields is there."""
    parts: list[dict[str, Any]] = [
        {"tag": values}
        if field == "tag"
        else {"attribute": {"name": field.removeprefix("attribute:"), "any_of": values}}
        for field, values in found.items()
    ]
    return parts[0] if len(parts) == 1 else {"any": parts}


def _worth_a_phrase(value: str, kind: str) -> bool:
    plain = spaced(value)
    # A brand may be 361° or 7-Eleven; other values with digits are measures.
    counts = kind != "brand" and any(letter.isdigit() for letter in plain)
    return _SHORT <= len(plain) <= _LONG and not counts


def _pieces(value: str, kind: str) -> Iterator[str]:
    """Shorter names for a value, which yield to everything that has the name in full."""
    if kind == "category":
        parts = [part.strip() for part in _PARTS.split(value) if part.strip()]
        yield from (part for part in parts if len(parts) > 1 and len(part) >= _SHORT)
        # Chinese names of four are two names of two: 瓷器陈设, 项链吊坠.
        if len(value) == 4 and all(map(is_chinese, value)):
            yield from (value[:2], value[2:])
    if kind == "motif" and value.endswith("纹") and len(value) > _SHORT:
        yield value[:-1]


def _currencies(view: View) -> tuple[str, frozenset[str]]:
    """The currency of most goods, and all there are."""
    counts = np.zeros(len(view.names.currencies), np.int64)
    for columns, places in view.parts(view.present()):
        used = columns.currency[places]
        counts += np.bincount(used, minlength=len(counts))
    texts = view.names.currencies.texts
    if not counts.any():
        return view.currency, frozenset({view.currency})
    return texts[int(counts.argmax())], frozenset(texts[n] for n in np.flatnonzero(counts))


def _cheap(view: View, currency: str) -> Decimal | None:
    """The price that only the cheaper goods keep below; None without prices."""
    numbers = view.names.currencies.alike(currency)
    prices = np.concatenate(
        [
            columns.price[places][np.isin(columns.currency[places], numbers)]
            for columns, places in view.parts(view.present())
        ]
    )
    prices = prices[prices >= 0]
    if not len(prices):
        return None
    return Decimal(int(np.quantile(prices, _CHEAP, method="lower"))) / MICRO
