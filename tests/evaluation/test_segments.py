"""Segments: who is in which, and that they add up to the whole."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import Histories
from zhiyin.data import Exam
from zhiyin.evaluation import Goods, Report, evaluate

ITEMS = 40


def judged(lengths: list[int], seed: int = 0, goods: Goods | None = None) -> Report:
    """Shoppers who saw the first items, and want two of the last."""
    rng = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    size = int(offsets[-1])
    items = np.concatenate([np.arange(length) for length in lengths]).astype(np.int32)
    ones = np.ones(size, np.float32)
    past = Histories(items, ones.astype(np.int16) * 0, np.zeros(size, np.int64), ones, offsets)
    wanted = [np.sort(30 + rng.permutation(10)[:2]) for _ in lengths]
    stops = 2 * np.arange(len(lengths) + 1)
    exam = Exam(np.arange(len(lengths)), past, np.concatenate(wanted), stops, ITEMS)
    scores = rng.random((len(lengths), ITEMS), dtype=np.float32)
    return evaluate(lambda histories: scores, exam, (5, 10), goods=goods)


def test_shoppers_are_told_apart_by_their_past() -> None:
    report = judged([0, 4, 5, 19, 20, 30, 30])
    sizes = {name: part.shoppers for name, part in report.segments.items()}
    assert sizes == {"cold": 2, "warm": 2, "heavy": 3}
    own = report.each["recall@10"]
    assert report.segments["warm"].means["recall@10"] == own[2:4].mean()


def test_head_and_tail_look_at_their_own_targets() -> None:
    popularity = np.zeros(ITEMS, np.int64)
    popularity[32:40] = 5  # a fifth of the catalogue
    report = judged([3] * 20, goods=Goods(popularity, 5))
    head, tail = report.segments["head"], report.segments["tail"]
    assert head.shoppers >= tail.shoppers > 0
    assert set(head.means) == set(tail.means) <= set(report.means)


def test_a_segment_with_nobody_says_nothing() -> None:
    report = judged([1, 1])
    assert report.segments["heavy"].shoppers == 0
    assert report.segments["heavy"].means == {}
    assert json.loads(report.to_json())["segments"]["heavy"] == {"shoppers": 0, "metrics": {}}


@given(st.lists(st.integers(0, 29), min_size=1, max_size=12), st.integers(0, 99))
def test_segments_add_up_to_the_whole(lengths: list[int], seed: int) -> None:
    popularity = np.random.default_rng(seed).integers(0, 9, ITEMS)
    report = judged(lengths, seed, Goods(popularity, 9))
    parts = [report.segments[name] for name in ("cold", "warm", "heavy")]
    assert sum(part.shoppers for part in parts) == len(lengths)
    for name in ("recall@5", "ndcg@10", "map@10"):
        total = sum(part.shoppers * part.means[name] for part in parts if part.shoppers)
        assert total / len(lengths) == pytest.approx(report[name])
    for part in report.segments.values():
        assert all(0 <= mean <= 1 + 1e-12 for mean in part.means.values())


def test_the_table_has_a_line_per_metric() -> None:
    lines = judged([1, 2], goods=Goods(np.zeros(ITEMS, np.int64), 0)).table().splitlines()
    assert lines[0].split() == ["@5", "@10"]
    assert {line.split()[0] for line in lines[1:]} >= {"recall", "map", "gini", "novelty"}
