"""MGCN: behaviour decides what of the content counts."""

import pytest

pytest.importorskip("torch")

from zhiyin.data import Dataset
from zhiyin.models.multimodal.mgcn import Mgcn
from zhiyin.testing import ModelContract, described

QUICK = {"width": 16, "epochs": 60, "rate": 0.05, "reg": 1e-3}


class TestMgcn(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> Mgcn:
        return Mgcn(Mgcn.Config.model_validate(QUICK))


class TestMgcnWithContent(TestMgcn):
    def told(self, data: Dataset) -> Dataset:
        return described(data)
