"""Cutting: which terms a text is found by."""

import pytest

from zhiyin.index.words.cutting import cut, stem, terms


def said(text: str) -> set[str]:
    return {term[0] for term in terms(cut(text)[1])}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("scarves", {"scarf", "=scarves"}),
        ("丝", {"丝"}),
        ("丝巾", {"丝", "巾", "丝巾"}),
        ("200×70", {"200x70", "200", "70"}),
        ("180 x 65 cm", {"180x65", "180", "65", "cm"}),
        ("6枚装", {"6", "6枚", "枚", "装", "枚装"}),
        ("T-Shirt", {"t", "shirt", "tshirt"}),
        ("Levi's", {"levi", "=levi's"}),
        ("Ёлка", {"ёлка"}),  # outside Latin script a mark makes another letter
        ("!?", set()),
    ],
)
def test_terms_of_a_text(text: str, wanted: set[str]) -> None:
    assert said(text) == wanted


def test_positions_count_words_and_characters() -> None:
    places = {term[0]: term[1] for term in terms(cut("silk 莲花纹 scarf")[1])}
    assert places["silk"] == 0
    assert places["莲花"] == 1
    assert places["花纹"] == 2
    assert places["scarf"] == 4


def test_places_are_those_of_the_text() -> None:
    text = "Silk scarves 莲花 200×70"
    for term, _, start, end in terms(cut(text)[1]):
        if not term.isascii():
            assert text[start:end] == term
        elif term[0] == "=":
            assert text[start:end].lower() == term[1:]
        elif term.isalpha():
            assert stem(text[start:end].lower()) == term


def test_words_with_the_same_stem_are_one() -> None:
    assert stem("scarves") == stem("scarf")
    assert stem("printed") == stem("printing") == stem("prints")
    assert stem("embroidered") == "embroid"


def test_an_enormous_word_is_cut() -> None:
    assert max(map(len, said("a" * 10_000))) <= 64
