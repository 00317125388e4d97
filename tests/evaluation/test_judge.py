"""Judging a scorer: by hand, by property, and on real data where it is there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import BadRequest, Histories
from zhiyin.data import Exam, Split
from zhiyin.evaluation import Report, evaluate
from zhiyin.testing import two_tribes, world

NAN = float("nan")


def exam_of(seen: list[list[int]], targets: list[list[int]], items: int) -> Exam:
    lengths = [len(row) for row in seen]
    size = sum(lengths)
    histories = Histories(
        np.array([i for row in seen for i in row], np.int32),
        np.zeros(size, np.int16),
        np.arange(size, dtype=np.int64),
        np.ones(size, np.float32),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        ("view",),
    )
    return Exam(
        np.arange(len(seen)),
        histories,
        np.array([i for row in targets for i in row], np.int64),
        np.concatenate([[0], np.cumsum([len(t) for t in targets])]).astype(np.int64),
        items,
    )


class Scripted:
    """Gives the rows of a matrix, whose shoppers are told apart by their place in line."""

    def __init__(self, rows: list[list[float]]) -> None:
        self.rows = np.array(rows, np.float32)
        self.next = 0

    def __call__(self, histories: Histories) -> np.ndarray:
        self.next += len(histories)
        return self.rows[self.next - len(histories) : self.next]


def judge(
    scores: list[list[float]],
    seen: list[list[int]],
    targets: list[list[int]],
    ks: tuple[int, ...] = (1, 2, 3),
    **more: int,
) -> Report:
    return evaluate(Scripted(scores), exam_of(seen, targets, len(scores[0])), ks, **more)


def test_one_shopper_by_hand() -> None:
    # Seen: 0. Ranked: 3, 1, 4, 2. Wanted: 1 and 2, at the places 1 and 3.
    report = judge([[9, 3, 1, 4, 2]], [[0]], [[1, 2]], (1, 2, 4))
    ideal = 1 + 1 / np.log2(3)
    expected = {
        "recall": (0, 0.5, 1),
        "precision": (0, 0.5, 0.5),
        "hr": (0, 1, 1),
        "mrr": (0, 0.5, 0.5),
        "ndcg": (0, (1 / np.log2(3)) / ideal, (1 / np.log2(3) + 1 / np.log2(5)) / ideal),
        "map": (0, 1 / 4, (1 / 2 + 2 / 4) / 2),
        "coverage": (0.2, 0.4, 0.8),
        "gini": (0.8, 0.6, 0.2),
    }
    for name, *means in report.rows():
        assert means == pytest.approx(expected[name]), name


def test_means_are_over_the_shoppers_asked() -> None:
    report = judge([[3, 2, 1], [3, 2, 1]], [[], [0]], [[0], [2]])
    assert report["recall@1"] == 0.5
    assert report.each["recall@1"].tolist() == [1, 0]
    assert report["recall@2"] == 1.0  # what the second has seen is not ranked
    assert report["coverage@1"] == pytest.approx(2 / 3)


def test_one_target_among_equals_takes_the_middle() -> None:
    for row in ([1, 1, 1, 1, 1], [NAN] * 5):
        report = judge([row], [[]], [[4]], (2, 3))
        assert (report["recall@2"], report["recall@3"]) == (0, 1)
        assert report["mrr@3"] == pytest.approx(1 / 3)


def test_several_targets_among_equals_are_spread() -> None:
    # Two of five equal items: on average at the places 1 and 3.
    report = judge([[1, 1, 1, 1, 1]], [[]], [[0, 1]], (1, 2, 3, 4))
    assert [report[f"recall@{k}"] for k in (1, 2, 3, 4)] == [0, 0.5, 0.5, 1]


def test_what_cannot_be_said_comes_after_what_can() -> None:
    report = judge([[NAN, -5, -9]], [[]], [[0]])
    assert [report[f"recall@{k}"] for k in (1, 2, 3)] == [0, 0, 1]
    assert report["coverage@3"] == pytest.approx(2 / 3)  # nobody is shown the first


def test_the_record_is_json_and_tells_the_size() -> None:
    record = judge([[3, 2, 1]], [[]], [[0]], (1,)).record()
    assert record["shoppers"] == 1
    assert record["items"] == 3
    assert record["metrics"]["recall@1"] == 1.0  # type: ignore[index]


def test_an_exam_that_asks_nobody_is_refused() -> None:
    with pytest.raises(BadRequest, match="asks nobody"):
        evaluate(Scripted([]), exam_of([], [], 3))


@pytest.mark.parametrize("ks", [(), (0, 5), (-1,)])
def test_cut_offs_below_one_are_refused(ks: tuple[int, ...]) -> None:
    with pytest.raises(BadRequest, match="cut-offs"):
        judge([[1, 2]], [[]], [[0]], ks)


def test_scores_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(1, 2\), not \(1, 3\)"):
        evaluate(Scripted([[1, 2]]), exam_of([[]], [[0]], 3))


def test_a_target_from_the_history_is_a_fault_of_the_exam() -> None:
    with pytest.raises(ValueError, match="own history"):
        judge([[1, 2]], [[0]], [[0]])


def test_the_scores_of_the_scorer_are_left_alone() -> None:
    scores = np.array([[3.0, NAN, 1.0]], np.float32)
    before = scores.copy()
    evaluate(lambda histories: scores, exam_of([[0]], [[2]], 3))
    np.testing.assert_array_equal(scores, before)


ITEMS = 7
Case = tuple[list[list[float]], list[list[int]], list[list[int]]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    scores, seen, targets = [], [], []
    for _ in range(draw(st.integers(1, 5))):
        numbers = st.sampled_from([0.0, 1.0, 2.0, NAN])
        scores.append(draw(st.lists(numbers, min_size=ITEMS, max_size=ITEMS)))
        role = draw(st.lists(st.sampled_from("st-"), min_size=ITEMS, max_size=ITEMS))
        role[draw(st.integers(0, ITEMS - 1))] = "t"
        seen.append([i for i, r in enumerate(role) if r == "s"])
        targets.append([i for i, r in enumerate(role) if r == "t"])
    return scores, seen, targets


KS = tuple(range(1, ITEMS + 1))
GROWING = ("recall", "hr", "mrr", "coverage")


@given(cases())
def test_metrics_stay_in_bounds_and_grow_with_k(case: Case) -> None:
    report = judge(*case, KS)
    for name, *means in report.rows():
        assert all(0 <= mean <= 1 + 1e-12 for mean in means), name
        if name in GROWING:
            assert means == sorted(means), name
    for own in report.each.values():
        assert ((own >= 0) & (own <= 1 + 1e-12)).all()


@given(cases(), st.permutations(range(ITEMS)))
def test_the_order_of_the_catalogue_does_not_matter(case: Case, order: list[int]) -> None:
    scores, seen, targets = case
    place = {old: new for new, old in enumerate(order)}
    moved = (
        [[row[old] for old in order] for row in scores],
        [[place[i] for i in row] for row in seen],
        [[place[i] for i in row] for row in targets],
    )
    one, other = judge(*case, KS), judge(*moved, KS)
    for name, own in one.each.items():
        np.testing.assert_allclose(own, other.each[name])


@given(cases(), st.permutations(range(5)))
def test_the_order_of_the_shoppers_does_not_matter(case: Case, order: list[int]) -> None:
    chosen = [n for n in order if n < len(case[0])]
    shuffled = tuple([part[n] for n in chosen] for part in case)
    one, other = judge(*case, KS), judge(*shuffled, KS)  # type: ignore[arg-type]
    for name, mean in one.means.items():
        assert mean == pytest.approx(other.means[name]), name


@given(cases(), st.integers(1, 4))
def test_blocks_of_any_size_give_the_same(case: Case, rows: int) -> None:
    whole, parts = judge(*case, KS), judge(*case, KS, block_bytes=4 * ITEMS * rows)
    assert whole.means == parts.means


@given(st.integers(0, 999), st.sampled_from([5, 32, 33, 200]), st.integers(1, 40))
def test_coverage_counts_what_stands_on_a_slate(seed: int, items: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.permuted(np.tile(np.arange(items, dtype=np.float32), (3, 1)), axis=1)
    scores[rng.random(scores.shape) < 0.3] = np.nan
    scores[:, 0] = items
    seen = [[1, 2], [], [items - 1]]
    report = judge(scores.tolist(), seen, [[0], [0], [0]], (k,))
    expected = set()
    for row, past in zip(scores, seen, strict=True):
        known = [i for i in np.argsort(-row) if not np.isnan(row[i]) and i not in past]
        expected |= set(known[:k])
    assert report[f"coverage@{k}"] == pytest.approx(len(expected) / items)


@given(cases())
def test_a_perfect_scorer_is_perfect(case: Case) -> None:
    _, seen, targets = case
    scores = [[float(i in row) for i in range(ITEMS)] for row in targets]
    report = judge(scores, seen, targets, KS)
    for own, row in zip(report.each[f"recall@{ITEMS}"], targets, strict=True):
        assert own == 1, row
    assert report["ndcg@1"] == report["ndcg@7"] == report["mrr@1"] == pytest.approx(1)


def test_a_scorer_is_judged_on_a_split() -> None:
    seen, _ = two_tribes(12)
    split = Split.by_ratio(world(seen), valid=0.2, test=0.2)
    tribe = np.arange(12) % 2

    def oracle(histories: Histories) -> np.ndarray:
        mine = tribe[histories.items[histories.offsets[:-1]]]
        return (mine[:, None] == tribe[None]).astype(np.float32)

    assert evaluate(oracle, split.valid, (6,))["recall@6"] == 1.0
    assert evaluate(lambda h: 1 - oracle(h), split.valid, (6,))["recall@6"] == 0.0
