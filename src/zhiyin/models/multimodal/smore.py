"""SMORE: what goods look and read like, cleared of noise in the spectrum, and both as one.

    v_m = irfft(rfft(W_m f_m) ⊙ w_m),   v_f = irfft(Π_m rfft(W_m f_m) ⊙ w_f)
    items      z_k = S_k (E_i ⊙ σ(G_k v_k)),   k the modalities and f, the fusion
    shoppers   z_k = R z_k of the items
    side = mean_k σ(P_k z) ⊙ a_k ⊙ z_k,   a_m = softmax(q_m(z_f)) over the D numbers,  a_f = 1
    final = z + side,   z = mean_{l=0..L} Ã^l E
    L = rank(final) + contrast · [NCE(side, z) of shoppers + of items] + reg · ‖E of the batch‖² / B

w are complex and learnt; S_m is from ``modalities.nearest`` with cosines for weights, S_f
the larger of both in every entry; q_m is a linear map, tanh and a linear map; Ã and R are
those of LightGCN (Ong and Khong, *Spectrum-based modality representation fusion graph
convolutional network*, WSDM 2025).

How we depart: features are small and frozen (the release learns them). The contrast
compares ``contrasted`` rows of a batch, not all. The rank is a sampled softmax by default.
The authors take 40 neighbours by pictures and 15 by words on Amazon Baby; by default there
are 10 of both. With one modality the fusion is a second filter of it; without any it is
LightGCN.

Memory of ``fit``: see ``Descent.memory_needed``, with 36 arrays.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.random import Generator
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
from scipy.sparse import csr_array
from torch import Tensor, nn
from torch.nn import functional as F

from zhiyin.models.descent import (
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
from zhiyin.models.encoders import Filter, table
from zhiyin.models.evidence import weighed
from zhiyin.models.losses import l2, nce
from zhiyin.models.modalities import Features, features, nearest
from zhiyin.models.propagation import Operator, last_step, mean_walk
from zhiyin.models.samplers import Ints

Share = Annotated[float, Field(ge=0.0, lt=1.0)]
FUSION = "fusion"


class SmoreConfig(RankingConfig):
    """How far tastes spread, over what likeness, and how they are learnt."""

    layers: NonNegativeInt = 4
    """Steps on the graph of shoppers and items."""
    neighbours: Annotated[int, Field(ge=2)] = 10
    """The nearest of each item that count as like it, itself among them."""
    contrast: NonNegativeFloat = 0.01
    """Weight of telling a shopper or item from others by what content says of it."""
    temperature: PositiveFloat = 0.2
    """Of the contrast; lower looks at the most alike only."""
    contrasted: NonNegativeInt = 512
    """Rows of a batch that are told from each other."""
    compress: PositiveInt = 64
    """Columns that features are brought down to."""
    dropout: Share = 0.1
    """Share of what behaviour wishes of content that a step leaves out."""
    reg: NonNegativeFloat = 1e-3
    """L2 weight on the vectors that a batch looked up."""
    objective: Literal["bpr", "softmax"] = "softmax"
    """Bpr: one other of each pair's own; softmax: many that all pairs of a batch share."""
    epochs: PositiveInt = 35
    """Passes over the pairs; at most, where a watch stops earlier."""


class Smore(Descent[SmoreConfig]):
    """A vector per shopper and item, beside it what filtered content says, as far as wished."""

    name = "SMORE"
    Config = SmoreConfig
    arrays = 36

    def module(self, lesson: Lesson, rng: Generator) -> Module:
        """Tables, the graph of pairs, filters, gates and graphs of likeness."""
        return _Module(lesson, self.config, rng)


class _Module(Module):
    def __init__(self, lesson: Lesson, config: SmoreConfig, rng: Generator) -> None:
        super().__init__()
        self.config, self.candidates = config, len(lesson.candidates)
        self.shoppers = table(lesson.liked.shape[0], config.width, rng)
        self.items = table(lesson.liked.shape[1], config.width, rng)
        self.pairs = weighed(lesson.liked, 0.5, 0.5)
        self.graph = Operator(self.pairs)
        found, notes = features(lesson.data, ("image", "text"), config.compress, rng)
        if not found:
            notes.append("nothing is known of what the goods are: LightGCN")
        self.modalities, self.notes = tuple(found), tuple(notes)
        self.content = _Content(lesson, found, config, rng)
        self.queries, self.wishes = nn.ModuleDict(), nn.ModuleDict()
        width = config.width
        for name in found:
            self.queries[name] = nn.Sequential(
                nn.Linear(width, width), nn.Tanh(), nn.Linear(width, width, bias=False)
            )
        for name in (*found, FUSION) if found else ():
            self.wishes[name] = nn.Linear(width, width)

    def views(self, modalities: Some = None) -> Views:
        """The walk of behaviour, every view of content, what they say together, and the sum."""
        walk = self._walk()
        goods = self.content(self.items, modalities)
        if not goods:
            return {"behaviour": walk, "final": walk}
        theirs = {name: self.graph(view) for name, view in goods.items()}
        sides = self._side(walk[0], theirs), self._side(walk[1], goods)
        found = {name: (theirs[name], goods[name]) for name in goods}
        final = walk[0] + sides[0], walk[1] + sides[1]
        return found | {"behaviour": walk, "content": sides, "final": final}

    def readings(self, modalities: Some = None) -> Tensor:
        """What the last step of behaviour's walk carries from an item to who likes it."""
        return last_step(self.graph, self.shoppers, self.items, self.config.layers)

    def batches(
        self, lesson: Lesson, rng: Generator
    ) -> Iterator[tuple[Ints, Ints, Ints, Operator]]:
        """Triples, and the rows of R of each batch's shoppers: nobody else is lifted."""
        for who, liked, others in ranked_batches(lesson, self.config, rng):
            yield who, liked, others, Operator(csr_array(self.pairs[who])).to(self.items.device)

    def loss(self, batch: tuple[Tensor, Tensor, Tensor, Operator]) -> Mapping[str, Tensor]:
        """The rank, the contrast of content with behaviour, and L2 of what lies beneath."""
        config, triple, lift = self.config, batch[:3], batch[3]
        who, liked, others = triple
        found = torch.cat([liked, others])
        goods = self.content(self.items, None)
        walk = [F.embedding(n, side) for n, side in zip((who, found), self._walk(), strict=True)]
        u, items = walk
        terms: dict[str, Tensor] = {}
        if goods:
            theirs = {name: lift(view) for name, view in goods.items()}
            rows = {name: F.embedding(found, view) for name, view in goods.items()}
            sides = self._side(u, theirs), self._side(items, rows)
            u, items = u + sides[0], items + sides[1]
            if config.contrast and config.contrasted:
                own = [
                    self._contrast(*each) for each in zip(sides, walk, (who, liked), strict=True)
                ]
                terms["contrast"] = config.contrast * torch.stack(own).sum()
        i, j = items[: len(liked)], items[len(liked) :]
        terms["rank"] = ranking(config, triple, u, i, j, self.candidates)
        if config.reg:
            terms["reg"] = config.reg * l2(*rows_of(triple, self.shoppers, self.items))
        return terms

    def _walk(self) -> tuple[Tensor, Tensor]:
        return mean_walk(self.graph, self.shoppers, self.items, self.config.layers)

    def _side(self, walk: Tensor, views: Mapping[str, Tensor]) -> Tensor:
        """(n, D) what content says: each view as far as behaviour wishes and the fusion asks."""
        told = []
        for name, view in views.items():
            wish = F.dropout(
                torch.sigmoid(self.wishes[name](walk)), self.config.dropout, self.training
            )
            if name != FUSION:
                view = torch.softmax(self.queries[name](views[FUSION]), dim=1) * view
            told.append(wish * view)
        return torch.stack(told).mean(dim=0)

    def _contrast(self, side: Tensor, walk: Tensor, names: Tensor) -> Tensor:
        names = names[: self.config.contrasted]  # a batch is in no order: as good as any
        few = slice(len(names))
        return nce(side[few], walk[few], self.config.temperature, names)


class _Content(nn.Module):
    """z_k of the items: filtered features open a gate, and what is alike is mixed."""

    def __init__(
        self,
        lesson: Lesson,
        found: Mapping[str, Features],
        config: SmoreConfig,
        rng: Generator,
    ) -> None:
        super().__init__()
        self.names = tuple(found)
        self.maps, self.filters, self.gates = nn.ModuleDict(), nn.ModuleDict(), nn.ModuleDict()
        self.likeness: dict[str, csr_array] = {}
        for name, own in found.items():
            graph = nearest(lesson.data, name, config.neighbours, binary=False)
            assert graph is not None
            self.likeness[name] = graph
            self.maps[name] = nn.Linear(own.rows.shape[1], config.width)
            # Entries of size 1, as the starting weights are made for.
            rows = own.rows * np.float32(np.sqrt(own.rows.shape[1]))
            self.register_buffer(f"rows_{name}", torch.from_numpy(rows), persistent=False)
        for name in (*found, FUSION) if found else ():
            self.filters[name] = Filter(config.width, rng)
            self.gates[name] = nn.Linear(config.width, config.width)
        self.graphs = nn.ModuleDict(self._graphs(self.names))

    def forward(self, items: Tensor, modalities: Some) -> dict[str, Tensor]:
        """View → (I, D), the fusion among them; nothing where there is no modality."""
        chosen = [n for n in self.names if modalities is None or n in modalities]
        if not chosen:
            return {}
        # Of a part of the modalities a fusion is made anew: that is asked once, after training.
        graphs = self.graphs if len(chosen) == len(self.names) else self._graphs(chosen)
        mapped = {name: self.maps[name](getattr(self, f"rows_{name}")) for name in chosen}
        clear = {name: self.filters[name](own) for name, own in mapped.items()}
        clear[FUSION] = self.filters[FUSION](*mapped.values())
        return {
            name: graphs[name](items * torch.sigmoid(self.gates[name](own)))
            for name, own in clear.items()
        }

    def _graphs(self, names: Iterable[str]) -> dict[str, Operator]:
        matrices = {name: self.likeness[name] for name in names}
        if not matrices:
            return {}
        larger = reduce(lambda one, other: csr_array(one.maximum(other)), matrices.values())
        return {name: Operator(each) for name, each in (*matrices.items(), (FUSION, larger))}
