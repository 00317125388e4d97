"""VBPR: tastes for the goods themselves and for what they are like."""

import pytest

pytest.importorskip("torch")

from zhiyin.data import Dataset
from zhiyin.models.multimodal.vbpr import Vbpr
from zhiyin.testing import ModelContract, described


class TestVbpr(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> Vbpr:
        return Vbpr(Vbpr.Config(width=16, epochs=60, rate=0.05, reg=1e-3))


class TestVbprWithContent(TestVbpr):
    def told(self, data: Dataset) -> Dataset:
        return described(data)
