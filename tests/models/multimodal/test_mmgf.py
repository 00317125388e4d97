"""MM-GF: the filter of behaviour and those of content, added up."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from zhiyin.core import TooLarge, derive
from zhiyin.data import Dataset
from zhiyin.models.collaborative import TurboCf
from zhiyin.models.multimodal import MmGf
from zhiyin.testing import ModelContract, described, two_tribes, world

RNG = derive(1, "none")


class TestMmGf(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> MmGf:
        return MmGf()


class TestMmGfWithContent(TestMmGf):
    def told(self, data: Dataset) -> Dataset:
        return described(data)


def test_without_content_it_is_turbo_cf_up_to_a_factor() -> None:
    data = world(derive(3, "likes").choice([0.0, 0.0, 1.0], (30, 12)))
    settings = {"coefficients": (2.0, -0.5), "shopper_power": 0.6, "power": 1.0, "keep": None}
    model = MmGf(MmGf.Config.model_validate(settings)).fit(data, RNG)
    plain = TurboCf(TurboCf.Config.model_validate(settings | {"coefficients": (1.0,)}))
    first = plain.fit(data, RNG).compile().table.toarray()
    assert len(model.notes) == 2
    linear = MmGf(MmGf.Config.model_validate(settings | {"coefficients": (1.0,)})).fit(data, RNG)
    ratio = linear.compile().table.toarray()[first > 0] / first[first > 0]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-5)
    assert not np.allclose(model.compile().table.toarray(), linear.compile().table.toarray())


def test_a_filter_by_hand() -> None:
    # Two shoppers who share one pair: P of items 0 and 1 alone; words join 1 and 2.
    words = csr_array(([0.5], ([1], [2])), shape=(3, 3))
    data = Dataset(world(np.array([[1.0, 1, 0], [1, 1, 0]])).interactions, graphs={"text": words})
    config = MmGf.Config(shopper_power=0.5, power=1.0, text=2.0)
    table = MmGf(config).fit(data, RNG).compile().table.toarray()
    # Every entry of RᵀR is ½, so a row of P sums to 1; the even graph has one entry a row.
    np.testing.assert_allclose(table, [[0, 0.5, 0], [0.5, 0, 2.0], [0, 2.0, 0]], rtol=1e-5)


def test_words_reach_what_nobody_bought() -> None:
    likes = two_tribes(8)[0]
    likes[:, 6] = 0  # an even thing that nobody bought
    data = world(likes)
    text = np.eye(2, dtype=np.float32)[np.arange(8) % 2]
    model = MmGf().fit(Dataset(data.interactions, {"text": text}), RNG)
    scores = model.score(data.interactions.histories)
    assert (scores[::2, 6] > 0).all()
    assert (scores[1::2, 6] == 0).all()
    assert np.isnan(MmGf().fit(data, RNG).score(data.interactions.histories)[:, 6]).all()


def test_it_refuses_what_would_not_fit() -> None:
    with pytest.raises(TooLarge, match=r"fitting MM-GF needs .* lower newest_events"):
        MmGf(MmGf.Config(max_bytes=1_000)).fit(world(np.ones((9, 9))), RNG)
