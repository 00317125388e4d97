"""The best few: one score for a pair, ties by key, nothing that is not allowed."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from zhiyin.index.nearest import as_hits, best, near_best
from zhiyin.testing.index import clustered

SCORES = some.lists(
    some.sampled_from([-np.inf, np.nan, -0.5, 0.0, 0.25, 0.5, 0.75, 1.0]), max_size=30
)


@settings(max_examples=100)
@given(SCORES, some.integers(1, 12))
def test_no_better_score_is_left_out_and_none_that_is_forbidden_is_taken(
    values: list[float], k: int
) -> None:
    scores = np.array(values, np.float32)
    near = near_best(scores, k)
    taken, left = scores[near], np.delete(scores, near)
    left = left[left > -np.inf]
    assert (taken > -np.inf).all()
    possible = int((scores > -np.inf).sum())
    # NaN sorts as the largest, so where a query has one it may hide others: it has only such.
    if not np.isnan(scores).any():
        assert len(taken) >= min(k, possible)
        assert not len(left) or left.max() < np.sort(taken)[::-1][k - 1]


def test_what_rounding_may_have_put_below_is_a_candidate() -> None:
    scores = np.array([0.5, 0.5 - 1e-7, 0.5 - 1e-4], np.float32)
    assert near_best(scores, 1).tolist() == [0, 1]


def test_equal_vectors_have_equal_scores_wherever_they_stand() -> None:
    vectors = clustered(37, 24, 1)
    vectors[[3, 20, 36]] = vectors[0]
    keys = np.arange(37)[::-1].copy()
    found, scores = best(vectors[0], keys, vectors, 4)
    assert found.tolist() == [0, 16, 33, 36]
    assert len(set(scores.tolist())) == 1


def test_short_findings_are_filled_up() -> None:
    one = (np.array([4, 2]), np.array([0.5, 0.25], np.float32))
    hits = as_hits([one, (one[0][:0], one[1][:0])], 3)
    assert hits.keys.tolist() == [[4, 2, -1], [-1, -1, -1]]
    assert hits.scores.dtype == np.float32
    assert np.isnan(hits.scores).tolist() == [[False, False, True], [True] * 3]
