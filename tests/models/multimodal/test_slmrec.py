"""SLMRec: walks on behaviour, pictures and words that share the shoppers."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from zhiyin.core import derive
from zhiyin.data import Dataset
from zhiyin.models.descent import Lesson
from zhiyin.models.multimodal import SlmRec
from zhiyin.models.propagation import mean_walk
from zhiyin.testing import ModelContract, described, two_tribes, world

CONFIG = SlmRec.Config(width=16, epochs=60, rate=0.02, contrasted=32)


def settings(**changes: object) -> SlmRec.Config:
    return SlmRec.Config.model_validate(CONFIG.model_dump() | changes)


class TestSlmRec(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> SlmRec:
        return SlmRec(CONFIG)


class TestSlmRecWithContent(TestSlmRec):
    def told(self, data: Dataset) -> Dataset:
        return described(data, blank=[2])


def some_world() -> Dataset:
    choice = derive(3, "likes").choice([0.0, 0.0, 1.0], (30, 12))
    choice[:, 0] = 1.0  # everybody has a history
    return described(world(choice))


def test_walking_features_once_is_walking_what_they_are_mapped_to() -> None:
    learnt = Lesson.of(some_world())
    module = SlmRec(CONFIG).module(learnt, derive(1, "weights"))
    views = module.views()
    assert [*views] == ["behaviour", "image", "text", "final"]
    # With no step at all, what is looked up is W f: walk that.
    still = SlmRec(settings(layers=0)).module(learnt, derive(1, "weights"))
    still.load_state_dict(module.state_dict())
    for name in ("behaviour", "image", "text"):
        mapped = still.views()[name][1]
        wanted = mean_walk(module.graph, module.shoppers, mapped, CONFIG.layers)
        for side, other in zip(views[name], wanted, strict=True):
            torch.testing.assert_close(side, other)


def test_walks_that_agree_about_the_goods_tell_them_apart() -> None:
    data = some_world()
    losses = {}
    for contrast in (1e-9, 0.5):
        model = SlmRec(settings(contrast=contrast)).fit(data, derive(1, "fit"))
        assert model.trajectory is not None
        losses[contrast] = model.trajectory.epochs[-1].losses["contrast"] / contrast
    assert losses[0.5] < 0.8 * losses[1e-9]


def test_it_can_be_asked_what_it_knows_without_the_pictures() -> None:
    data = some_world()
    model = SlmRec(settings(epochs=3)).fit(data, derive(1, "fit"))
    histories = data.interactions.histories
    whole = model.score(histories)
    np.testing.assert_array_equal(model.compile(["image", "text"]).score(histories), whole)
    words, neither = (model.compile(some).score(histories) for some in (["text"], []))
    assert not np.allclose(words, whole, atol=1e-4)
    assert not np.allclose(words, neither, atol=1e-4)


def test_without_content_it_says_so() -> None:
    model = SlmRec(settings(epochs=1)).fit(world(two_tribes(6)[0]), derive(1, "fit"))
    assert "LightGCN" in model.notes[-1]
    assert model.trajectory is not None
    assert "contrast" not in model.trajectory.epochs[0].losses


def test_it_starts_as_the_sum_of_its_walks() -> None:
    views = SlmRec(CONFIG).module(Lesson.of(some_world()), derive(1, "weights")).views()
    for side, final in enumerate(views["final"]):
        parts = [views[name][side] for name in ("behaviour", "image", "text")]
        torch.testing.assert_close(final, torch.stack(parts).sum(dim=0))
