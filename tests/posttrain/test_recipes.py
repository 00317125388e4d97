"""Recipes: named apart, written into manifests and read back, blended with popularity."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.models.collaborative import ItemKnn, Popularity
from zhiyin.posttrain.recipes import Recipe, recall, refined, standard
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
    ],
)
def test_what_this_version_does_not_know_is_no_recipe(record: dict[str, object]) -> None:
    assert recall(record) is None


def test_the_standard_search_has_a_baseline_and_no_recipe_twice() -> None:
    names = [recipe.name for recipe in standard()]
    assert "popularity" in names
    assert len(set(names)) == len(names)


def test_the_second_round_keeps_the_configuration_and_adds_popularity() -> None:
    best = Recipe("item-knn", ItemKnn.Config(shrink=5))
    more = refined(best)
    assert {recipe.config for recipe in more} == {best.config}
    assert all(recipe.prior > 0 for recipe in more)
    assert len({recipe.name for recipe in more}) == len(more)


def test_with_a_prior_even_a_guest_gets_an_order() -> None:
    data = world(two_tribes(12)[0])
    recipe = Recipe("item-knn", ItemKnn.Config(shrink=1), prior=0.1)
    form = recipe.compiled(recipe.fit(data, 7), data, 7)
    guest = data.interactions.where(np.zeros(len(data.interactions), np.bool_)).histories
    assert np.isfinite(form.score(guest.take([0]))).all()
