"""Telling: marks stand where the words stand, item by item and field by field."""

import pytest

from zhiyin.application.search.telling import highlights
from zhiyin.core import Document, Item, Text
from zhiyin.index.words import FullText, new_words

ITEMS = {
    "scarf": Item(
        id="scarf",
        title="红色真丝方巾",
        description="一条丝巾，真丝。",
        texts={"en": Text("Red silk scarf", "A scarf of silk.")},
    ),
    "silent": Item(id="silent"),
    "cup": Item(id="cup", title="silk", description="silk"),
}


@pytest.fixture(scope="module")
def words() -> FullText:
    found = new_words()
    found.put([Document(n, {"title": item.title}) for n, item in enumerate(ITEMS.values())])
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("query", ["真丝", "silk scarf", "丝", "zhensi", "nothing here"])
def test_a_page_at_once_marks_what_each_text_alone_would(
    words: FullText, query: str, language: str
) -> None:
    found = highlights(words, ITEMS, query, language)
    for id, item in ITEMS.items():
        shown = item.in_language(language)
        for field, said in (("title", shown.title), ("description", shown.description)):
            assert found.get(id, {}).get(field, ()) == words.highlight(said, query)


def test_nothing_marked_is_nothing(words: FullText) -> None:
    assert highlights(words, ITEMS, "nothing here", "en") == {}
    assert highlights(words, {}, "silk", "en") == {}
