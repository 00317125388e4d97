"""What models learnt by gradients have in common: from data to a served form, around one loop."""

import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from numpy.random import Generator
from torch import Tensor

from zhiyin.core import BadRequest, NotFitted, TooLarge, derive
from zhiyin.models.descent import (
    Batch,
    Descent,
    Lesson,
    Module,
    RankingConfig,
    Some,
    Views,
    likes,
    ranked_batches,
    ranking,
    rows_of,
)
from zhiyin.models.encoders import table
from zhiyin.models.samplers import Pairs
from zhiyin.testing import two_tribes, world


class Toy(Descent[RankingConfig]):
    """Factorisation with two made-up modalities: "doubled" adds the items' vectors again."""

    name = "toy"
    Config = RankingConfig

    def module(self, lesson: Lesson, rng: Generator) -> Module:
        return ToyModule(lesson, self.config, rng)


class ToyModule(Module):
    modalities = ("doubled", "other")
    notes = ("it is a toy",)

    def __init__(self, lesson: Lesson, config: RankingConfig, rng: Generator) -> None:
        super().__init__()
        self.config, self.begun = config, 0
        self.shoppers = table(lesson.liked.shape[0], config.width, rng)
        self.items = table(lesson.liked.shape[1], config.width, rng)
        self.drawn = torch.nn.Linear(2, 1).weight.detach().clone()  # torch's own randomness

    def begin(self, epoch: int, rng: Generator) -> None:
        self.begun = epoch

    def views(self, modalities: Some = None) -> Views:
        more = 2.0 if modalities is None or "doubled" in modalities else 1.0
        return {"final": (self.shoppers, more * self.items)}

    def batches(self, lesson: Lesson, rng: Generator) -> Iterable[Any]:
        return ranked_batches(lesson, self.config, rng)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        u, i, j = rows_of(batch, *self.views()["final"])
        return {"rank": ranking(self.config, batch, u, i, j, 20)}


DATA = world(two_tribes(8)[0])
QUICK = RankingConfig(width=4, epochs=3, batch=16, every=1)


def fitted(config: RankingConfig = QUICK, **options: Any) -> Toy:
    return Toy(config).fit(DATA, derive(7, "descent"), **options)


def module_of(model: Toy) -> ToyModule:
    assert model._learnt is not None
    module = model._learnt[1]
    assert isinstance(module, ToyModule)
    return module


def test_what_is_scored_is_the_view_final() -> None:
    model = fitted()
    shoppers, items = (x.detach().numpy() for x in module_of(model).views()["final"])
    scores = model.score(DATA.interactions.histories)
    np.testing.assert_allclose(scores, shoppers @ items.T, rtol=1e-5)


def test_one_training_serves_any_part_of_the_modalities() -> None:
    model, histories = fitted(), DATA.interactions.histories
    whole = model.score(histories)
    np.testing.assert_allclose(model.compile(["doubled"]).score(histories), whole, rtol=1e-5)
    np.testing.assert_allclose(model.compile([]).score(histories), whole / 2, rtol=1e-5)
    np.testing.assert_array_equal(model.score(histories), whole)
    with pytest.raises(BadRequest, match="toy has not learnt from smell"):
        model.compile(["smell"])


def test_it_says_what_happened_and_what_was_missing() -> None:
    model = fitted()
    assert model.notes == ("it is a toy",)
    assert model.trajectory is not None
    assert len(model.trajectory.epochs) == 3
    assert module_of(model).begun == 3


def test_the_watch_is_given_a_scorer_and_its_favourite_is_kept() -> None:
    seen = []

    def watch(score: Any) -> float:
        seen.append(score(DATA.interactions.histories))
        return float(-len(seen))  # the first epoch was the best

    model = fitted(watch=watch)
    assert len(seen) == 3
    assert not np.array_equal(seen[0], seen[2])
    np.testing.assert_array_equal(model.score(DATA.interactions.histories), seen[0])


def test_all_randomness_is_the_one_that_is_passed() -> None:
    torch.manual_seed(1)
    one = fitted()
    torch.manual_seed(2)
    other = fitted()
    first, second = module_of(one), module_of(other)
    torch.testing.assert_close(first.drawn, second.drawn, rtol=0, atol=0)
    torch.testing.assert_close(first.items, second.items, rtol=0, atol=0)


def test_before_it_learns_it_says_so_and_beyond_its_memory_it_refuses() -> None:
    with pytest.raises(NotFitted):
        Toy().compile()
    with pytest.raises(TooLarge, match="fitting toy needs"):
        fitted(RankingConfig(max_bytes=100))


def test_only_what_is_above_zero_is_liked() -> None:
    data = world(np.array([[1.0, -1.0, 2.0], [0.0, 1.0, -1.0]]))
    assert likes(data).toarray().tolist() == [[1, 0, 1], [0, 1, 0]]


def lesson() -> Lesson:
    liked = likes(DATA)
    candidates = np.arange(6)  # not all items
    return Lesson(DATA, liked, Pairs(liked, candidates), candidates)


def test_the_others_of_a_softmax_are_shared_and_drawn_among_the_candidates() -> None:
    config = RankingConfig(objective="softmax", others=5, batch=8)
    batches = [*ranked_batches(lesson(), config, derive(1, "batches"))]
    assert all(len(who) == len(liked) <= 8 for who, liked, _ in batches)
    assert {others.shape for *_, others in batches} == {(5,)}
    assert max(int(others.max()) for *_, others in batches) < 6
    every = np.concatenate([who * 100 + liked for who, liked, _ in batches])
    pairs = lesson().pairs
    assert sorted(every) == sorted(pairs.shoppers * 100 + pairs.items)


def test_the_others_of_bpr_are_each_shoppers_own_and_not_liked() -> None:
    for who, liked, others in ranked_batches(lesson(), RankingConfig(batch=8), derive(1, "b")):
        assert who.shape == liked.shape == others.shape
        assert not lesson().pairs.liked(who, others).any()


def test_a_softmax_over_everything_is_the_cross_entropy() -> None:
    rng = torch.Generator().manual_seed(3)
    shoppers, items = torch.randn(4, 3, generator=rng), torch.randn(6, 3, generator=rng)
    batch = torch.tensor([0, 2, 3]), torch.tensor([1, 4, 4]), torch.arange(6)
    config = RankingConfig(objective="softmax", others=6)
    u, i, j = rows_of(batch, shoppers, items)
    # What is liked is among the others and hidden there; five others are the whole rest.
    found = ranking(config, batch, u, i, j, 7)
    logits = shoppers[batch[0]] @ items.T
    wanted = torch.nn.functional.cross_entropy(logits, batch[1])
    torch.testing.assert_close(found, wanted)


class CutOff(Exception):
    pass


def test_a_fit_that_was_cut_off_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    data = world(two_tribes(12)[0])
    config = RankingConfig(epochs=6, every=1, patience=9, save_seconds=0, batch=32, rate=0.05)
    better = itertools.count()
    whole = Toy(config).fit(data, derive(5, "toy"), watch=lambda score: next(better))
    looks = 0

    def cut(score: object) -> float:
        nonlocal looks
        looks += 1
        if looks == 4:
            raise CutOff
        return looks  # better and better: the last weights are those that are kept

    file = tmp_path / "toy.npz"
    with pytest.raises(CutOff):
        Toy(config).fit(data, derive(5, "toy"), watch=cut, checkpoint=file)
    looks = 10
    resumed = Toy(config).fit(data, derive(5, "toy"), watch=cut, checkpoint=file)
    assert looks == 13  # epochs 4, 5 and 6 alone
    histories = data.interactions.histories
    np.testing.assert_array_equal(resumed.score(histories), whole.score(histories))


def test_a_checkpoint_of_other_data_is_not_gone_on_from(tmp_path: Path) -> None:
    one, other = world(two_tribes(12)[0]), world(1 - two_tribes(12)[0])
    config, file = RankingConfig(epochs=3, batch=32), tmp_path / "toy.npz"
    Toy(config).fit(one, derive(5, "toy"), checkpoint=file)
    afresh = Toy(config).fit(other, derive(5, "toy"), checkpoint=file)
    straight = Toy(config).fit(other, derive(5, "toy"))
    histories = other.interactions.histories
    np.testing.assert_array_equal(afresh.score(histories), straight.score(histories))
