"""BSPM: blurred by one product, sharpened by a differential equation."""

import numpy as np
import pytest
from scipy.linalg import expm

from zhiyin.core import TooLarge, derive
from zhiyin.models.collaborative import Bspm
from zhiyin.testing import ModelContract, two_tribes, world

RNG = derive(1, "none")


class TestBspm(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> Bspm:
        return Bspm()


class TestBspmWithTheLowPass(ModelContract):
    abilities = frozenset({"personal"})

    def make(self) -> Bspm:
        return Bspm(Bspm.Config(smooth=0.3, width=2, early=False))


def table_of(likes: np.ndarray, **settings: object) -> np.ndarray:
    config = Bspm.Config.model_validate({"keep": None} | settings)
    return np.asarray(Bspm(config).fit(world(likes), derive(1, "b")).compile().table.toarray())


def blurred(likes: np.ndarray, power: float) -> np.ndarray:
    """P of the docstring for buys of strength 3."""
    x = likes * 2.0  # log2(1 + 3)
    left, right = x.sum(axis=1, keepdims=True) ** -power, x.sum(axis=0) ** -power
    r = left * x * right
    p = r.T @ r
    return p / np.linalg.eigvalsh(p)[-1]


LIKES = derive(3, "likes").choice([0.0, 1.0, 1.0], (30, 9))


@pytest.mark.parametrize("power", [0.15, 0.5])
def test_many_steps_are_the_exact_solution(power: float) -> None:
    p = blurred(LIKES, power)
    exact = p @ expm(-1.5 * p)
    np.fill_diagonal(exact, 0)
    settings = {"shopper_power": power, "item_power": power, "sharpen": 1.5}
    np.testing.assert_allclose(table_of(LIKES, steps=4, **settings), exact, atol=2e-5)
    one = table_of(LIKES, **settings, block_entries=1)
    assert 1e-4 < np.abs(one - exact).max() < 0.01  # one step of 1.5 is a rough one


def test_without_sharpening_and_low_pass_it_is_the_linear_filter() -> None:
    p = blurred(LIKES, 0.15)
    np.fill_diagonal(p, 0)
    np.testing.assert_allclose(table_of(LIKES, sharpen=0), p, atol=1e-5)


def test_an_early_merge_sharpens_the_low_pass_too() -> None:
    sums = LIKES.sum(axis=0) * 2.0
    p = blurred(LIKES, 0.5)
    values, vectors = np.linalg.eigh(p)
    v = vectors[:, np.argsort(-values)[:3]]
    low = np.diag(sums**-0.5) @ v @ v.T @ np.diag(sums**0.5)
    sharp = np.diag(sums**-0.5) @ v @ np.diag(np.exp(-np.sort(values)[::-1][:3])) @ v.T
    sharp = sharp @ np.diag(sums**0.5)
    same = {
        "sharpen": 1.0,
        "shopper_power": 0.5,
        "item_power": 0.5,
        "width": 3,
        "smooth": 0.2,
        "steps": 4,
    }
    plain = p @ expm(-p)
    for early, added in ((False, low), (True, sharp)):
        expected = plain + 0.2 * added
        np.fill_diagonal(expected, 0)
        np.testing.assert_allclose(table_of(LIKES, early=early, **same), expected, atol=1e-4)


def test_it_refuses_what_would_not_fit() -> None:
    with pytest.raises(TooLarge, match=r"fitting BSPM needs .* lower width"):
        Bspm(Bspm.Config(max_bytes=1_000)).fit(world(two_tribes(6)[0]), RNG)
