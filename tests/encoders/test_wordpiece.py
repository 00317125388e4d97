"""WordPiece: the same numbers as the tokenizers library gives, whatever the text."""

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from zhiyin.encoders.wordpiece import Unfit, WordPiece
from zhiyin.testing.encoders import HOSTILE_TEXTS

tokenizers = pytest.importorskip("tokenizers", reason="no tokenizers")

SIGNS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = (
    "red",
    "silk",
    "scarf",
    "##s",
    "un",
    "##happy",
    "##y",
    "丝",
    "绸",
    "naive",
    "龙",
    "10",
    "5",
)
LETTERS = [chr(n) for n in (*range(33, 0x250), *range(0x391, 0x3CA), *range(0x4E00, 0x4E40))]


def pair(**settings: Any) -> tuple[Callable[[str], list[int]], WordPiece]:
    """The library's and ours, of the same file."""
    known = dict.fromkeys([*SIGNS, *WORDS, *LETTERS, *(f"##{letter}" for letter in LETTERS)])
    made = tokenizers.Tokenizer(
        tokenizers.models.WordPiece(
            {piece: n for n, piece in enumerate(known)},
            unk_token="[UNK]",
            max_input_chars_per_word=100,
        )
    )
    made.normalizer = tokenizers.normalizers.BertNormalizer(**settings)
    made.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens([*SIGNS])
    made.encode_special_tokens = True
    ours = WordPiece.read(made.to_str().encode())
    return (lambda text: made.encode(text, add_special_tokens=False).ids), ours


THEIRS, OURS = pair(lowercase=True)
# What a newer edition of Unicode assigned is read by either side by its own tables.
OLD = some.characters(codec="utf-8").filter(lambda c: unicodedata.ucd_3_2_0.category(c) != "Cn")


@given(some.text(OLD) | some.text("abcdes#[]MASK丝绸 龙,.-İéß\u0301\u200b\t\n\x00"))
@example("Red SILK scarfs, unhappy! 丝绸10.5龙")
@example("[MASK] [CLS]")
@example("x" * 100 + " " + "x" * 101)
def test_it_gives_the_librarys_numbers(text: str) -> None:
    assert OURS(text) == THEIRS(text)


@pytest.mark.parametrize("text", [t for t in HOSTILE_TEXTS if t.isascii() or "\ud83d" not in t])
def test_hostile_texts_are_cut_alike(text: str) -> None:
    assert OURS(text) == THEIRS(text)


@pytest.mark.parametrize(
    "settings",
    [
        {"lowercase": False},
        {"lowercase": False, "strip_accents": True},
        {"lowercase": True, "strip_accents": False},
        {"lowercase": True, "handle_chinese_chars": False},
        {"lowercase": True, "clean_text": False},
    ],
)
def test_every_switch_is_obeyed(settings: dict[str, Any]) -> None:
    theirs, ours = pair(**settings)
    for text in ("Red É丝绸é龙 Naïve\u200b10", "ÀB\u0301c\tD"):
        assert ours(text) == theirs(text)


def test_a_tokeniser_of_another_kind_is_not_guessed_at() -> None:
    other = tokenizers.Tokenizer(tokenizers.models.BPE())
    for content in (other.to_str().encode(), b"{}", b"[]", b"not json", b"\xff"):
        with pytest.raises(Unfit):
            WordPiece.read(content)
