"""The hidden truth beside the shop."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from zhiyin.core import Item
from zhiyin.data.demo import DemoSize
from zhiyin.data.demo.truth import write_truth


def test_every_good_and_every_shopper_has_its_truth(
    truth: dict[str, pd.DataFrame], size: DemoSize, items: list[Item]
) -> None:
    assert truth["goods"]["item"].tolist() == [item.id for item in items]
    assert len(truth["shoppers"]) == size.shoppers
    assert truth["shoppers"]["motifs"].str.len().eq(3).all()


def test_slips_are_clicks_and_some_three_in_a_hundred(
    truth: dict[str, pd.DataFrame], log: pd.DataFrame
) -> None:
    slips = log[log["id"].isin(truth["slips"]["event"])]
    assert len(slips) == len(truth["slips"]) > 500
    assert set(slips["kind"]) == {"click"}
    assert 0.01 < len(slips) / (log["kind"] == "click").sum() < 0.06


def test_who_slipped_leaves_at_once_and_does_nothing_more(
    truth: dict[str, pd.DataFrame], log: pd.DataFrame
) -> None:
    slips = log[log["id"].isin(truth["slips"]["event"])][["request", "item"]]
    after = log.merge(slips, on=["request", "item"])
    assert set(after["kind"]) == {"impression", "click", "view", "dwell"}
    assert after.loc[after["kind"] == "dwell", "value"].max() < 4


def test_truth_says_where_words_and_picture_disagree(
    truth: dict[str, pd.DataFrame], items: list[Item]
) -> None:
    goods = truth["goods"]
    wrong = goods[goods["disagrees"]]
    assert 4 < len(wrong) < 50
    assert (
        (wrong["motif"] != wrong["told_motif"]) | (wrong["ground"] != wrong["told_ground"])
    ).any()


def test_the_same_size_writes_the_same_truth(small: DemoSize, tmp_path: Path) -> None:
    write_truth(small, tmp_path / "a")
    write_truth(small, tmp_path / "b")
    for file in sorted((tmp_path / "a").iterdir()):
        assert pq.read_table(file).equals(pq.read_table(tmp_path / "b" / file.name))
    assert {file.name for file in (tmp_path / "a").iterdir()} == {
        "goods.parquet",
        "shoppers.parquet",
        "slips.parquet",
    }
