"""A head: linear, or linear with a bend; rows of length 1 or NaN."""

import numpy as np
import pytest

from zhiyin.core import derive
from zhiyin.pretrain.align.heads import Bend, Head, unit

RNG = derive(1, "heads")


def head(bent: bool) -> Head:
    bend = Bend(*(RNG.standard_normal(s).astype(np.float32) for s in ((3, 6), (6,), (6, 3))))
    mean, matrix = RNG.standard_normal(5), RNG.standard_normal((5, 3))
    made = Head.linear(mean, matrix)
    return Head(made.mean, made.matrix, bend) if bent else made


@pytest.mark.parametrize("bent", [False, True])
def test_rows_are_of_length_one_and_nan_stays_nan(bent: bool) -> None:
    rows = RNG.standard_normal((20, 5)).astype(np.float32)
    rows[3, 1], rows[7] = np.nan, np.inf
    found = head(bent)(rows)
    assert np.flatnonzero(np.isnan(found).any(axis=1)).tolist() == [3, 7]
    np.testing.assert_allclose(np.linalg.norm(np.delete(found, [3, 7], 0), axis=1), 1, rtol=1e-5)


def test_the_formula() -> None:
    own, rows = head(bent=True), RNG.standard_normal((4, 5)).astype(np.float32)
    z = (rows - own.mean) @ own.matrix
    z = z + np.maximum(0, z @ own.bend.inner + own.bend.bias) @ own.bend.outer
    np.testing.assert_allclose(own(rows), z / np.linalg.norm(z, axis=1, keepdims=True), rtol=1e-5)


def test_a_row_at_the_mean_has_no_direction() -> None:
    own = head(bent=False)
    assert np.isnan(own(own.mean[None])).all()
    assert np.isnan(unit(np.zeros((2, 3), np.float32))).all()


def test_the_flat_part_keeps_axes_and_makes_zeros_of_what_is_not_known() -> None:
    own, rows = head(bent=False), RNG.standard_normal((4, 2, 5)).astype(np.float32)
    rows[1, 1] = np.nan
    found = own.flat(rows)
    assert found.shape == (4, 2, 3)
    assert not found[1, 1].any()
    np.testing.assert_allclose(found[2, 0], (rows[2, 0] - own.mean) @ own.matrix, rtol=1e-5)


def test_scaling_changes_the_spread_and_no_direction() -> None:
    own, rows = head(bent=False), RNG.standard_normal((50, 5)).astype(np.float32)
    scaled = own.scaled(rows)
    assert np.square(scaled.flat(rows)).mean() == pytest.approx(1, rel=1e-5)
    np.testing.assert_allclose(scaled(rows), own(rows), atol=1e-5)


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Head.linear(np.zeros(4), np.ones((5, 3)))
    with pytest.raises(ValueError, match="not finite"):
        Head.linear(np.zeros(5), np.full((5, 3), np.nan))
    bend = Bend(np.ones((3, 6), np.float32), np.ones(6, np.float32), np.ones((6, 2), np.float32))
    with pytest.raises(ValueError, match="do not fit"):
        Head(np.zeros(5, np.float32), np.ones((5, 3), np.float32), bend)
