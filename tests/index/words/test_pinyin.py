"""Pinyin: how letters are read as syllables, and characters as letters."""

from hypothesis import given
from hypothesis import strategies as some

from zhiyin.index.words.folding import fold
from zhiyin.index.words.pinyin import characters, initials, readings, spelt, splits, table


def test_letters_are_split_into_syllables_fewest_first() -> None:
    assert splits("sichou")[0] == ("si", "chou")
    assert splits("xian")[:2] == [("xian",), ("xi", "an")]
    assert splits("silk") == []
    assert splits("丝") == []


@given(some.text("abcdeghinouz", max_size=64))
def test_every_split_is_the_whole(letters: str) -> None:
    for syllables in splits(letters):
        assert "".join(syllables) == letters
        assert all(characters(one) for one in syllables)


def test_usual_readings_come_first() -> None:
    assert spelt("丝绸") == ["sichou"]
    assert "changming" in spelt("长命")
    assert initials("丝绸") == "sc"
    assert initials("青花A3") == "qhA3"


def test_u_stands_for_ü() -> None:
    assert "绿" in characters("lv")
    assert "绿" in characters("lu")
    assert "女" in characters("nu")
    assert "伦" not in characters("lu")


def test_rare_readings_are_left_out_where_asked() -> None:
    assert "白" in characters("bai", rare=False)
    assert "白" not in characters("bo", rare=False)
    assert "白" in characters("bo")


def test_the_table_covers_the_characters_of_daily_use() -> None:
    daily = [bytes([high, low]) for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFA)]
    chars = [fold(pair.decode("gb2312")).text for pair in daily]  # the 3,755 of the first level
    assert [char for char in chars if char not in readings()] == []
    assert len(table()) > 400
