"""The words of an item, as encoders read them: a few texts, each with its weight.

An encoder of sentences says less the longer a text is, and one vector has to answer for
everything an item says. So it is the mean of several, each a text of one kind:

    facts           titles in every language, category, brand, attributes and tags   1
    titles          each language alone, together                                    1
    descriptions    each language alone, together                                    ½

One text of all of it finds less (``benchmarks/understanding.py``). Numbers that change from
day to day (price, stock) are left out: a sale is no other thing.
"""

from collections.abc import Iterable, Iterator

from zhiyin.core import Item, Text

FACTS, TITLES, DESCRIPTIONS = 1.0, 1.0, 0.5
LONGEST = 2_000
"""Characters that are read of one text; an enormous description is read so far."""


def words_of(item: Item) -> list[tuple[str, float]]:
    """The texts of an item with their weights, each once; none where it says nothing."""
    texts = [item.texts[language] for language in sorted(item.texts)]
    titles = _distinct([item.title, *(text.title for text in texts)])
    told = _distinct([item.description, *(text.description for text in texts)])
    facts = "\n".join(_distinct([*titles, *_facts(item)]))[:LONGEST]
    weighed = [(facts, FACTS)] if facts else []
    weighed += [(title, TITLES / len(titles)) for title in titles]
    weighed += [(text[:LONGEST], DESCRIPTIONS / len(told)) for text in told]
    return weighed


def views_of(item: Item) -> list[str]:
    """Every text that describes the whole item, each once: titles, descriptions, facts."""
    texts = [Text(item.title, item.description), *(item.texts[n] for n in sorted(item.texts))]
    told = [text.title for text in texts] + [text.description for text in texts]
    return [text[:LONGEST] for text in _distinct([*told, " ".join(_distinct(_facts(item)))])]


def _facts(item: Item) -> Iterator[str]:
    yield " ".join(item.category)
    yield item.brand or ""
    yield " ".join(word for value in item.attributes.values() for word in _said(value))
    yield " ".join(item.tags)


def _said(value: object) -> Iterator[str]:
    """The words of an attribute; a number or a yes means nothing without its name."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        yield from value


def _distinct(lines: Iterable[str]) -> list[str]:
    return [line for line in dict.fromkeys(line.strip() for line in lines) if line]
