"""Propagation: operators agree with scipy, gradients with small steps, walks with powers."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array, random_array

pytest.importorskip("torch")

import torch
from torch import Tensor

from zhiyin.core import derive
from zhiyin.models.evidence import weighed
from zhiyin.models.propagation import (
    Operator,
    last_step,
    mean_walk,
    pool,
    powers,
    pruned,
    walks,
)

RNG = derive(5, "propagation")
GRAPH = random_array((30, 20), density=0.15, rng=RNG, dtype=np.float32, format="csr")
SQUARE = random_array((20, 20), density=0.2, rng=RNG, dtype=np.float32, format="csr")
cells = arrays(np.float32, (6, 4), elements=st.sampled_from([0.0, 0.0, 0.5, -1.0]))


def some(rows: int, width: int = 5) -> Tensor:
    return torch.from_numpy(RNG.normal(size=(rows, width)).astype(np.float32))


@given(cells)
def test_an_operator_is_its_matrix(matrix: np.ndarray) -> None:
    operator = Operator(csr_array(matrix))
    x, y = some(4), some(6)
    np.testing.assert_allclose(operator(x).numpy(), matrix @ x.numpy(), atol=1e-5)
    np.testing.assert_allclose(operator.back(y).numpy(), matrix.T @ y.numpy(), atol=1e-5)


def test_an_operators_gradient_is_the_transposed_product() -> None:
    operator = Operator(GRAPH)
    for there, rows, matrix in ((operator, 20, GRAPH), (operator.back, 30, GRAPH.T)):
        x = some(rows).requires_grad_()
        weight = some(matrix.shape[0])
        (there(x) * weight).sum().backward()
        assert x.grad is not None
        np.testing.assert_allclose(x.grad.numpy(), matrix.T @ weight.numpy(), atol=1e-5)


def test_gradients_agree_with_small_steps() -> None:
    operator, square = Operator(GRAPH), Operator(SQUARE)
    u, i = some(30, 2).double().requires_grad_(), some(20, 2).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda u, i: mean_walk(operator, u, i, 3), (u, i))
    assert torch.autograd.gradcheck(lambda i: powers(square, i, 2)[-1], (i,))


def test_the_same_bytes_with_any_number_of_threads() -> None:
    operator, x = Operator(GRAPH), some(20, 64)
    threads = torch.get_num_threads()
    try:
        found = []
        for count in (1, 3):
            torch.set_num_threads(count)
            found.append(operator(x).numpy().tobytes())
    finally:
        torch.set_num_threads(threads)
    assert found[0] == found[1]


def test_an_operator_is_no_weight_and_moves_with_its_module() -> None:
    operator = Operator(GRAPH)
    assert dict(operator.state_dict()) == {}
    assert list(operator.parameters()) == []
    assert all(buffer.device.type == "meta" for buffer in operator.to("meta").buffers())


def test_no_warning_is_given() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Operator(GRAPH)(some(20).requires_grad_()).sum().backward()


@pytest.mark.parametrize("layers", [0, 1, 2, 3])
def test_the_mean_walk_is_the_mean_of_the_walks(layers: int) -> None:
    operator = Operator(GRAPH)
    results = []
    start = some(30), some(20)
    weights = some(30), some(20)
    for walk in (
        lambda u, i: mean_walk(operator, u, i, layers),
        lambda u, i: tuple(pool(side) for side in walks(operator, u, i, layers)),
    ):
        u, i = (side.clone().requires_grad_() for side in start)
        views = walk(u, i)
        sum((view * w).sum() for view, w in zip(views, weights, strict=True)).backward()
        results.append([*views, u.grad, i.grad])
    for one, other in zip(*results, strict=True):
        assert torch.allclose(one, other, atol=1e-5)


def test_walks_are_powers_of_the_graph_of_both_sides() -> None:
    whole = np.zeros((50, 50), np.float32)
    whole[:30, 30:], whole[30:, :30] = GRAPH.toarray(), GRAPH.toarray().T
    u, i = some(30), some(20)
    theirs, goods = walks(Operator(GRAPH), u, i, 2)
    expected = [torch.cat([u, i])]
    for _ in range(2):
        expected.append(torch.from_numpy(whole) @ expected[-1])
    for layer in range(3):
        found = torch.cat([theirs[layer], goods[layer]])
        assert torch.allclose(found, expected[layer], atol=1e-5)


def test_views_are_pooled_as_their_names_say() -> None:
    views = [torch.full((2, 3), float(n)) for n in (1, 2, 6)]
    for how, value in (("mean", 3.0), ("sum", 9.0), ("last", 6.0), ("skip0", 4.0)):
        assert (pool(views, how) == value).all()  # type: ignore[arg-type]
    assert pool(views, "concat").shape == (2, 9)
    assert (pool(views[:1], "skip0") == 1).all()


def test_pruning_keeps_a_share_and_what_is_kept_is_as_it_was() -> None:
    kept = pruned(GRAPH, 0.3, derive(1, "prune"))
    assert kept.nnz == round(0.3 * GRAPH.nnz)
    assert kept.has_canonical_format
    there = kept.toarray() != 0
    np.testing.assert_array_equal(kept.toarray()[there], GRAPH.toarray()[there])
    assert pruned(GRAPH, 1.0, derive(1, "prune")).nnz == GRAPH.nnz


def test_pruning_spares_the_edges_of_the_little_visited() -> None:
    # One shopper with sixteen edges and sixteen with one, all to items of their own.
    hub = np.zeros((17, 32), np.float32)
    hub[0, :16] = 1
    hub[np.arange(1, 17), np.arange(16, 32)] = 1
    rng = derive(1, "prune")
    kept = sum(pruned(csr_array(hub), 0.25, rng).toarray() for _ in range(2_000)) / 2_000
    lone, crowd = kept[1:].sum() / 16, kept[0].sum() / 16
    assert lone + crowd == pytest.approx(0.5)
    # Drawn without replacement with weights 1 and 1/4: a little less than four to one.
    assert 3.0 < lone / crowd < 4.0


def test_the_last_step_carries_to_shoppers_what_the_walk_made_of_items() -> None:
    ones = csr_array((np.ones_like(GRAPH.data), GRAPH.indices, GRAPH.indptr), shape=GRAPH.shape)
    graph = Operator(weighed(ones, 0.5, 0.5))
    shoppers, items = (torch.from_numpy(RNG.random((n, 3), np.float32)) for n in GRAPH.shape)
    likes, counts = torch.from_numpy(ones.toarray()), torch.from_numpy(ones.sum(axis=1))
    for layers in (1, 3):
        carried = likes @ last_step(graph, shoppers, items, layers)
        carried = carried / counts.clamp(min=1).sqrt()[:, None]
        # Each step but the start is one on from a step of the walk with one layer less.
        whole = mean_walk(graph, shoppers, items, layers)[0] * (layers + 1) - shoppers
        torch.testing.assert_close(carried * layers, whole)
    assert not last_step(graph, shoppers, items, 0).any()
    columns = np.maximum(ones.sum(axis=0), 1).astype(int)
    assert graph.columns().tolist() == columns.tolist()
