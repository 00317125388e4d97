"""Synonyms: what a shop may write into the file, and what it is told where it cannot be read."""

from pathlib import Path

import pytest

from zhiyin.core import BadInput, Document, NotFound
from zhiyin.index.words import FullText, Synonyms, new_words

GOODS = [
    Document(1, {"title": "真丝围巾"}),
    Document(2, {"title": "Silk scarves"}),
    Document(3, {"title": "国风茶杯"}),
    Document(4, {"title": "潮流手袋"}),
]


def shop(tmp_path: Path, text: str) -> FullText:
    file = tmp_path / "synonyms.txt"
    file.write_text(text, encoding="utf-8")
    index = new_words(synonyms=Synonyms.read(file))
    index.put(GOODS)
    return index


def found(index: FullText, query: str) -> set[int]:
    return set(index.search(query, 9).keys.tolist())


def test_words_with_commas_find_each_other(tmp_path: Path) -> None:
    index = shop(tmp_path, "# neckwear\n丝巾，围巾, silk scarf  # both commas\n\n")
    for query in ("丝巾", "围巾", "絲巾", "silk scarf", "Silk Scarves", "sijin"):
        assert found(index, query) == {1, 2}, query


def test_an_arrow_leads_one_way(tmp_path: Path) -> None:
    index = shop(tmp_path, "国潮 => 国风, 潮流\n")
    assert found(index, "国潮") == {3, 4}
    assert found(index, "国风") == {3}


def test_the_word_itself_counts_more_than_its_synonym(tmp_path: Path) -> None:
    index = shop(tmp_path, "茶杯, 手袋\n")
    assert index.search("手袋", 9).keys.tolist() == [4, 3]
    assert index.search("茶杯", 9).keys.tolist() == [3, 4]


def test_what_was_looked_for_is_told(tmp_path: Path) -> None:
    index = shop(tmp_path, "丝巾, 围巾, necktie\n")
    assert index.search("丝巾", 9).terms == ("丝巾", "围巾")


def test_new_synonyms_hold_from_the_next_search_on(tmp_path: Path) -> None:
    index = shop(tmp_path, "a, b\n")
    assert found(index, "领带") == set()
    index.use(Synonyms.parsed(["领带, 围巾"], "test"))
    assert found(index, "领带") == {1}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a, b\nalone\n", 2),
        ("a => b => c\n", 1),
        ("\n\na, , b\n", 3),
        ("=> b\n", 1),
        ("a =>\n", 1),
        ("..., !!!\n", 1),
        (", ".join(f"w{n}" for n in range(40)), 1),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(BadInput, match=f"line {line}: ") as caught:
        shop(tmp_path, text)
    assert f"第 {line} 行" in caught.value.text("zh")


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "synonyms.txt"
    file.write_bytes("a, b\n丝巾, 围巾\n".encode("gb18030"))
    with pytest.raises(BadInput, match="line 2: is not UTF-8"):
        Synonyms.read(file)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="synonyms file"):
        Synonyms.read(tmp_path / "none.txt")


def test_the_built_in_words_can_be_read_and_added_to() -> None:
    built_in = Synonyms.built_in()
    both = built_in + Synonyms.parsed(["丝巾, bandana"], "test")
    assert set(built_in.others["丝巾",]) < set(both.others["丝巾",])
    assert "bandana" in both.others["丝巾",]
