"""Which words are in a text, as a vector."""

import numpy as np
import pytest

from zhiyin.core import Encoder
from zhiyin.encoders import open_encoder
from zhiyin.encoders.wording import WordsEncoder, words
from zhiyin.testing import EncoderContract


class TestWordsEncoder(EncoderContract):
    pairs = (
        ("red silk scarf", "Scarf, red: SILK"),
        ("青花瓷茶壶", "茶壶 青花瓷"),
        ("Puma Men Blue T-Shirt", "Puma T-Shirt, men, blue!"),
    )

    def make(self) -> Encoder:
        return open_encoder("words", "text")


def test_words_are_small_letters_and_characters_with_their_neighbours() -> None:
    assert [
        *words(
            "Nike T-Shirt ２０",
        )
    ] == ["nike", "t", "shirt", "20"]
    assert [*words("Nike丝巾A")] == ["nike", "丝", "巾", "丝巾", "a"]


def test_the_cosine_is_that_of_the_roots_of_counts() -> None:
    (a, b) = WordsEncoder().encode(["red red cup", "red tea"]).vectors
    # √2 · 1 over √3 · √2
    assert a @ b == pytest.approx(np.sqrt(2) / np.sqrt(6), abs=1e-6)


def test_a_text_without_a_word_says_nothing() -> None:
    assert np.isnan(WordsEncoder().encode(["!!! — …", ""]).vectors).all()
