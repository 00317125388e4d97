"""BM3: shoppers and goods predict each other, and no good is ever called disliked."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from zhiyin.core import derive
from zhiyin.data import Dataset
from zhiyin.models.descent import Lesson, Module
from zhiyin.models.multimodal import Bm3
from zhiyin.testing import ModelContract, described, world

QUICK = {"width": 16, "epochs": 60, "rate": 0.05, "reg": 1e-3}


class TestBm3(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> Bm3:
        return Bm3(Bm3.Config.model_validate(QUICK))


class TestBm3WithContent(TestBm3):
    def told(self, data: Dataset) -> Dataset:
        return described(data)


def some_world() -> Dataset:
    choice = derive(3, "likes").choice([0.0, 0.0, 1.0], (30, 12))
    choice[:, 0] = 1.0  # everybody has a history
    data = described(world(choice), blank=[4])
    thirds = np.eye(3, dtype=np.float32)[np.arange(12) % 3]  # pictures say something else
    return replace(data, features={**data.features, "image": thirds})


def module_of(data: Dataset, model: Bm3) -> Module:
    lesson = Lesson.of(data)
    return model.module(lesson, derive(1, "weights"))


BATCH = torch.tensor([0, 3, 5]), torch.tensor([0, 4, 7])


def test_pairs_predict_each_other_and_the_target_is_not_pulled() -> None:
    module = module_of(
        Dataset(some_world().interactions), Bm3(Bm3.Config(width=8, dropout=0.0, reg=1e-3))
    )
    u, i = (x[n] for x, n in zip(module.views()["behaviour"], BATCH, strict=True))
    q_u, q_i = (x[n] for x, n in zip(module.views()["final"], BATCH, strict=True))
    cos = torch.nn.functional.cosine_similarity
    wanted = 2 - cos(q_u, i).mean() - cos(q_i, u).mean()
    loss = module.loss(BATCH)
    torch.testing.assert_close(loss["pairs"], wanted)
    assert set(loss) == {"pairs", "reg"}
    ours = torch.autograd.grad(loss["pairs"], module.items, retain_graph=True)[0]
    whole = torch.autograd.grad(wanted, module.items)[0]
    assert not torch.allclose(ours, whole)  # the whole formula's gradient also moves targets


def test_only_goods_of_which_something_is_known_predict_by_content() -> None:
    module = module_of(some_world(), Bm3(Bm3.Config(width=8, dropout=0.0, reg=1e-3)))
    loss = module.loss(BATCH)
    assert set(loss) == {"pairs", "text", "image", "reg"}
    of_others = module.loss((BATCH[0][[0, 2]], BATCH[1][[0, 2]]))
    torch.testing.assert_close(loss["text"], of_others["text"])  # item 4 has no words
    assert "text" not in module.loss((BATCH[0][[1]], BATCH[1][[1]]))


def test_content_teaches_and_does_not_score() -> None:
    data = some_world()
    histories = data.interactions.histories
    model = Bm3(Bm3.Config.model_validate(QUICK | {"epochs": 3})).fit(data, derive(1, "fit"))
    np.testing.assert_array_equal(model.compile([]).score(histories), model.score(histories))
    bare = Bm3(model.config).fit(Dataset(data.interactions), derive(1, "fit"))
    assert not np.allclose(bare.score(histories), model.score(histories))
    assert "pairs alone" in bare.notes[-1]


def test_dropout_is_for_targets_in_training_alone() -> None:
    module = module_of(some_world(), Bm3(Bm3.Config(width=8, dropout=0.9)))
    first, second = module.loss(BATCH)["pairs"], module.loss(BATCH)["pairs"]
    assert not torch.equal(first, second)
    module.eval()
    torch.testing.assert_close(module.loss(BATCH)["pairs"], module.loss(BATCH)["pairs"])
