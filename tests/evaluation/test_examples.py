"""The examples in the docstrings of the metrics say what comes out."""

import doctest
import importlib
import pkgutil

import pytest

import zhiyin.evaluation

FILES = [
    found.name for found in pkgutil.walk_packages(zhiyin.evaluation.__path__, "zhiyin.evaluation.")
]


@pytest.mark.parametrize("name", FILES)
def test_examples_run_as_written(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_every_metric_shows_one() -> None:
    metrics = importlib.import_module("zhiyin.evaluation.metrics").METRICS
    for metric in metrics.values():
        assert ">>>" in (metric.__doc__ or ""), metric
