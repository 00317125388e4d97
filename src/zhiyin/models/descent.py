"""What models learnt by gradients have in common: from data to a served form, around one loop.

A model's file brings three things: a frozen ``Config`` (a ``DescentConfig``), a ``Module``
with its parameters, views and loss, and a ``Descent`` that says how the one is made from
the other. The rest is here:

    fit      evidence above zero becomes pairs; the loop of ``zhiyin.training`` runs
    compile  the view "final" (U, D) and (I, D) becomes ``Vectors``; whoever is no training
             shopper is folded in (``zhiyin.models.shoppers``)

``compile(modalities=["text"])`` scores as if only the words of the goods were known, with
the weights that were learnt from everything: an ablation is one argument.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, Self, TypeVar

import numpy as np
import torch
from numpy.random import Generator
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from scipy.sparse import csr_array
from torch import Tensor, nn
from torch.nn import functional as F

from zhiyin.core import SILENT, BadRequest, Histories, NotFitted, Progress, get_logger
from zhiyin.data import Dataset
from zhiyin.models import graphs
from zhiyin.models.evidence import ENTRY, evidence, known_items, refuse_beyond
from zhiyin.models.losses import bpr, sampled_softmax
from zhiyin.models.samplers import Ints, Pairs
from zhiyin.models.shoppers import Floats, Watch, compiled
from zhiyin.models.vectors import Vectors
from zhiyin.training import LoopConfig, Task, Trajectory, blocks, seeded, train

log = get_logger(__name__)
Views = Mapping[str, tuple[Tensor, Tensor]]
"""Name → shoppers (U, D) and items (I, D); "final" is what is scored."""
Some = Collection[str] | None
"""Names of modalities; None: all that there are."""


class DescentConfig(LoopConfig):
    """What every model with a vector per shopper and item has to be told."""

    width: PositiveInt = 64
    """Size of the vectors."""
    reg: NonNegativeFloat = 1e-2
    """L2 weight on the vectors that a batch looked up."""
    rate: PositiveFloat = 2e-3
    """Learning rate of Adam."""
    fold_reg: NonNegativeFloat = 1.0
    """How much the reading of unknown shoppers trusts the formula, not the learnt vectors."""
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""


class RankingConfig(DescentConfig):
    """How what is liked is compared with what is not."""

    objective: Literal["bpr", "softmax"] = "bpr"
    """Bpr: one other of each pair's own; softmax: many that all pairs of a batch share."""
    others: PositiveInt = 256
    """How many a batch shares, for softmax; drawn uniformly, made up for those not drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What there is to learn from."""

    data: Dataset
    liked: csr_array
    """(U, I) 1 where a shopper's evidence for an item is above zero."""
    pairs: Pairs
    """The same, to draw batches from."""
    candidates: Ints
    """Items that have an event: what may be drawn as others."""

    @classmethod
    def of(cls, data: Dataset) -> "Lesson":
        """What a data set teaches."""
        liked, candidates = likes(data), np.flatnonzero(known_items(data))
        return cls(data, liked, Pairs(liked, candidates), candidates)


class Module(nn.Module, ABC):
    """Parameters, the views that follow from them, and a loss."""

    modalities: tuple[str, ...] = ()
    """What it knows of the goods, by name."""
    notes: tuple[str, ...] = ()
    """What was missing, and what is done without it."""

    @abstractmethod
    def views(self, modalities: Some = None) -> Views:
        """Every view, "final" among them, from these modalities alone."""

    @abstractmethod
    def loss(self, batch: Any) -> Mapping[str, Tensor]:
        """Named terms, already weighted."""

    @abstractmethod
    def batches(self, lesson: Lesson, rng: Generator) -> Iterable[Any]:
        """One epoch of arrays; ``loss`` gets them as tensors."""

    def begin(self, epoch: int, rng: Generator) -> None:
        """Before each epoch: prune, rebuild a graph."""

    def readings(self, modalities: Some = None) -> Tensor | None:
        """(I, D) what an item adds to a shopper by the formula, up to a factor, if it says."""
        return None

    def worth(self) -> Tensor | None:
        """(I,) what is added to an item's score, whoever asks; None: nothing."""
        return None


C = TypeVar("C", bound=DescentConfig)


class Descent(ABC, Generic[C]):
    """A model whose module is learnt by gradients. See ``Recommender`` for the promises."""

    name: str
    """For messages."""
    Config: type[C]
    arrays: int = 12
    """Arrays of (U + I, D) that a step holds: weights, moments, views, and their gradients."""

    def __init__(self, config: C | None = None) -> None:
        self.config: C = self.Config() if config is None else config
        self.trajectory: Trajectory | None = None
        """What happened in training."""
        self.notes: tuple[str, ...] = ()
        """What was missing, and what was done without it."""
        self._learnt: tuple[Dataset, Module] | None = None
        self._form: Vectors | None = None

    @abstractmethod
    def module(self, lesson: Lesson, rng: Generator) -> Module:
        """What is learnt, before it is."""

    def fit(
        self,
        data: Dataset,
        rng: Generator,
        *,
        watch: Watch | None = None,
        progress: Progress = SILENT,
        checkpoint: Path | None = None,
    ) -> Self:
        """Learn; ``watch`` stops it early and says which epoch's weights are kept.

        ``checkpoint``: a file from which the same fit, cut off, goes on as if it had not been.
        """
        remedy = "lower width or batch, or raise max_bytes"
        needed = self.memory_needed(data)
        refuse_beyond(self.config.max_bytes, needed, f"fitting {self.name}", remedy)
        lesson = Lesson.of(data)
        with seeded(rng):
            module = self.module(lesson, rng)

        def look() -> float:
            assert watch is not None
            return watch(self._compiled(data, module).score)

        task = Task(
            self.name,
            module,
            lambda epoch, stream: module.batches(lesson, stream),
            module.loss,
            module.begin,
            key="" if checkpoint is None else data.data_hash,
        )
        self.trajectory = train(
            task,
            self.config,
            rng=rng,
            watch=look if watch else None,
            progress=progress,
            checkpoint=checkpoint,
        )
        self.notes = module.notes
        self._learnt = data, module
        self._form = self._compiled(data, module)
        log.info("fitted", model=self.name, shoppers=len(data.shoppers), notes=self.notes)
        return self

    def score(self, histories: Histories) -> Floats:
        """(B, I) NaN for items without a training event and histories without a known item."""
        return self.compile().score(histories)

    def compile(self, modalities: Some = None) -> Vectors:
        """The vectors that serve, from some of the modalities or from all."""
        if self._form is None or self._learnt is None:
            raise NotFitted(what=self.name)
        if modalities is None:
            return self._form
        data, module = self._learnt
        if unknown := sorted({*modalities} - {*module.modalities}):
            raise BadRequest(
                what=f"{self.name} has not learnt from {', '.join(unknown)}",
                remedy=f"name some of: {', '.join(module.modalities) or 'none'}",
            )
        return self._compiled(data, module, modalities)

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 4 · D · (arrays · n + 16 · batch), 16 · 8 per event, and graphs of goods.

        n shoppers and items together, D width; ``arrays`` is the model's. A softmax over N
        others adds 5 · 4 · N per row of a batch.
        """
        config, events = self.config, len(data.interactions)
        rows = self.arrays * (len(data.shoppers) + len(data.items))
        batch = min(config.batch, events)
        content = graphs.memory(data, 20) if graphs.modalities(data) else 0
        needed = 4 * config.width * (rows + 16 * batch) + 16 * ENTRY * events + content
        if isinstance(config, RankingConfig) and config.objective == "softmax":
            needed += 5 * 4 * config.others * batch
        return needed

    def _compiled(self, data: Dataset, module: Module, modalities: Some = None) -> Vectors:
        with torch.no_grad():
            shoppers, items = module.views(modalities)["final"]
            start, worth = module.readings(modalities), module.worth()
        return compiled(
            data,
            _array(shoppers),
            _array(items),
            bias=None if worth is None else _array(worth),
            start=None if start is None else _array(start),
            reg=self.config.fold_reg,
        )


def likes(data: Dataset) -> csr_array:
    """(U, I) float32: 1 where a shopper's evidence for an item is above zero."""
    liked = evidence(data, fade=False)
    liked.data = (liked.data > 0).astype(np.float32)
    liked.eliminate_zeros()
    return liked


def ranked_batches(
    lesson: Lesson, config: RankingConfig, rng: Generator
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Shoppers (B,), what they like (B,), and others: one of each (bpr), or (N,) for all."""
    pairs = lesson.pairs
    if config.objective == "bpr":
        yield from pairs.triples(config.batch, rng)
        return
    for rows in blocks(len(pairs), config.batch, rng):
        others = lesson.candidates[rng.integers(0, len(lesson.candidates), config.others)]
        yield pairs.shoppers[rows], pairs.items[rows], others


def _array(x: Tensor) -> Floats:
    found: Floats = x.detach().cpu().numpy()
    return found


Batch = tuple[Tensor, Tensor, Tensor]


def rows_of(batch: Batch, shoppers: Tensor, items: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(B, D) of the shoppers and of what they like, (B or N, D) of the others."""
    who, liked, others = batch
    # Items are looked up at once: one scatter of gradients on the way back.
    goods = F.embedding(torch.cat([liked, others]), items)
    i, j = torch.split(goods, [len(liked), len(others)])
    return F.embedding(who, shoppers), i, j


def ranking(
    config: RankingConfig, batch: Batch, u: Tensor, i: Tensor, j: Tensor, items: int
) -> Tensor:
    """The loss of the objective on the rows of a batch; ``items`` may be drawn as others."""
    if config.objective == "bpr":
        return bpr((u * i).sum(dim=1), (u * j).sum(dim=1))
    own = batch[1][:, None] == batch[2][None, :]  # nothing is its own other
    return sampled_softmax((u * i).sum(dim=1), (u @ j.T).masked_fill(own, -torch.inf), items)
