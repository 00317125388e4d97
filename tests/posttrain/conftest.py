"""A small demo shop as a data set, made once, and a place for artifacts."""

from pathlib import Path

import pytest

from zhiyin.app import create_shop, open_shop
from zhiyin.core import ArtifactStore
from zhiyin.data import Dataset
from zhiyin.data.demo import DemoSize, make_demo


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, int]:
    """What may be learnt from 150 goods and 900 shoppers in 30 days, and its cut."""
    folder = tmp_path_factory.mktemp("demo") / "shop"
    create_shop(folder, store="memory://", timezone="Asia/Shanghai")
    with open_shop(folder) as shop:
        make_demo(folder, shop.store, shop.settings, DemoSize(150, 900, 30), pictures="none")
        return shop.dataset()


@pytest.fixture
def artifacts(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(tmp_path / "artifacts")
