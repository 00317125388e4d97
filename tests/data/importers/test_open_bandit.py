"""Open Bandit: what was shown, with which chance, and clicked."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhiyin.core import Event, Item


@pytest.fixture
def folder(shelf) -> Path:
    return shelf("open_bandit")


def test_a_row_is_an_impression_with_position_and_propensity(folder: Path, bring) -> None:
    brought = bring("open-bandit", folder)
    shown = brought.of("impression")[0]
    assert shown == Event(
        id=shown.id,
        shopper="cef3390e-03a5648a-7bc94a2d-9bde591f",
        item="men:14",
        kind="impression",
        time=datetime(2019, 11, 24, 0, 3, 13, 442536, tzinfo=UTC),
        request=shown.request,
        surface="random/men",
        position=2,
        propensity=0.0294,
    )


def test_a_click_shares_the_request_of_its_impression(folder: Path, bring) -> None:
    brought = bring("open-bandit", folder)
    [click] = brought.of("click")
    [shown] = [e for e in brought.of("impression") if e.item == "men:10"]
    assert (click.item, click.request, click.propensity) == ("men:10", shown.request, 0.5)
    assert len({event.request for event in brought.of("impression")}) == 2


def test_a_position_or_propensity_that_cannot_be_is_refused_alone(folder: Path, bring) -> None:
    brought = bring("open-bandit", folder)
    assert len(brought.of("impression")) == 2
    assert brought.report.refused == {"out_of_range": 1, "wrong_type": 1}


def test_items_carry_their_campaign_and_features(folder: Path, bring) -> None:
    items = bring("open-bandit", folder / "random" / "men").items
    assert items["men:10"] == Item(
        id="men:10", attributes={"item_feature_0": -0.677, "item_feature_1": "ceca20033d"}
    )


def test_both_real_policies_come_in_whole(data: Path, bring) -> None:
    brought = bring("open-bandit", data / "open_bandit")
    assert len(brought.of("impression")) == 20_000
    assert len(brought.of("click")) == 115
    assert len(brought.items) == 34
    assert {e.surface for e in brought.events} == {"random/men", "bts/men"}
    assert brought.refused == 0
