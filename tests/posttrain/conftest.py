"""A small demo shop as a data set, made once, and a place for artifacts."""

from pathlib import Path

import pytest

from zhiyin.app import create_shop, open_shop
from zhiyin.core import ArtifactStore
from zhiyin.data import Dataset
from zhiyin.data.demo import DemoSize, make_demo
from zhiyin.posttrain import FitReport, Limits, judge

SHORT = Limits(budget=4.0)
"""Two stated seconds of trying and tuning."""


def still() -> float:
    """A clock at which no time passes, so that a busy machine stops nothing."""
    return 0.0


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, int]:
    """What may be learnt from 150 goods and 900 shoppers in 30 days, and its cut."""
    folder = tmp_path_factory.mktemp("demo") / "shop"
    create_shop(folder, store="memory://", timezone="Asia/Shanghai")
    with open_shop(folder) as shop:
        make_demo(folder, shop.store, shop.settings, DemoSize(150, 900, 30), pictures="none")
        return shop.dataset()


@pytest.fixture(scope="package")
def judged(demo: tuple[Dataset, int]) -> FitReport:
    """The demo shop judged once within ``SHORT``, with seed 7."""
    return judge(demo[0], seed=7, limits=SHORT, clock=still)


@pytest.fixture
def artifacts(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts")
