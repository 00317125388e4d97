"""MF-BPR: a vector per shopper and per item, learnt from which of two items is liked."""

import numpy as np
import pytest

pytest.importorskip("torch")

from zhiyin.core import TooLarge, derive
from zhiyin.models.collaborative import MfBpr
from zhiyin.testing import ModelContract, two_tribes, world


class TestMfBpr(ModelContract):
    def make(self) -> MfBpr:
        return MfBpr(MfBpr.Config(width=16, epochs=60, rate=0.05, reg=1e-3))


def test_it_refuses_what_would_not_fit() -> None:
    model = MfBpr(MfBpr.Config(max_bytes=1_000))
    with pytest.raises(TooLarge, match=r"fitting MF-BPR needs .* lower width"):
        model.fit(world(two_tribes(6)[0]), derive(1, "none"))


def test_nothing_to_learn_from_is_learnt() -> None:
    form = MfBpr(MfBpr.Config(epochs=1)).fit(world(np.zeros((0, 4))), derive(1, "none")).compile()
    assert np.isnan(form.bias).all()
