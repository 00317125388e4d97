"""Recipes: named apart, written into manifests and read back, blended with popularity."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.models import Blend
from zhiyin.models.collaborative import ItemKnn, Popularity
from zhiyin.posttrain.recipes import (
    Blended,
    Recipe,
    recall,
    refined,
    standard,
    with_popularity,
)
from zhiyin.testing import two_tribes, world

recipes = st.one_of(
    st.builds(
        Recipe,
        st.just("item-knn"),
        st.builds(
            ItemKnn.Config,
            neighbours=st.integers(1, 500),
            shrink=st.floats(0, 1e6),
            damping=st.floats(0, 1),
            fade=st.booleans(),
        ),
        st.sampled_from([0.0, 0.1, 1.0]),
    ),
    st.builds(
        Recipe,
        st.just("popularity"),
        st.builds(Popularity.Config, half_life_days=st.none() | st.floats(0.1, 1e4)),
    ),
)


blends = st.lists(recipes, min_size=1, max_size=3, unique=True).flatmap(
    lambda parts: st.lists(st.integers(1, 100), max_size=2, unique=True).map(
        lambda bounds: Blended(
            tuple(parts),
            tuple(
                tuple(round((n + m + 1) / 7, 4) for m in range(len(parts)))
                for n in range(len(bounds) + 1)
            ),
            tuple(sorted(bounds)),
        )
    )
)


@given(blends)
def test_a_blend_is_read_back_from_json_as_it_was_written(recipe: Blended) -> None:
    assert recall(json.loads(json.dumps(recipe.record()))) == recipe
    assert all(part.name in recipe.name for part in recipe.parts)


def test_weights_that_do_not_go_with_the_parts_are_refused() -> None:
    part = Recipe("popularity", Popularity.Config())
    with pytest.raises(ValueError):
        Blended((part,), ((0.5, 0.5),))
    with pytest.raises(ValueError):
        Blended((part,), ((1.0,),), (5,))


@given(recipes)
def test_a_recipe_is_read_back_as_it_was_written(recipe: Recipe) -> None:
    assert recall(recipe.record()) == recipe
    assert recipe.name.startswith(recipe.family)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"recipe": "of tomorrow"},
        {"recipe": "item-knn", "colour": "red"},
        {"recipe": "item-knn", "neighbours": -3},
        {"recipe": "item-knn", "prior": "much"},
        {"recipe": "blend"},
        {"recipe": "blend", "parts": [], "weights": [[]], "bounds": []},
        {"recipe": "blend", "parts": [{"recipe": "of tomorrow"}], "weights": [[1]], "bounds": []},
        {"recipe": "blend", "parts": [{"recipe": "item-knn"}], "weights": [[1, 2]], "bounds": []},
        {"recipe": "blend", "parts": [{"recipe": "item-knn"}], "weights": "some", "bounds": []},
    ],
)
def test_what_this_version_does_not_know_is_no_recipe(record: dict[str, object]) -> None:
    assert recall(record) is None


def test_the_standard_search_has_a_baseline_and_no_recipe_twice() -> None:
    names = [recipe.name for recipe in standard()]
    assert "popularity" in names
    assert len(set(names)) == len(names)


def test_popularity_is_added_to_a_table_as_its_prior() -> None:
    best = Recipe("item-knn", ItemKnn.Config(shrink=5))
    data = world(two_tribes(12)[0])
    more = refined(best, best.fit(data, 7).compile())
    assert {recipe.config for recipe in more if isinstance(recipe, Recipe)} == {best.config}
    assert all(isinstance(recipe, Recipe) and recipe.prior > 0 for recipe in more)
    assert len({recipe.name for recipe in more}) == len(more)


def test_popularity_is_added_to_another_form_as_a_part_of_a_blend() -> None:
    best = Recipe("item-knn", ItemKnn.Config(shrink=5))
    data = world(two_tribes(12)[0])
    form = best.fit(data, 7).compile()
    for recipe in refined(best, Blend([form], [1.0])):
        assert isinstance(recipe, Blended)
        assert [part.family for part in recipe.parts] == ["item-knn", "popularity"]
        assert sum(recipe.weights[0]) == pytest.approx(1)
    with pytest.raises(ValueError, match="not to blend"):
        with_popularity(Blend([form], [1.0]), form, 0.1)


def test_with_a_prior_even_a_guest_gets_an_order() -> None:
    data = world(two_tribes(12)[0])
    recipe = Recipe("item-knn", ItemKnn.Config(shrink=1), prior=0.1)
    form = recipe.compiled(recipe.fit(data, 7), data, 7)
    guest = data.interactions.where(np.zeros(len(data.interactions), np.bool_)).histories
    assert np.isfinite(form.score(guest.take([0]))).all()
