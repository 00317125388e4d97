"""iALS: each half of a round is the minimum of the printed loss, given the other half."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.core import TooLarge, derive
from zhiyin.evaluation import evaluate
from zhiyin.models.collaborative import Ials
from zhiyin.testing import ModelContract, two_tribes, world


class TestIals(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> Ials:
        return Ials(Ials.Config(width=8))


class TestIalsInBlocks(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> Ials:
        return Ials(Ials.Config(width=8, block=3))


def plain(likes: np.ndarray, config: Ials.Config, rng: np.random.Generator) -> np.ndarray:
    """(U, I) what alternating dense solves come to, cell by cell, for buys and dislikes."""
    wanted, seen = np.sign(likes), np.abs(np.sign(likes))
    count, size = seen.shape, config.width
    absent = min(1.0, config.absent * seen.mean())
    weights = seen + absent
    pays = [
        config.reg * (seen.sum(axis=1 - side) + absent * count[1 - side]) ** config.frequency
        for side in (0, 1)
    ]
    items = rng.normal(0.0, 0.1 / np.sqrt(size), (count[1], size))
    for _ in range(config.epochs):
        shoppers = solved(weights, wanted, items, pays[0])
        items = solved(weights.T, wanted.T, shoppers, pays[1])
    return solved(weights, wanted, items, pays[0]) @ items.T


def solved(weights: Any, wanted: Any, others: Any, pays: Any) -> np.ndarray:
    rows = [
        np.linalg.solve((others.T * w) @ others + pay * np.eye(others.shape[1]), others.T @ t)
        if t.any()
        else np.zeros(others.shape[1])
        for w, t, pay in zip(weights, wanted, pays, strict=True)
    ]
    return np.stack(rows)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 1.0]), st.integers(1, 12))
def test_it_is_the_formula(seed: int, frequency: float, width: int) -> None:
    likes = np.random.default_rng(seed).choice([-1.0, 0.0, 0.0, 1.0], (7, 6))
    likes[:, 0] = 1.0  # nobody and nothing is without a pair
    likes[0] = 1.0
    config = Ials.Config(width=width, epochs=3, absent=0.4, reg=0.1, frequency=frequency)
    data = world(likes)
    scores = Ials(config).fit(data, derive(seed, "ials")).score(data.interactions.histories)
    expected = plain(likes, config, derive(seed, "ials"))
    np.testing.assert_allclose(scores, expected, atol=2e-3)


def test_blocks_come_to_the_same_scores_in_more_rounds() -> None:
    data = world(two_tribes(12)[0])
    config = Ials.Config(width=6, epochs=40, reg=0.1)
    in_blocks = config.model_copy(update={"block": 2, "epochs": 200})
    one, other = (Ials(c).fit(data, derive(1, "ials")).compile() for c in (config, in_blocks))
    histories = data.interactions.histories
    np.testing.assert_allclose(other.score(histories), one.score(histories), atol=0.02)


def test_the_same_seed_gives_the_same_bytes() -> None:
    data = world(two_tribes(12)[0])
    one, two, other = (
        Ials(Ials.Config(width=4, epochs=2)).fit(data, derive(seed, "ials")).compile().vectors
        for seed in (1, 1, 2)
    )
    assert one.tobytes() == two.tobytes() != other.tobytes()


def test_what_was_returned_is_wanted_less_than_what_nobody_touched() -> None:
    likes = two_tribes(10)[0]
    likes[0, 2] = -1.0
    data = world(likes)
    scores = (
        Ials(Ials.Config(width=10))
        .fit(data, derive(1, "ials"))
        .score(data.interactions.histories.take([0]))[0]
    )
    assert scores[2] < scores[[0, 4, 6, 8]].min()


def test_it_refuses_what_would_not_fit() -> None:
    with pytest.raises(TooLarge, match=r"fitting iALS needs .* lower width"):
        Ials(Ials.Config(max_bytes=1_000)).fit(world(two_tribes(6)[0]), derive(1, "none"))


def test_nothing_to_learn_from_is_learnt() -> None:
    form = Ials().fit(world(np.zeros((0, 4))), derive(1, "none")).compile()
    assert np.isnan(form.bias).all()
    assert len(form.top(form.read([]), 3)[0]) == 0


@pytest.mark.slow
def test_on_baby_it_finds_what_is_bought_next(amazon: Any) -> None:
    split = amazon("baby")
    model = Ials(Ials.Config(width=64, epochs=8)).fit(split.train, derive(7, "baby"))
    assert evaluate(model.score, split.valid)["recall@20"] > 0.078
