"""The words of an item, as one text that an encoder reads.

What names the thing comes first, since encoders that cut a long text cut its end: the
titles in every language, then category, brand, attributes and tags, then descriptions.
Numbers that change from day to day (price, stock) are left out: a sale is no other thing.
"""

from collections.abc import Iterator

from zhiyin.core import Item

MOST = 20_000
"""Characters; the rest of an enormous description is not read."""


def words_of(item: Item) -> str:
    """All that an item says of itself, a line each; empty where it says nothing."""
    lines = dict.fromkeys(line.strip() for line in _lines(item))
    return "\n".join(line for line in lines if line)[:MOST]


def _lines(item: Item) -> Iterator[str]:
    texts = [item.texts[language] for language in sorted(item.texts)]
    yield item.title
    yield from (text.title for text in texts)
    yield " ".join(item.category)
    yield item.brand or ""
    yield " ".join(word for value in item.attributes.values() for word in _said(value))
    yield " ".join(item.tags)
    yield item.description
    yield from (text.description for text in texts)


def _said(value: object) -> Iterator[str]:
    """The words of an attribute; a number or a yes means nothing without its name."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        yield from value
