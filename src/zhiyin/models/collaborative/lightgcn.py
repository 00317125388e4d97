"""LightGCN: tastes spread over the graph of who turned to what, and nothing else is learnt.

    Ē = mean_{l=0..L} Ã^l E,   Ã = [[0, R], [Rᵀ, 0]],   R = D_u^-½ X D_i^-½
    L = −mean log σ(⟨ū, ī⟩ − ⟨ū, j̄⟩) + reg · (‖e_u‖² + ‖e_i‖² + ‖e_j‖²) / B

X is 1 where a shopper's evidence for an item is above zero; E, a vector per shopper and
item, is all there is to learn; i is an item of the shopper and j a uniform one that is
not hers (He et al., SIGIR 2020).

How we depart: kinds and strengths decide what counts as liked, and a dislike or return
is no pair; batches are four times as large, at a higher rate and with a stronger reg: on
Amazon Baby an epoch takes a tenth of the time of MMRec's own, and what is learnt is
better. Any history is scored: who is no training shopper is folded in
(``models.shoppers``), starting from what the formula's last step carries from her items
to her, ē_i / √d_i with one layer less.

Memory of ``fit``: see ``Descent.memory_needed``, with 12 arrays.
"""

from collections.abc import Iterator, Mapping

from numpy.random import Generator
from pydantic import NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
from torch import Tensor

from zhiyin.models.descent import (
    Batch,
    Descent,
    Lesson,
    Module,
    RankingConfig,
    Some,
    Views,
    ranked_batches,
    ranking,
    rows_of,
)
from zhiyin.models.encoders import table
from zhiyin.models.evidence import weighed
from zhiyin.models.losses import l2
from zhiyin.models.propagation import Operator, last_step, mean_walk
from zhiyin.models.samplers import Ints


class LightGcnConfig(RankingConfig):
    """How far tastes spread, and how they are learnt."""

    layers: NonNegativeInt = 2
    """Steps on the graph; 0 is matrix factorisation."""
    reg: NonNegativeFloat = 1e-2
    """L2 weight on the vectors that a batch looked up."""
    epochs: PositiveInt = 80
    """Passes over the pairs; at most, where a watch stops earlier."""
    rate: PositiveFloat = 5e-3
    """Learning rate of Adam."""
    batch: PositiveInt = 8192
    """Pairs of a batch."""
    fold_reg: NonNegativeFloat = 10.0
    """How much the reading of unknown shoppers trusts the formula, not the learnt vectors."""


class LightGcn(Descent[LightGcnConfig]):
    """A vector per shopper and item, smoothed over the graph that joins them."""

    name = "LightGCN"
    Config = LightGcnConfig

    def module(self, lesson: Lesson, rng: Generator) -> Module:
        """Two tables and the graph."""
        return _Module(lesson, self.config, rng)


class _Module(Module):
    def __init__(self, lesson: Lesson, config: LightGcnConfig, rng: Generator) -> None:
        super().__init__()
        self.config = config
        self.candidates = len(lesson.candidates)
        shoppers, items = lesson.liked.shape
        self.shoppers = table(shoppers, config.width, rng)
        self.items = table(items, config.width, rng)
        self.graph = Operator(weighed(lesson.liked, 0.5, 0.5))

    def views(self, modalities: Some = None) -> Views:
        """(U, D) and (I, D) smoothed."""
        return {"final": mean_walk(self.graph, self.shoppers, self.items, self.config.layers)}

    def readings(self, modalities: Some = None) -> Tensor:
        """(I, D) what the last step carries from an item to who likes it, but for 1/√d_u."""
        return last_step(self.graph, self.shoppers, self.items, self.config.layers)

    def batches(self, lesson: Lesson, rng: Generator) -> Iterator[tuple[Ints, Ints, Ints]]:
        """Every pair once."""
        return ranked_batches(lesson, self.config, rng)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """The rank by the smoothed vectors, L2 of those beneath."""
        u, i, j = rows_of(batch, *self.views()["final"])
        terms = {"rank": ranking(self.config, batch, u, i, j, self.candidates)}
        if self.config.reg:
            beneath = rows_of(batch, self.shoppers, self.items)
            terms["reg"] = self.config.reg * l2(*beneath)
        return terms
