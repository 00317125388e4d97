"""Spaces: a query among the vectors, or why it is not."""

import threading
from typing import Any

import numpy as np
import pytest

from zhiyin.application.search.patience import Missed
from zhiyin.application.search.spaces import Senses, composed
from zhiyin.core import BadRequest, Encoded, Refusal


class Saying:
    """An encoder that does what it is told."""

    name, modality, width = "saying", "image", 2

    def __init__(self, say: Any) -> None:
        self._say = say

    def encode(self, contents: Any) -> Encoded:
        found: Encoded = self._say(contents)
        return found


def sensed(say: Any, seconds: float = 5.0) -> Any:
    return Senses({"image": Saying(say)}, seconds).start("image", b"picture")()


def test_a_picture_becomes_a_vector() -> None:
    vector = np.array([[0.6, 0.8]], np.float32)
    assert sensed(lambda _: Encoded(vector)) is vector


def test_a_picture_of_nothing_is_refused() -> None:
    with pytest.raises(BadRequest, match=r"the picture: .* save or upload it again"):
        sensed(lambda _: Encoded(np.full((1, 2), np.nan, np.float32)))


def test_a_picture_that_cannot_be_read_is_answered_with_its_sentence() -> None:
    refusal = Refusal("broken_picture", 1, value="x.jpg", expected="cut off", expected_zh="被截断")
    nothing = np.full((1, 2), np.nan, np.float32)
    with pytest.raises(BadRequest) as refused:
        sensed(lambda _: Encoded(nothing, (refusal,)))
    assert refusal.text("en") in refused.value.text("en")
    assert refusal.text("zh") in refused.value.text("zh")


def test_words_that_an_encoder_does_not_know_are_no_trouble() -> None:
    nothing = Encoded(np.full((1, 2), np.nan, np.float32), (Refusal("no_words", 1, value="xyzzy"),))
    assert Senses({"text": Saying(lambda _: nothing)}, 5.0).start("text", "xyzzy")() is None


def test_no_encoder_and_a_slow_or_broken_one_are_missed() -> None:
    with pytest.raises(Missed, match="the text encoder is not there"):
        Senses({}, 1.0).start("text", "scarf")()
    gate = threading.Event()
    with pytest.raises(Missed, match="the image encoder took longer"):
        sensed(lambda _: gate.wait(10), seconds=0.01)
    gate.set()
    with pytest.raises(Missed, match="the image encoder failed"):
        sensed(lambda _: 1 / 0)


def test_a_picture_is_moved_towards_the_words() -> None:
    picture, words = np.array([[1.0, 0.0]], np.float32), np.array([[0.0, 1.0]], np.float32)
    assert composed(picture, words, 1.0).tolist() == [pytest.approx([0.5**0.5, 0.5**0.5])]
    assert composed(picture, words, 0.0).tolist() == [[1.0, 0.0]]
    assert composed(picture, -picture, 1.0).tolist() == picture.tolist()
