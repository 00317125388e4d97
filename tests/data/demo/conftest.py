"""One demo shop of the usual size, made once for all tests of it."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhiyin.core import Item
from zhiyin.data.demo import DemoSize, demo_events, demo_items
from zhiyin.data.demo.truth import write_truth


@pytest.fixture(scope="session")
def size() -> DemoSize:
    return DemoSize()


@pytest.fixture(scope="session")
def small() -> DemoSize:
    return DemoSize(items=120, shoppers=150, days=20)


@pytest.fixture(scope="session")
def items(size: DemoSize) -> list[Item]:
    return list(demo_items(size))


@pytest.fixture(scope="session")
def log(size: DemoSize) -> pd.DataFrame:
    return pa.Table.from_batches(demo_events(size)).to_pandas()


@pytest.fixture(scope="session")
def truth(size: DemoSize, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    folder: Path = tmp_path_factory.mktemp("truth")
    write_truth(size, folder)
    return {file.stem: pq.read_table(file).to_pandas() for file in folder.iterdir()}
