"""BM3: shoppers and goods predict each other."""

import pytest

pytest.importorskip("torch")

from zhiyin.data import Dataset
from zhiyin.models.multimodal.bm3 import Bm3
from zhiyin.testing import ModelContract, described

QUICK = {"width": 16, "epochs": 60, "rate": 0.05, "reg": 1e-3}


class TestBm3(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> Bm3:
        return Bm3(Bm3.Config.model_validate(QUICK))


class TestBm3WithContent(TestBm3):
    def told(self, data: Dataset) -> Dataset:
        return described(data)
