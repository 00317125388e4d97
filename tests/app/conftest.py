"""Small shops on disk: an empty one, and a demo shop with a live model that tests copy."""

import shutil
from pathlib import Path

import pytest

from zhiyin.app import create_shop, make_demo, open_shop


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty shop."""
    create_shop(tmp_path / "shop")
    return tmp_path / "shop"


@pytest.fixture(scope="package")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo shop in SQLite that was fitted; to be read only."""
    place = tmp_path_factory.mktemp("fitted") / "shop"
    make_demo(place, items=60, shoppers=200, days=21, pictures="none")
    with open_shop(place) as shop:
        shop.fit()
    return place


@pytest.fixture
def demo(fitted: Path, tmp_path: Path) -> Path:
    """A copy of the fitted shop, to do with as one likes."""
    return Path(shutil.copytree(fitted, tmp_path / "copy"))
