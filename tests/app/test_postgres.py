"""The same shop with its goods and events in Postgres."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.engine import make_url

from zhiyin.app import create_shop, examine, make_demo, open_shop

SERVER = os.environ.get("ZHIYIN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")

pytestmark = pytest.mark.postgres


class StillClock:
    """Always the same moment, so that two shops fade their events alike."""

    def now(self) -> datetime:
        return datetime(2026, 10, 9, tzinfo=UTC)


@pytest.fixture
def url() -> Iterator[str]:
    """An empty schema of its own, dropped afterwards."""
    psycopg = pytest.importorskip("psycopg", reason="no psycopg")
    name = f"zhiyin_app_{uuid4().hex[:12]}"
    try:
        connection = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("no Postgres answers; set ZHIYIN_TEST_POSTGRES")
    with connection:
        connection.execute(f"CREATE SCHEMA {name}")
        mine = make_url(SERVER).update_query_dict({"options": f"-csearch_path={name}"})
        yield mine.render_as_string(hide_password=False)
        connection.execute(f"DROP SCHEMA {name} CASCADE")
    connection.close()


def test_the_whole_way_works_on_postgres_as_on_sqlite(
    url: str, fitted: Path, tmp_path: Path
) -> None:
    place = tmp_path / "shop"
    create_shop(place, name="in-postgres", store=url, timezone="Asia/Shanghai")
    made = make_demo(place, items=60, shoppers=200, days=21, pictures="none")
    clock = StillClock()
    with open_shop(place, clock=clock) as shop, open_shop(fitted, clock=clock) as embedded:
        assert shop.store.events.count() == made.events == embedded.store.events.count()
        assert shop.fit().promoted
        live, theirs = shop.live(), embedded.live()
        assert live is not None
        assert theirs is not None
        # The same events give the same model, wherever they are kept.
        assert live.data_hash == theirs.data_hash
        assert live.metrics == theirs.metrics
        shopper = made.examples[0]
        here, there = shop.recommend(shopper), embedded.recommend(shopper)
    assert here.items
    assert (here.items, here.reasons) == (there.items, there.reasons)
    found = {finding.what: finding for finding in examine(place)}
    assert found["store"].mark == "ok"
    assert "60 items" in found["store"].en


def test_two_shops_share_one_database_and_see_only_their_own(url: str, tmp_path: Path) -> None:
    for name in ("tea", "silk"):
        create_shop(tmp_path / name, store=url)
    row = {"id": "cup", "title": "Cup"}
    with open_shop(tmp_path / "tea") as tea, open_shop(tmp_path / "silk") as silk:
        tea.ingest([row], into="items")
        assert (tea.store.catalogue.count(), silk.store.catalogue.count()) == (1, 0)
