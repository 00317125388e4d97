"""Two small shops behind one service, and somebody who calls it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from zhiyin import create_shop, open_shop
from zhiyin.app import Shop
from zhiyin.service import make_service

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ITEMS = [
    {"id": f"i{n}", "title": f"丝巾 {n}", "price": str(100 + n), "category": ["丝巾"], "stock": 5}
    for n in range(12)
]


def events() -> list[dict[str, Any]]:
    """Twenty shoppers who look at neighbouring scarves, over twenty days."""
    return [
        {
            "id": f"e{shopper}-{step}",
            "shopper": f"s{shopper}",
            "item": f"i{(shopper + step) % 12}",
            "kind": "view",
            "time": (NOW - timedelta(days=20 - step * 4, minutes=shopper)).isoformat(),
        }
        for shopper in range(20)
        for step in range(5)
    ]


def fill(shop: Shop) -> None:
    """Goods and events, and something that answers."""
    shop.take(ITEMS, "items")
    shop.take(events(), "events")
    shop.fit(budget=5)


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a fitted shop; tests copy nothing from it and change nothing in it."""
    folder = tmp_path_factory.mktemp("shops") / "silk"
    create_shop(folder, name="silk")
    with open_shop(folder) as shop:
        fill(shop)
    return folder


@pytest.fixture
def silk(tmp_path: Path, fitted: Path) -> Iterator[Shop]:
    """A fitted shop of the test's own."""
    import shutil

    shutil.copytree(fitted, tmp_path / "silk")
    with open_shop(tmp_path / "silk") as shop:
        yield shop


@pytest.fixture
def tea(tmp_path: Path) -> Iterator[Shop]:
    """Another shop, without anything."""
    create_shop(tmp_path / "tea", name="tea")
    with open_shop(tmp_path / "tea") as shop:
        yield shop


Call = Callable[..., TestClient]


@pytest.fixture
def calling() -> Iterator[Call]:
    """A client of a service of some shops; errors of ours come as answers."""
    clients: list[TestClient] = []

    def calling(*shops: Shop, trusting: bool = True, **headers: str) -> TestClient:
        client = TestClient(
            make_service(shops, trusting=trusting),
            base_url="http://127.0.0.1",
            headers=headers,
            raise_server_exceptions=False,
        )
        clients.append(client)
        return client

    yield calling
    for client in clients:
        client.close()


@pytest.fixture
def client(silk: Shop, calling: Call) -> TestClient:
    """Somebody on this machine, at a shop without keys."""
    return calling(silk)
