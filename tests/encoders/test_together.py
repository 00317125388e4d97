"""Several encoders of one modality as one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from zhiyin.core import Encoded, Modality, Refusal
from zhiyin.encoders import open_encoder
from zhiyin.encoders.together import Together


class Told:
    """Gives the vectors it was told to."""

    modality: Modality = "text"

    def __init__(self, name: str, rows: list[list[float]], troubles: tuple[Refusal, ...] = ()):
        self.name, self.rows, self.troubles = name, np.array(rows, np.float32), troubles
        self.width = self.rows.shape[1]

    def encode(self, contents: Sequence[Any]) -> Encoded:
        return Encoded(self.rows, self.troubles)


NAN = float("nan")


def test_the_cosine_is_the_mean_of_the_parts() -> None:
    one, other = Told("a", [[1, 0], [0.6, 0.8]]), Told("b", [[0, 0, 1], [0, 1, 0]])
    both = Together([one, other])
    a, b = both.encode(["x", "y"]).vectors
    assert a @ b == pytest.approx(0.3, abs=1e-6)
    assert (both.name, both.width, both.modality) == ("a+b", 5, "text")


def test_what_one_part_cannot_say_the_other_does() -> None:
    one, other = Told("a", [[1, 0], [NAN, NAN], [NAN, NAN]]), Told("b", [[1], [1], [NAN]])
    found = Together([one, other]).encode(["x", "y", "z"]).vectors
    np.testing.assert_allclose(found[1], [0, 0, 1])
    assert np.isnan(found[2]).all()


def test_a_trouble_is_told_once() -> None:
    first, second = (Refusal("malformed", row, expected=str(row)) for row in (2, 1))
    again = Refusal("malformed", 2, expected="again")
    parts = [Told("a", [[1], [NAN]], (first,)), Told("b", [[1], [1]], (second, again))]
    assert Together(parts).encode(["x", "y"]).troubles == (second, first)


def test_encoders_are_opened_side_by_side_by_their_words() -> None:
    found = open_encoder("efficientnet+palette", "image")
    assert found.width == 1280 + 486
    assert open_encoder("use+words", "text").width == 512 + 2048


def test_modalities_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="of one modality"):
        Together([open_encoder("use", "text"), open_encoder("palette", "image")])
