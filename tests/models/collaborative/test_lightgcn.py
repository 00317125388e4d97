"""LightGCN: tastes spread over the graph of who turned to what."""

import numpy as np
import pytest

pytest.importorskip("torch")

from zhiyin.models.collaborative.lightgcn import LightGcn
from zhiyin.testing import ModelContract


class TestLightGcn(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> LightGcn:
        return LightGcn(LightGcn.Config(width=16, epochs=60, rate=0.05, reg=1e-3))
