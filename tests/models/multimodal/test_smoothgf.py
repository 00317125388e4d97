"""Smooth GF: a linear filter on tastes spread to what is like them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import TooLarge, derive
from zhiyin.data import Dataset
from zhiyin.models import graphs
from zhiyin.models.collaborative import GfCf
from zhiyin.models.multimodal import SmoothGf
from zhiyin.testing import ModelContract, described, two_tribes, world

RNG = derive(1, "none")


class TestSmoothGf(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> SmoothGf:
        return SmoothGf()


class TestSmoothGfWithContent(TestSmoothGf):
    def told(self, data: Dataset) -> Dataset:
        return described(data)


def random_world(seed: int) -> Dataset:
    rng = np.random.default_rng(seed)
    likes = rng.choice([0.0, 0.0, 1.0], (12, 7))
    likes[0] = 1.0  # every item has an event
    return Dataset(world(likes).interactions, {"text": rng.random((7, 3)).astype(np.float32)})


def table_of(data: Dataset, **settings: object) -> np.ndarray:
    config = SmoothGf.Config.model_validate({"keep": None} | settings)
    return np.asarray(SmoothGf(config).fit(data, RNG).compile().table.toarray())


@given(st.integers(0, 9_999), st.sampled_from([0.0, 0.7]), st.integers(1, 40))
def test_the_table_is_the_formula(seed: int, after: float, block: int) -> None:
    data = random_world(seed)
    x = data.interactions.matrix(fade=False).toarray()
    x = np.sign(x) * 2.0  # log2(1 + 3)
    r = x * x.sum(axis=1, keepdims=True) ** -0.25 * x.sum(axis=0) ** -0.25
    t = r.T @ r
    np.fill_diagonal(t, 0)
    g = graphs.content(data, {"text": 1.0}, 10)[0].toarray()
    spread = (np.eye(7) + 2 * g) @ t
    expected = spread @ (np.eye(7) + after * g)
    expected += 0.3 * np.linalg.norm(spread) / np.linalg.norm(g) * g
    np.fill_diagonal(expected, 0)
    found = table_of(data, spread=2.0, after=after, direct=0.3, block_entries=block)
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@given(st.integers(0, 9_999))
def test_without_content_it_is_the_linear_filter_of_gf_cf(seed: int) -> None:
    data = Dataset(random_world(seed).interactions)
    config = GfCf.Config(smooth=0, shopper_power=0.25, item_power=0.25, keep=None)
    plain = GfCf(config).fit(data, RNG).compile().table.toarray()
    np.testing.assert_allclose(table_of(data), plain, rtol=1e-5)
    assert len(SmoothGf().fit(data, RNG).notes) == 2


def test_a_thing_that_nobody_bought_is_named_by_its_words_alone() -> None:
    likes = two_tribes(8)[0]
    likes[:, 6] = 0  # an even thing that nobody bought
    text = np.eye(2, dtype=np.float32)[np.arange(8) % 2]
    data = Dataset(world(likes).interactions, {"text": text})
    for settings in ({}, {"direct": 0.0, "after": 1.0}):
        config = SmoothGf.Config.model_validate(settings)
        scores = SmoothGf(config).fit(data, RNG).score(data.interactions.histories)
        assert (scores[::2, 6] > 0).all()
        assert (scores[1::2, 6] == 0).all()
    without = SmoothGf(SmoothGf.Config(direct=0)).fit(data, RNG)
    assert np.isnan(without.score(data.interactions.histories)[:, 6]).all()


def test_it_refuses_what_would_not_fit() -> None:
    with pytest.raises(TooLarge, match=r"fitting smooth GF needs .* lower newest_events"):
        SmoothGf(SmoothGf.Config(max_bytes=1_000)).fit(world(np.ones((9, 9))), RNG)
