"""LGMRec: tastes on the graph of who turned to what, and in a few attributes that all share.

    local   z = mean_{l=0..L} Ã^l E  +  Σ_m norm(Ã^M [mean f_m of a shopper's goods ; f_m] W_m)
    H_m = softmax((f_m V_m + gumbel) / τ) of items, with the sum of f_m of shoppers' goods
    global  g_m = H_m Hᵀ_m z_i,   passed on ``hyper_layers`` times, with dropout on H_m
    final = local + globally · norm(Σ_m g_m)
    L = rank(final) + contrast · [NCE(g_m, g_m′) of shoppers + of items]
        + reg · ‖E of the batch‖² / B

Ã is that of LightGCN and norm brings a row to length 1; z_i is what the mean walk makes of
the items. The K columns of H are attributes that nobody named (Guo et al., *LGMRec*, AAAI
2024).

How we depart: features are small and frozen, so what Ã does to them is done once; the
contrast is a mean over ``contrasted`` rows of a batch and not a sum over the batch against
all nodes (the released weight of 1e-4 is of that sum: 0.2 of a mean over 2,048). The
release overwrites the pictures' memberships of shoppers with those of words; here each
modality has its own. Gumbel noise is there in training only. The rank is a sampled softmax
by default. Without any modality it is LightGCN.

Memory of ``fit``: see ``Descent.memory_needed``, with 20 arrays.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
import torch
from numpy.random import Generator
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
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
from zhiyin.models.encoders import Hyper, table
from zhiyin.models.evidence import weighed
from zhiyin.models.losses import l2, nce
from zhiyin.models.modalities import features
from zhiyin.models.propagation import Operator, last_step, mean_walk, walks


class LgmRecConfig(RankingConfig):
    """How far tastes spread, how many attributes they share, and how they are learnt."""

    layers: NonNegativeInt = 2
    """Steps on the graph of shoppers and items."""
    content_layers: NonNegativeInt = 2
    """Steps of what goods look and read like on the same graph."""
    hyper_layers: PositiveInt = 1
    """How often vectors are passed to the attributes and back."""
    attributes: PositiveInt = 4
    """K, the hidden attributes of each modality."""
    temperature: PositiveFloat = 0.2
    """Of belonging to attributes and of the contrast; lower is more decided."""
    keep: Annotated[float, Field(gt=0.0, le=1.0)] = 0.5
    """Share of memberships that a step leaves in."""
    globally: NonNegativeFloat = 0.3
    """Weight of what the attributes tell."""
    contrast: NonNegativeFloat = 0.2
    """Weight of telling a shopper or item from others by one modality's attributes alone."""
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


class LgmRec(Descent[LgmRecConfig]):
    """Walks on behaviour and content, and attributes that the whole shop shares."""

    name = "LGMRec"
    Config = LgmRecConfig
    arrays = 20

    def module(self, lesson: Lesson, rng: Generator) -> Module:
        """Tables, the graph of pairs, walked features and attributes."""
        return _Module(lesson, self.config, rng)


class _Module(Module):
    def __init__(self, lesson: Lesson, config: LgmRecConfig, rng: Generator) -> None:
        super().__init__()
        self.config, self.candidates = config, len(lesson.candidates)
        self.shoppers = table(lesson.liked.shape[0], config.width, rng)
        self.items = table(lesson.liked.shape[1], config.width, rng)
        self.graph = Operator(weighed(lesson.liked, 0.5, 0.5))
        found, notes = features(lesson.data, ("image", "text"), config.compress, rng)
        if not found:
            notes.append("nothing is known of what the goods are: LightGCN")
        self.modalities, self.notes = tuple(found), tuple(notes)
        content = {}
        for name, own in found.items():
            # Entries of size 1, as the starting weights are made for.
            rows = own.rows * np.float32(np.sqrt(own.rows.shape[1]))
            content[name] = _Content(lesson, rows, self.graph, config)
        self.content = nn.ModuleDict(content)

    def views(self, modalities: Some = None) -> Views:
        """The walk of behaviour, that of each modality, all attributes together, and the sum."""
        behaviour = self._walk()
        chosen = [n for n in self.modalities if modalities is None or n in modalities]
        local, attributes = self._content(behaviour[1], chosen)
        found = {"behaviour": behaviour, **local}
        final = self._joined(local, attributes, behaviour)
        return found | {"final": final}

    def readings(self, modalities: Some = None) -> Tensor:
        """What the last step of behaviour's walk carries from an item to who likes it."""
        return last_step(self.graph, self.shoppers, self.items, self.config.layers)

    def batches(self, lesson: Lesson, rng: Generator) -> Iterable[Any]:
        return ranked_batches(lesson, self.config, rng)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """The rank, the contrast of the modalities' attributes, and L2 of what lies beneath."""
        config, (who, liked, others) = self.config, batch
        goods = torch.cat([liked, others])
        walk, items = self._walk()
        local, attributes = self._content(items, self.modalities, who, goods)
        rows = F.embedding(who, walk), F.embedding(goods, items)
        u, found = self._joined(local, attributes, rows)
        i, j = found[: len(liked)], found[len(liked) :]
        terms = {"rank": ranking(config, batch, u, i, j, self.candidates)}
        if len(attributes) > 1 and config.contrast and config.contrasted:
            told = [
                nce(a[: len(few)], b[: len(few)], config.temperature, few)
                for one, other in pairwise(attributes.values())
                for a, b, names in zip(one, other, (who, liked), strict=True)
                # A batch is in no order: its first rows are as good as any.
                for few in (names[: config.contrasted],)
            ]
            terms["contrast"] = config.contrast * torch.stack(told).sum()
        if config.reg:
            terms["reg"] = config.reg * l2(*rows_of(batch, self.shoppers, self.items))
        return terms

    def _walk(self) -> tuple[Tensor, Tensor]:
        return mean_walk(self.graph, self.shoppers, self.items, self.config.layers)

    def _content(
        self,
        items: Tensor,
        modalities: Iterable[str],
        who: Tensor | None = None,
        goods: Tensor | None = None,
    ) -> tuple[dict[str, tuple[Tensor, Tensor]], dict[str, tuple[Tensor, Tensor]]]:
        """Modality → what is local and what the attributes tell, of some rows or of all."""
        local, attributes = {}, {}
        for name in modalities:
            local[name] = self.content[name].local(who, goods)  # type: ignore[operator]
            attributes[name] = self.content[name](items, who, goods)
        return local, attributes

    def _joined(
        self,
        local: Mapping[str, tuple[Tensor, Tensor]],
        attributes: Mapping[str, tuple[Tensor, Tensor]],
        walk: tuple[Tensor, Tensor],
    ) -> tuple[Tensor, Tensor]:
        if not local:
            return walk
        sides = []
        for n, side in enumerate(walk):
            near = torch.stack([side, *(each[n] for each in local.values())]).sum(dim=0)
            far = torch.stack([each[n] for each in attributes.values()]).sum(dim=0)
            sides.append(near + self.config.globally * F.normalize(far, dim=1))
        return sides[0], sides[1]


class _Content(nn.Module):
    """One modality: its walk, and the attributes that it tells goods and shoppers by."""

    walked_shoppers: Tensor
    walked_items: Tensor
    rows: Tensor
    sums: Tensor

    def __init__(
        self, lesson: Lesson, rows: np.ndarray, graph: Operator, config: LgmRecConfig
    ) -> None:
        super().__init__()
        self.layers = config.hyper_layers
        self.map = nn.Linear(rows.shape[1], config.width, bias=False)
        self.hyper = Hyper(rows.shape[1], config.attributes, config.temperature, config.keep)
        sums = lesson.liked @ rows
        means = sums / np.maximum(np.diff(lesson.liked.indptr), 1)[:, None].astype(np.float32)
        walked = walks(
            graph, torch.from_numpy(means), torch.from_numpy(rows), config.content_layers
        )
        kept = {"rows": torch.from_numpy(rows), "sums": torch.from_numpy(sums)}
        kept |= {"walked_shoppers": walked[0][-1], "walked_items": walked[1][-1]}
        for name, tensor in kept.items():
            self.register_buffer(name, tensor, persistent=False)

    def local(self, who: Tensor | None, goods: Tensor | None) -> tuple[Tensor, Tensor]:
        """norm(Ã^M [...] W) of shoppers and items; of all without their numbers."""
        shoppers = F.normalize(self.map(_some(self.walked_shoppers, who)), dim=1)
        return shoppers, F.normalize(self.map(_some(self.walked_items, goods)), dim=1)

    def forward(
        self, items: Tensor, who: Tensor | None, goods: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """What the attributes tell of shoppers and items, given all items (I, D)."""
        theirs = self.hyper.belongs(_some(self.sums, who))
        mine = self.hyper.belongs(self.rows)
        shoppers = items
        for _ in range(self.layers):
            shoppers, items = self.hyper(mine, theirs, items)
        return shoppers, _some(items, goods)


def _some(x: Tensor, rows: Tensor | None) -> Tensor:
    return x if rows is None else F.embedding(rows, x)
