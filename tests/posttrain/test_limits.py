"""Limits: time and memory as people say them, and refusals that tell how to say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.core import BadRequest
from zhiyin.posttrain import Limits
from zhiyin.posttrain.limits import free_memory, seconds, size


@pytest.mark.parametrize(
    ("said", "meant"),
    [("90s", 90), ("5m", 300), ("1h", 3600), ("1.5h", 5400), (" 2 M ", 120), ("45", 45), (7, 7)],
)
def test_time_is_understood(said: str | float, meant: float) -> None:
    assert seconds(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("8GB", 8 * 10**9),
        ("512 mb", 512 * 10**6),
        ("2GiB", 2 * 2**30),
        ("1.5g", 1_500_000_000),
        ("1000", 1000),
        (1_000_000, 1_000_000),
    ],
)
def test_memory_is_understood(said: str | int, meant: int) -> None:
    assert size(said) == meant


@pytest.mark.parametrize(
    "said",
    ["", "soon", "-5m", "0", "0s", "5 d", "5mm", "m", "1e3", "nan", "inf", "５m", "1.2.3s", -1, 0],
)
def test_what_is_no_time_is_refused_with_an_example(said: str | float) -> None:
    with pytest.raises(BadRequest, match="90s, 5m or 1h") as caught:
        seconds(said)
    assert "时间预算" in caught.value.text("zh")


@pytest.mark.parametrize("said", ["", "much", "-1GB", "0", "0.1", "8 GBB", "GB", -5])
def test_what_is_no_memory_is_refused_with_an_example(said: str | int) -> None:
    with pytest.raises(BadRequest, match="500MB or 8GB") as caught:
        size(said)
    assert "内存" in caught.value.text("zh")


@given(st.text(max_size=12))
def test_whatever_is_said_is_either_understood_or_refused(said: str) -> None:
    for read in (seconds, size):
        try:
            assert read(said) > 0
        except BadRequest:
            continue


def test_what_is_not_said_has_its_default() -> None:
    assert Limits.said() == Limits()
    assert Limits.said("5m", "8GB", 0.1) == Limits(
        budget=300, max_bytes=8_000_000_000, allowed_loss=0.1
    )


@pytest.mark.parametrize("loss", [-0.1, 1.5, float("nan")])
def test_a_loss_is_a_share(loss: float) -> None:
    with pytest.raises(BadRequest, match="from 0 to 1"):
        Limits.said(allowed_loss=loss)


def test_without_a_limit_half_of_the_free_memory_is_allowed() -> None:
    assert Limits(max_bytes=5).memory == 5
    assert 0 < Limits().memory <= free_memory()
