"""MGCN: behaviour decides what of the content counts, and what all say counts once."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from zhiyin.core import derive
from zhiyin.data import Dataset
from zhiyin.models.collaborative.lightgcn import LightGcn
from zhiyin.models.descent import Lesson, Module, likes
from zhiyin.models.evidence import weighed
from zhiyin.models.multimodal import Mgcn
from zhiyin.testing import ModelContract, described, world

QUICK = {"width": 16, "epochs": 60, "rate": 0.05, "reg": 1e-3}


class TestMgcn(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> Mgcn:
        return Mgcn(Mgcn.Config.model_validate(QUICK | {"objective": "bpr"}))


class TestMgcnWithContent(TestMgcn):
    def told(self, data: Dataset) -> Dataset:
        return described(data)


class TestMgcnBySoftmax(TestMgcnWithContent):
    def make(self) -> Mgcn:
        return Mgcn(Mgcn.Config.model_validate(QUICK | {"objective": "softmax", "others": 8}))


def some_world() -> Dataset:
    choice = derive(3, "likes").choice([0.0, 0.0, 1.0], (30, 12))
    choice[:, 0] = 1.0  # everybody has a history
    data = described(world(choice), blank=[4])
    thirds = np.eye(3, dtype=np.float32)[np.arange(12) % 3]  # pictures say something else
    return replace(data, features={**data.features, "image": thirds})


def module_of(data: Dataset, model: Mgcn) -> Module:
    lesson = Lesson.of(data)
    return model.module(lesson, derive(1, "weights"))


def test_without_content_it_is_lightgcn() -> None:
    data = Dataset(some_world().interactions)
    histories = data.interactions.histories
    shared = {"width": 8, "epochs": 5, "rate": 0.01, "reg": 1e-2, "batch": 64, "fold_reg": 1.0}
    plain = {"objective": "bpr", "average": 0.0, "dropout": 0.0}
    ours = Mgcn(Mgcn.Config.model_validate(shared | plain)).fit(data, derive(1, "fit"))
    theirs = LightGcn(LightGcn.Config.model_validate(shared)).fit(data, derive(1, "fit"))
    np.testing.assert_allclose(ours.score(histories), theirs.score(histories), rtol=1e-4)
    assert "LightGCN" in ours.notes[-1]


def test_one_modality_is_lifted_and_added_at_half() -> None:
    """With one view the common part is that view: side = (σ · 0 + z_m) / 2."""
    data = some_world()
    data = replace(data, features={"text": data.features["text"]})
    module = module_of(data, Mgcn(Mgcn.Config(width=8))).eval()
    views = module.views()
    for side in (0, 1):
        added = views["final"][side] - views["behaviour"][side]
        torch.testing.assert_close(added, views["content"][side])
    lifted = weighed(likes(data), 0.5, 0.5) @ views["content"][1].detach().numpy()
    np.testing.assert_allclose(views["content"][0].detach().numpy(), lifted, atol=1e-5)
    alone = module.views([])["final"]
    torch.testing.assert_close(alone[0], views["behaviour"][0])


def test_of_what_nothing_is_known_content_says_nothing() -> None:
    data = some_world()
    data = replace(data, features={"text": data.features["text"]})
    module = module_of(data, Mgcn(Mgcn.Config(width=8))).eval()
    assert not module.views()["content"][1][4].any()


def test_a_step_sees_the_same_scores_as_serving() -> None:
    config = Mgcn.Config(width=8, reg=0.0, contrast=0.0, objective="bpr", dropout=0.0)
    module = module_of(some_world(), Mgcn(config))
    batch = torch.tensor([0, 3]), torch.tensor([0, 5]), torch.tensor([4, 2])
    u, i = module.views()["final"]
    scores = u @ i.T
    wanted = torch.nn.functional.softplus(scores[batch[0], batch[2]] - scores[batch[0], batch[1]])
    torch.testing.assert_close(module.loss(batch)["rank"], wanted.mean())


def test_the_contrast_is_between_what_is_bought_and_what_content_says() -> None:
    module = module_of(some_world(), Mgcn(Mgcn.Config(width=8, contrast=1.0)))
    batch = torch.tensor([0, 3, 5]), torch.tensor([1, 5, 7]), torch.tensor([4, 2, 0])
    terms = module.loss(batch)
    views, wanted = module.views(), torch.zeros(())
    for side in (0, 1):
        z, content = (
            torch.nn.functional.normalize(views[name][side][batch[side]], dim=1)
            for name in ("behaviour", "content")
        )
        wanted = wanted + torch.nn.functional.cross_entropy(content @ z.T / 0.2, torch.arange(3))
    torch.testing.assert_close(terms["contrast"], wanted)
