"""LightGCN: tastes spread over the graph of who turned to what."""

from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from zhiyin.core import Diverged, TooLarge, derive
from zhiyin.models.collaborative import LightGcn
from zhiyin.models.shoppers import Score
from zhiyin.testing import ModelContract, two_tribes, world

RNG = derive(1, "none")
SMALL = {"width": 16, "epochs": 60, "rate": 0.05, "reg": 1e-3}


def make(**settings: Any) -> LightGcn:
    return LightGcn(LightGcn.Config.model_validate(SMALL | settings))


class TestLightGcn(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> LightGcn:
        return make()


class TestLightGcnBySoftmax(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> LightGcn:
        return make(objective="softmax", others=8, layers=3)


@pytest.mark.parametrize("layers", [0, 1, 2, 3])
def test_its_views_are_the_mean_of_the_powers_of_the_graph(layers: int) -> None:
    likes = derive(3, "likes").choice([0.0, 0.0, 1.0], (12, 9))
    likes[:, 0], likes[0] = 1, 0  # one shopper without a history
    data = world(likes)
    model = make(layers=layers, epochs=1).fit(data, RNG)
    _, module = model._learnt
    x = data.interactions.matrix(fade=False).toarray() > 0
    u, i = len(x), len(data.items)
    whole = np.zeros((u + i, u + i))
    whole[:u, u:], whole[u:, :u] = x, x.T
    sizes = np.maximum(whole.sum(axis=1), 1) ** -0.5
    whole = sizes[:, None] * whole * sizes
    e = np.concatenate([module.shoppers.detach().numpy(), module.items.detach().numpy()])
    expected = sum(np.linalg.matrix_power(whole, n) @ e for n in range(layers + 1)) / (layers + 1)
    with torch.no_grad():
        found = torch.cat(module.views()["final"]).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    data = world(two_tribes(12)[0])
    one, same, other = (
        make(epochs=5).fit(data, derive(seed, "fit")).compile() for seed in (1, 1, 2)
    )
    assert one.vectors.tobytes() == same.vectors.tobytes() != other.vectors.tobytes()
    assert one.reader.reads.tobytes() == same.reader.reads.tobytes()


def test_a_watch_scores_histories_and_decides_which_weights_are_kept() -> None:
    seen, hidden = two_tribes(12)
    data = world(seen)
    found: list[float] = []

    def watch(score: Score) -> float:
        scores = np.where(seen > 0, -np.inf, score(data.interactions.histories))
        found.append(float((scores.argmax(axis=1) == hidden).mean()))
        return found[-1]

    model = make(epochs=400, every=2, patience=6).fit(data, derive(1, "fit"), watch=watch)
    told = model.trajectory
    assert told is not None
    assert told.stopped == "patience"
    assert told.metric == max(found) > 0.9
    assert watch(model.score) == told.metric


def test_who_is_not_known_is_scored_nearly_as_if_she_were() -> None:
    data = world(two_tribes(20)[0])
    form = make().fit(data, derive(1, "fit")).compile()
    learnt = form.score(data.interactions.histories)
    form.reader.keys = form.reader.keys[:0]  # forget the shoppers
    read = form.score(data.interactions.histories)
    near = [np.corrcoef(a, b)[0, 1] for a, b in zip(learnt, read, strict=True)]
    assert min(near) > 0.98


def test_training_that_runs_off_is_told() -> None:
    with pytest.raises(Diverged, match=r"LightGCN diverged: .* lower rate"):
        make(rate=1e38).fit(world(two_tribes(6)[0]), RNG)


def test_it_refuses_what_would_not_fit() -> None:
    with pytest.raises(TooLarge, match=r"fitting LightGCN needs .* lower width"):
        make(max_bytes=1_000).fit(world(two_tribes(6)[0]), RNG)


def test_nothing_to_learn_from_is_learnt() -> None:
    form = make(epochs=1).fit(world(np.zeros((0, 4))), RNG).compile()
    assert np.isnan(form.bias).all()
