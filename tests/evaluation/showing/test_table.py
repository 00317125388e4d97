"""The table for a terminal: who is best, by how much, and whether it is luck."""

import re

import numpy as np
import pytest

from zhiyin.core import BadRequest
from zhiyin.evaluation import Report
from zhiyin.evaluation.showing import comparison_table


def report_of(own: np.ndarray, coverage: float = 0.5) -> Report:
    each = {"recall@5": own, "ndcg@5": own / 2}
    return Report((5,), 100, np.arange(len(own)), each, {"coverage@5": coverage})


@pytest.fixture
def hard() -> np.ndarray:
    return np.random.default_rng(0).random(400) * 0.4


def test_the_best_stands_first_and_is_starred(hard: np.ndarray) -> None:
    reports = {"weak": report_of(hard), "strong": report_of(hard + 0.2, 0.25)}
    head, first, second = comparison_table(reports).splitlines()
    assert head.split()[:4] == ["model", "Recall@5", "NDCG@5", "Coverage@5"]
    recall = f"{hard.mean() + 0.2:.4f}"
    assert first.split() == [
        "strong", f"{recall}*", f"{(hard + 0.2).mean() / 2:.4f}*", "0.2500", "the", "reference",
    ]  # fmt: skip
    assert "0.5000*" in second
    assert second.endswith("−0.2000 [−0.2000, −0.2000] lower, p < 0.001")


def test_what_luck_could_have_made_is_called_so(hard: np.ndarray) -> None:
    noise = np.random.default_rng(1).normal(0, 0.3, len(hard))
    table = comparison_table({"a": report_of(hard), "b": report_of(hard + noise - noise.mean())})
    assert "could be luck" in table


def test_the_others_are_compared_with_whom_one_names(hard: np.ndarray) -> None:
    reports = {"old": report_of(hard), "new": report_of(hard + 0.1)}
    table = comparison_table(reports, against="old")
    assert "Recall@5 – old" in table
    assert "+0.1000 [+0.1000, +0.1000] higher" in table
    with pytest.raises(BadRequest, match="choose one of old, new"):
        comparison_table(reports, against="nobody")


def test_several_runs_are_a_mean_and_a_spread(hard: np.ndarray) -> None:
    runs = [report_of(hard), report_of(hard + 0.02)]
    table = comparison_table({"model": runs, "other": report_of(hard / 2)})
    assert f"{hard.mean() + 0.01:.4f} ±{0.02 / 2**0.5:.4f}*" in table


def test_costs_are_a_column_where_there_are_some(hard: np.ndarray) -> None:
    reports = {"one": report_of(hard), "two": report_of(hard / 2)}
    assert "cost" not in comparison_table(reports)
    lines = comparison_table(reports, costs={"one": 12345.6}, cost_unit="s").splitlines()
    assert "cost (s)" in lines[0]
    assert "12,346" in lines[1]
    assert "–" in lines[2].split()


def test_columns_can_be_chosen_and_unknown_ones_are_refused(hard: np.ndarray) -> None:
    reports = {"one": report_of(hard)}
    head = comparison_table(reports, metrics=["coverage@5"]).splitlines()[0]
    assert head.split() == ["model", "Coverage@5"]
    with pytest.raises(BadRequest, match="choose from recall@5"):
        comparison_table(reports, metrics=["joy@5"])


def test_columns_stand_below_each_other_in_chinese_too(hard: np.ndarray) -> None:
    reports = {"协同过滤": report_of(hard), "x" * 60: report_of(hard + 0.1)}
    lines = comparison_table(reports, lang="zh").splitlines()

    def place(line: str) -> int:
        """Where the first number ends, in columns of a terminal."""
        found = re.search(r"\d\.\d{4}", line)
        assert found is not None
        return sum(2 if letter > "\u2e80" else 1 for letter in line[: found.end()])

    assert place(lines[1]) == place(lines[2])
    assert "召回率@5" in lines[0]
    assert "…" in lines[1]


def test_who_has_no_value_stands_last_with_a_dash(hard: np.ndarray) -> None:
    nothing = report_of(np.full(len(hard), np.nan))
    last = comparison_table({"silent": nothing, "one": report_of(hard)}).splitlines()[-1]
    assert last.startswith("silent")
    assert last.split()[1] == "–"
    assert last.endswith("no value")
