"""Encoders: small learnt parts, each what its formula says, each with a gradient everywhere."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor, nn

from zhiyin.core import derive
from zhiyin.models.encoders import Attend, Filter, Gate, Hyper, table
from zhiyin.training import seeded

RNG = derive(6, "encoders")


def some(*shape: int) -> Tensor:
    return torch.from_numpy(RNG.normal(size=shape).astype(np.float32))


def learns_everywhere(module: nn.Module, out: Tensor) -> bool:
    module.zero_grad()
    (out * torch.arange(1.0, out.numel() + 1).reshape(out.shape)).sum().backward()
    return all(p.grad is not None and bool(p.grad.any()) for p in module.parameters())


def test_a_table_starts_within_its_bound_and_from_the_rng() -> None:
    one, same, other = (table(50, 14, derive(seed, "t")) for seed in (1, 1, 2))
    bound = np.sqrt(6 / 64)
    assert 0.9 * bound < one.abs().max() <= bound
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_a_gate_lets_through_a_part_of_each_number() -> None:
    with seeded(derive(1, "gate")):
        gate, plain = Gate(4, content=7), Gate(4)
    content, x = some(5, 7), some(5, 4)
    share = gate(content, x) / x
    assert ((share > 0) & (share < 1)).all()
    expected = torch.sigmoid(gate.outer(content @ gate.inner.weight.T + gate.inner.bias))
    assert torch.allclose(share, expected, atol=1e-5)
    assert plain(some(5, 4), x).shape == (5, 4)
    assert learns_everywhere(gate, gate(content, x))


@pytest.mark.parametrize("width", [8, 9])
def test_a_filter_of_ones_changes_nothing_and_of_two_views_convolves(width: int) -> None:
    module = Filter(width, derive(1, "filter"))
    x, y = some(3, width), some(3, width)
    assert learns_everywhere(module, module(x))
    with torch.no_grad():
        module.weight[:, 0], module.weight[:, 1] = 1.0, 0.0
        assert torch.allclose(module(x), x, atol=1e-5)
        turns = torch.stack([torch.roll(y.flip(1), n + 1, 1) for n in range(width)], dim=1)
        expected = torch.einsum("bn,bkn->bk", x, turns) / np.sqrt(width)
        assert torch.allclose(module(x, y), expected, atol=1e-5)


def test_attention_is_a_mean_of_the_views_with_weights_that_add_up() -> None:
    with seeded(derive(1, "attend")):
        attend = Attend(4)
    views = [some(6, 4) for _ in range(3)]
    common, weights = attend(views)
    assert torch.allclose(weights.sum(dim=1), torch.ones(6))
    expected = sum(weights[:, k, None] * view for k, view in enumerate(views))
    assert torch.allclose(common, expected, atol=1e-6)
    alike, _ = attend([views[0]] * 3)
    assert torch.allclose(alike, views[0], atol=1e-6)
    assert learns_everywhere(attend, common)


def test_goods_and_shoppers_meet_in_hidden_attributes() -> None:
    with seeded(derive(1, "hyper")):
        hyper = Hyper(content=7, attributes=3, temperature=0.2, keep=1.0)
    goods, shoppers, x = some(5, 7), some(2, 7), some(5, 4)
    hyper.eval()
    h, hu = hyper.belongs(goods), hyper.belongs(shoppers)
    assert torch.allclose(h.sum(dim=1), torch.ones(5))
    theirs, back = hyper(h, hu, x)
    assert torch.allclose(back, h @ (h.T @ x), atol=1e-5)
    assert torch.allclose(theirs, hu @ (h.T @ x), atol=1e-5)
    hyper.train()
    with seeded(derive(2, "noise")):
        assert not torch.allclose(hyper.belongs(goods), h)
    assert learns_everywhere(hyper, hyper(hyper.belongs(goods), hyper.belongs(shoppers), x)[1])


def test_what_is_seeded_starts_alike_and_leaves_the_global_stream_alone() -> None:
    before = torch.get_rng_state()
    modules = []
    for seed in (1, 1, 2):
        with seeded(derive(seed, "start")):
            modules.append(nn.Linear(3, 3))
    assert torch.equal(modules[0].weight, modules[1].weight)
    assert not torch.equal(modules[0].weight, modules[2].weight)
    assert torch.equal(before, torch.get_rng_state())
