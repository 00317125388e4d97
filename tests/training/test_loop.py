"""The loop: it learns, stops, keeps the best, goes on after a kill, and says where it broke."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor, nn

from zhiyin.core import Damaged, Diverged, derive
from zhiyin.training import LoopConfig, Task, Trajectory, blocks, train

TRUTH = np.arange(5, dtype=np.float32)
X = derive(1, "x").normal(size=(200, 5)).astype(np.float32)
Y = X @ TRUTH
FAST = {"rate": 0.1, "batch": 32}


class Line:
    """y = w·x with dropout, so that every source of randomness takes part."""

    def __init__(self, *, dropout: float = 0.1, broken_in: int = 0, **task: Any) -> None:
        self.weight = nn.Parameter(torch.zeros(5))
        module = nn.Module()
        module.weight, module.dropout = self.weight, nn.Dropout(dropout)
        self.module, self.broken_in = module, broken_in
        self.task = Task("a line", module, self.batches, self.loss, **task)

    def batches(self, epoch: int, rng: np.random.Generator) -> Iterator[tuple[Any, Any]]:
        for rows in blocks(len(X), 32, rng):
            if epoch == self.broken_in:
                raise KeyboardInterrupt
            yield X[rows], Y[rows]

    def loss(self, batch: tuple[Tensor, Tensor]) -> Mapping[str, Tensor]:
        x, y = batch
        off = (self.module.dropout(x) @ self.weight - y) ** 2
        return {"error": off.mean(), "size": 1e-6 * self.weight.square().sum()}

    def train(self, seed: int = 1, **settings: Any) -> Trajectory:
        loop = {name: settings.pop(name) for name in [*settings] if name in LoopConfig.model_fields}
        return train(self.task, LoopConfig(**FAST | loop), rng=derive(seed, "loop"), **settings)

    @property
    def bytes(self) -> bytes:
        return self.weight.detach().numpy().tobytes()


def test_it_learns() -> None:
    line = Line(dropout=0)
    told = line.train(epochs=50)
    np.testing.assert_allclose(line.weight.detach().numpy(), TRUTH, atol=0.01)
    assert told.epochs[-1].loss < 0.01 < told.epochs[0].loss
    assert set(told.epochs[0].losses) == {"error", "size"}
    assert (told.best, told.stopped, len(told.epochs)) == (50, "epochs", 50)
    assert math.isnan(told.metric)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    lines = [Line() for _ in range(3)]
    for line, seed in zip(lines, (1, 1, 2), strict=True):
        line.train(seed, epochs=3)
    assert lines[0].bytes == lines[1].bytes != lines[2].bytes


def test_the_global_stream_of_torch_is_left_as_it_was() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    Line().train(epochs=2)
    assert torch.equal(before, torch.get_rng_state())


def test_looking_at_the_metric_changes_nothing() -> None:
    rising, alone = Line(), Line()
    looks = iter(range(100))
    rising.train(epochs=4, every=1, watch=lambda: torch.rand(()).item() + next(looks))
    alone.train(epochs=4)
    assert rising.bytes == alone.bytes


def test_the_best_weights_come_back_and_it_stops_when_nothing_gets_better() -> None:
    metrics = iter([0.1, 0.3, 0.2, 0.2, 0.2, 0.9])
    line, short = Line(), Line()
    told = line.train(epochs=30, every=1, patience=3, watch=lambda: next(metrics))
    short.train(epochs=2)
    assert line.bytes == short.bytes
    assert (told.best, told.metric, told.stopped, len(told.epochs)) == (2, 0.3, "patience", 5)
    assert [epoch.metric for epoch in told.epochs] == [0.1, 0.3, 0.2, 0.2, 0.2]


def test_it_looks_every_so_many_epochs_and_at_the_last() -> None:
    told = Line().train(epochs=7, every=3, watch=lambda: 0.5)
    looked = [n for n, epoch in enumerate(told.epochs, 1) if not math.isnan(epoch.metric)]
    assert looked == [3, 6, 7]
    assert told.best == 3  # an equal metric is no better one


def test_a_watch_that_never_knows_leaves_the_last_weights() -> None:
    line, plain = Line(), Line()
    told = line.train(epochs=3, every=1, watch=lambda: math.nan)
    plain.train(epochs=3)
    assert line.bytes == plain.bytes
    assert told.best == 3


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_a_run_that_was_cut_off_goes_on_bit_for_bit(tmp_path: Path, average: float) -> None:
    looks = {"every": 1, "average": average, "save_seconds": 0, "patience": 9, "decay": 0.9}
    straight, cut, after = Line(), Line(broken_in=4), Line()

    def watch_of(line: Line) -> Any:
        return lambda: -float((line.weight.detach() - 2).square().sum())

    whole = straight.train(epochs=6, watch=watch_of(straight), **looks)
    file = tmp_path / "line.npz"
    with pytest.raises(KeyboardInterrupt):
        cut.train(epochs=6, watch=watch_of(cut), checkpoint=file, **looks)
    rest = after.train(epochs=6, watch=watch_of(after), checkpoint=file, **looks)
    assert after.bytes == straight.bytes
    assert [e.losses for e in rest.epochs] == [e.losses for e in whole.epochs]
    assert [e.metric for e in rest.epochs] == [e.metric for e in whole.epochs]
    assert rest.best == whole.best
    assert [f.name for f in tmp_path.iterdir()] == ["line.npz"]


def test_two_epochs_and_three_more_are_five(tmp_path: Path) -> None:
    straight, parts = Line(), Line()
    straight.train(epochs=5)
    parts.train(epochs=2, checkpoint=tmp_path / "line.npz")
    more = Line()
    told = more.train(epochs=5, checkpoint=tmp_path / "line.npz")
    assert more.bytes == straight.bytes
    assert len(told.epochs) == 5


@pytest.mark.parametrize("change", [{"seed": 2}, {"rate": 0.2}, {"resume": False}, {"key": "new"}])
def test_a_checkpoint_of_something_else_is_not_gone_on_from(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    file = tmp_path / "line.npz"
    Line(key="old").train(epochs=2, checkpoint=file)
    line, fresh = (Line(key=change.get("key", "old")) for _ in range(2))
    settings = {name: value for name, value in change.items() if name != "key"}
    line.train(epochs=3, checkpoint=file, **settings)
    fresh.train(epochs=3, **settings)
    assert line.bytes == fresh.bytes


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 half of one"])
def test_a_damaged_checkpoint_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "line.npz"
    file.write_bytes(content)
    with pytest.raises(Damaged, match="delete it"):
        Line().train(epochs=1, checkpoint=file)


def test_a_loss_that_runs_off_names_epoch_batch_term_and_remedy() -> None:
    line = Line()

    def loss(batch: Any) -> Mapping[str, Tensor]:
        good = line.loss(batch)
        bad = good["size"] * (math.nan if len(seen) == 10 else 1.0)
        seen.append(1)
        return {**good, "size": bad}

    seen: list[int] = []
    task = Task("a line", line.module, line.batches, loss)
    with pytest.raises(Diverged, match=r"a line diverged: size is nan in epoch 2, batch 4; lower"):
        train(task, LoopConfig(), rng=derive(1, "loop"))
    assert seen == [1] * 11  # at once: no batch after it


def test_a_gradient_is_clipped() -> None:
    line, clipped = Line(dropout=0), Line(dropout=0)
    told = [line.train(epochs=1, rate=1e-3), clipped.train(epochs=1, rate=1e-3, clip=1e-9)]
    # Adam forgets the scale of gradients, but not against its epsilon.
    assert clipped.weight.detach().norm() < line.weight.detach().norm()
    assert all(math.isfinite(each.epochs[0].loss) for each in told)


def test_the_rate_warms_up_decays_and_cools_down() -> None:
    rates: list[float] = []
    line = Line(begin=lambda epoch, rng: rates.append(0.0))
    step = torch.optim.Adam.step

    def spied(self: torch.optim.Adam, *given: Any) -> Any:
        rates.append(self.param_groups[0]["lr"])
        return step(self, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.optim.Adam, "step", spied)
        line.train(epochs=4, rate=1.0, warmup=7, decay=0.5, cooldown=1)
    epochs = np.array(rates).reshape(4, 8)[:, 1:]  # a zero from begin, then seven batches
    np.testing.assert_allclose(epochs[0], np.arange(1, 8) / 7)
    np.testing.assert_allclose(epochs[1:], np.array([[0.5], [0.25], [0.0625]]).repeat(7, 1))


def test_an_average_of_the_weights_is_what_is_kept() -> None:
    line, plain = Line(), Line()
    line.train(epochs=3, average=0.99)
    plain.train(epochs=3)
    middle, last = line.weight.detach().norm(), plain.weight.detach().norm()
    assert 0 < middle < last  # it lags behind weights that are still growing


def test_nothing_to_learn_from_is_learnt() -> None:
    line = Line()
    task = Task("a line", line.module, lambda epoch, rng: iter(()), line.loss)
    told = train(task, LoopConfig(epochs=2), rng=derive(1, "loop"))
    assert [epoch.loss for epoch in told.epochs] == [0, 0]


def test_what_happened_can_be_written_down() -> None:
    told = Line().train(epochs=2, every=2, watch=lambda: 0.25).record()
    assert told["best"] == 2
    assert [epoch["metric"] for epoch in told["epochs"]] == [None, 0.25]
