"""The same shop with its goods and events in Postgres."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhiyin.app import create_shop, examine, make_demo, open_shop

pytestmark = pytest.mark.postgres


class StillClock:
    """Always the same moment, so that two shops fade their events alike."""

    def now(self) -> datetime:
        return datetime(2026, 10, 9, tzinfo=UTC)


def test_the_whole_way_works_on_postgres_as_on_sqlite(
    postgres_url: str, fitted: Path, tmp_path: Path
) -> None:
    place = tmp_path / "shop"
    create_shop(place, name="in-postgres", store=postgres_url, timezone="Asia/Shanghai")
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


def test_two_shops_share_one_database_and_see_only_their_own(
    postgres_url: str, tmp_path: Path
) -> None:
    for name in ("tea", "silk"):
        create_shop(tmp_path / name, store=postgres_url)
    row = {"id": "cup", "title": "Cup"}
    with open_shop(tmp_path / "tea") as tea, open_shop(tmp_path / "silk") as silk:
        tea.ingest([row], into="items")
        assert (tea.store.catalogue.count(), silk.store.catalogue.count()) == (1, 0)
