"""MSCA: several views of goods and shoppers, each told once."""

import numpy as np
import pytest
from scipy.sparse import csr_array

pytest.importorskip("torch")

import torch

from zhiyin.core import BadRequest, TooLarge, derive
from zhiyin.data import Dataset
from zhiyin.models.descent import Lesson
from zhiyin.models.evidence import weighed
from zhiyin.models.multimodal import Msca
from zhiyin.testing import ModelContract, described, two_tribes, world

CONFIG = Msca.Config(width=16, epochs=60, rate=0.02, keep=1.0, contrasted=32, others=8)


def settings(**changes: object) -> Msca.Config:
    return Msca.Config.model_validate(CONFIG.model_dump() | changes)


class TestMsca(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> Msca:
        return Msca(CONFIG)


class TestMscaWithContent(TestMsca):
    def told(self, data: Dataset) -> Dataset:
        return described(data, blank=[2])


class TestMscaThinnedByPairs(TestMscaWithContent):
    def make(self) -> Msca:
        return Msca(settings(keep=0.7, objective="bpr"))


def some_world() -> Dataset:
    choice = derive(3, "likes").choice([0.0, 0.0, 1.0], (30, 12))
    choice[:, 0] = 1.0  # everybody has a history
    return described(world(choice))


def test_the_walk_is_the_mean_of_all_steps_but_the_start() -> None:
    learnt = Lesson.of(some_world())
    module = Msca(settings(layers=3)).module(learnt, derive(1, "weights"))
    shoppers, items = module.views()["behaviour"]
    r = weighed(learnt.liked, 0.5, 0.5).toarray()
    a = np.block([[np.zeros((30, 30)), r], [r.T, np.zeros((12, 12))]])
    start = np.vstack([p.detach().numpy() for p in (module.shoppers, module.items)])
    wanted = sum(np.linalg.matrix_power(a, n) @ start for n in (1, 2, 3)) / 3
    found = np.vstack([shoppers.detach().numpy(), items.detach().numpy()])
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_a_shopper_has_of_each_view_what_her_items_have() -> None:
    learnt = Lesson.of(some_world())
    views = Msca(CONFIG).module(learnt, derive(1, "weights")).views()
    r = weighed(learnt.liked, 0.5, 0.5).toarray()
    for name in ("together", "text", "image"):
        shoppers, items = (side.detach().numpy() for side in views[name])
        np.testing.assert_allclose(shoppers, r @ items, atol=1e-6)


def test_what_all_views_tell_alike_is_taken_off_once() -> None:
    module = Msca(settings(added=1.0)).module(Lesson.of(some_world()), derive(1, "weights"))
    walk, view = torch.randn(2, 5, 16, generator=torch.Generator().manual_seed(3))
    joined = module._joined([walk, view, view, view])
    torch.testing.assert_close(joined, walk + 2 * view)
    torch.testing.assert_close(module._joined([walk, view]), walk + view)


def test_nothing_added_is_the_walk_alone() -> None:
    views = Msca(settings(added=0.0)).module(Lesson.of(some_world()), derive(1, "w")).views()
    for one, other in zip(views["final"], views["behaviour"], strict=True):
        torch.testing.assert_close(one, other)


def test_only_what_two_shoppers_share_is_bought_together() -> None:
    data = world(np.array([[1.0, 1, 0], [1, 1, 1]]))
    module = Msca(settings(epochs=1)).module(Lesson.of(data), derive(1, "weights"))
    items = module.items.detach()
    _, together = module.views()["together"]
    even = (items[0] + items[1]) / 2
    torch.testing.assert_close(together, torch.stack([even, even, items[2]]))


def test_it_can_be_asked_what_it_knows_without_the_pictures() -> None:
    data = some_world()
    model = Msca(settings(epochs=3)).fit(data, derive(1, "fit"))
    histories = data.interactions.histories
    whole = model.score(histories)
    np.testing.assert_array_equal(model.compile(["image", "text"]).score(histories), whole)
    words, neither = (model.compile(some).score(histories) for some in (["text"], []))
    assert not np.allclose(words, whole, atol=1e-4)
    assert not np.allclose(words, neither, atol=1e-4)
    with pytest.raises(BadRequest, match="MSCA has not learnt from sound"):
        model.compile(["sound"])


def test_it_says_what_is_missing_and_what_stands_in() -> None:
    data = world(two_tribes(6)[0])
    told = Msca(settings(epochs=1)).fit(data, derive(1, "fit")).notes
    assert "behaviour alone" in told[-1]
    words = csr_array(np.roll(np.eye(6, dtype=np.float32), 2, axis=1))
    graph = Dataset(data.interactions, graphs={"text": words})
    notes = Msca(settings(epochs=1)).fit(graph, derive(1, "fit")).notes
    assert "eigenvectors stand in" in notes[0]
    assert "'image'" in notes[1]


def test_a_watch_says_when_it_is_best() -> None:
    data = some_world()
    asked: list[int] = []

    def watch(score: object) -> float:
        asked.append(len(asked))
        return -abs(len(asked) - 2)  # the second look is the best one

    model = Msca(settings(every=2, epochs=40, patience=4)).fit(data, derive(1, "x"), watch=watch)
    assert model.trajectory is not None
    assert model.trajectory.best == 4
    assert len(model.trajectory.epochs) == 8


def test_it_refuses_what_would_not_fit() -> None:
    with pytest.raises(TooLarge, match=r"fitting MSCA needs .* lower width"):
        Msca(settings(max_bytes=1_000)).fit(some_world(), derive(1, "x"))
