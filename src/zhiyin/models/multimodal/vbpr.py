"""VBPR: a shopper has tastes of two kinds, for the goods themselves and for what they are like.

    score(u, i) = ⟨e_u, e_i⟩ + ⟨t_u, W f_i⟩,   f_i the features of all modalities side by side
    L = rank(score) + reg · ‖e, t and W f of the batch‖² / B

So a good that few have bought borrows from what it looks and reads like (He and McAuley,
*VBPR*, AAAI 2016).

How we depart: words count beside pictures, each modality with features of length 1 and a
W_m of its own, which is one W on all of them. No item bias, and no ⟨β, f_i⟩, the
same for everybody: the popular is learnt through the vectors, as in the numbers that
later papers publish for it. Where the data has graphs and no features, the graph's
eigenvectors stand in, which hold less than features do. Without any it is MF-BPR.

Memory of ``fit``: see ``Descent.memory_needed``, with 24 arrays: vectors are twice as wide.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from numpy.random import Generator
from pydantic import NonNegativeFloat, PositiveFloat, PositiveInt
from torch import Tensor, nn
from torch.nn import functional as F

from zhiyin.models import graphs
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
)
from zhiyin.models.encoders import table
from zhiyin.models.losses import l2
from zhiyin.models.modalities import features


class VbprConfig(RankingConfig):
    """How wide tastes are, and how they are learnt."""

    compress: PositiveInt = 128
    """Columns that the features of a modality are brought down to."""
    reg: NonNegativeFloat = 5e-2
    """L2 weight on the vectors that a batch looked up."""
    rate: PositiveFloat = 5e-3
    """Learning rate of Adam."""
    batch: PositiveInt = 8192
    """Pairs of a batch."""
    epochs: PositiveInt = 20
    """Passes over the pairs; at most, where a watch stops earlier."""


class Vbpr(Descent[VbprConfig]):
    """Matrix factorisation whose items have a second vector, read off their features."""

    name = "VBPR"
    Config = VbprConfig
    arrays = 24

    def module(self, lesson: Lesson, rng: Generator) -> Module:
        """Two tables of shoppers, one of items, and a linear map of features."""
        return _Module(lesson, self.config, rng)


class _Module(Module):
    def __init__(self, lesson: Lesson, config: VbprConfig, rng: Generator) -> None:
        super().__init__()
        self.config, self.candidates = config, len(lesson.candidates)
        names = graphs.modalities(lesson.data)
        found, notes = features(lesson.data, names, config.compress, rng)
        if not found:
            notes.append("nothing is known of what the goods are: matrix factorisation")
        self.modalities, self.notes = names, tuple(notes)
        shoppers, items = lesson.liked.shape
        self.shoppers = table(shoppers, config.width, rng)
        self.items = table(items, config.width, rng)
        self.tastes = table(shoppers, config.width, rng) if found else None
        self.maps = nn.ModuleList()
        for n, own in enumerate(found.values()):
            self.maps.append(nn.Linear(own.rows.shape[1], config.width, bias=False))
            self.register_buffer(f"rows{n}", torch.from_numpy(own.rows), persistent=False)

    def views(self, modalities: Some = None) -> Views:
        """The goods themselves, what they are like, and both side by side."""
        behaviour = self.shoppers, self.items
        if self.tastes is None:
            return {"final": behaviour, "behaviour": behaviour}
        content = self.tastes, self._like(None, modalities)
        final = tuple(torch.cat(sides, dim=1) for sides in zip(behaviour, content, strict=True))
        return {"final": (final[0], final[1]), "behaviour": behaviour, "content": content}

    def batches(self, lesson: Lesson, rng: Generator) -> Iterable[Any]:
        return ranked_batches(lesson, self.config, rng)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """The rank, computed from the batch's own rows alone, and their L2."""
        who, liked, others = batch
        goods = torch.cat([liked, others])
        u, items = F.embedding(who, self.shoppers), F.embedding(goods, self.items)
        if self.tastes is not None:
            u = torch.cat([u, F.embedding(who, self.tastes)], dim=1)
            items = torch.cat([items, self._like(goods)], dim=1)
        i, j = torch.split(items, [len(liked), len(others)])
        terms = {"rank": ranking(self.config, batch, u, i, j, self.candidates)}
        if self.config.reg:
            terms["reg"] = self.config.reg * l2(u, i, j)
        return terms

    def _like(self, goods: Tensor | None, modalities: Some = None) -> Tensor:
        """(n, D) Σ_m W_m f of some goods, or of all."""
        total = self.items.new_zeros(len(self.items if goods is None else goods), self.config.width)
        for n, (name, each) in enumerate(zip(self.modalities, self.maps, strict=True)):
            if modalities is None or name in modalities:
                rows = getattr(self, f"rows{n}")
                total = total + each(rows if goods is None else rows[goods])
        return total
