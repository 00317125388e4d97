"""Smooth EASE: the regression of EASE on tastes spread to what is like them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import BadRequest, TooLarge, derive
from zhiyin.data import Dataset
from zhiyin.models import graphs
from zhiyin.models.collaborative import Ease
from zhiyin.models.multimodal import SmoothEase
from zhiyin.testing import ModelContract, described, two_tribes, world

RNG = derive(1, "none")


class TestSmoothEase(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> SmoothEase:
        return SmoothEase(SmoothEase.Config(reg=1.0))


class TestSmoothEaseWithContent(TestSmoothEase):
    def told(self, data: Dataset) -> Dataset:
        return described(data)


class TestSmoothEaseInDoublePrecisionAndCut(TestSmoothEaseWithContent):
    def make(self) -> SmoothEase:
        return SmoothEase(SmoothEase.Config(reg=1.0, keep=12, precision="double"))


def random_world(seed: int, shoppers: int = 12, items: int = 7) -> Dataset:
    rng = np.random.default_rng(seed)
    likes = rng.choice([-1.0, 0.0, 0.0, 1.0], (shoppers, items))
    likes[0] = 1.0  # every item has an event
    features = rng.standard_normal((items, 3)).astype(np.float32)
    return Dataset(world(likes).interactions, {"text": features})


def table_of(data: Dataset, **settings: object) -> np.ndarray:
    config = SmoothEase.Config.model_validate({"precision": "double", "keep": None} | settings)
    return np.asarray(SmoothEase(config).fit(data, RNG).compile().table.toarray())


def parts(data: Dataset, spread: float, damping: float) -> tuple[np.ndarray, ...]:
    """X, H and G of the docstring, dense."""
    x = np.sign(data.interactions.matrix(fade=False).toarray()) * 2.0  # log2(1 + 3)
    x = x / np.maximum((x != 0).sum(axis=1, keepdims=True), 1) ** damping
    x = x / np.abs(x[x != 0]).mean()
    graph = graphs.content(data, {"text": 1.0}, 10)[0].toarray()
    return x, np.eye(len(graph)) + spread * graph, graph


@given(st.integers(0, 9_999), st.sampled_from([0.0, 0.5, 3.0]), st.integers(1, 40))
def test_no_table_on_spread_tastes_could_be_better(seed: int, spread: float, block: int) -> None:
    """Lagrange, column by column: least squares with h_jᵀ b = 0, as one linear system."""
    data = random_world(seed)
    found = table_of(data, spread=spread, direct=0.1, reg=2.0, block_entries=block)
    x, h, graph = parts(data, spread, 0.25)
    inputs, expected = x @ h, np.zeros(h.shape)
    for j in range(len(h)):
        system = np.zeros((len(h) + 1,) * 2)
        system[:-1, :-1] = inputs.T @ inputs + 2.0 * np.eye(len(h))
        system[:-1, -1] = system[-1, :-1] = h[j]
        b = np.linalg.solve(system, np.append(inputs.T @ x[:, j], 0.0))[:-1]
        expected[:, j] = h @ b
    np.testing.assert_allclose(np.diagonal(expected), 0, atol=1e-8)
    expected += 0.1 * np.linalg.norm(expected) / np.linalg.norm(graph) * graph
    np.testing.assert_allclose(found, expected, atol=2e-5)


@given(st.integers(0, 9_999))
def test_without_content_it_is_ease(seed: int) -> None:
    data = Dataset(random_world(seed).interactions)
    ease = Ease(Ease.Config(reg=2.0, precision="double", keep=None)).fit(data, RNG)
    np.testing.assert_allclose(table_of(data, reg=2.0), ease.compile().table.toarray(), atol=1e-5)


def test_what_is_missing_is_said() -> None:
    data = random_world(1)
    model = SmoothEase().fit(data, RNG)
    assert len(model.notes) == 1
    assert "'image'" in model.notes[0]
    bare = SmoothEase().fit(Dataset(data.interactions), RNG)
    assert "plain EASE" in bare.notes[-1]
    assert SmoothEase(SmoothEase.Config(image=0)).fit(data, RNG).notes == ()


def test_a_thing_that_nobody_bought_is_named_by_its_words_alone() -> None:
    likes = two_tribes(8)[0]
    likes[:, 6] = 0  # an even thing that nobody bought
    text = np.eye(2, dtype=np.float32)[np.arange(8) % 2]
    data = Dataset(world(likes).interactions, {"text": text})
    scores = SmoothEase().fit(data, RNG).score(data.interactions.histories)
    assert (scores[::2, 6] > 0).all()
    without = SmoothEase(SmoothEase.Config(direct=0)).fit(data, RNG)
    assert np.isnan(without.score(data.interactions.histories)[:, 6]).all()


def test_a_rare_thing_that_explains_nothing_speaks_through_its_like() -> None:
    likes = np.zeros((12, 6))
    likes[:8, :3], likes[8:, 3:5] = 1, 1
    likes[11, 5] = 1  # bought once, and like item 0
    text = np.eye(6, 4, dtype=np.float32)
    text[5] = text[0]
    text[4] = [0, 1, 0, 1]
    data = Dataset(world(likes).interactions, {"text": text})
    table = table_of(data, max_items=3, reg=1.0, direct=0.0)
    assert (table[5, 1:3] > 0).all()  # what goes with item 0
    assert not table_of(Dataset(data.interactions), max_items=3, reg=1.0)[5].any()


def test_only_so_many_entries_stay() -> None:
    form = SmoothEase(SmoothEase.Config(keep=2)).fit(random_world(3), RNG).compile()
    assert np.diff(form.table.indptr).max() == 2


def test_a_solve_beyond_its_precision_says_what_to_do() -> None:
    data = world(np.ones((40, 30)))
    with pytest.raises(BadRequest, match="smooth EASE cannot be solved"):
        SmoothEase(SmoothEase.Config(reg=1e-12)).fit(data, RNG)


def test_it_refuses_what_would_not_fit() -> None:
    with pytest.raises(TooLarge, match=r"fitting smooth EASE needs .* lower max_items"):
        SmoothEase(SmoothEase.Config(max_bytes=1_000)).fit(world(two_tribes(6)[0]), RNG)
