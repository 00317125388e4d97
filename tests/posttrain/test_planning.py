"""Families and the first round: what is afforded, what is told of the rest."""

import importlib.util
import re
from dataclasses import replace

import numpy as np
import pytest

from zhiyin.core import SILENT, Unavailable
from zhiyin.data import Dataset
from zhiyin.posttrain import FitReport, Limits
from zhiyin.posttrain.costs import Size
from zhiyin.posttrain.cutting import cut_days
from zhiyin.posttrain.families import FAMILIES
from zhiyin.posttrain.ledger import PLANNED, Ledger
from zhiyin.posttrain.limits import seconds
from zhiyin.posttrain.planning import FIRST, first_round
from zhiyin.posttrain.recipes import standard, start
from zhiyin.posttrain.workbench import Workbench

SHOP = Size(events=100_000, shoppers=5_000, items=2_000, known=1_900, pairs=3_000_000)


def bench(data: Dataset, budget: float) -> Workbench:
    _, split, _ = cut_days(data)
    with SILENT.step("test") as step:
        return Workbench(data, split, 7, Limits(), Ledger(budget, lambda: 0.0), step)


INSTALLED = [recipe.family for recipe in standard()]


@pytest.mark.parametrize("name", INSTALLED)
def test_what_can_be_tuned_is_a_setting_with_values_in_order_of_size(name: str) -> None:
    recipe = start(FAMILIES[name])
    for key, values in recipe.kind.space.items():
        assert len(set(values)) == len(values)
        numbers = [value for value in values if value is not None]
        assert numbers == sorted(numbers), f"{key} in order of size"
        for value in values:
            assert getattr(recipe.changed(**{key: value}).config, key) == value


@pytest.mark.parametrize("name", INSTALLED)
@pytest.mark.parametrize("part", ["events", "known", "pairs", "shoppers"])
def test_more_data_is_never_stated_to_take_less(name: str, part: str) -> None:
    family = FAMILIES[name]
    config = family.config()
    stated = family.seconds(SHOP, config)
    larger = replace(SHOP, **{part: 10 * getattr(SHOP, part)})
    assert 0 < stated <= family.seconds(larger, config)
    assert stated <= family.seconds(replace(SHOP, width=512), config)
    huge = replace(SHOP, events=10**8, known=10**6, items=10**6, pairs=10**10, shoppers=10**7)
    assert family.seconds(huge, config) > 10 * stated


def test_the_size_counts_what_is_there(demo: tuple[Dataset, int]) -> None:
    histories = demo[0].interactions.histories
    size = Size.of(demo[0])
    assert (size.events, size.items) == (len(histories.items), len(demo[0].items))
    assert size.known == len(np.unique(histories.items))
    lengths = np.diff(histories.offsets)
    assert size.pairs == int((np.minimum(lengths, 1000) ** 2).sum())


def test_the_first_round_is_cheapest_first_and_within_its_share(demo: tuple[Dataset, int]) -> None:
    made = bench(demo[0], 4.0)
    stated = [made.stated(recipe) for recipe in first_round(made)]
    assert stated == sorted(stated)
    assert sum(stated) <= FIRST * PLANNED * 4.0


def test_with_no_budget_to_speak_of_popularity_is_tried(demo: tuple[Dataset, int]) -> None:
    made = bench(demo[0], 0.01)
    assert [recipe.family for recipe in first_round(made)] == ["popularity"]
    assert set(made.refused) == set(FAMILIES) - {"popularity"}


def test_every_family_is_tried_or_the_reason_is_told(demo: tuple[Dataset, int]) -> None:
    for budget in (0.5, 2.0, 8.0, 1e4):
        made = bench(demo[0], budget)
        names = [recipe.family for recipe in first_round(made)]
        assert sorted([*names, *made.refused]) == sorted(FAMILIES)
        for error in made.refused.values():
            assert any("\u4e00" <= letter <= "\u9fff" for letter in error.text("zh"))


def test_the_budget_that_is_advised_is_enough(demo: tuple[Dataset, int]) -> None:
    made = bench(demo[0], 1.0)
    first_round(made)
    told = {name: re.search(r"--budget (\S+)", str(error)) for name, error in made.refused.items()}
    advised = {name: found[1] for name, found in told.items() if found}
    assert advised
    for name, budget in advised.items():
        again = bench(demo[0], seconds(budget))
        assert name in [recipe.family for recipe in first_round(again)], (name, budget)


def test_a_family_whose_part_is_not_installed_says_how_to_install_it(
    demo: tuple[Dataset, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    family = replace(FAMILIES["ease"], name="trained", trained=True)
    monkeypatch.setitem(FAMILIES, "trained", family)
    made = bench(demo[0], 1e4)
    assert "trained" not in [recipe.family for recipe in first_round(made)]
    assert isinstance(made.refused["trained"], Unavailable)
    assert "pip install 'zhiyin[train]'" in str(made.refused["trained"])


def test_a_family_is_left_out_where_the_data_has_nothing_for_it(
    demo: tuple[Dataset, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    family = replace(
        FAMILIES["ease"],
        name="of pictures",
        needs=lambda data: "image" in data.graphs,
        wants="pictures",
        wants_zh="图片",
    )
    monkeypatch.setitem(FAMILIES, "of pictures", family)
    few = replace(FAMILIES["ease"], name="hungry", least_events=10**9)
    monkeypatch.setitem(FAMILIES, "hungry", few)
    made = bench(demo[0], 1e4)
    families = [recipe.family for recipe in first_round(made)]
    assert {"of pictures", "hungry"} & set(families) == set()
    assert "no pictures" in str(made.refused["of pictures"])
    assert "没有图片" in made.refused["of pictures"].text("zh")
    assert "1,000,000,000" in str(made.refused["hungry"])


@pytest.mark.parametrize("name", INSTALLED)
def test_what_is_assumed_of_a_model_is_about_what_it_has(name: str) -> None:
    family = FAMILIES[name]
    for key, value in family.assumed.items():
        assert value / 2 <= getattr(family.config(), key) <= 2 * value
    assert family.stated(SHOP) == pytest.approx(family.seconds(SHOP, family.config()), rel=0.7)


@pytest.mark.parametrize("name", INSTALLED)
def test_tuning_starts_among_the_values_that_it_walks(name: str) -> None:
    config = FAMILIES[name].config()
    for key, values in FAMILIES[name].space.items():
        assert getattr(config, key) in values, key


def test_what_is_too_dear_is_not_imported(
    demo: tuple[Dataset, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    dear = replace(
        FAMILIES["ease"],
        name="dear",
        model=lambda: pytest.fail("it was imported"),
        seconds=lambda size, config: 10.0 * config.epochs,
        assumed={"epochs": 100},
    )
    monkeypatch.setitem(FAMILIES, "dear", dear)
    made = bench(demo[0], 100.0)
    first_round(made)
    assert "about 1000" in str(made.refused["dear"])


def test_families_left_out_for_one_reason_are_told_in_one_sentence(
    demo: tuple[Dataset, int], judged: FitReport
) -> None:
    made = bench(demo[0], 100.0)
    first_round(made)
    told = [error.text() for error in replace(judged, refused=made.refused).left_out]
    (looks,) = (line for line in told if "likenesses" in line)
    assert "content-knn, mm-gf" in looks
    assert all(any(name in line for line in told) for name in made.refused)
