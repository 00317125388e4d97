"""Logging: silent unless someone listens, and structured."""

import logging

import pytest

from zhiyin.core import get_logger


def test_nothing_is_printed_when_nobody_listens(capsys: pytest.CaptureFixture[str]) -> None:
    get_logger("zhiyin.silent").error("lost", rows=3)
    assert capsys.readouterr() == ("", "")


def test_an_event_carries_its_fields(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="zhiyin"):
        get_logger("zhiyin.loud").info("fitted", items=3)
    (record,) = caplog.records
    assert record.getMessage() == "fitted items=3"
    assert record.fields == {"items": 3}  # type: ignore[attr-defined]
    assert record.funcName == "test_an_event_carries_its_fields"
