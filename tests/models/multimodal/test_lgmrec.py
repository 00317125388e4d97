"""LGMRec: walks, and attributes that the whole shop shares."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from zhiyin.core import derive
from zhiyin.data import Dataset
from zhiyin.models.descent import Lesson
from zhiyin.models.evidence import weighed
from zhiyin.models.losses import sampled_softmax
from zhiyin.models.multimodal import LgmRec
from zhiyin.models.propagation import mean_walk
from zhiyin.testing import ModelContract, described, two_tribes, world

CONFIG = LgmRec.Config(width=16, epochs=60, rate=0.02, contrasted=32)


def settings(**changes: object) -> LgmRec.Config:
    return LgmRec.Config.model_validate(CONFIG.model_dump() | changes)


class TestLgmRec(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> LgmRec:
        return LgmRec(CONFIG)


class TestLgmRecWithContent(TestLgmRec):
    def told(self, data: Dataset) -> Dataset:
        return described(data, blank=[2])


def some_world() -> Dataset:
    choice = derive(3, "likes").choice([0.0, 0.0, 1.0], (30, 12))
    choice[:, 0] = 1.0  # everybody has a history
    return described(world(choice))


def test_what_goods_are_like_is_walked_and_brought_to_length_one() -> None:
    learnt = Lesson.of(some_world())
    module = LgmRec(CONFIG).module(learnt, derive(1, "weights")).eval()
    part = module.content["text"]
    rows, weight = part.rows.numpy(), part.map.weight.detach().numpy()
    r = weighed(learnt.liked, 0.5, 0.5).toarray()
    means = learnt.liked.toarray() @ rows / learnt.liked.toarray().sum(axis=1, keepdims=True)
    wanted = r @ (r.T @ means) @ weight.T, r.T @ (r @ rows) @ weight.T
    for side, other in zip(module.views()["text"], wanted, strict=True):
        unit = other / np.linalg.norm(other, axis=1, keepdims=True)
        np.testing.assert_allclose(side.detach().numpy(), unit, atol=1e-5)


def test_attributes_pass_on_what_goods_have_in_common() -> None:
    learnt = Lesson.of(some_world())
    module = LgmRec(settings(hyper_layers=2)).module(learnt, derive(1, "weights")).eval()
    part = module.content["image"]
    edges = part.hyper.edges.weight.detach()
    sums = torch.from_numpy(learnt.liked.toarray()) @ part.rows
    mine, theirs = (torch.softmax(x @ edges.T / 0.2, dim=1) for x in (part.rows, sums))
    goods = module.items.detach()
    once = mine @ (mine.T @ goods)
    shoppers, items = part(goods, None, None)
    torch.testing.assert_close(items, mine @ (mine.T @ once))
    torch.testing.assert_close(shoppers, theirs @ (mine.T @ once))


def test_without_content_it_walks_as_lightgcn_does() -> None:
    data = world(two_tribes(8)[0])
    module = LgmRec(CONFIG).module(Lesson.of(data), derive(1, "weights"))
    wanted = mean_walk(module.graph, module.shoppers, module.items, CONFIG.layers)
    for side, other in zip(module.views()["final"], wanted, strict=True):
        torch.testing.assert_close(side, other)


def test_a_batch_counts_as_its_rows_of_all_do() -> None:
    learnt = Lesson.of(some_world())
    module = LgmRec(settings(contrast=0.0, reg=0.0)).module(learnt, derive(1, "weights")).eval()
    who, liked, others = (torch.tensor(n) for n in ([3, 0, 3], [0, 0, 5], [1, 2, 4, 7]))
    u, i = module.views()["final"]
    own = liked[:, None] == others[None, :]
    scores = (u[who] @ i[others].T).masked_fill(own, -torch.inf)
    wanted = sampled_softmax((u[who] * i[liked]).sum(dim=1), scores, 12)
    torch.testing.assert_close(module.loss((who, liked, others))["rank"], wanted)


def test_it_can_be_asked_what_it_knows_without_the_pictures() -> None:
    data = some_world()
    model = LgmRec(settings(epochs=3)).fit(data, derive(1, "fit"))
    histories = data.interactions.histories
    whole = model.score(histories)
    np.testing.assert_array_equal(model.compile(["image", "text"]).score(histories), whole)
    words, neither = (model.compile(some).score(histories) for some in (["text"], []))
    assert not np.allclose(words, whole, atol=1e-4)
    assert not np.allclose(words, neither, atol=1e-4)


def test_without_content_it_says_so() -> None:
    model = LgmRec(settings(epochs=1)).fit(world(two_tribes(6)[0]), derive(1, "fit"))
    assert "LightGCN" in model.notes[-1]
    assert model.trajectory is not None
    assert "contrast" not in model.trajectory.epochs[0].losses
