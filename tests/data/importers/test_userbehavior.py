"""Taobao's UserBehavior, and pair files, small and real."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhiyin.core import Event, Item

LOG = """1,2268318,2520377,pv,1511544070
1,2333346,2520771,buy,1511561733
2,2268318,2520377,fav,1511572885
2,2576651,149192,cart,1511593493
2,2576651,149192,stare,1511593493
3,,149192,pv,1511593493
"""


def test_four_behaviours_are_four_kinds(lay, bring) -> None:
    brought = bring("userbehavior", lay({"UserBehavior.csv": LOG}))
    assert [e.kind for e in brought.events] == ["view", "buy", "favourite", "cart"]
    first = brought.events[0]
    assert first == Event(
        id=first.id,
        shopper="1",
        item="2268318",
        kind="view",
        time=datetime(2017, 11, 24, 17, 21, 10, tzinfo=UTC),
    )
    assert brought.refused == 2


def test_every_item_is_stored_once_with_its_category(lay, bring) -> None:
    brought = bring("userbehavior", lay({"UserBehavior.csv": LOG}))
    assert len(brought.items) == 3
    assert brought.items["2268318"] == Item(id="2268318", category=("2520377",))


def test_the_name_of_a_pair_file_tells_kind_and_part(lay, bring) -> None:
    folder = lay(
        {
            "trn_buy": "1 354\n1 2484\n",
            "vld_buy": "1 6285\n",
            "tst_buy": "1 2757\n2 2757\n",
            "trn_fav": "3 771\n",
            "trn_pv": "1 118\n",
            "trn_cart": "1 3546\n",
            "union": "1 118\n1 354\n",
        }
    )
    events = bring("userbehavior", folder).events
    found = sorted((e.kind, e.surface, e.item) for e in events)
    assert found == [
        ("buy", "split:0", "2484"),
        ("buy", "split:0", "354"),
        ("buy", "split:1", "6285"),
        ("buy", "split:2", "2757"),
        ("buy", "split:2", "2757"),
        ("cart", "split:0", "3546"),
        ("favourite", "split:0", "771"),
        ("view", "split:0", "118"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("jd", {"view": 217_977, "buy": 71_872, "favourite": 7_380}),
        ("userbehavior", {"buy": 133_708, "cart": 68_207, "favourite": 22_270}),
    ],
)
def test_the_real_pairs_come_in_whole(data: Path, bring, name: str, counts) -> None:
    brought = bring("userbehavior", data / name)
    assert {kind: len(brought.of(kind)) for kind in counts} == counts
    assert len(brought.events) == sum(counts.values())
    assert brought.refused == 0
    if name == "userbehavior":
        trained = [e for e in brought.of("buy") if e.surface == "split:0"]
        assert len(trained) == 107_489
