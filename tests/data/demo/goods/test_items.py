"""The goods as a shop would list them."""

import re
from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest

from zhiyin.core import Item, item_from_json, item_to_json
from zhiyin.data.demo import DemoSize, demo_items
from zhiyin.data.demo.goods import WORDS
from zhiyin.data.demo.goods.titles import capitals

HAN = re.compile(r"[\u4e00-\u9fff]")


def english(item: Item) -> tuple[str, str]:
    return item.texts["en"].title, item.texts["en"].description


def test_the_same_size_writes_the_same_bytes_and_another_seed_does_not(small: DemoSize) -> None:
    once = [item_to_json(item) for item in demo_items(small)]
    assert once == [item_to_json(item) for item in demo_items(small)]
    assert once != [item_to_json(item) for item in demo_items(replace(small, seed=8))]


def test_a_good_is_written_the_same_however_many_there_are(small: DemoSize) -> None:
    more = demo_items(replace(small, items=2_000))
    assert list(demo_items(small)) == list(islice(more, small.items))


def test_items_survive_the_journey_through_json(items: list[Item]) -> None:
    assert all(item_from_json(item_to_json(item)) == item for item in items[::17])


def test_every_category_has_goods_two_or_three_levels_deep(items: list[Item]) -> None:
    tops = Counter(item.category[0] for item in items)
    assert len(tops) >= 12
    assert min(tops.values()) >= 30
    assert all(2 <= len(item.category) <= 3 for item in items)


def test_chinese_is_chinese_and_english_is_english(items: list[Item]) -> None:
    for item in items:
        title, description = english(item)
        assert HAN.search(item.title)
        assert HAN.search(item.description)
        assert not HAN.search(title)
        # A few words are quoted as characters, such as the fret's name.
        assert len(HAN.findall(description)) <= 1, description
        assert len(item.description) > 40
        assert len(description) > 100


def test_no_placeholder_is_left_and_nothing_is_doubled(items: list[Item]) -> None:
    for item in items:
        for text in (item.title, item.description, *english(item)):
            assert not re.search(r"[{}]|  |None|。。|，，|\.\.|纹纹|青花青花", text), text
            assert text == text.strip()


def test_english_sentences_begin_with_a_capital_and_articles_fit(items: list[Item]) -> None:
    for item in items:
        _, description = english(item)
        for sentence in re.split(r"(?<=[.!?]) ", description):
            assert not sentence[0].islower(), description
        assert not re.search(r"\ba [aeio]\w", description, re.I), description
        assert not re.search(r"\ban [bcdfgjklmnpqrstvwxz]", description, re.I), description


def test_titles_are_nearly_all_different(items: list[Item]) -> None:
    assert len({item.title for item in items}) > 0.97 * len(items)
    assert len({english(item)[0] for item in items}) > 0.95 * len(items)
    assert len({item.description for item in items}) > 0.99 * len(items)


def test_descriptions_tell_the_story_of_the_motif_or_the_craft(items: list[Item]) -> None:
    stories = [story for motif in WORDS.motifs for story, _ in motif.stories]
    stories += [story for craft in WORDS.crafts for story, _ in craft.stories]
    assert all(any(story in item.description for story in stories) for item in items[::7])


def test_prices_are_reduced_only_downwards(items: list[Item]) -> None:
    reduced = [item for item in items if item.list_price is not None]
    assert 0.08 < len(reduced) / len(items) < 0.3
    for item in items:
        assert item.price is not None
        assert item.price > 0
        assert item.list_price is None or item.list_price > item.price


def test_some_goods_are_out_and_some_are_not_counted(items: list[Item]) -> None:
    assert sum(item.stock == 0 for item in items) > 10
    assert sum(item.stock is None for item in items) > 10


def test_variants_add_up_to_the_stock_and_have_their_own_ids(items: list[Item]) -> None:
    with_variants = [item for item in items if item.variants]
    assert len(with_variants) > len(items) / 3
    for item in with_variants:
        assert len({variant.id for variant in item.variants}) == len(item.variants)
        assert len({variant.title for variant in item.variants}) == len(item.variants)
        if item.stock is not None:
            assert sum(variant.stock or 0 for variant in item.variants) == item.stock


@pytest.mark.parametrize("key", ["motif", "colours", "craft", "material", "style", "occasion"])
def test_attributes_are_mostly_there_and_sometimes_forgotten(items: list[Item], key: str) -> None:
    there = sum(key in item.attributes for item in items) / len(items)
    assert 0.7 < there < 0.97


def test_the_words_name_the_motif_that_the_attribute_names(items: list[Item]) -> None:
    for item in items[::5]:
        motif = str(item.attributes.get("motif", "")).removesuffix("纹")
        assert motif in item.title + item.description


def test_pictures_are_named_after_the_item(items: list[Item]) -> None:
    assert all(item.images == (f"{item.id}.jpg",) for item in items)


def test_attributes_are_those_a_shop_would_give(items: list[Item]) -> None:
    known = {"motif", "colours", "craft", "material", "size", "occasion", "style"}
    assert {key for item in items for key in item.attributes} == known


@pytest.mark.parametrize(
    ("plain", "title"),
    [
        ("sky after rain", "Sky After Rain"),
        ("pair of tea cups", "Pair of Tea Cups"),
        ("lotus-root mauve", "Lotus-Root Mauve"),
        ("master's tea cup", "Master's Tea Cup"),
    ],
)
def test_titles_are_capitalised(plain: str, title: str) -> None:
    assert capitals(plain) == title
