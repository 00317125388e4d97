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

Memory of ``fit``: see ``Descent.memory_needed``, with 9 arrays.
"""

from collections.abc import Iterator, Mapping

import torch
from numpy.random import Generator
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from torch import Tensor, nn
from torch.nn import functional as F

from zhiyin.models.descent import (
    Batch,
    Descent,
    DescentConfig,
    Lesson,
    Module,
    Some,
    Views,
    rows_of,
)
from zhiyin.models.encoders import table
from zhiyin.models.losses import bpr, l2
from zhiyin.models.samplers import Ints


class MfBprConfig(DescentConfig):
    """How large the vectors are, and how they are learnt."""

    reg: NonNegativeFloat = 3e-2
    """L2 weight on the vectors and biases that a batch looked up."""
    epochs: PositiveInt = 80
    """Passes over the pairs; at most, where a watch stops earlier."""
    rate: PositiveFloat = 5e-3
    """Learning rate of Adam."""
    batch: PositiveInt = 4096
    """Pairs of a batch."""


class MfBpr(Descent[MfBprConfig]):
    """Matrix factorisation by comparing what is liked with what is not."""

    name = "MF-BPR"
    Config = MfBprConfig
    arrays = 9

    def module(self, lesson: Lesson, rng: Generator) -> Module:
        """Two tables, and a bias per item."""
        return _Module(lesson, self.config, rng)


class _Module(Module):
    def __init__(self, lesson: Lesson, config: MfBprConfig, rng: Generator) -> None:
        super().__init__()
        self.config = config
        shoppers, items = lesson.liked.shape
        self.shoppers = table(shoppers, config.width, rng)
        self.items = table(items, config.width, rng)
        self.bias = nn.Parameter(torch.zeros(items, 1))

    def views(self, modalities: Some = None) -> Views:
        """(U, D) and (I, D) as they were learnt."""
        return {"final": (self.shoppers, self.items)}

    def worth(self) -> Tensor:
        """(I,) the biases."""
        return self.bias[:, 0]

    def batches(self, lesson: Lesson, rng: Generator) -> Iterator[tuple[Ints, Ints, Ints]]:
        """Every pair once."""
        return lesson.pairs.triples(self.config.batch, rng)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """BPR and L2 of what the batch looks up."""
        u, i, j = rows_of(batch, self.shoppers, self.items)
        liked, other = (F.embedding(goods, self.bias) for goods in batch[1:])  # (B, 1)
        scores = ((u * rows).sum(dim=1) + b[:, 0] for rows, b in ((i, liked), (j, other)))
        terms = {"bpr": bpr(*scores)}
        if self.config.reg:
            terms["reg"] = self.config.reg * l2(u, i, j, liked, other)
        return terms
