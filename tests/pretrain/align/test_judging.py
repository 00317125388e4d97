"""Ranks of the wanted among all, and what is told of them."""

import numpy as np
import pytest

from zhiyin.core import derive
from zhiyin.pretrain.align.judging import agreement, judged, ranks


def test_ranks_of_a_case_worked_by_hand() -> None:
    queries = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]], np.float32)
    wanted = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]], np.float32)
    # Row 0 finds itself; row 1 is nearest to row 2's; row 2 to row 1's.
    assert ranks(queries, wanted).tolist() == [1, 2, 2]


def test_who_says_the_same_of_everything_is_no_better_than_chance() -> None:
    same = np.ones((101, 4), np.float32) / 2
    assert ranks(same, same).tolist() == [51] * 101
    assert judged(same, same)["image→text recall@10"] == 0


def test_what_cannot_be_said_is_not_found() -> None:
    rng = derive(1, "judging")
    rows = rng.standard_normal((50, 8)).astype(np.float32)
    broken = rows.copy()
    broken[::2] = np.nan
    found = ranks(rows, broken)
    assert found[1::2].max() < found[::2].min()
    assert judged(rows, np.full_like(rows, np.nan))["mrr"] < 0.1


def test_the_goal_is_the_mean_of_both_ways() -> None:
    rng = derive(2, "judging")
    text, image = rng.standard_normal((2, 30, 4)).astype(np.float32)
    told = judged(text, image)
    assert told["mrr"] == pytest.approx((told["image→text mrr"] + told["text→image mrr"]) / 2)
    assert told["image→text median rank"] == np.median(ranks(image, text))
    assert told["text→image recall@5"] == (ranks(text, image) <= 5).mean()


def test_more_rows_than_a_block_are_ranked_as_in_one() -> None:
    rng = derive(3, "judging")
    text, image = rng.standard_normal((2, 1500, 3)).astype(np.float32)
    scores = image @ text.T
    expected = 1 + (scores > scores.diagonal()[:, None]).sum(axis=1)
    np.testing.assert_array_equal(ranks(image, text), expected)


def test_agreement_counts_labels_among_the_nearest_others() -> None:
    text = np.eye(4, dtype=np.float32)[[0, 0, 1, 1]]
    labels = np.array([5, 5, 7, -1])
    # Rows 0 and 1 find each other; row 2 has no other of its label; row 3 has none.
    assert agreement(text, text, labels, k=1) == pytest.approx(2 / 3)
    assert agreement(text, text, np.full(4, -1)) == 0
