"""FREEDOM: a frozen graph of what goods are like, and tastes on a thinned graph."""

import pytest

pytest.importorskip("torch")

from zhiyin.data import Dataset
from zhiyin.models.multimodal.freedom import Freedom
from zhiyin.testing import ModelContract, described

QUICK = {"width": 16, "epochs": 60, "rate": 0.05, "reg": 1e-3, "keep": 0.7, "others": 16}


class TestFreedom(ModelContract):
    abilities = frozenset({"personal"})
    settings: dict[str, object] = {}

    def make(self) -> Freedom:
        return Freedom(Freedom.Config.model_validate(QUICK | self.settings))


class TestFreedomWithContent(TestFreedom):
    def told(self, data: Dataset) -> Dataset:
        return described(data)


class TestFreedomByPairs(TestFreedomWithContent):
    settings = {"objective": "bpr"}


class TestFreedomWithALearntGraph(TestFreedomWithContent):
    settings = {"learned": 0.5, "features": 0.1}
