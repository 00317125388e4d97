"""SMORE: filtered content, as far as behaviour wishes."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

pytest.importorskip("torch")

import torch

from zhiyin.core import derive
from zhiyin.data import Dataset
from zhiyin.models.descent import Lesson
from zhiyin.models.evidence import weighed
from zhiyin.models.losses import nce, sampled_softmax
from zhiyin.models.multimodal import Smore
from zhiyin.models.propagation import Operator, mean_walk
from zhiyin.testing import ModelContract, described, two_tribes, world

CONFIG = Smore.Config(width=16, epochs=60, rate=0.02, contrasted=32)


def settings(**changes: object) -> Smore.Config:
    return Smore.Config.model_validate(CONFIG.model_dump() | changes)


class TestSmore(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> Smore:
        return Smore(CONFIG)


class TestSmoreWithContent(TestSmore):
    def told(self, data: Dataset) -> Dataset:
        return described(data, blank=[2])


def some_world() -> Dataset:
    choice = derive(3, "likes").choice([0.0, 0.0, 1.0], (30, 12))
    choice[:, 0] = 1.0  # everybody has a history
    return described(world(choice))


def test_views_by_hand() -> None:
    learnt = Lesson.of(some_world())
    module = Smore(CONFIG).module(learnt, derive(1, "weights")).eval()
    content, views = module.content, module.views()
    assert [*views] == ["image", "text", "fusion", "behaviour", "content", "final"]
    mapped = [
        torch.fft.rfft(content.maps[name](getattr(content, f"rows_{name}")), norm="ortho")
        for name in ("image", "text")
    ]
    spectra = dict(zip(("image", "text", "fusion"), (*mapped, mapped[0] * mapped[1]), strict=True))
    likeness = [content.likeness[name].toarray() for name in ("image", "text")]
    graphs = dict(zip(spectra, (*likeness, np.maximum(*likeness)), strict=True))
    r = torch.from_numpy(weighed(learnt.liked, 0.5, 0.5).toarray())
    for name, spectrum in spectra.items():
        weight = torch.view_as_complex(content.filters[name].weight)
        clear = torch.fft.irfft(spectrum * weight, n=16, norm="ortho")
        gate = torch.sigmoid(content.gates[name](clear))
        wanted = torch.from_numpy(graphs[name].astype(np.float32)) @ (module.items * gate)
        torch.testing.assert_close(views[name][1], wanted, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(views[name][0], r @ wanted, atol=1e-5, rtol=1e-4)


def test_without_content_it_walks_as_lightgcn_does() -> None:
    data = world(two_tribes(8)[0])
    module = Smore(CONFIG).module(Lesson.of(data), derive(1, "weights"))
    wanted = mean_walk(module.graph, module.shoppers, module.items, CONFIG.layers)
    for side, other in zip(module.views()["final"], wanted, strict=True):
        torch.testing.assert_close(side, other)


def test_a_batch_counts_as_its_rows_of_all_do() -> None:
    learnt = Lesson.of(some_world())
    module = Smore(settings(contrast=0.5, reg=0.0)).module(learnt, derive(1, "weights")).eval()
    who, liked, others = (torch.tensor(n) for n in ([3, 0, 3], [0, 0, 5], [1, 2, 4, 7]))
    views = module.views()
    u, i = views["final"]
    own = liked[:, None] == others[None, :]
    scores = (u[who] @ i[others].T).masked_fill(own, -torch.inf)
    wanted = sampled_softmax((u[who] * i[liked]).sum(dim=1), scores, 12)
    sides, walk = views["content"], views["behaviour"]
    told = sum(nce(s[n], w[n], 0.2, n) for s, w, n in zip(sides, walk, (who, liked), strict=True))
    lift = Operator(csr_array(weighed(learnt.liked, 0.5, 0.5)[who.numpy()]))
    terms = module.loss((who, liked, others, lift))
    torch.testing.assert_close(terms["rank"], wanted)
    torch.testing.assert_close(terms["contrast"], 0.5 * told)


def test_one_modality_is_fused_with_itself() -> None:
    data = replace(some_world(), features={"text": some_world().features["text"]})
    model = Smore(settings(epochs=3)).fit(data, derive(1, "fit"))
    assert any("'image'" in note for note in model.notes)
    assert np.isfinite(model.score(data.interactions.histories)).all()


def test_it_can_be_asked_what_it_knows_without_the_pictures() -> None:
    data = some_world()
    model = Smore(settings(epochs=3)).fit(data, derive(1, "fit"))
    histories = data.interactions.histories
    whole = model.score(histories)
    np.testing.assert_array_equal(model.compile(["image", "text"]).score(histories), whole)
    words, neither = (model.compile(some).score(histories) for some in (["text"], []))
    assert not np.allclose(words, whole, atol=1e-4)
    assert not np.allclose(words, neither, atol=1e-4)


def test_without_content_it_says_so() -> None:
    model = Smore(settings(epochs=1)).fit(world(two_tribes(6)[0]), derive(1, "fit"))
    assert "LightGCN" in model.notes[-1]
    assert model.trajectory is not None
    assert "contrast" not in model.trajectory.epochs[0].losses
