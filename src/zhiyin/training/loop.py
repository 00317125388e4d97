"""train: batches, loss, Adam, a look at the metric now and then, checkpoints; one loop for all.

Every epoch draws from a stream of its own, derived from one number taken from ``rng`` and
the epoch's number. So an epoch is the same whether the ones before it ran just now, or in
a process that was killed and whose checkpoint was read; and looking at the metric, however
often, changes nothing. On a CPU the same seed gives the same bytes. Dropout and its like
draw from torch's global stream, which is seeded inside and put back afterwards.
"""

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from numpy.random import Generator, default_rng
from torch import Tensor, nn

from zhiyin.core import SILENT, Diverged, Progress, get_logger
from zhiyin.training.checkpoints import Checkpoint, Tensors, flat, nested
from zhiyin.training.config import LoopConfig
from zhiyin.training.devices import device, tensors
from zhiyin.training.randomness import seeded
from zhiyin.training.trajectory import Epoch, Trajectory

log = get_logger(__name__)
# What may change between a run and the one that goes on from its checkpoint.
_FREE = {"epochs", "patience", "every", "save_seconds", "device"}


@dataclass(frozen=True, slots=True)
class Task:
    """What is learnt: a module, the batches, and the loss of one."""

    name: str
    """For messages: the model's name."""
    module: nn.Module
    """Holds every parameter; after training, on the CPU again, the weights that were kept."""
    batches: Callable[[int, Generator], Iterable[Any]]
    """Of epoch 1, 2, …: arrays, or tuples or dicts of them; ``loss`` gets tensors."""
    loss: Callable[[Any], Mapping[str, Tensor]]
    """Named terms, each a number already weighted; their sum is minimised."""
    begin: Callable[[int, Generator], None] | None = None
    """Before each epoch: prune, rebuild a graph, diffuse."""
    key: str = ""
    """A hash of data and settings: a checkpoint of another key is not gone on from."""


def train(
    task: Task,
    config: LoopConfig,
    *,
    rng: Generator,
    watch: Callable[[], float] | None = None,
    progress: Progress = SILENT,
    checkpoint: Path | None = None,
    resume: bool = True,
) -> Trajectory:
    """Minimise the task's loss and leave the best weights in its module.

    Args:
        task: What is learnt.
        config: How long and how fast.
        rng: Where the randomness of the whole run starts; one number is drawn.
        watch: Says how good the module is now, larger is better. Every ``config.every``
            epochs it is asked, and the weights it liked best are kept. None: all epochs
            run, and the last weights are kept.
        progress: Whoever may be watching; one unit is an epoch.
        checkpoint: A file from which a run that was cut off goes on, bit for bit.
        resume: False: a checkpoint that is there is overwritten.

    Raises:
        Diverged: A term of the loss became infinite or no number.
        Damaged: The checkpoint cannot be read.
    """
    run = _Run(task, config, int(rng.integers(2**62)))
    if checkpoint is not None and resume and checkpoint.exists():
        run.go_on_from(Checkpoint.read(checkpoint), checkpoint)
    saved = time.monotonic()
    with progress.step(f"training {task.name}", config.epochs, "epochs") as step:
        step.advance(len(run.epochs))
        while not run.over(watch is not None):
            number = len(run.epochs) + 1
            stream = default_rng([run.seed, number])
            with seeded(stream):
                done = run.epoch(number, stream)
            look = watch is not None and (number % config.every == 0 or number == config.epochs)
            metric = run.look(watch) if look and watch is not None else math.nan
            run.add(done, metric)
            notes: dict[str, object] = {"loss": f"{done.loss:.4g}"}
            if not math.isnan(metric):
                notes["metric"] = f"{metric:.4f}"
            step.advance(1, **notes)
            if checkpoint is not None and time.monotonic() - saved >= config.save_seconds:
                run.checkpoint().write(checkpoint)
                saved = time.monotonic()
    if checkpoint is not None:
        run.checkpoint().write(checkpoint)
    return run.finish()


class _Run:
    """The state of one training: weights, optimiser, average, best, and what happened."""

    def __init__(self, task: Task, config: LoopConfig, seed: int) -> None:
        self.task, self.config, self.seed = task, config, seed
        self.device = device(config.device)
        self.module = task.module.to(self.device).train()
        parameters = [p for p in self.module.parameters() if p.requires_grad]
        self.parameters = parameters
        self.optimiser = torch.optim.Adam(parameters, lr=config.rate, fused=True)
        self.average = [p.detach().clone() for p in parameters] if config.average else []
        self.best: Tensors = {}
        self.best_epoch = 0
        self.best_metric = -math.inf
        self.epochs: list[Epoch] = []
        self.steps = 0

    def over(self, watched: bool) -> bool:
        """All epochs ran, or the metric has not become better for long enough."""
        ran = len(self.epochs)
        return ran >= self.config.epochs or (
            watched and self.best_epoch > 0 and ran - self.best_epoch >= self.config.patience
        )

    def epoch(self, number: int, rng: Generator) -> Epoch:
        """One pass; the weights move."""
        start = time.perf_counter()
        if self.task.begin is not None:
            self.task.begin(number, rng)
        sums: dict[str, float] = {}
        count = 0
        for count, batch in enumerate(self.task.batches(number, rng), 1):
            for name, value in self._step(batch, number, count).items():
                sums[name] = sums.get(name, 0.0) + value
        losses = {name: total / count for name, total in sums.items()}
        return Epoch(losses, seconds=time.perf_counter() - start)

    def _step(self, batch: Any, epoch: int, place: int) -> dict[str, float]:
        """One batch: loss, gradient, Adam."""
        mixed = self.config.precision == "mixed" and self.device.type == "cuda"
        with torch.autocast("cuda", torch.bfloat16) if mixed else nullcontext():
            terms = self.task.loss(tensors(batch, self.device))
            total = torch.stack([term.float() for term in terms.values()]).sum()
        values = torch.stack([term.detach().float() for term in terms.values()]).tolist()
        for name, value in zip(terms, values, strict=True):
            if not math.isfinite(value):
                raise Diverged(
                    what=self.task.name,
                    term=name,
                    value=value,
                    epoch=epoch,
                    batch=place,
                    remedy="lower rate, set clip (such as 1.0), or raise reg",
                    remedy_zh="请降低 rate、设置 clip（例如 1.0），或提高 reg",
                )
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        if self.config.clip:
            nn.utils.clip_grad_norm_(self.parameters, self.config.clip)
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate(epoch)
        self.optimiser.step()
        self.steps += 1
        if self.average:
            # Early on the past is short: so the start does not weigh for thousands of steps.
            kept = min(self.config.average, (1 + self.steps) / (10 + self.steps))
            with torch.no_grad():
                torch._foreach_lerp_(self.average, [*self.parameters], 1 - kept)
        return dict(zip(terms, values, strict=True))

    def _rate(self, epoch: int) -> float:
        config = self.config
        rate = config.rate * config.decay ** (epoch - 1)
        if config.warmup:
            rate *= min(1.0, (self.steps + 1) / config.warmup)
        if config.cooldown:
            rate *= min(1.0, (config.epochs - epoch + 1) / (config.cooldown + 1))
        return rate

    def look(self, watch: Callable[[], float]) -> float:
        """The metric of the weights that would be kept now."""
        self.module.eval()
        with self._averaged(), torch.no_grad():
            metric = float(watch())
        self.module.train()
        return metric

    def add(self, epoch: Epoch, metric: float) -> None:
        """Write down an epoch, and keep its weights when the metric says so."""
        self.epochs.append(Epoch(epoch.losses, metric, epoch.seconds))
        if metric > self.best_metric:
            self.best_metric, self.best_epoch = metric, len(self.epochs)
            with self._averaged():
                self.best = {n: t.detach().clone() for n, t in self.module.state_dict().items()}

    def finish(self) -> Trajectory:
        """The kept weights into the module, and what happened."""
        with torch.no_grad():
            for parameter, mean in zip(self.parameters, self.average, strict=False):
                parameter.copy_(mean)
        if self.best:
            self.module.load_state_dict(self.best)
        self.module.to("cpu").eval()
        ran = len(self.epochs)
        early = ran < self.config.epochs
        found = Trajectory(
            tuple(self.epochs), self.best_epoch or ran, "patience" if early else "epochs"
        )
        log.info(
            "trained",
            model=self.task.name,
            epochs=ran,
            best=found.best,
            seconds=round(found.seconds, 2),
        )
        return found

    @contextmanager
    def _averaged(self) -> Iterator[None]:
        """The averaged weights in the module for a while, where there are such."""
        now = [p.detach().clone() for p in self.parameters] if self.average else []
        with torch.no_grad():
            for parameter, mean in zip(self.parameters, self.average, strict=False):
                parameter.copy_(mean)
        yield
        with torch.no_grad():
            for parameter, own in zip(self.parameters, now, strict=False):
                parameter.copy_(own)

    @property
    def key(self) -> str:
        """Equal for runs that do the same, epoch by epoch."""
        free = _FREE - {"epochs"} if self.config.cooldown else _FREE
        shapes = {name: [*tensor.shape] for name, tensor in self.module.state_dict().items()}
        facts = [self.task.name, self.task.key, self.seed, shapes]
        text = json.dumps([*facts, self.config.model_dump(exclude=free)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def checkpoint(self) -> Checkpoint:
        """Everything that the next epoch depends on."""
        state = {
            "steps": self.steps,
            "best_epoch": self.best_epoch,
            "epochs": [asdict(epoch) for epoch in self.epochs],
        }
        groups = {
            "weights": dict(self.module.state_dict()),
            "best": self.best,
            "average": {str(n): tensor for n, tensor in enumerate(self.average)},
            "adam": flat(self.optimiser.state_dict()["state"]),
        }
        return Checkpoint(self.key, state, groups)

    def go_on_from(self, found: Checkpoint, file: Path) -> None:
        """Take over the state of a run that was cut off, if it did the same as this one."""
        if found.key != self.key:
            log.warning("checkpoint of other data, settings or seed: starting afresh", file=file)
            return
        groups, state = found.groups, found.state
        self.module.load_state_dict(groups["weights"])
        own = self.optimiser.state_dict()
        own["state"] = nested(groups.get("adam", {}))
        self.optimiser.load_state_dict(own)
        self.best = {n: t.to(self.device) for n, t in groups.get("best", {}).items()}
        self.average = [t.to(self.device) for t in groups.get("average", {}).values()]
        self.epochs = [Epoch(**epoch) for epoch in state["epochs"]]
        self.steps, self.best_epoch = state["steps"], state["best_epoch"]
        if self.best_epoch:
            self.best_metric = self.epochs[self.best_epoch - 1].metric
        log.info("going on from a checkpoint", model=self.task.name, epochs=len(self.epochs))
