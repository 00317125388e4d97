"""Spelling: which words a mistyped one may have meant."""

from hypothesis import given, settings
from hypothesis import strategies as some

from zhiyin.index.words.spelling import Spellings
from zhiyin.index.words.vocabulary import Vocabulary

LETTERS = some.text("abcd", min_size=4, max_size=10)


def spellings(*words: str) -> Spellings:
    vocabulary = Vocabulary.empty()
    for word in words:
        vocabulary.spell(word)
    return Spellings(vocabulary)


def distance(one: str, other: str) -> int:
    """Optimal string alignment, cell by cell."""
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            exchanged = table[i - 1, j - 1] + (one[i - 1] != other[j - 1])
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, exchanged)
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(one), len(other)]


def test_one_wrong_letter_of_each_kind_is_mended() -> None:
    known = spellings("scarf", "silk", "embroidery")
    for typed in ("scrf", "scarrf", "scurf", "sacrf"):
        assert known.near(typed, 2) == [("scarf", 1)]


def test_a_long_word_may_have_two_wrong_letters_and_a_short_one_not() -> None:
    known = spellings("scarf", "embroidery")
    assert known.near("embriodary", 2) == [("embroidery", 2)]
    assert known.near("scafr", 2) == [("scarf", 1)]
    assert known.near("sfacr", 2) == []
    assert known.near("embriodary", 1) == []


def test_tiny_words_numbers_and_other_scripts_are_left_alone() -> None:
    known = spellings("tea", "cup", "2026", "丝巾")
    assert known.near("tae", 2) == []
    assert known.near("2027", 2) == []
    assert known.near("丝由", 2) == []


def test_words_that_come_later_are_known_too() -> None:
    vocabulary = Vocabulary.empty()
    vocabulary.spell("scarf")
    known = Spellings(vocabulary)
    assert known.near("lotsu", 2) == []
    vocabulary.spell("lotus")
    assert known.near("lotsu", 2) == [("lotus", 1)]


@settings(deadline=None)
@given(some.lists(LETTERS, min_size=1, max_size=8, unique=True), LETTERS)
def test_the_nearest_are_those_that_comparing_one_by_one_finds(
    words: list[str], typed: str
) -> None:
    allowed = 1 if len(typed) < 8 else 2
    distances = {word: distance(typed, word) for word in words}
    near = [d for d in distances.values() if 0 < d <= allowed]
    wanted = {(w, d) for w, d in distances.items() if near and d == min(near)}
    assert set(spellings(*words).near(typed, 2)) == wanted
