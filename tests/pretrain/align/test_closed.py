"""Canonical correlation and ridge, held against what defines them."""

import numpy as np
import pytest

from zhiyin.core import derive
from zhiyin.pretrain.align.closed import Closed, identity
from zhiyin.pretrain.align.judging import judged
from zhiyin.pretrain.align.moments import in_blocks, moments

World = tuple[np.ndarray, np.ndarray]


def closed(world: World, rows: slice = slice(None)) -> Closed:
    text, image = (part[rows] for part in world)
    return Closed.of(moments(in_blocks(text, image), (text.shape[1], image.shape[1])))


def test_canonical_views_are_white_and_correlate_as_told(world: World) -> None:
    made = closed(world).canonical(0.0, 0.0, 6)
    views = [head.flat(rows) for head, rows in zip((made.text, made.image), world, strict=True)]
    together = np.cov(np.hstack(views), rowvar=False, bias=True)
    np.testing.assert_allclose(together[:6, :6], np.eye(6), atol=1e-3)
    np.testing.assert_allclose(together[6:, 6:], np.eye(6), atol=1e-3)
    np.testing.assert_allclose(together[:6, 6:], np.diag(made.correlations), atol=1e-3)
    assert (np.diff(made.correlations) <= 0).all()


def test_no_direction_correlates_more_than_the_first(world: World) -> None:
    first = closed(world).canonical(0.0, 0.0, 1).correlations[0]
    rng = derive(1, "directions")
    for _ in range(200):
        a, b = (part @ rng.standard_normal(part.shape[1]) for part in world)
        assert abs(np.corrcoef(a, b)[0, 1]) <= first + 1e-6


def test_ridge_solves_its_normal_equations(world: World) -> None:
    text, image = (part - part.mean(axis=0) for part in world)
    size, reg = len(text), 0.1
    heads = closed(world).ridge("image", reg, text.shape[1])
    added = reg * np.trace(image.T @ image / size) / image.shape[1] * size
    weights = np.linalg.solve(image.T @ image + added * np.eye(image.shape[1]), image.T @ text)
    # Turned to principal axes: inner products with the words are the same.
    expected = (image @ weights) @ text.T
    found = heads["image"].flat(world[1]) @ heads["text"].flat(world[0]).T
    np.testing.assert_allclose(found, expected, atol=1e-3 * np.abs(expected).max())


@pytest.mark.parametrize("method", ["cca", "ridge to text", "ridge to image"])
def test_planted_traits_are_found_in_pairs_never_seen(world: World, method: str) -> None:
    made = closed(world, slice(0, 300))
    heads = {
        "cca": lambda: made.canonical(0.03, 0.03, 8).heads(8, 1.0),
        "ridge to text": lambda: made.ridge("image", 0.03, 8),
        "ridge to image": lambda: made.ridge("text", 0.03, 8),
    }[method]()
    told = judged(heads["text"](world[0][300:]), heads["image"](world[1][300:]))
    assert told["mrr"] > 0.5  # of 100 by chance 0.05


def test_a_correlation_of_no_power_counts_as_much_as_any(world: World) -> None:
    made = closed(world).canonical(0.1, 0.1, 8)
    np.testing.assert_array_equal(made.weights(8, 0.0), np.ones(8))
    assert made.weights(8, 2.0)[7] < made.weights(8, 1.0)[7] < 1


def test_columns_that_never_change_do_no_harm(world: World) -> None:
    text, image = world[0].copy(), world[1].copy()
    text[:, 3], image[:] = 7.0, image * (np.arange(40) > 4)
    heads = closed((text, image)).canonical(0.1, 0.1, 8).heads(8, 1.0)
    assert judged(heads["text"](text), heads["image"](image))["mrr"] > 0.5


def test_the_identity_changes_nothing() -> None:
    rows = np.eye(3, dtype=np.float32)
    np.testing.assert_array_equal(identity(3)["text"](rows), rows)


def test_of_very_many_columns_the_largest_axes_are_enough(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = closed(world).canonical(0.1, 0.1, 8)
    monkeypatch.setattr("zhiyin.pretrain.align.closed.MOST_AXES", 16)
    fewer = closed(world).canonical(0.1, 0.1, 8)
    found = judged(
        *(head(rows) for head, rows in zip((fewer.text, fewer.image), world, strict=True))
    )
    exact = judged(
        *(head(rows) for head, rows in zip((whole.text, whole.image), world, strict=True))
    )
    assert found["mrr"] > exact["mrr"] - 0.1
