"""Whatever two colours are asked for, the motif can be told from the ground."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiyin.data.demo.painting import COLOURS
from zhiyin.data.demo.painting.contrast import (
    ACCENT_GAP,
    INK_GAP,
    from_lab,
    lab,
    legible,
    palette,
)

FAMILIES = "red orange yellow green cyan blue purple brown grey black white"

rgb = st.tuples(*[st.integers(0, 255)] * 3)
names = st.sampled_from(sorted(COLOURS))


@given(ground=rgb, ink=rgb)
@settings(max_examples=300, deadline=None)
def test_ink_keeps_its_distance_from_any_ground(
    ground: tuple[int, int, int], ink: tuple[int, int, int]
) -> None:
    assert abs(lab(legible(ground, ink))[0] - lab(ground)[0]) >= INK_GAP - 0.5


@given(ground=names, ink=names, accent=names)
@settings(max_examples=200, deadline=None)
def test_every_palette_of_named_colours_can_be_read(ground: str, ink: str, accent: str) -> None:
    colours = palette(*(COLOURS[name].rgb for name in (ground, ink, accent)))
    under = lab(colours.ground)[0]
    assert abs(lab(colours.ink)[0] - under) >= INK_GAP - 0.5
    assert abs(lab(colours.accent)[0] - under) >= ACCENT_GAP - 0.5
    assert colours.ground == COLOURS[ground].rgb


def test_colours_far_enough_apart_are_left_alone() -> None:
    assert legible((250, 250, 250), (30, 60, 130)) == (30, 60, 130)


@given(colour=rgb)
@settings(deadline=None)
def test_lab_and_back_is_the_same_colour(colour: tuple[int, int, int]) -> None:
    assert np.abs(np.subtract(from_lab(lab(colour)), colour)).max() <= 1


def test_lab_agrees_with_known_values() -> None:
    assert lab((255, 255, 255)) == pytest.approx([100, 0, 0], abs=0.1)
    assert lab((255, 0, 0)) == pytest.approx([53.2, 80.1, 67.2], abs=0.3)


def test_there_are_colours_enough_in_every_family() -> None:
    families = {colour.family for colour in COLOURS.values()}
    assert families == set(FAMILIES.split())
    assert len(COLOURS) >= 48
    assert len({colour.rgb for colour in COLOURS.values()}) == len(COLOURS)
    assert len({colour.zh for colour in COLOURS.values()}) == len(COLOURS)
