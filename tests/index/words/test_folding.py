"""Folding: what is the same becomes the same, and every place leads back to the original."""

from hypothesis import given
from hypothesis import strategies as some

from zhiyin.index.words.folding import fold


def test_width_case_accents_and_traditional_characters_are_folded() -> None:
    assert fold("ＳＩＬＫ Crêpe １２").text == "silk crepe 12"
    assert fold("絲綢馬面裙").text == "丝绸马面裙"
    assert fold("nǚ ér hóng").text == "nu er hong"


def test_a_character_that_becomes_several_leads_back_to_its_place() -> None:
    folded = fold("丝㎡x")
    assert folded.text == "丝m2x"
    assert folded.span(1, 3) == (1, 2)
    assert folded.span(3, 4) == (2, 3)


def test_marks_between_letters_vanish_and_places_stay_right() -> None:
    text = "e\u0301toffe \u200bsoie"
    folded = fold(text)
    assert folded.text == "etoffe soie"
    start, end = folded.span(7, 11)
    assert text[start:end] == "soie"


@given(some.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(some.text(min_size=1, max_size=40))
def test_every_stretch_leads_back_into_the_text(text: str) -> None:
    folded = fold(text)
    spans = [folded.span(place, place + 1) for place in range(len(folded.text))]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
