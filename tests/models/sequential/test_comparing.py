"""Comparing the item that came next with others: the same numbers as the plain formulas."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from zhiyin.models import losses  # noqa: E402 - only where torch is
from zhiyin.models.sequential import comparing  # noqa: E402

ITEMS, WIDTH, COUNT = 30, 8, 23


@pytest.fixture
def parts() -> dict[str, "torch.Tensor"]:
    """Positions, a table of items, what was liked and what it is compared with."""
    rng = np.random.default_rng(4)
    floats = {
        "before": rng.normal(size=(COUNT, WIDTH)),
        "table": rng.normal(size=(ITEMS, WIDTH)),
        "bias": rng.normal(size=ITEMS),
    }
    found = {n: torch.tensor(a, dtype=torch.float32, requires_grad=True) for n, a in floats.items()}
    found["liked"] = torch.from_numpy(rng.integers(0, ITEMS, COUNT))
    found["others"] = torch.from_numpy(rng.integers(0, ITEMS, 11))
    return found


def made(parts: dict[str, "torch.Tensor"], rule: comparing.Rule) -> "torch.Tensor":
    wanted = torch.cat([parts["liked"], parts["others"]])
    rows, bias = parts["table"][wanted], parts["bias"][wanted]
    return comparing.compare(parts["before"], rows, bias, parts["liked"], parts["others"], rule)


def scored(parts: dict[str, "torch.Tensor"]) -> tuple["torch.Tensor", "torch.Tensor"]:
    """(P,) of the liked, (P, N) of the others, those that are the liked one at −∞."""
    scores = parts["before"] @ parts["table"].T + parts["bias"]
    liked = scores.gather(1, parts["liked"][:, None])[:, 0]
    same = parts["liked"][:, None] == parts["others"]
    return liked, scores[:, parts["others"]].masked_fill(same, -torch.inf)


PLAIN = {
    "softmax": (comparing.softmax(), lambda p, n: losses.sampled_softmax(p, n)),
    "corrected": (comparing.softmax(ITEMS), lambda p, n: losses.sampled_softmax(p, n, ITEMS)),
    "gbce": (comparing.gbce(ITEMS, 0.75), lambda p, n: losses.gbce(p, n, ITEMS, 0.75)),
    "bce": (comparing.gbce(ITEMS, 0.0), losses.bce),
}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("scores", [11, 50, 1 << 18], ids=["one row", "few rows", "all rows"])
def test_loss_and_gradients_are_those_of_the_plain_formula(
    name: str, scores: int, parts: dict[str, "torch.Tensor"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "_SCORES", scores)
    rule, plain = PLAIN[name]
    leaves = [parts["before"], parts["table"], parts["bias"]]
    wanted = plain(*scored(parts))
    found = made(parts, rule)
    torch.testing.assert_close(found, wanted)
    # Scaled, so that a gradient that forgets the one from above is found out.
    ours, theirs = (torch.autograd.grad(3 * loss, leaves) for loss in (found, wanted))
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other)


def test_compared_with_the_whole_catalogue_it_is_cross_entropy(
    parts: dict[str, "torch.Tensor"],
) -> None:
    parts["others"] = torch.arange(ITEMS)
    scores = parts["before"] @ parts["table"].T + parts["bias"]
    wanted = torch.nn.functional.cross_entropy(scores, parts["liked"])
    torch.testing.assert_close(made(parts, comparing.softmax()), wanted)


def test_large_scores_do_not_overflow(parts: dict[str, "torch.Tensor"]) -> None:
    parts["bias"] = (parts["bias"].detach() * 1e4).requires_grad_()
    for rule in (comparing.softmax(), comparing.gbce(ITEMS, 0.5)):
        loss = made(parts, rule)
        assert torch.isfinite(loss)
        assert torch.isfinite(torch.autograd.grad(loss, parts["bias"])[0]).all()
