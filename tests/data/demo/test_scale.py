"""A demo shop grows without its memory growing along."""

import tracemalloc

import pytest

from zhiyin.data.demo import DemoSize, demo_events, demo_items


def peak(size: DemoSize) -> float:
    """Megabytes of Python and numpy at the most while the events stream by."""
    tracemalloc.start()
    try:
        for _ in demo_events(size):
            pass
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_a_hundred_thousand_goods_need_no_grid_of_shoppers_by_goods() -> None:
    # 100,000 × 50,000 pairs would be 5 GB at one byte each.
    assert peak(DemoSize(items=100_000, shoppers=50_000, days=4)) < 200


@pytest.mark.slow
def test_memory_follows_goods_and_shoppers_not_days() -> None:
    short = peak(DemoSize(items=20_000, shoppers=20_000, days=4))
    long = peak(DemoSize(items=20_000, shoppers=20_000, days=16))
    assert long < 1.6 * short


@pytest.mark.slow
def test_goods_stream() -> None:
    tracemalloc.start()
    try:
        for _ in demo_items(DemoSize(items=5_000)):
            pass
        assert tracemalloc.get_traced_memory()[1] < 12e6
    finally:
        tracemalloc.stop()
