"""Hard negatives: alike in the one, other in the other."""

import numpy as np

from zhiyin.core import derive
from zhiyin.pretrain.align.negatives import hard


def ring(degrees: list[float]) -> np.ndarray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_a_lookalike_with_other_words_is_hard_and_one_with_the_same_is_not() -> None:
    pictures = ring([0, 5, 10, 90, 95])
    words = ring([0, 1, 120, 200, 290])
    found = hard(pictures, words, 2, alike=0.9)
    # Row 1 looks most like row 0 but says the same; row 2 looks alike and says otherwise.
    assert found[0].tolist() == [2, 3]
    assert found[3].tolist() == [4, 2]


def test_there_are_no_more_than_there_are() -> None:
    pictures, words = ring([0, 5, 10]), ring([0, 1, 2])
    assert (hard(pictures, words, 2, alike=0.9) == -1).all()
    assert hard(pictures[:1], words[:1], 2, alike=0.9).tolist() == [[-1, -1]]


def test_nothing_is_its_own_negative_and_blocks_change_nothing() -> None:
    rng = derive(1, "negatives")
    rows = rng.standard_normal((3000, 4)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    other = rng.permutation(rows)
    found = hard(rows, other, 3, alike=0.5)
    assert (found != np.arange(3000)[:, None]).all()
    for row in (0, 1500, 2999):  # one by one, all compared
        cosines = rows @ rows[row]
        allowed = other @ other[row] < 0.5
        cosines[row] = -np.inf
        near = np.argsort(-cosines, kind="stable")[:64]
        assert found[row].tolist() == near[allowed[near]][:3].tolist()
