"""Whitening: what it does to a spread that is known, and to what it never saw."""

from pathlib import Path

import numpy as np
import pytest

from zhiyin.pretrain.whitening import LEAST, Whitening

RAW = 12
SPREAD = 2.0 ** -np.arange(RAW)
AXES = np.linalg.qr(np.random.default_rng(9).standard_normal((RAW, RAW)))[0]


def uneven(rows: int = 4_000, seed: int = 0) -> np.ndarray:
    """Rows of which each axis has half the spread of the one before."""
    rng = np.random.default_rng(seed)
    return ((rng.standard_normal((rows, RAW)) * SPREAD) @ AXES.T).astype(np.float32)


def learnt(rows: np.ndarray, width: int = RAW, shrinkage: float = 0.0) -> Whitening:
    return Whitening.learnt(np.array_split(rows, 7), RAW, width, shrinkage)


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_in_full_every_direction_weighs_the_same() -> None:
    rows = uneven()
    turned = rows @ learnt(rows).turn
    assert np.allclose(turned.T @ turned / len(rows), np.eye(RAW), atol=1e-3)
    assert np.allclose(np.linalg.norm(learnt(rows)(rows), axis=1), 1.0, atol=1e-5)


def test_with_all_shrinkage_every_cosine_stays() -> None:
    rows = uneven(400)
    found = learnt(rows, shrinkage=1.0)(rows)
    assert np.allclose(found @ found.T, unit(rows) @ unit(rows).T, atol=1e-4)


def test_in_between_the_heavy_directions_lose_by_the_formula() -> None:
    rows = uneven()
    moments = rows.astype(np.float64).T @ rows / len(rows)
    values, vectors = np.linalg.eigh(moments)
    scale = 1 / np.sqrt(0.1 * values + 0.9 * values.mean())
    wanted = unit((rows @ vectors) * scale)
    found = learnt(rows, shrinkage=0.9)(rows)
    assert np.allclose(found[:50] @ found[:50].T, wanted[:50] @ wanted[:50].T, atol=1e-4)


def test_the_directions_that_are_kept_are_the_heaviest() -> None:
    turn = learnt(uneven(), width=3, shrinkage=1.0).turn
    inside = unit(turn.T) @ AXES[:, :3]
    assert turn.shape == (RAW, 3)
    assert np.allclose(np.linalg.norm(inside, axis=1), 1.0, atol=0.02)


def test_a_new_row_is_turned_the_same_whoever_is_beside_it() -> None:
    rows, new = uneven(), uneven(50, seed=1)
    whitening = learnt(rows, shrinkage=0.5)
    both = whitening(np.concatenate([rows, new]))
    assert np.allclose(whitening(new[:1]), both[len(rows) : len(rows) + 1], atol=1e-6)


def test_a_row_of_nan_stays_one_and_teaches_nothing() -> None:
    rows = uneven()
    gaps = np.insert(rows, 5, np.nan, axis=0)
    assert np.allclose(learnt(gaps).turn, learnt(rows).turn, rtol=1e-4, atol=1e-4)
    found = learnt(rows)(gaps)
    assert np.isnan(found[5]).all()
    assert np.isfinite(np.delete(found, 5, axis=0)).all()


def test_too_few_rows_leave_vectors_as_they_are() -> None:
    rows = unit(uneven(LEAST - 1))
    whitening = learnt(rows, width=3)
    assert whitening.width == RAW
    assert np.allclose(whitening(rows), rows, atol=1e-6)


def test_goods_that_are_all_the_same_are_no_reason_to_fall_over() -> None:
    rows = np.repeat(unit(uneven(1)), LEAST, axis=0)
    found = learnt(rows, shrinkage=0.9)(np.concatenate([rows[:2], uneven(3)]))
    assert found.shape == (5, 1)  # there is only one direction
    assert np.allclose(np.abs(found), 1.0)


@pytest.mark.parametrize("shrinkage", [0.0, 0.5])
def test_equal_rows_give_equal_bytes_and_saving_changes_nothing(
    tmp_path: Path, shrinkage: float
) -> None:
    one, two = (learnt(uneven(), width=5, shrinkage=shrinkage) for _ in range(2))
    one.save(tmp_path, "text")
    assert np.array_equal(one.turn, two.turn)
    assert np.array_equal(one.turn, Whitening.opened(tmp_path, "text").turn)
