"""Losses: their formulas by hand, their gradients by small steps, and how they are related."""

import doctest
import math
from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor
from torch.nn import functional as F

from zhiyin.core import derive
from zhiyin.models import losses
from zhiyin.models.losses import bce, bpr, cosine, gbce, l2, nce, sampled_softmax

RNG = derive(3, "losses")


def some(*shape: int) -> Tensor:
    return torch.from_numpy(RNG.normal(size=shape))  # doubles: small steps need them


def by_small_steps(loss: Callable[[Tensor], Tensor], x: Tensor, step: float = 1e-6) -> Tensor:
    """The gradient from differences, number by number."""
    found = torch.zeros_like(x)
    for place in np.ndindex(*x.shape):
        lower, upper = x.clone(), x.clone()
        lower[place] -= step
        upper[place] += step
        found[place] = (loss(upper) - loss(lower)) / (2 * step)
    return found


LIKED, OTHERS, VIEW = some(4), some(4, 3), some(4, 3)
NAMES = torch.tensor([0, 1, 0, 2])
LOSSES: dict[str, Callable[[Tensor], Tensor]] = {
    "bpr": lambda x: bpr(LIKED, x),
    "bce": lambda x: bce(LIKED, x),
    "gbce": lambda x: gbce(LIKED, x, items=50, t=0.75),
    "sampled_softmax": lambda x: sampled_softmax(LIKED, x, items=50),
    "cosine": lambda x: cosine(VIEW, x),
    "nce": lambda x: nce(x, VIEW, 0.2),
    "nce with names": lambda x: nce(VIEW, x, 0.2, NAMES),
    "l2": lambda x: l2(x, 2 * x),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_gradient_is_what_small_steps_say(name: str) -> None:
    x = OTHERS.clone().requires_grad_()
    LOSSES[name](x).backward()
    expected = by_small_steps(LOSSES[name], OTHERS)
    assert x.grad is not None
    assert torch.allclose(x.grad, expected, atol=1e-7)
    assert expected.abs().max() > 1e-3


def test_the_gradient_for_who_is_liked_too() -> None:
    for loss in (
        lambda liked: bpr(liked, OTHERS),
        lambda liked: gbce(liked, OTHERS, items=50, t=0.75),
        lambda liked: sampled_softmax(liked, OTHERS, items=50),
    ):
        x = LIKED.clone().requires_grad_()
        loss(x).backward()
        assert x.grad is not None
        assert torch.allclose(x.grad, by_small_steps(loss, LIKED), atol=1e-7)
        assert (x.grad < 0).all()  # to like more is to lose less


def test_bpr_compares_each_liked_with_each_of_its_others() -> None:
    margins = [LIKED[b] - OTHERS[b, n] for b in range(4) for n in range(3)]
    expected = -np.mean([math.log(1 / (1 + math.exp(-m))) for m in margins])
    assert bpr(LIKED, OTHERS).item() == pytest.approx(expected)


def test_gbce_without_t_is_bce_and_with_t_trusts_the_liked_less() -> None:
    assert gbce(LIKED, OTHERS, items=50, t=0.0).item() == pytest.approx(bce(LIKED, OTHERS).item())
    sure = torch.full((4,), -9.0)
    assert gbce(sure, OTHERS, items=50, t=1.0) < gbce(sure, OTHERS, items=50, t=0.5)


def test_one_other_makes_the_sampled_softmax_bpr() -> None:
    expected = bpr(LIKED, OTHERS[:, :1]).item()
    assert sampled_softmax(LIKED, OTHERS[:, :1]).item() == pytest.approx(expected)


def test_all_others_make_the_sampled_softmax_the_full_one() -> None:
    logits = some(4, 8)
    rest = logits[:, 1:]
    full = F.cross_entropy(logits, torch.zeros(4, dtype=torch.long)).item()
    assert sampled_softmax(logits[:, 0], rest, items=8).item() == pytest.approx(full)


def test_an_other_that_is_hidden_is_not_compared_with() -> None:
    hidden = OTHERS.clone()
    hidden[:, 1] = -math.inf
    expected = sampled_softmax(LIKED, OTHERS[:, [0, 2]]).item()
    assert sampled_softmax(LIKED, hidden).item() == pytest.approx(expected)


def test_nce_does_not_push_a_thing_away_from_itself() -> None:
    x = VIEW.clone()
    x[2] = x[0]  # row 2 is the same thing as row 0
    a, b = (nce(x, x, 0.2, names) for names in (None, NAMES))
    assert b < a


def test_nce_does_not_care_for_sizes() -> None:
    assert nce(3 * VIEW, VIEW, 0.5).item() == pytest.approx(nce(VIEW, 2 * VIEW, 0.5).item())


def test_losses_stay_finite_far_out() -> None:
    far = torch.tensor([1e4, -1e4])
    for loss in (bpr(far, -far), bce(far, -far[:, None]), sampled_softmax(far, -far[:, None])):
        assert torch.isfinite(loss)


def test_the_examples_run() -> None:
    assert doctest.testmod(losses).failed == 0
