"""SLMRec: one walk per modality with the same shoppers, taught to agree about the goods.

    z_0 = walk(E_u, E_i),   z_m = walk(E_u, W_m f_m),   walk = mean_{l=0..L} Ã^l
    final = V [z_0, z_m, …],   a V of shoppers and one of items
    L = rank(final) + contrast · Σ_m NCE(A_m x, B_m z_m) + reg · ‖E of the batch‖² / B

Ã is that of LightGCN. The contrast goes through the modalities in turn, over the items of
a batch: x is z_0 at first and A_m x after each, so that what behaviour and pictures agree
on is held against words: the fine and coarse spaces of the paper's task FAC (Tao et al.,
*Self-supervised learning for multimedia recommendation*, IEEE TMM 2022).

How we depart: the walk is linear and features are small and frozen, so these are walked
once, and a step looks up W_m of the batch's rows alone: the cost of a step hardly grows
with modalities. The two V start as the sum of the views, not at random. NCE compares
cosines of ``contrasted`` rows of a batch, the rank is a sampled softmax by default. Of the
paper's three tasks there is FAC, which later comparisons use as well. Without any modality
it is LightGCN with a linear map on either side.

Memory of ``fit``: see ``Descent.memory_needed``, with 18 arrays.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import torch
from numpy.random import Generator
from pydantic import NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
from torch import Tensor, nn
from torch.nn import functional as F

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
from zhiyin.models.losses import l2, nce
from zhiyin.models.modalities import features
from zhiyin.models.propagation import Operator, last_step, mean_walk


class SlmRecConfig(RankingConfig):
    """How far tastes spread, and how much the walks have to agree."""

    layers: NonNegativeInt = 3
    """Steps on the graph of shoppers and items."""
    contrast: NonNegativeFloat = 0.01
    """Weight of telling a good from others by one modality alone."""
    temperature: PositiveFloat = 0.2
    """Of the contrast; lower looks at the most alike only."""
    contrasted: NonNegativeInt = 512
    """Rows of a batch that are told from each other."""
    compress: PositiveInt = 64
    """Columns that features are brought down to."""
    reg: NonNegativeFloat = 1e-3
    """L2 weight on the vectors that a batch looked up."""
    objective: Literal["bpr", "softmax"] = "softmax"
    """Bpr: one other of each pair's own; softmax: many that all pairs of a batch share."""
    epochs: PositiveInt = 10
    """Passes over the pairs; at most, where a watch stops earlier."""


class SlmRec(Descent[SlmRecConfig]):
    """Walks on behaviour, pictures and words that share the shoppers, joined by a linear map."""

    name = "SLMRec"
    Config = SlmRecConfig
    arrays = 18

    def module(self, lesson: Lesson, rng: Generator) -> Module:
        """Tables, the graph of pairs, walked features and linear maps."""
        return _Module(lesson, self.config, rng)


class _Module(Module):
    def __init__(self, lesson: Lesson, config: SlmRecConfig, rng: Generator) -> None:
        super().__init__()
        self.config, self.candidates = config, len(lesson.candidates)
        self.shoppers = table(lesson.liked.shape[0], config.width, rng)
        self.items = table(lesson.liked.shape[1], config.width, rng)
        self.graph = Operator(weighed(lesson.liked, 0.5, 0.5))
        found, notes = features(lesson.data, ("image", "text"), config.compress, rng)
        if not found:
            notes.append("nothing is known of what the goods are: LightGCN with linear maps")
        self.modalities, self.notes = tuple(found), tuple(notes)
        self.maps, self.mine, self.its = nn.ModuleDict(), nn.ModuleDict(), nn.ModuleDict()
        width = config.width
        for name, own in found.items():
            rows = torch.from_numpy(own.rows)
            nobody = rows.new_zeros(len(self.shoppers), rows.shape[1])
            walked = mean_walk(self.graph, nobody, rows, config.layers)
            for side, each in zip(("shoppers", "items"), walked, strict=True):
                self.register_buffer(f"{side}_{name}", each, persistent=False)
            self.maps[name] = nn.Linear(rows.shape[1], width, bias=False)
            self.mine[name], self.its[name] = nn.Linear(width, width), nn.Linear(width, width)
        joins = {side: _sum(1 + len(found), width) for side in ("of_shoppers", "of_items")}
        self.joins = nn.ModuleDict(joins)

    def views(self, modalities: Some = None) -> Views:
        """The walk of each modality, that of behaviour, and what they make together."""
        theirs, goods = self._walks()
        shoppers, items = self._sides(*theirs, "shoppers"), self._sides(*goods, "items")
        chosen = self.modalities if modalities is None else modalities
        for name in {*self.modalities} - {*chosen}:
            # The maps were learnt with all of them: what is left out counts for nothing.
            shoppers[name], items[name] = self.shoppers * 0, self.items * 0
        found = {name: (shoppers[name], items[name]) for name in shoppers}
        return found | {"final": (self._joined("shoppers", shoppers), self._joined("items", items))}

    def readings(self, modalities: Some = None) -> Tensor:
        """What the last step of behaviour's walk carries, through the shoppers' map."""
        carried = last_step(self.graph, self.shoppers, self.items, self.config.layers)
        others = carried.new_zeros(len(carried), self.config.width * len(self.modalities))
        join = self.joins["of_shoppers"]
        found: Tensor = join(torch.cat([carried, others], dim=1)) - join.bias
        return found

    def batches(self, lesson: Lesson, rng: Generator) -> Iterable[Any]:
        return ranked_batches(lesson, self.config, rng)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """The rank, the agreement about the goods, and L2 of what lies beneath."""
        config, (who, liked, others) = self.config, batch
        theirs, goods = self._walks()
        shoppers = self._sides(*theirs, "shoppers", who)
        items = self._sides(*goods, "items", torch.cat([liked, others]))
        i, j = self._joined("items", items).tensor_split([len(liked)])
        u = self._joined("shoppers", shoppers)
        terms = {"rank": ranking(config, batch, u, i, j, self.candidates)}
        if self.modalities and config.contrast and config.contrasted:
            names = liked[: config.contrasted]  # a batch is in no order: as good as any
            few = {name: each[: len(names)] for name, each in items.items()}
            terms["contrast"] = config.contrast * self._agreement(few, names)
        if config.reg:
            terms["reg"] = config.reg * l2(*rows_of(batch, self.shoppers, self.items))
        return terms

    def _walks(self) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """Of shoppers, then of items: the walk of E_u, which all modalities share, and of E_i."""
        nobody, nothing = torch.zeros_like(self.shoppers), torch.zeros_like(self.items)
        layers = self.config.layers
        ours = mean_walk(self.graph, self.shoppers, nothing, layers)
        own = mean_walk(self.graph, nobody, self.items, layers)
        return (ours[0], own[0]), (ours[1], own[1])

    def _sides(
        self, shared: Tensor, own: Tensor, side: str, some: Tensor | None = None
    ) -> dict[str, Tensor]:
        """z_0 and z_m of some rows, or of all, of one side."""

        def rows(x: Tensor) -> Tensor:
            return x if some is None else F.embedding(some, x)

        shared = rows(shared)
        found = {"behaviour": shared + rows(own)}
        for name in self.modalities:
            found[name] = shared + self.maps[name](rows(getattr(self, f"{side}_{name}")))
        return found

    def _joined(self, side: str, views: Mapping[str, Tensor]) -> Tensor:
        """V [z_0, z_m, …] of one side."""
        joined: Tensor = self.joins[f"of_{side}"](torch.cat([*views.values()], dim=1))
        return joined

    def _agreement(self, views: Mapping[str, Tensor], names: Tensor) -> Tensor:
        x, terms = views["behaviour"], []
        for name in self.modalities:
            x = self.mine[name](x)
            z = self.its[name](views[name])
            terms.append(nce(x, z, self.config.temperature, names))
        return torch.stack(terms).sum()


def _sum(views: int, width: int) -> nn.Linear:
    """A linear map (views · D → D) that starts as the sum of the views."""
    found = nn.Linear(views * width, width)
    with torch.no_grad():
        # Two random maps part whom the walk has joined: on Amazon Baby the model then stayed
        # below popularity for 20 epochs.
        found.weight.copy_(torch.eye(width).repeat(1, views))
        found.bias.zero_()
    return found
