"""The tables that goods are written from: complete, in both languages, and consistent."""

import re
import string
from collections.abc import Iterator
from typing import Any

import pytest

from zhiyin.data.demo.goods import WORDS
from zhiyin.data.demo.goods.palettes import colour_stories
from zhiyin.data.demo.goods.reading import read
from zhiyin.data.demo.painting import COLOURS, MOTIFS, SHAPES

HAN = re.compile(r"[\u4e00-\u9fff]")
TABLES = ("motifs", "crafts", "colours", "phrases", "wares", "brands")
PLACEHOLDERS = {
    "noun", "motif", "craft", "material", "size", "name", "wish", "ground", "ink", "accent",
    "manner", "manner_noun", "brand",
}  # fmt: skip


def pairs(node: Any) -> Iterator[tuple[str, str]]:
    """Every [Chinese, English] pair in a table, wherever it stands."""
    if isinstance(node, dict):
        for value in node.values():
            yield from pairs(value)
    elif isinstance(node, list):
        if len(node) == 2 and all(isinstance(one, str) for one in node) and HAN.search(node[0]):
            yield node[0], node[1]
        else:
            for value in node:
                yield from pairs(value)


@pytest.mark.parametrize("table", TABLES)
def test_every_pair_is_chinese_on_the_left_and_english_on_the_right(table: str) -> None:
    sells = {name for brand in read("brands").values() for name in brand["sells"]}
    for chinese, english in pairs(read(table)):
        if chinese in sells:
            continue  # a list of two categories looks like a pair
        assert not HAN.search(english) or "character" in english, english
        assert english == english.strip()
        assert chinese == chinese.strip()


@pytest.mark.parametrize("table", ["motifs", "crafts", "colours", "brands"])
def test_sentences_end_as_sentences_do(table: str) -> None:
    for chinese, english in pairs(read(table)):
        if len(chinese) > 14:
            assert chinese[-1] in "。”", chinese
            assert english[-1] in ".”?!", english


def test_what_a_ware_is_good_for_is_said_in_sentences() -> None:
    for chinese, english in (use for ware in WORDS.wares for use in ware.uses):
        assert chinese.endswith("。")
        assert english.endswith(".")


def test_both_sides_of_a_phrase_know_only_placeholders_that_are_filled() -> None:
    formatter = string.Formatter()
    for pair in pairs(read("phrases")):
        for side in pair:
            used = {name for _, name, _, _ in formatter.parse(side) if name}
            assert used <= PLACEHOLDERS, side


def test_the_painter_knows_every_motif_colour_and_shape() -> None:
    assert {motif.key for motif in WORDS.motifs} == set(MOTIFS)
    assert {ware.shape for ware in WORDS.wares} == set(SHAPES)
    for palette in WORDS.palettes:
        assert {palette.ground, palette.ink, palette.accent} <= set(COLOURS)
        assert len({palette.ground, palette.ink, palette.accent}) == 3
    assert all(0 <= form < SHAPES[ware.shape].forms for ware in WORDS.wares for form in ware.forms)


def test_wares_name_crafts_that_exist_and_brands_sell_categories_that_exist() -> None:
    crafts = {craft.key for craft in WORDS.crafts}
    for ware in WORDS.wares:
        assert set(ware.crafts) <= crafts
        assert set(ware.craft_materials) <= set(ware.crafts)
    for brand in WORDS.brands:
        assert brand.sells <= set(WORDS.categories)
        assert brand.crafts <= crafts
        assert brand.style in {palette.manner for palette in WORDS.palettes}


def test_every_ware_and_craft_has_a_motif_a_colour_and_a_brand_to_go_with() -> None:
    for ware in WORDS.wares:
        for craft in (craft for craft in WORDS.crafts if craft.key in ware.crafts):
            assert any(craft.wears(palette) for palette in WORDS.palettes)
            assert any(
                ware.path[0] in brand.sells and (not brand.crafts or craft.key in brand.crafts)
                for brand in WORDS.brands
            )


def test_there_is_enough_to_say() -> None:
    assert len(WORDS.categories) >= 12
    assert len(WORDS.brands) >= 24
    assert len(WORDS.crafts) >= 24
    assert all(len(motif.stories) >= 5 for motif in WORDS.motifs)
    assert all(len(ware.uses) >= 3 for ware in WORDS.wares)
    assert sum(bool(colour_stories(palette.ground)) for palette in WORDS.palettes) > 75
