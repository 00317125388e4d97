"""MF-BPR: a vector per shopper and per item, learnt from which of two items is liked.

    ŷ_ui = ⟨e_u, e_i⟩ + b_i
    L = −mean log σ(ŷ_ui − ŷ_uj) + reg · (‖e_u‖² + ‖e_i‖² + ‖e_j‖² + b_i² + b_j²) / B

i is an item for which the shopper u has evidence above zero, j a uniform one for which
she has none (Rendle et al., *BPR: Bayesian personalized ranking from implicit feedback*,
UAI 2009).

How we depart: Adam on large batches instead of single steps; kinds and strengths decide
what counts as liked, and a dislike or return is no pair. Any history is scored: who is no
training shopper is folded in (``models.shoppers``); a guest hears the biases, which is
what many like.

Memory of ``fit``, n shoppers and items together, D width: 9 · 4 · n · D for weights, their
gradients, moments and copies, 16 · 4 · D per row of a batch, and 16 · 8 per event.
"""

from collections.abc import Mapping
from typing import Self

import numpy as np
import torch
from numpy.random import Generator
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from torch import Tensor, nn
from torch.nn import functional as F

from zhiyin.core import SILENT, Histories, NotFitted, Progress, get_logger
from zhiyin.data import Dataset
from zhiyin.models.encoders import table
from zhiyin.models.evidence import ENTRY, evidence, known_items, refuse_beyond
from zhiyin.models.losses import bpr, l2
from zhiyin.models.samplers import Pairs
from zhiyin.models.shoppers import Floats, Watch, compiled
from zhiyin.models.vectors import Vectors
from zhiyin.training import LoopConfig, Task, Trajectory, train

log = get_logger(__name__)


class MfBprConfig(LoopConfig):
    """How large the vectors are, and how they are learnt."""

    width: PositiveInt = 64
    """Size of the vectors."""
    reg: NonNegativeFloat = 1e-2
    """L2 weight on the vectors and biases that a batch looked up."""
    epochs: PositiveInt = 100
    """Passes over the pairs; at most, where a watch stops earlier."""
    rate: PositiveFloat = 5e-3
    """Learning rate of Adam."""
    batch: PositiveInt = 4096
    """Pairs of a batch."""
    fold_reg: NonNegativeFloat = 1.0
    """How little the reading of unknown shoppers trusts the learnt vectors."""
    max_bytes: PositiveInt = 8_000_000_000
    """``fit`` refuses to need more memory."""


class MfBpr:
    """Matrix factorisation by comparing what is liked with what is not."""

    Config = MfBprConfig

    def __init__(self, config: MfBprConfig = MfBprConfig()) -> None:  # noqa: B008 - frozen
        self.config = config
        self.trajectory: Trajectory | None = None
        self._form: Vectors | None = None

    def fit(
        self,
        data: Dataset,
        rng: Generator,
        *,
        watch: Watch | None = None,
        progress: Progress = SILENT,
    ) -> Self:
        """Learn; ``watch`` stops it early and says which epoch's weights are kept."""
        remedy = "lower width or batch, or raise max_bytes"
        refuse_beyond(self.config.max_bytes, self.memory_needed(data), "fitting MF-BPR", remedy)
        pairs = Pairs(evidence(data, fade=False), np.flatnonzero(known_items(data)))
        module = _Module(len(data.shoppers), len(data.items), self.config, rng)
        task = Task(
            "MF-BPR",
            module,
            lambda epoch, stream: pairs.triples(self.config.batch, stream),
            module.loss,
        )
        look = None if watch is None else lambda: watch(self._compiled(data, module).score)
        self.trajectory = train(task, self.config, rng=rng, watch=look, progress=progress)
        self._form = self._compiled(data, module)
        log.info("fitted", model="MF-BPR", shoppers=len(data.shoppers), items=len(data.items))
        return self

    def score(self, histories: Histories) -> Floats:
        """(B, I) NaN for items without a training event."""
        return self.compile().score(histories)

    def compile(self) -> Vectors:
        """The vectors, the shoppers' remembered, and how others are folded in."""
        if self._form is None:
            raise NotFitted(what="MF-BPR")
        return self._form

    def memory_needed(self, data: Dataset) -> int:
        """Bytes: 9 · 4 · n · D, 16 · 4 · D per row of a batch, 16 · 8 per event."""
        rows = len(data.shoppers) + len(data.items)
        batch = min(self.config.batch, len(data.interactions))
        vectors = 4 * self.config.width * (9 * rows + 16 * batch)
        return vectors + 16 * ENTRY * len(data.interactions)

    def _compiled(self, data: Dataset, module: "_Module") -> Vectors:
        parts = (module.shoppers, module.items, module.bias)
        shoppers, items, bias = (part.detach().cpu().numpy() for part in parts)
        return compiled(data, shoppers, items, bias=bias[:, 0], reg=self.config.fold_reg)


class _Module(nn.Module):
    def __init__(self, shoppers: int, items: int, config: MfBprConfig, rng: Generator) -> None:
        super().__init__()
        self.reg = config.reg
        self.shoppers = table(shoppers, config.width, rng)
        self.items = table(items, config.width, rng)
        self.bias = nn.Parameter(torch.zeros(items, 1))

    def loss(self, batch: tuple[Tensor, Tensor, Tensor]) -> Mapping[str, Tensor]:
        """BPR and L2 of what the batch looks up."""
        shoppers, liked, others = batch
        goods = torch.cat([liked, others])  # looked up at once: one scatter of gradients
        u, both = F.embedding(shoppers, self.shoppers), F.embedding(goods, self.items)
        worth = F.embedding(goods, self.bias)
        scores = (u.repeat(2, 1) * both).sum(dim=1) + worth[:, 0]  # (2B,)
        terms = {"bpr": bpr(*scores.chunk(2))}
        if self.reg:
            terms["reg"] = self.reg * l2(u, both, worth)
        return terms
