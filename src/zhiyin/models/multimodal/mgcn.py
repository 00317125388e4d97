"""MGCN: behaviour decides what of the content counts, and what all modalities say counts once.

    z       = mean_{l=0..L} Ã^l E, as LightGCN                              what is bought
    x_m     = E_i ⊙ σ(W₂ W₁ f_m)                                            purified content
    z_m     = S̃_m x_m of items (S̃_m from ``modalities.nearest``, by cosine), R S̃_m x_m of shoppers
    c       = Σ_m a_m z_m,   a = softmax_m wᵀ tanh(W z_m)                   what all say
    side    = (Σ_m σ(P_m z) ⊙ (z_m − c) + c) / (M + 1),   final = z + side
    L = rank(final) + contrast · (NCE(side_i, z_i) + NCE(side_u, z_u)) + reg · ‖E of the batch‖² / B

M modalities, τ of NCE the ``temperature`` (Yu et al., *Multi-View Graph Convolutional
Network for Multimedia Recommendation*, ACM MM 2023).

How we depart: features are small and frozen, eigenvectors of the graph where that is all
there is. NCE compares ``contrasted`` rows of a batch with each other, not all of them,
which costs the square; what comes twice is not its own negative. Of what nothing is
known, z_m is 0. The rank is a sampled softmax, with dropout on the shopper's side, a far
stronger reg, and a moving average of the weights. Without any modality it is LightGCN.

Memory of ``fit``: see ``Descent.memory_needed``, with 40 arrays.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import torch
from numpy.random import Generator
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
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
    rows_of,
)
from zhiyin.models.encoders import Attend, Gate, table
from zhiyin.models.evidence import weighed
from zhiyin.models.losses import l2, nce
from zhiyin.models.modalities import features, nearest
from zhiyin.models.propagation import Operator, mean_walk

Pair = tuple[Tensor, Tensor]


class MgcnConfig(RankingConfig):
    """How far tastes spread, how content is read, and how both are learnt."""

    layers: NonNegativeInt = 2
    """Steps on the graph of shoppers and items."""
    neighbours: Annotated[int, Field(ge=2)] = 10
    """The nearest of each item that count as like it, itself among them."""
    compress: PositiveInt = 64
    """Columns that the features of a modality are brought down to."""
    contrast: NonNegativeFloat = 0.01
    """Weight of telling one's own content view from that of others."""
    temperature: PositiveFloat = 0.2
    """τ of that comparison; smaller looks at the nearest only."""
    contrasted: PositiveInt = 512
    """Rows of a batch that are compared with each other."""
    dropout: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.5
    """Share of a shopper's vector that a step leaves out."""
    objective: Literal["bpr", "softmax"] = "softmax"
    """Bpr: one other of each pair's own; softmax: many that all pairs of a batch share."""
    reg: NonNegativeFloat = 4e-2
    """L2 weight on the vectors that a batch looked up."""
    rate: PositiveFloat = 3e-3
    """Learning rate of Adam."""
    average: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.99
    """Weight of the past in a moving average of the weights, which is what is kept; 0: none."""
    batch: PositiveInt = 4096
    """Pairs of a batch."""
    epochs: PositiveInt = 25
    """Passes over the pairs; at most, where a watch stops earlier."""


class Mgcn(Descent[MgcnConfig]):
    """What is bought, and beside it what purified content says of goods and shoppers."""

    name = "MGCN"
    Config = MgcnConfig
    arrays = 40

    def module(self, lesson: Lesson, rng: Generator) -> Module:
        """Tables, gates, graphs, and the attention that joins the modalities."""
        return _Module(lesson, self.config, rng)


class _Module(Module):
    def __init__(self, lesson: Lesson, config: MgcnConfig, rng: Generator) -> None:
        super().__init__()
        self.config, self.candidates = config, len(lesson.candidates)
        self.shoppers = table(lesson.liked.shape[0], config.width, rng)
        self.items = table(lesson.liked.shape[1], config.width, rng)
        self.graph = Operator(weighed(lesson.liked, 0.5, 0.5))
        names = graphs.modalities(lesson.data)
        found, notes = features(lesson.data, names, config.compress, rng)
        if not found:
            notes.append("nothing is known of what the goods are: LightGCN")
        self.modalities, self.notes = names, tuple(notes)
        self.contents = nn.ModuleList()
        self.wishes = nn.ModuleList(nn.Linear(config.width, config.width) for _ in found)
        self.common = Attend(config.width) if found else None
        for name, own in found.items():
            graph = nearest(lesson.data, name, config.neighbours, binary=False)
            assert graph is not None
            gate = Gate(config.width, own.rows.shape[1])
            self.contents.append(_Content(own.rows, own.known, Operator(graph), gate))

    def views(self, modalities: Some = None) -> Views:
        """What is bought, what content says, and both."""
        chosen = [n for n, m in enumerate(self.modalities) if modalities is None or m in modalities]
        (theirs, goods), (their_views, views) = self._parts(chosen)
        if not chosen:
            return {"final": (theirs, goods), "behaviour": (theirs, goods)}
        sides = self._side(theirs, their_views, chosen), self._side(goods, views, chosen)
        final = theirs + sides[0], goods + sides[1]
        return {"final": final, "behaviour": (theirs, goods), "content": sides}

    def _parts(self, chosen: list[int]) -> tuple[Pair, tuple[list[Tensor], list[Tensor]]]:
        """z of shoppers and items; z_m of shoppers and items in the modalities."""
        bought = mean_walk(self.graph, self.shoppers, self.items, self.config.layers)
        goods = [self.contents[n](self.items) for n in chosen]
        return bought, ([self.graph(own) for own in goods], goods)

    def _side(self, bought: Tensor, views: list[Tensor], chosen: list[int]) -> Tensor:
        """(n, D) what all views say, and of each what is its own, as far as it is wished."""
        assert self.common is not None
        common: Tensor = self.common(views)[0]
        total = common
        for n, view in zip(chosen, views, strict=True):
            total = total + torch.sigmoid(self.wishes[n](bought)) * (view - common)
        return total / (len(views) + 1)

    def readings(self, modalities: Some = None) -> Tensor | None:
        """What the last step carries from an item to who likes it, content taken as it is."""
        if not self.config.layers:
            return None
        layers = self.config.layers - 1
        _, goods = mean_walk(self.graph, self.shoppers, self.items, layers)
        views = self.views(modalities)
        if "content" in views:
            goods = goods + views["content"][1]
        return goods / self.graph.columns()[:, None].sqrt()

    def batches(self, lesson: Lesson, rng: Generator) -> Iterable[Any]:
        return ranked_batches(lesson, self.config, rng)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """The rank, the contrast of content and behaviour, and L2 of what lies beneath."""
        config, (who, liked, others) = self.config, batch
        every = [*range(len(self.modalities))]
        bought, views = self._parts(every)
        # Views are joined for the rows of the batch alone: for all it took thrice the time.
        names = who, torch.cat([liked, others])
        z = [F.embedding(n, each) for n, each in zip(names, bought, strict=True)]
        final, terms = z, {}
        if every:
            rows = [[F.embedding(n, v) for v in each] for n, each in zip(names, views, strict=True)]
            sides = [self._side(own, some, every) for own, some in zip(z, rows, strict=True)]
            final = [own + side for own, side in zip(z, sides, strict=True)]
            if config.contrast:
                told = [
                    self._contrast(n, side, own)
                    for n, side, own in zip((who, liked), sides, z, strict=True)
                ]
                terms["contrast"] = config.contrast * torch.stack(told).sum()
        i, j = torch.split(final[1], [len(liked), len(others)])
        u = F.dropout(final[0], config.dropout, self.training)
        terms["rank"] = ranking(config, batch, u, i, j, self.candidates)
        if config.reg:
            terms["reg"] = config.reg * l2(*rows_of(batch, self.shoppers, self.items))
        return terms

    def _contrast(self, names: Tensor, content: Tensor, bought: Tensor) -> Tensor:
        some = slice(min(self.config.contrasted, len(names)))  # a batch is in no order
        return nce(content[some], bought[some], self.config.temperature, names[some])


class _Content(nn.Module):
    """z_m of items: purified content, taken over from what is like them."""

    rows: Tensor

    def __init__(self, rows: Any, known: Any, likeness: Operator, gate: Gate) -> None:
        super().__init__()
        self.likeness, self.gate = likeness, gate
        self.register_buffer("rows", torch.from_numpy(rows), persistent=False)
        self.register_buffer("known", torch.from_numpy(known[:, None]), persistent=False)

    def forward(self, items: Tensor) -> Tensor:
        """(I, D) from (I, D)."""
        found: Tensor = self.likeness(self.gate(self.rows, items) * self.known)
        return found
