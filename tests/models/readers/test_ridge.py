"""Ridge and the solver behind it: the minimum of the formula, whatever the lengths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from zhiyin.models.leastsquares import Penalty, _padded, newton
from zhiyin.models.readers import Ridge
from zhiyin.models.readers.reader import Known

WIDTH = 4


def principal(rng: np.random.Generator, items: int) -> np.ndarray:
    """Item vectors whose VᵀV is diagonal."""
    raw = rng.normal(size=(items, WIDTH))
    return (raw @ np.linalg.eigh(raw.T @ raw)[1]).astype(np.float32)


def penalty(vectors: np.ndarray, frequency: float = 1.0) -> Penalty:
    energy = (vectors**2).sum(axis=0)
    return Penalty(energy, absent=0.3, reg=0.05, frequency=frequency, rows=len(vectors))


def plain(row: np.ndarray, vectors: np.ndarray, paid: Penalty) -> np.ndarray:
    """The minimum of the docstring's formula for one dense row of t · c."""
    own = vectors.astype(np.float64)
    reg = paid.reg * (np.count_nonzero(row) + paid.absent * len(own)) ** paid.frequency
    system = own.T @ np.diag(np.abs(row)) @ own + paid.absent * own.T @ own
    return np.linalg.solve(system + reg * np.eye(own.shape[1]), own.T @ row)


@given(st.integers(0, 10_000), st.integers(1, 60), st.sampled_from([0.0, 0.5, 1.0]))
def test_one_step_is_the_minimum_for_short_and_long_rows(
    seed: int, items: int, frequency: float
) -> None:
    rng = np.random.default_rng(seed)
    vectors = principal(rng, items)
    rows = rng.choice([0.0, 1.0, 2.0, -1.0], (5, items)) * (rng.random((5, 1)) < 0.8)
    paid = penalty(vectors, frequency)
    start = rng.normal(size=(5, WIDTH)).astype(np.float32)
    found = newton(start, csr_array(rows), vectors, paid)
    for row, vector in zip(rows, found, strict=True):
        expected = plain(row, vectors, paid) if row.any() else np.zeros(WIDTH)
        np.testing.assert_allclose(vector, expected, atol=2e-4)


@pytest.mark.parametrize("block", [1, 3, WIDTH])
def test_blocks_of_coordinates_come_to_the_same_minimum(block: int) -> None:
    rng = np.random.default_rng(3)
    vectors = principal(rng, 12)
    rows = csr_array(rng.choice([0.0, 1.0, -1.0], (6, 12)))
    paid = penalty(vectors)
    exact = newton(np.zeros((6, WIDTH), np.float32), rows, vectors, paid)
    found = np.zeros_like(exact)
    for _ in range(60):
        found = newton(found, rows, vectors, paid, block)
    np.testing.assert_allclose(found, exact, atol=1e-4)


def test_lengths_are_padded_little() -> None:
    lengths = np.arange(0, 5000)
    padded = _padded(lengths)
    assert (padded >= lengths).all()
    assert (padded <= lengths * 9 / 8).all()
    assert len(np.unique(padded)) < 100


def known(history: list[tuple[int, float]]) -> Known:
    items = np.array([item for item, _ in history], np.int64)
    weights = np.array([weight for _, weight in history], np.float32)
    return Known(items, weights, np.array([0, len(items)]), np.arange(len(items)))


events = st.tuples(st.integers(0, 7), st.sampled_from([-2.0, 0.5, 1.0, 2.0]))


@given(st.integers(0, 10_000), st.lists(events, max_size=12))
def test_a_history_is_solved_and_its_parts_add_up(
    seed: int, history: list[tuple[int, float]]
) -> None:
    vectors = principal(np.random.default_rng(seed), 8)
    reader, one = Ridge(vectors, penalty(vectors), unit=1.5), known(history)
    sums = np.zeros(8)
    for item, weight in history:
        sums[item] += weight
    row = np.sign(sums) * np.log2(1 + np.abs(sums)) / 1.5
    expected = plain(row, vectors, penalty(vectors)) if row.any() else np.zeros(WIDTH)
    np.testing.assert_allclose(reader.read(one)[0], expected, atol=2e-4)
    np.testing.assert_allclose(reader.parts(one).sum(axis=0), expected, atol=2e-4)
