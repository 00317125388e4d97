"""VBPR: tastes for the goods themselves and for what they are like."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from zhiyin.core import derive
from zhiyin.data import Dataset
from zhiyin.models.collaborative.lightgcn import LightGcn
from zhiyin.models.descent import Lesson, Module
from zhiyin.models.multimodal import Vbpr
from zhiyin.testing import ModelContract, described, world


class TestVbpr(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> Vbpr:
        return Vbpr(Vbpr.Config(width=16, epochs=60, rate=0.05, reg=1e-3))


class TestVbprWithContent(TestVbpr):
    def told(self, data: Dataset) -> Dataset:
        return described(data)


class TestVbprBySoftmax(TestVbprWithContent):
    def make(self) -> Vbpr:
        settings = {"width": 16, "epochs": 60, "rate": 0.05, "objective": "softmax", "others": 8}
        return Vbpr(Vbpr.Config.model_validate(settings))


def some_world() -> Dataset:
    choice = derive(3, "likes").choice([0.0, 0.0, 1.0], (30, 12))
    choice[:, 0] = 1.0  # everybody has a history
    data = described(world(choice), blank=[4])
    thirds = np.eye(3, dtype=np.float32)[np.arange(12) % 3]  # pictures say something else
    return replace(data, features={**data.features, "image": thirds})


def module_of(data: Dataset, model: Vbpr) -> Module:
    lesson = Lesson.of(data)
    return model.module(lesson, derive(1, "weights"))


def test_without_content_it_is_matrix_factorisation() -> None:
    data = Dataset(some_world().interactions)
    histories = data.interactions.histories
    shared = {"width": 8, "epochs": 5, "rate": 0.01, "reg": 1e-2, "batch": 64, "fold_reg": 1.0}
    ours = Vbpr(Vbpr.Config.model_validate(shared)).fit(data, derive(1, "fit"))
    config = LightGcn.Config.model_validate(shared | {"layers": 0})
    theirs = LightGcn(config).fit(data, derive(1, "fit"))
    np.testing.assert_allclose(ours.score(histories), theirs.score(histories), rtol=1e-4)
    assert "matrix factorisation" in ours.notes[-1]


def test_the_score_is_that_of_the_good_and_that_of_its_features() -> None:
    data = some_world()
    module = module_of(data, Vbpr(Vbpr.Config(width=8)))
    (u, i), (e, g), (t, w) = (module.views()[name] for name in ("final", "behaviour", "content"))
    torch.testing.assert_close(u @ i.T, e @ g.T + t @ w.T)
    assert not w[4, :].equal(torch.zeros(8))  # its picture is known
    words = module.views(["text"])["content"][1]
    assert words[4].equal(torch.zeros(8))  # its words are not
    torch.testing.assert_close(words + module.views(["image"])["content"][1], w)


def test_a_step_sees_the_same_scores_as_serving() -> None:
    module = module_of(some_world(), Vbpr(Vbpr.Config(width=8, reg=0.0)))
    batch = torch.tensor([0, 3]), torch.tensor([0, 5]), torch.tensor([4, 2])
    u, i = module.views()["final"]
    scores = u @ i.T
    wanted = torch.nn.functional.softplus(scores[batch[0], batch[2]] - scores[batch[0], batch[1]])
    torch.testing.assert_close(module.loss(batch)["rank"], wanted.mean())
