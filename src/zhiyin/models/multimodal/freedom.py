"""FREEDOM: a frozen graph of what goods look and read like, and tastes on a thinned graph.

    ū, ī = mean_{l=0..L} Ã^l [E_u; E_i + spread · A E_i],   Ã = [[0, R], [Rᵀ, 0]]
    item = ī + A E_i,   A = Σ_m w_m S̃_m / Σ_m w_m,   S̃_m from ``modalities.nearest``
    L = rank(ū, item) + features · Σ_m BPR(ū, W_m f_m) + reg · ‖E of the batch‖² / B

R is D_u^-½ X D_i^-½, and in every epoch only a share ``keep`` of X is there, drawn anew
∝ 1/√(d_u d_i) and normalised anew; scores come from all of it (Zhou and Shen, *A Tale of
Two Graphs*, ACM MM 2023: spread 0). With ``learned``, a share of A is built from learnt
projections, as LATTICE does (Zhang et al., ACM MM 2021),

    A ← (1 − learned) · A + learned · Σ_m α_m norm(kNN(cos(W_m f_m))),   α a softmax

its edges found anew in every epoch, and its weights learnt in every step.

How we depart: likeness walks the graph as well, so that a shopper's taste is also for what
reads like her goods, the idea of ``SmoothEase``. The rank is a sampled softmax, with
dropout on the shopper's side, a far stronger reg, and a moving average of the weights:
half the epochs, in batches of twice the size. The part of the loss that looks at features
alone is left out by default (the paper learns 31 million numbers of raw features for it on
Amazon Baby, most of its time); where it is wanted, features are small and frozen. Rows and
columns of S̃ are normalised by their own sums, and LATTICE's A E_i is not made of length 1.

Memory of ``fit``: see ``Descent.memory_needed``, with 16 arrays; a learnt graph adds 8 · 4 · D
per item and neighbour.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, Literal

import numpy as np
import torch
from numpy.random import Generator
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
from scipy.sparse import csr_array
from torch import Tensor, nn
from torch.nn import functional as F

from zhiyin.data import Dataset
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
from zhiyin.models.encoders import table
from zhiyin.models.evidence import weighed
from zhiyin.models.losses import l2
from zhiyin.models.modalities import Features, features, nearest
from zhiyin.models.propagation import Operator, last_step, mean_walk, pruned

Share = Annotated[float, Field(ge=0.0, lt=1.0)]


class FreedomConfig(RankingConfig):
    """How far tastes spread, over what likeness, and how they are learnt."""

    layers: NonNegativeInt = 2
    """Steps on the graph of shoppers and items."""
    text: NonNegativeFloat = 0.9
    """Weight of what goods read like in the graph of likeness."""
    image: NonNegativeFloat = 0.1
    """Weight of what they look like."""
    neighbours: Annotated[int, Field(ge=2)] = 10
    """The nearest of each item that count as like it, itself among them."""
    keep: Annotated[float, Field(gt=0.0, le=1.0)] = 0.3
    """Share of the pairs that tastes spread along in an epoch."""
    learned: Share = 0.0
    """Share of the graph of likeness that is learnt, as in LATTICE; 0: all is frozen."""
    spread: NonNegativeFloat = 2.5
    """How much of the likeness walks the graph of pairs as well."""
    features: NonNegativeFloat = 0.0
    """Weight of telling liked from other goods by their features alone."""
    compress: PositiveInt = 64
    """Columns that features are brought down to."""
    dropout: Share = 0.5
    """Share of a shopper's vector that a step leaves out."""
    reg: NonNegativeFloat = 4e-2
    """L2 weight on the vectors that a batch looked up."""
    rate: PositiveFloat = 3e-3
    """Learning rate of Adam."""
    average: Share = 0.99
    """Weight of the past in a moving average of the weights, which is what is kept; 0: none."""
    objective: Literal["bpr", "softmax"] = "softmax"
    """Bpr: one other of each pair's own; softmax: many that all pairs of a batch share."""
    batch: PositiveInt = 4096
    """Pairs of a batch."""
    epochs: PositiveInt = 40
    """Passes over the pairs; at most, where a watch stops earlier."""


class Freedom(Descent[FreedomConfig]):
    """A vector per shopper and item; an item is also what it looks and reads like."""

    name = "FREEDOM"
    Config = FreedomConfig
    arrays = 16

    def memory_needed(self, data: Dataset) -> int:
        """Bytes, a learnt graph among them: 8 · 4 · D per item and neighbour."""
        learnt = 32 * len(data.items) * self.config.neighbours * self.config.width
        return super().memory_needed(data) + (learnt if self.config.learned else 0)

    def module(self, lesson: Lesson, rng: Generator) -> Module:
        """Tables, the graph of pairs and the graph of likeness."""
        return _Module(lesson, self.config, rng)


class _Module(Module):
    def __init__(self, lesson: Lesson, config: FreedomConfig, rng: Generator) -> None:
        super().__init__()
        self.config, self.liked = config, lesson.liked
        self.candidates = len(lesson.candidates)
        self.shoppers = table(lesson.liked.shape[0], config.width, rng)
        self.items = table(lesson.liked.shape[1], config.width, rng)
        self.everything = Operator(weighed(lesson.liked, 0.5, 0.5))
        self.kept = self.everything
        self.likeness = _Likeness(lesson, config, rng)
        self.modalities, self.notes = self.likeness.names, self.likeness.notes

    def begin(self, epoch: int, rng: Generator) -> None:
        """Draw the pairs of this epoch, and find anew what is like what."""
        if self.config.keep < 1:
            some = pruned(self.liked, self.config.keep, rng)
            self.kept = Operator(weighed(some, 0.5, 0.5)).to(self.shoppers.device)
        if self.likeness.learned and self.likeness.projections is not None:
            self.likeness.projections.find()

    def views(self, modalities: Some = None) -> Views:
        """Who turned to what, and with it what goods are like."""
        graph = self.kept if self.training else self.everything
        likeness, start = self._start(modalities)
        theirs, goods = mean_walk(graph, self.shoppers, start, self.config.layers)
        final = goods if likeness is None else goods + likeness
        return {"final": (theirs, final), "behaviour": (theirs, goods)}

    def readings(self, modalities: Some = None) -> Tensor:
        """What the last step of the walk carries from an item to who likes it."""
        _, start = self._start(modalities)
        return last_step(self.everything, self.shoppers, start, self.config.layers)

    def _start(self, modalities: Some) -> tuple[Tensor | None, Tensor]:
        """A E_i, and (I, D) the items' side of where the walk starts."""
        likeness = self.likeness(self.items, modalities)
        if not self.config.spread or likeness is None:
            return likeness, self.items
        return likeness, self.items + self.config.spread * likeness

    def batches(self, lesson: Lesson, rng: Generator) -> Iterable[Any]:
        return ranked_batches(lesson, self.config, rng)

    def loss(self, batch: Batch) -> Mapping[str, Tensor]:
        """The rank of items, that of their features alone, and L2 of what lies beneath."""
        config = self.config
        theirs, goods = self.views()["final"]
        u, i, j = rows_of(batch, theirs, goods)
        u = F.dropout(u, config.dropout, self.training)
        terms = {"rank": ranking(config, batch, u, i, j, self.candidates)}
        if config.features and (projections := self.likeness.projections) is not None:
            for name, own in zip(projections.names, projections.rows(), strict=True):
                told = ranking(config, batch, *rows_of(batch, theirs, own), self.candidates)
                terms[name] = config.features * told
        if config.reg:
            terms["reg"] = config.reg * l2(*rows_of(batch, self.shoppers, self.items))
        return terms


class _Likeness(nn.Module):
    """A: what a good takes over from those that are like it, in each modality."""

    def __init__(self, lesson: Lesson, config: FreedomConfig, rng: Generator) -> None:
        super().__init__()
        self.learned = config.learned
        self.weights = {"text": config.text, "image": config.image}
        self.frozen: dict[str, csr_array] = {}
        notes: list[str] = []
        for name, weight in self.weights.items():
            graph = nearest(lesson.data, name, config.neighbours) if weight else None
            if graph is not None:
                self.frozen[name] = graph
            elif weight:
                notes.append(graphs.absent(name))
        self.names = tuple(self.frozen)
        if not self.names:
            notes.append("nothing is known of what the goods are: LightGCN on a thinned graph")
        self.whole = self._mixed(self.names)
        self.projections: _Projections | None = None
        if self.names and (config.learned or config.features):
            found, told = features(lesson.data, self.names, config.compress, rng)
            notes += told
            self.projections = _Projections(found, config)
        self.notes = tuple(notes)

    def forward(self, items: Tensor, modalities: Some) -> Tensor | None:
        """(I, D) A·items, from some of the modalities; None where there are none."""
        names = [name for name in self.names if modalities is None or name in modalities]
        # Built anew for a part of the modalities: that is asked for once, after training.
        frozen = self.whole if modalities is None else self._mixed(names)
        if frozen is None:
            return None
        likeness: Tensor = frozen(items)
        if not self.learned or self.projections is None:
            return likeness
        learnt: Tensor = self.projections(items, names)
        return (1 - self.learned) * likeness + self.learned * learnt

    def _mixed(self, names: Collection[str]) -> Operator | None:
        total = sum(self.weights[name] for name in names)
        parts = [self.frozen[name] * np.float32(self.weights[name] / total) for name in names]
        return Operator(csr_array(sum(parts))) if parts else None


class _Projections(nn.Module):
    """W_m f_m, and the likeness of goods by them, whose edges are found when asked."""

    def __init__(self, seen: Mapping[str, Features], config: FreedomConfig) -> None:
        super().__init__()
        self.names, self.neighbours = [*seen], config.neighbours
        self.maps = nn.ModuleList()
        for n, own in enumerate(seen.values()):
            self.maps.append(nn.Linear(own.rows.shape[1], config.width, bias=False))
            self.register_buffer(f"rows{n}", torch.from_numpy(own.rows), persistent=False)
        self.shares = nn.Parameter(torch.zeros(len(seen)))
        self.edges: list[tuple[Tensor, Tensor]] = []

    def rows(self) -> list[Tensor]:
        """(I, D) of each modality."""
        return [each(getattr(self, f"rows{n}")) for n, each in enumerate(self.maps)]

    def find(self) -> None:
        """Who is nearest to whom now: pairs (E,), and each good with itself."""
        self.edges = []
        for rows in self.rows():
            graph = graphs.knn(rows.detach().cpu().numpy(), self.neighbours - 1)
            own = np.flatnonzero(np.diff(graph.indptr))
            ends = [np.concatenate([side, own]) for side in graph.nonzero()]
            here, there = (torch.from_numpy(end.astype(np.int64)).to(rows.device) for end in ends)
            self.edges.append((here, there))

    def forward(self, items: Tensor, names: Collection[str]) -> Tensor:
        """(I, D) Σ α_m norm(cos) · items over the pairs found."""
        if not self.training or not self.edges:
            self.find()  # of the weights as they are: not those of the epoch's beginning
        chosen = [n for n, name in enumerate(self.names) if name in names]
        shares = torch.softmax(self.shares[chosen], dim=0)
        rows, total = self.rows(), torch.zeros_like(items)
        for share, n in zip(shares, chosen, strict=True):
            here, there = self.edges[n]
            unit = F.normalize(rows[n], dim=1)
            alike = (unit[here] * unit[there]).sum(dim=1).clamp(min=0.0)  # (E,)
            near, by = (
                items.new_zeros(len(items)).index_add(0, end, alike) for end in (here, there)
            )
            even = alike / (near[here] * by[there]).sqrt().clamp(min=1e-12)
            total = total + share * torch.zeros_like(items).index_add(
                0, here, even[:, None] * items[there]
            )
        return total
