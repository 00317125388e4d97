"""FREEDOM: a frozen graph of what goods are like, and tastes on a thinned graph."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from scipy.sparse import csr_array

from zhiyin.core import derive
from zhiyin.data import Dataset
from zhiyin.models.collaborative.lightgcn import LightGcn
from zhiyin.models.descent import Lesson, Module, likes
from zhiyin.models.evidence import weighed
from zhiyin.models.multimodal import Freedom
from zhiyin.testing import ModelContract, described, two_tribes, world

QUICK = {"width": 16, "epochs": 60, "rate": 0.05, "reg": 1e-3, "keep": 0.7, "others": 16}
PAPER = {"spread": 0.0, "dropout": 0.3, "average": 0.0}


def model_of(**settings: object) -> Freedom:
    return Freedom(Freedom.Config.model_validate(QUICK | settings))


class TestFreedom(ModelContract):
    abilities = frozenset({"personal"})
    settings: dict[str, object] = {}

    def make(self) -> Freedom:
        return model_of(**self.settings)


class TestFreedomWithContent(TestFreedom):
    def told(self, data: Dataset) -> Dataset:
        return described(data)


class TestFreedomByPairs(TestFreedomWithContent):
    settings = {**PAPER, "objective": "bpr"}


class TestFreedomWithALearntGraph(TestFreedomWithContent):
    settings = {"learned": 0.5, "features": 0.1}


def some_world() -> Dataset:
    choice = derive(3, "likes").choice([0.0, 0.0, 1.0], (30, 12))
    choice[:, 0] = 1.0  # everybody has a history
    data = described(world(choice))
    thirds = np.eye(3, dtype=np.float32)[np.arange(12) % 3]  # pictures say something else
    return replace(data, features={**data.features, "image": thirds})


def module_of(data: Dataset, **settings: object) -> Module:
    lesson = Lesson.of(data)
    return model_of(**settings).module(lesson, derive(1, "weights"))


PLAIN = {"keep": 1.0, "dropout": 0.0, "average": 0.0, "objective": "bpr", "batch": 64}


def test_without_content_and_pruning_it_is_lightgcn() -> None:
    data = Dataset(some_world().interactions)
    histories = data.interactions.histories
    shared = {"width": 8, "epochs": 5, "rate": 0.01, "reg": 1e-2, "batch": 64, "fold_reg": 1.0}
    ours = model_of(**(PLAIN | shared)).fit(data, derive(1, "fit"))
    theirs = LightGcn(LightGcn.Config.model_validate(shared)).fit(data, derive(1, "fit"))
    np.testing.assert_allclose(ours.score(histories), theirs.score(histories), rtol=1e-4)


def test_weights_of_nothing_are_the_same_as_no_content() -> None:
    data = some_world()
    histories = data.interactions.histories
    off = model_of(text=0.0, image=0.0, epochs=3).fit(data, derive(1, "fit"))
    bare = model_of(epochs=3).fit(Dataset(data.interactions), derive(1, "fit"))
    np.testing.assert_array_equal(off.score(histories), bare.score(histories))
    assert off.notes == ("nothing is known of what the goods are: LightGCN on a thinned graph",)
    assert len(bare.notes) == 3


@pytest.mark.parametrize("spread", [0.0, 1.5])
def test_the_views_are_those_of_the_formula(spread: float) -> None:
    data = some_world()
    module = module_of(data, spread=spread, layers=3).eval()
    shoppers, items = (p.detach().numpy() for p in (module.shoppers, module.items))
    likeness = module.likeness.whole(torch.eye(12)).numpy()  # type: ignore[union-attr,operator]
    r = weighed(likes(data), 0.5, 0.5).toarray()
    a = np.block([[np.zeros((30, 30)), r], [r.T, np.zeros((12, 12))]])
    start = np.vstack([shoppers, items + spread * likeness @ items])
    mean = sum(np.linalg.matrix_power(a, n) @ start for n in range(4)) / 4
    theirs, goods = (x.detach().numpy() for x in module.views()["final"])
    np.testing.assert_allclose(theirs, mean[:30], atol=1e-5)
    np.testing.assert_allclose(goods, mean[30:] + likeness @ items, atol=1e-5)


def test_a_modality_switched_off_leaves_what_the_rest_says() -> None:
    data, histories = some_world(), some_world().interactions.histories
    both = module_of(data)
    only = module_of(data, image=0.0)  # the same weights: they are drawn alike
    for a, b in zip(both.views(["text"])["final"], only.views()["final"], strict=True):
        torch.testing.assert_close(a, b)
    model = model_of(epochs=3).fit(data, derive(1, "fit"))
    words, pictures = (model.compile([m]).score(histories) for m in ("text", "image"))
    assert not np.allclose(words, pictures)
    assert np.isfinite(model.compile([]).score(histories)).all()


def test_training_thins_the_graph_and_scoring_does_not() -> None:
    data = some_world()
    module = module_of(data, keep=0.5)
    module.begin(1, derive(1, "epoch"))
    thinned = module.views()["behaviour"][0]
    module.begin(2, derive(2, "epoch"))
    assert not torch.equal(thinned, module.views()["behaviour"][0])
    whole = module.eval().views()["behaviour"][0]
    module.begin(3, derive(3, "epoch"))
    torch.testing.assert_close(module.views()["behaviour"][0], whole, rtol=0, atol=0)


def test_a_learnt_graph_begins_with_what_features_say_and_moves() -> None:
    data = some_world()
    model = model_of(learned=0.9, epochs=3)
    before = module_of(data, learned=0.9)
    before.begin(1, derive(1, "epoch"))
    batch = tuple(torch.arange(6) for _ in range(3))
    sum(before.loss(batch).values()).backward()  # type: ignore[union-attr]
    grads = [p.grad for name, p in before.named_parameters() if "maps" in name]
    assert len(grads) == 2
    assert all(g is not None and bool(g.abs().sum() > 0) for g in grads)
    scores = model.fit(data, derive(1, "fit")).score(data.interactions.histories)
    frozen = model_of(epochs=3).fit(data, derive(1, "fit")).score(data.interactions.histories)
    assert not np.allclose(scores, frozen)


def test_a_graph_where_features_are_wanted_is_told() -> None:
    likes_, _ = two_tribes(8)
    alike = (np.add.outer(np.arange(8), np.arange(8)) % 2 == 0) - np.eye(8)
    data = Dataset(world(likes_).interactions, graphs={"text": csr_array(alike)})
    assert len(model_of(epochs=1).fit(data, derive(1, "fit")).notes) == 1  # no image
    notes = model_of(epochs=1, features=0.1).fit(data, derive(1, "fit")).notes
    assert any("eigenvectors stand in" in note for note in notes)


def test_a_rare_thing_is_found_through_what_it_reads_like() -> None:
    """Bought once, by someone of the other tribe; its words say where it belongs."""
    seen, _ = two_tribes(16)
    seen[:, 6] = 0
    seen[1, 6] = 1.0
    data = described(world(seen))
    told = model_of(keep=1.0).fit(data, derive(7, "fit"))
    bare = model_of(keep=1.0).fit(Dataset(data.interactions), derive(7, "fit"))
    even, odd = np.arange(0, 16, 2), np.arange(3, 16, 2)
    gains = []
    for model in (told, bare):
        scores = model.score(data.interactions.histories)[:, 6]
        gains.append(scores[even].mean() - scores[odd].mean())
    assert gains[0] > 0 > gains[1]
