"""Reading: how queries are cut into words, and what bounds them."""

import pytest

from zhiyin.core import Document
from zhiyin.index.words import FullText, Synonyms, new_words
from zhiyin.index.words.plan import Plan


@pytest.fixture
def words() -> FullText:
    index = new_words(synonyms=Synonyms.parsed(["国潮, 新国货"], "test"))
    colours = ["月白", "红色", "石青"]
    titles = ["莲花纹真丝方巾", "云纹丝巾", "茶杯"]
    index.put(
        [
            Document(
                3 * n + m,
                {
                    "title": colour + title,
                    "attributes": ["莲花纹", colour],
                    "description": "黑色丝绒",
                },
            )
            for n, colour in enumerate(colours)
            for m, title in enumerate(titles)
        ]
    )
    return index


def plan(index: FullText, query: str) -> Plan:
    return index._state.reader.plan(query)


def cut(index: FullText, query: str) -> list[str]:
    return [group.alternatives[0].text for group in plan(index, query).groups]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("红色丝巾", ["红色", "丝巾"]),
        ("月白莲花纹方巾", ["月白", "莲花纹", "方巾"]),
        ("国潮茶杯", ["国潮", "茶杯"]),
        ("红色的丝巾", ["红色", "丝巾"]),
        ("的", ["的"]),
        ("red scarf for the tea", ["red", "scarf", "tea"]),
    ],
)
def test_a_run_is_cut_into_words_of_the_catalogue(
    words: FullText, query: str, wanted: list[str]
) -> None:
    assert cut(words, query) == wanted


def test_pairs_across_two_words_only_add_to_the_score(words: FullText) -> None:
    extras = dict(plan(words, "红色丝绒").extras)
    assert extras["色丝"] == 1.0  # as in 黑色丝绒
    assert extras["丝"] == words.config.characters


def test_a_query_has_a_bounded_plan(words: FullText) -> None:
    for query in ("红色丝巾" * 5_000, "red " * 5_000, '"red silk" ' * 5_000, "9 " * 5_000):
        made = plan(words, query)
        assert 0 < len(made.groups) <= 2 * words.config.most
        assert len(made.extras) <= 4 * words.config.most
        assert sum(len(one.terms) for group in made.groups for one in group.alternatives) < 2_000
