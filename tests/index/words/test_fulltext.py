"""Full text: what is found, by which words, and what is not."""

from pathlib import Path

import numpy as np
import pytest

from zhiyin.core import BadRequest, Document
from zhiyin.index.words import FullText, Synonyms, new_words, open_words
from zhiyin.index.words.keeping import FAN

GOODS = {
    0: {"title": ["莲花纹真丝方巾", "Lotus Silk Square"], "category": ["丝巾披肩", "方巾"]},
    1: {"title": ["云纹苏绣丝巾", "Embroidered Cloud Scarf"], "description": "丝绸之路上的云。"},
    2: {"title": ["青花瓷茶杯", "Blue-and-White Tea Cup"], "description": "A cup for the road."},
    3: {"title": ["月饼礼盒 六枚装", "Mooncake Box"], "attributes": ["90×90 厘米"]},
}


@pytest.fixture
def words() -> FullText:
    index = new_words(synonyms=Synonyms())
    index.put([Document(key, fields) for key, fields in GOODS.items()])
    return index


def found(index: FullText, query: str) -> list[int]:
    return sorted(index.search(query, 10).keys.tolist())


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("莲花方巾", [0]),
        ("方巾莲花", [0]),
        ("蓮花", [0]),
        ("sichou", [1]),
        ("si chou", [1]),
        ("sichouzhilu", [1]),
        ("chabei", [2]),
        ("qh", [2]),
        ("qhc", [2]),
        ("ｓｉｌｋ", [0]),
        ("squares of silk", [0]),
        ("embroidery", [1]),
        ("embroidering", [1]),
        ("mooncakes", [3]),
        ("moon cake box", [3]),
        ("teacup", [2]),
        ("blue white", [2]),
        ("90*90", [3]),
        ("90 x 90 厘米", [3]),
        ("六枚", [3]),
        ("6枚装", [3]),
        ("8枚装", []),
        ("lotos", [0]),
        ("embroidred clowd", [1]),
        ("91x90", []),
    ],
)
def test_what_a_query_finds(words: FullText, query: str, wanted: list[int]) -> None:
    assert found(words, query) == wanted


def test_a_typing_error_that_was_mended_is_told(words: FullText) -> None:
    assert words.search("ＬＯＴＯＳ silk", 5).corrected == "lotus silk"
    assert words.search("lotus silk", 5).corrected is None
    assert words.search("sichou", 5).corrected is None


def test_quoted_words_must_stand_together(words: FullText) -> None:
    words.put([Document(9, {"title": "Square of lotus and silk", "description": "方丝巾"})])
    assert found(words, "lotus silk square") == [0, 9]
    assert found(words, '"lotus silk"') == [0]
    assert found(words, "“silk lotus”") == []
    assert found(words, '"真丝方巾"') == [0]
    assert found(words, '"lotus" "square"') == [0, 9]
    assert found(words, '"silk square" lotus') == [0]
    assert found(words, 'lotus "silk') == [0, 9]


def test_a_phrase_does_not_run_from_one_text_into_the_next(words: FullText) -> None:
    words.put([Document(9, {"title": ["red silk", "scarf"], "tags": ["jade"]})])
    assert found(words, '"red silk"') == [9]
    assert found(words, '"silk scarf"') == []
    assert found(words, '"scarf jade"') == []


def test_a_word_that_the_catalogue_has_is_not_taken_for_another(words: FullText) -> None:
    words.put([Document(9, {"title": "Sichou House lotos"})])
    assert found(words, "sichou") == [9]
    assert words.search("lotos", 5).corrected is None


def test_words_of_deleted_documents_correct_nothing(words: FullText) -> None:
    words.delete(np.array([0]))
    found = words.search("lotos", 5)
    assert (found.total, found.corrected) == (0, None)


def test_a_document_that_repeats_a_word_counts_more_and_ever_less_so(words: FullText) -> None:
    words.put([Document(10 + n, {"brand": ["jade"] * n}) for n in (1, 2, 8)])
    scores = dict(zip(*[each.tolist() for each in _scored(words, "jade")], strict=True))
    assert scores[11] < scores[12] < scores[18] < 2.2 * scores[11]


def _scored(words: FullText, query: str) -> tuple[np.ndarray, np.ndarray]:
    hits = words.search(query, 10)
    return hits.keys, hits.scores


def test_a_mention_in_a_long_text_counts_less() -> None:
    index = new_words()
    index.put(
        [
            Document(1, {"title": "lotus scarf"}),
            Document(2, {"title": "lotus scarf " + "with many other words " * 9}),
        ]
    )
    assert index.search("lotus", 2).keys.tolist() == [1, 2]


def test_a_word_as_it_is_written_counts_a_little_more() -> None:
    index = new_words()
    index.put([Document(n, {"title": f"red {word}"}) for n, word in enumerate(("short", "shorts"))])
    assert index.search("shorts", 2).keys.tolist() == [1, 0]


def test_many_small_changes_leave_few_segments(words: FullText) -> None:
    for key in range(200):
        words.put([Document(key, {"title": f"scarf {key % 7}"})])
    assert len(words._state.segments) <= 4 * FAN
    assert len(words) == 200
    assert words.search("scarf", 300).total == 200
    assert words.search("scarf 3", 300).total == len(range(3, 200, 7))


def test_a_saved_index_is_packed(words: FullText, tmp_path: Path) -> None:
    for key in range(30):
        words.put([Document(key, {"title": f"scarf {key}"})])
    words.delete(np.array([7]))
    words.save(tmp_path / "words")
    (segment,) = open_words(tmp_path / "words")._state.segments
    assert len(segment) == segment.living == 29


def test_dead_rows_are_cleared_away(words: FullText) -> None:
    words.put([Document(key, {"title": "scarf"}) for key in range(100)])
    words.delete(np.arange(60))
    assert sum(len(segment) for segment in words._state.segments) == len(words) == 40


def test_a_negative_key_is_refused_and_nothing_is_changed(words: FullText) -> None:
    with pytest.raises(BadRequest, match="key -1"):
        words.put([Document(7, {"title": "lamp"}), Document(-1, {"title": "lamp"})])
    assert found(words, "lamp") == []


def test_a_document_of_enormous_length_is_taken_in(words: FullText) -> None:
    words.put([Document(9, {"title": "jade", "description": "silk " * 70_000 + "pearl"})])
    assert found(words, "jade pearl") == [9]


def test_highlights_show_what_was_matched(words: FullText) -> None:
    def shown(text: str, query: str) -> list[str]:
        return [text[start:end] for start, end in words.highlight(text, query)]

    assert shown("月白蓮花紋真絲方巾", "莲花方巾") == ["蓮花", "方巾"]
    assert shown("Ｓｉｌｋ Squares, silky", "silk square") == ["Ｓｉｌｋ", "Squares"]
    assert shown("丝绸之路", "sichou") == ["丝绸"]
    assert shown("a lotus", "lotos") == ["lotus"]
    assert shown("一㎡丝巾", "丝巾") == ["丝巾"]
    words.use(Synonyms.parsed(["丝巾, scarf"], "test"))
    assert shown("two scarves", "丝巾") == ["scarves"]


def test_suggestions_by_characters_pinyin_and_initials(words: FullText) -> None:
    for typed in ("方", "fangj", "fj", "FJ"):
        assert words.suggest(typed)[0] == "方巾", typed
    assert words.suggest("云纹") == ("云纹苏绣丝巾",)
    assert words.suggest("lot") == ("Lotus Silk Square",)
    assert words.suggest("云") == ()  # titles wait for a second character


def test_the_common_comes_first_and_past_queries_join_in(words: FullText) -> None:
    words.put([Document(20 + n, {"brand": "Jade Hall"}) for n in range(2)])
    words.put([Document(30 + n, {"brand": "Jade House"}) for n in range(3)])
    assert words.suggest("jade") == ("Jade House", "Jade Hall")
    words.asked({"jade house scarf": 40, "jade hall": 9, "lotus silk": 3})
    assert words.suggest("jad")[0] == "jade hall"  # the other finds nothing any more
    assert words.suggest("lo") == ("lotus silk",)
    words.delete(np.array([0]))
    assert words.suggest("lo") == ()


def test_the_last_word_is_completed_where_the_whole_is_not(words: FullText) -> None:
    words.put([Document(9, {"title": "red", "brand": "Jade House"})])
    assert words.suggest("red ja") == ("red Jade House",)
    assert words.suggest("lotus ja") == ()
