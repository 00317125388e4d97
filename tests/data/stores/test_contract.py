"""Every store keeps the same contract."""

from collections.abc import Callable
from pathlib import Path

import pytest

from zhiyin.core import Store
from zhiyin.data.stores import open_store
from zhiyin.testing import StoreContract


class TestMemory(StoreContract):
    durable = False

    @pytest.fixture
    def open_shop(self) -> Callable[[str], Store]:
        return lambda shop: open_store("memory://", shop)


class TestSqlite(StoreContract):
    @pytest.fixture
    def open_shop(self, tmp_path: Path) -> Callable[[str], Store]:
        return lambda shop: open_store("sqlite:///shop.db", shop, folder=tmp_path)


@pytest.mark.postgres
class TestPostgres(StoreContract):
    @pytest.fixture
    def open_shop(self, postgres_url: str) -> Callable[[str], Store]:
        return lambda shop: open_store(postgres_url, shop)
