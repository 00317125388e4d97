"""What slates are like: by hand, and by property."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import Histories
from zhiyin.data import Exam, Split
from zhiyin.evaluation import Goods, Report, evaluate
from zhiyin.testing import two_tribes, world

KS = (1, 2, 4)
SIZE = 12


def guests(count: int, items: int) -> Exam:
    """Shoppers without a past, each after the last item."""
    nothing = Histories(
        np.zeros(0, np.int32),
        np.zeros(0, np.int16),
        np.zeros(0, np.int64),
        np.zeros(0, np.float32),
        np.zeros(count + 1, np.int64),
        ("view",),
    )
    targets = np.full(count, items - 1)
    return Exam(np.arange(count), nothing, targets, np.arange(count + 1), items)


def judged(scores: np.ndarray, goods: Goods, **more: int) -> Report:
    left = iter(np.split(scores, len(scores))) if more else iter([scores])
    exam = guests(*scores.shape)
    return evaluate(lambda histories: next(left).astype(np.float32), exam, KS, goods=goods, **more)


def test_one_slate_by_hand() -> None:
    # Shown: 0, 1, 2, 3. Seven shoppers: 0 is known to all, the last to nobody.
    features = np.array([[2, 0], [1, 0], [0, 5], [np.nan, 0], [1, 1]], np.float32)
    goods = Goods(np.array([7, 3, 1, 0, 0]), 7, np.array([4, 4, 9, -1, 4]), features)
    report = judged(np.array([[5.0, 4, 3, 2, 1]]), goods)
    rows = {name: means for name, *means in report.rows()}
    assert rows["novelty"] == pytest.approx([0, 0.5, (0 + 1 + 2 + 3) / 4])
    assert rows["tail"] == pytest.approx([0, 0.5, 0.75])
    for name in ("variety", "diversity"):  # pairs of 0, 1, 2 alone: one of three is alike
        assert np.isnan(rows[name][0])
        assert rows[name][1:] == pytest.approx([0, 2 / 3], abs=1e-6)
    assert report.record()["metrics"]["variety@1"] is None  # type: ignore[index]


def test_the_same_slate_for_all_is_as_unequal_as_can_be_and_turns_are_equal() -> None:
    goods = Goods(np.zeros(SIZE, np.int64), 0)
    same = judged(np.tile(np.arange(SIZE), (SIZE, 1)), goods)
    turns = judged(np.array([np.roll(np.arange(SIZE), n) for n in range(SIZE)]), goods)
    for k in KS:
        assert same[f"gini@{k}"] == pytest.approx(1 - k / SIZE)
        assert turns[f"gini@{k}"] == 0
        assert turns[f"coverage@{k}"] == 1


def test_nothing_shown_is_nothing_said() -> None:
    goods = Goods(np.ones(3, np.int64), 3)
    report = judged(np.full((1, 3), np.nan), goods)
    assert report["gini@1"] == report["coverage@1"] == 0
    assert np.isnan(report["novelty@1"])


def test_all_alike_in_popularity_means_that_nobody_is_head() -> None:
    assert not Goods(np.full(10, 3), 9).head.any()
    assert Goods(np.arange(10), 9).head.tolist() == [False] * 8 + [True] * 2


def test_popularity_counts_shoppers_of_the_training_side() -> None:
    split = Split.by_ratio(world(two_tribes(12)[0]), valid=0.2, test=0.2)
    goods = Goods.of(split.train)
    past = split.train.interactions.histories
    for item, count in enumerate(goods.popularity):
        assert count == len(set(past.rows()[past.items == item]))
    assert goods.shoppers == 12
    report = evaluate(lambda h: np.ones((len(h), 12), np.float32), split.valid, goods=goods)
    assert 0 <= report["tail@5"] <= 1


def test_goods_of_another_catalogue_are_a_fault() -> None:
    with pytest.raises(ValueError, match="goods of 2 items, not 3"):
        judged(np.ones((1, 3)), Goods(np.ones(2, np.int64), 1))
    with pytest.raises(ValueError, match="features of 3"):
        Goods(np.ones(2, np.int64), 1, features=np.ones((3, 1), np.float32))


def some(seed: int) -> tuple[np.ndarray, Goods]:
    rng = np.random.default_rng(seed)
    scores = rng.permuted(np.tile(np.arange(SIZE, dtype=float), (3, 1)), axis=1)
    scores[rng.random(scores.shape) < 0.2] = np.nan
    features = rng.standard_normal((SIZE, 3)).astype(np.float32)
    features[rng.random(SIZE) < 0.2] = np.nan
    return scores, Goods(rng.integers(0, 9, SIZE), 9, rng.integers(-1, 3, SIZE), features)


@given(st.integers(0, 999))
def test_slate_metrics_stay_in_bounds(seed: int) -> None:
    report = judged(*some(seed))
    highest = {"novelty": np.log2(10), "tail": 1, "variety": 1, "diversity": 2}
    for name, limit in highest.items():
        for k in KS:
            own = report.each[f"{name}@{k}"]
            own = own[~np.isnan(own)]
            assert ((own >= 0) & (own <= limit + 1e-9)).all(), name
    for k in KS:
        assert 0 <= report[f"gini@{k}"] <= 1 - 1 / SIZE


@given(st.integers(0, 999))
def test_diversity_is_what_the_pairs_say_one_by_one(seed: int) -> None:
    scores, goods = some(seed)
    report = judged(scores, goods)
    assert goods.features is not None
    for row, own in zip(scores, report.each["diversity@4"], strict=True):
        slate = [i for i in np.argsort(-row) if not np.isnan(row[i])][:4]
        vectors = [v / np.linalg.norm(v) for v in goods.features[slate] if not np.isnan(v).any()]
        apart = [1 - a @ b for n, a in enumerate(vectors) for b in vectors[:n]]
        expected = np.mean(apart) if apart else np.nan
        np.testing.assert_allclose(own, expected, atol=1e-5)


@given(st.integers(0, 999), st.permutations(range(SIZE)))
def test_the_order_of_the_catalogue_does_not_matter_to_slates(seed: int, order: list[int]) -> None:
    scores, goods = some(seed)
    assert goods.categories is not None
    assert goods.features is not None
    moved = Goods(goods.popularity[order], 9, goods.categories[order], goods.features[order])
    one, other = judged(scores, goods), judged(scores[:, order], moved)
    for name in ("novelty", "tail", "variety", "diversity"):
        for k in KS:
            own, moved_own = one.each[f"{name}@{k}"], other.each[f"{name}@{k}"]
            np.testing.assert_allclose(own, moved_own, atol=1e-6)
    for k in KS:
        assert one[f"gini@{k}"] == pytest.approx(other[f"gini@{k}"])


@given(st.integers(0, 999))
def test_slates_one_by_one_are_like_slates_in_a_batch(seed: int) -> None:
    whole, parts = judged(*some(seed)), judged(*some(seed), block_bytes=1)
    for name, own in whole.each.items():
        np.testing.assert_array_equal(own, parts.each[name])
    assert dict(whole.shared) == dict(parts.shared)
