"""Means and covariances, block by block."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import derive
from zhiyin.pretrain.align.moments import in_blocks, known, moments


def rows(size: int, width: int, name: str) -> np.ndarray:
    return (derive(1, name).standard_normal((size, width)) + 1000).astype(np.float32)


@given(st.lists(st.integers(0, 60), max_size=3))
def test_however_the_rows_are_cut_the_sums_are_those_of_all_at_once(cuts: list[int]) -> None:
    text, image = rows(60, 3, "text"), rows(60, 5, "image")
    edges = [0, *sorted(cuts), 60]
    parts = [(text[a:b], image[a:b]) for a, b in pairwise(edges)]
    found = moments(parts, (3, 5))
    whole = np.cov(np.hstack([text, image]).astype(np.float64), rowvar=False, bias=True)
    np.testing.assert_allclose(found.text.covariance, whole[:3, :3], atol=1e-8)
    np.testing.assert_allclose(found.image.covariance, whole[3:, 3:], atol=1e-8)
    np.testing.assert_allclose(found.cross, whole[:3, 3:], atol=1e-8)
    np.testing.assert_allclose(found.text.mean, text.mean(axis=0, dtype=np.float64))
    assert found.pairs == found.text.rows == 60


def test_an_item_without_a_picture_still_says_what_words_are_like() -> None:
    text, image = rows(40, 3, "text"), rows(40, 5, "image")
    image[10:30] = np.nan
    text[35:] = np.nan
    found = moments(in_blocks(text, image), (3, 5))
    assert (found.text.rows, found.image.rows, found.pairs) == (35, 20, 15)
    np.testing.assert_allclose(found.text.mean, text[:35].mean(axis=0, dtype=np.float64))
    both = known(text) & known(image)
    whole = np.cov(np.hstack([text, image])[both].astype(np.float64), rowvar=False, bias=True)
    np.testing.assert_allclose(found.cross, whole[:3, 3:], atol=1e-8)


def test_only_the_rows_that_count_are_read() -> None:
    text, image = rows(9000, 2, "text"), rows(9000, 2, "image")
    where = np.arange(9000) % 3 == 0
    blocks = [*in_blocks(text, image, where)]
    assert sum(len(a) for a, _ in blocks) == 3000
    np.testing.assert_array_equal(np.concatenate([a for a, _ in blocks]), text[where])


def test_nothing_at_all_has_moments_of_zero() -> None:
    found = moments([], (2, 3))
    assert found.pairs == 0
    assert found.cross.shape == (2, 3)
    assert not found.text.covariance.any()
