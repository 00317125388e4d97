"""What the full-text index reads of an item: its words, field by field, in every language."""

from collections.abc import Iterator, Mapping

from zhiyin.core import Document, Item

_LONGEST = 20_000
"""Characters of a description; the rest of an enormous one is not read."""


def document(key: int, item: Item) -> Document:
    """The item's words under ``key``; fields that say nothing are left out."""
    texts = [item.texts[language] for language in sorted(item.texts)]
    attributes = [item.attributes, *(variant.attributes for variant in item.variants)]
    fields = {
        "title": [item.title, *(text.title for text in texts)],
        "category": list(item.category),
        "brand": [item.brand or ""],
        "attributes": [word for each in attributes for word in _said(each)],
        "tags": list(item.tags),
        "description": [d[:_LONGEST] for d in (item.description, *(t.description for t in texts))],
        "id": [item.id],
    }
    told = {name: tuple(dict.fromkeys(filter(None, words))) for name, words in fields.items()}
    return Document(key, {name: words for name, words in told.items() if words})


def _said(attributes: Mapping[str, object]) -> Iterator[str]:
    """The words of attributes; a number or a yes means nothing without its name."""
    for value in attributes.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from value
