"""Whitening: what it does to a spread that is known, and to what it never saw."""

from pathlib import Path

import numpy as np
import pytest

from zhiyin.pretrain.whitening import LEAST, Moments, Whitening

RAW = 12


def cone(rows: int = 2_000, seed: int = 0) -> np.ndarray:
    """Rows around a far-away mean, spread very unevenly, as encoders give them."""
    rng = np.random.default_rng(seed)
    spread = 2.0 ** -np.arange(RAW)
    turn = np.linalg.qr(np.random.default_rng(9).standard_normal((RAW, RAW)))[0]
    rows_ = (rng.standard_normal((rows, RAW)) * spread) @ turn + 5.0
    return rows_.astype(np.float32)


def learnt(rows: np.ndarray, width: int = RAW, shrinkage: float = 0.0) -> Whitening:
    return Whitening.learnt(np.array_split(rows, 7), RAW, width, shrinkage)


def test_moments_of_blocks_are_those_of_the_whole() -> None:
    rows = cone(500)
    rows[3] = np.nan
    moments = Moments(RAW)
    for block in np.array_split(rows, 9):
        moments.add(block)
    good = np.delete(rows, 3, axis=0).astype(np.float64)
    assert moments.rows == 499
    assert np.allclose(moments.mean, good.mean(axis=0))
    assert np.allclose(moments.covariance, np.cov(good.T, bias=True), atol=1e-6)


def test_in_full_every_direction_has_the_same_spread() -> None:
    rows = cone()
    whitening = learnt(rows)
    turned = (rows - whitening.mean) @ whitening.turn
    assert np.allclose(np.cov(turned.T, bias=True), np.eye(RAW), atol=0.02)
    assert np.allclose(np.linalg.norm(whitening(rows), axis=1), 1.0, atol=1e-5)


def test_with_all_shrinkage_only_the_mean_goes() -> None:
    rows = cone()
    centred = rows - rows.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    found = learnt(rows, shrinkage=1.0)(rows)
    assert np.allclose(found @ found.T, centred @ centred.T, atol=1e-4)


def test_the_directions_that_are_kept_are_those_of_most_spread() -> None:
    rows = cone()
    kept = (rows - rows.mean(axis=0)) @ learnt(rows, width=3, shrinkage=1.0).turn
    lost = 1 - kept.var(axis=0).sum() / kept[:, 0].var() / (1 + 1 / 4 + 1 / 16)
    assert kept.shape == (2_000, 3)
    assert abs(lost) < 0.05


def test_new_rows_are_turned_like_the_old() -> None:
    rows, new = cone(), cone(50, seed=1)
    whitening = learnt(rows, shrinkage=0.5)
    both = whitening(np.concatenate([rows, new]))
    assert np.allclose(whitening(new), both[2_000:], atol=1e-6)


def test_a_row_of_nan_stays_one_and_teaches_nothing() -> None:
    rows = cone()
    gaps = rows.copy()
    gaps = np.insert(gaps, 5, np.nan, axis=0)
    assert np.allclose(learnt(gaps).turn, learnt(rows).turn, atol=1e-4)
    found = learnt(rows)(gaps)
    assert np.isnan(found[5]).all()
    assert np.isfinite(np.delete(found, 5, axis=0)).all()


def test_too_few_rows_leave_vectors_as_they_are() -> None:
    rows = cone(LEAST - 1)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    whitening = learnt(rows, width=3)
    assert whitening.width == RAW
    assert np.allclose(whitening(rows), rows, atol=1e-6)


def test_rows_that_are_all_the_same_are_no_reason_to_fall_over() -> None:
    rows = np.ones((LEAST, RAW), np.float32)
    found = learnt(rows)(np.concatenate([rows[:2], cone(3)]))
    assert np.isnan(found[:2]).all()  # nothing sets them apart
    assert found.shape[1] >= 1


@pytest.mark.parametrize("shrinkage", [0.0, 0.5])
def test_equal_rows_give_equal_bytes_and_saving_changes_nothing(
    tmp_path: Path, shrinkage: float
) -> None:
    one, two = (learnt(cone(), width=5, shrinkage=shrinkage) for _ in range(2))
    one.save(tmp_path, "text")
    opened = Whitening.opened(tmp_path, "text")
    for other in (two, opened):
        assert np.array_equal(one.turn, other.turn)
        assert np.array_equal(one.mean, other.mean)
