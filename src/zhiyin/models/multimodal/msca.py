"""MSCA: what goods are bought, read and look like, each told once, beside tastes on the graph.

    z = mean_{l=1..L} Ã^l E,   Ã = [[0, R], [Rᵀ, 0]],   R = D_u^-½ X D_i^-½
    structure  z_c = C E_i,   C who is bought by the same shoppers as whom
    modality   z_m = S̃_m (E_i ⊙ σ(W f_m)),   S̃_m from ``modalities.nearest``
    shoppers   z_k = R z_k of the items, for each view k
    ẑ = Σ_k z_k − Σ_k s_k z_k,   s = softmax_k wᵀ tanh(W z_k):  what views share, taken off
    final = z + added · ẑ
    L = rank(final) + contrast · Σ_k [NCE(z, z_k) of shoppers + NCE(z, z_k) of items]
        + reg · ‖E of the batch‖² / B

C joins the ``neighbours`` goods that most shoppers share with each, two at least, and the
good itself; binary and normalised (MSCA, WWW 2026, DOI 10.1145/3774904.3792192; written
from a description of it).

How we depart, each found on the validation part of Amazon Baby: the rank is a sampled
softmax and a shopper's vector is dropped out; in every epoch half of the pairs are drawn
anew for R, as FREEDOM does, which keeps it from learning them by heart. The contrast
compares ``contrasted`` rows of a batch rather than all, L2 is on the batch's rows rather
than on all weights, features are small and frozen, vectors start larger, and what is kept
is a moving average of the weights. The gate's two linear maps in a row are one. A single
view has nothing in common with others and is added whole.

Who is no training shopper is folded in from what the formula would read of an item, with
even shares s.

Memory of ``fit``: see ``Descent.memory_needed``, with 20 arrays.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import numpy as np
import torch
from numpy.random import Generator
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
from scipy.sparse import csr_array, eye_array
from torch import Tensor, nn
from torch.nn import functional as F

from zhiyin.models import graphs
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
from zhiyin.models.encoders import Attend, table
from zhiyin.models.evidence import weighed
from zhiyin.models.losses import l2, nce
from zhiyin.models.modalities import features, nearest
from zhiyin.models.propagation import Operator, mean_walk, pruned
from zhiyin.models.samplers import Ints

Share = Annotated[float, Field(ge=0.0, lt=1.0)]
Lifted = tuple[Ints, Ints, Ints, Operator]


class MscaConfig(RankingConfig):
    """How far tastes spread, what views add, and how they are learnt."""

    layers: PositiveInt = 2
    """Steps on the graph of shoppers and items."""
    added: NonNegativeFloat = 0.7
    """Weight of what the views tell beside the walk's 1."""
    neighbours: Annotated[int, Field(ge=2)] = 10
    """The nearest of each item, by words, by pictures and by the shoppers they share."""
    contrast: NonNegativeFloat = 0.01
    """Weight of telling a shopper or item from others by each view alone."""
    temperature: PositiveFloat = 0.2
    """Of the contrast; lower looks at the most alike only."""
    contrasted: NonNegativeInt = 512
    """Rows of a batch that are told from each other."""
    keep: Annotated[float, Field(gt=0.0, le=1.0)] = 0.5
    """Share of the pairs that tastes spread along in an epoch."""
    compress: PositiveInt = 64
    """Columns that features are brought down to."""
    dropout: Share = 0.3
    """Share of a shopper's vector that a step leaves out."""
    reg: NonNegativeFloat = 1e-3
    """L2 weight on the vectors that a batch looked up."""
    objective: Literal["bpr", "softmax"] = "softmax"
    """Bpr: one other of each pair's own; softmax: many that all pairs of a batch share."""
    batch: PositiveInt = 4096
    """Pairs of a batch."""
    start: PositiveFloat = 4.0
    """Size of the first vectors, as a multiple of what they commonly start from."""
    average: Share = 0.99
    """Weight of the past in a moving average of the weights, which is what is kept; 0: none."""
    epochs: PositiveInt = 25
    """Passes over the pairs; at most, where a watch stops earlier."""


class Msca(Descent[MscaConfig]):
    """A vector per shopper and item, and what several views of them tell, once each."""

    name = "MSCA"
    Config = MscaConfig
    arrays = 20

    def module(self, lesson: Lesson, rng: Generator) -> Module:
        """Tables, the graph of pairs, one operator per view, gates and attention."""
        return _Module(lesson, self.config, rng)


class _Module(Module):
    def __init__(self, lesson: Lesson, config: MscaConfig, rng: Generator) -> None:
        super().__init__()
        self.config = config
        self.candidates = len(lesson.candidates)
        self.shoppers = table(lesson.liked.shape[0], config.width, rng)
        self.items = table(lesson.liked.shape[1], config.width, rng)
        with torch.no_grad():
            # The contrast looks at directions alone: while vectors are near zero its gradient
            # drowns the rank's (started small, with a weight of 0.03, nothing was learnt).
            for each in (self.shoppers, self.items):
                each.mul_(config.start)
        self.pairs = weighed(lesson.liked, 0.5, 0.5)
        self.everything = Operator(self.pairs)
        self.kept = self.everything
        self.structure = Operator(_structure(lesson.liked, config.neighbours))
        self.content = _Content(lesson, config, rng)
        self.attend = Attend(config.width)
        self.modalities, self.notes = self.content.names, self.content.notes

    def views(self, modalities: Some = None) -> Views:
        """The walk, every view, and both joined."""
        graph = self.kept if self.training else self.everything
        names, sources, goods = self._sides(graph, modalities)
        theirs = [graph(each) for each in sources]
        found = dict(zip(names, zip(theirs, goods, strict=True), strict=True))
        return found | {"final": (self._joined(theirs), self._joined(goods))}

    def readings(self, modalities: Some = None) -> Tensor:
        """What an item adds to who likes it, with even shares, but for 1/√d_u."""
        _, (walk, *views), _ = self._sides(self.everything, modalities)
        share = 1.0 - 1.0 / len(views) if len(views) > 1 else 1.0
        total = walk + self.config.added * share * torch.stack(views).sum(dim=0)
        return total / self.everything.columns()[:, None].sqrt()

    def batches(self, lesson: Lesson, rng: Generator) -> Iterator[Lifted]:
        """Triples, and of the epoch's graph the rows of each batch's shoppers."""
        some = self.pairs
        if self.config.keep < 1:
            some = weighed(pruned(lesson.liked, self.config.keep, rng), 0.5, 0.5)
            self.kept = Operator(some).to(self.items.device)
        for who, liked, others in ranked_batches(lesson, self.config, rng):
            # Lifting all shoppers and looking up the batch took twice the time of a step.
            yield who, liked, others, Operator(csr_array(some[who])).to(self.items.device)

    def loss(self, batch: tuple[Tensor, Tensor, Tensor, Operator]) -> Mapping[str, Tensor]:
        """The rank, the contrast of the walk with every view, and L2 of what lies beneath."""
        config, triple, lift = self.config, batch[:3], batch[3]
        who, liked, others = triple
        _, sources, goods = self._sides(self.kept, None)
        theirs = [lift(each) for each in sources]
        found = torch.cat([liked, others])
        rows = [F.embedding(found, each) for each in goods]
        joined = self._joined(rows)
        i, j = joined[: len(liked)], joined[len(liked) :]
        u = F.dropout(self._joined(theirs), config.dropout, self.training)
        terms = {"rank": ranking(config, triple, u, i, j, self.candidates)}
        if config.contrast and config.contrasted:
            own = self._contrast(theirs, who) + self._contrast(rows, liked)
            terms["contrast"] = config.contrast * own
        if config.reg:
            terms["reg"] = config.reg * l2(*rows_of(triple, self.shoppers, self.items))
        return terms

    def _sides(
        self, graph: Operator, modalities: Some
    ) -> tuple[list[str], list[Tensor], list[Tensor]]:
        """Names of the views; (I, D) what R lifts to shoppers; (I, D) the items' own."""
        # The mean of steps 1 to L is one step from the mean of steps 0 to L − 1.
        theirs, goods = mean_walk(graph, self.shoppers, self.items, self.config.layers - 1)
        views = {"together": self.structure(self.items), **self.content(self.items, modalities)}
        names = ["behaviour", *views]
        return names, [goods, *views.values()], [graph.back(theirs), *views.values()]

    def _joined(self, rows: list[Tensor]) -> Tensor:
        walk, *views = rows
        if len(views) == 1:
            return walk + self.config.added * views[0]
        common: Tensor = self.attend(views)[0]
        return walk + self.config.added * (torch.stack(views).sum(dim=0) - common)

    def _contrast(self, rows: list[Tensor], names: Tensor) -> Tensor:
        names = names[: self.config.contrasted]  # a batch is in no order: as good as any
        walk, *views = (each[: len(names)] for each in rows)
        terms = [nce(walk, view, self.config.temperature, names) for view in views]
        return torch.stack(terms).sum()


class _Content(nn.Module):
    """z_m of the items: through the gate of their features, over what is like them."""

    def __init__(self, lesson: Lesson, config: MscaConfig, rng: Generator) -> None:
        super().__init__()
        found, notes = features(lesson.data, ("text", "image"), config.compress, rng)
        self.gates, self.graphs = nn.ModuleDict(), nn.ModuleDict()
        for name, own in found.items():
            graph = nearest(lesson.data, name, config.neighbours)
            assert graph is not None
            self.graphs[name] = Operator(graph)
            self.gates[name] = nn.Linear(own.rows.shape[1], config.width)
            # Entries of size 1, as the gate's starting weights are made for.
            rows = own.rows * np.float32(np.sqrt(own.rows.shape[1]))
            self.register_buffer(f"rows_{name}", torch.from_numpy(rows), persistent=False)
        self.names = tuple(found)
        if not found:
            notes.append("nothing is known of what the goods are: behaviour alone speaks")
        self.notes = tuple(notes)

    def forward(self, items: Tensor, modalities: Some) -> dict[str, Tensor]:
        """Modality → (I, D)."""
        views = {}
        for name in self.names:
            if modalities is None or name in modalities:
                gate = torch.sigmoid(self.gates[name](getattr(self, f"rows_{name}")))
                views[name] = self.graphs[name](items * gate)
        return views


def _structure(liked: csr_array, neighbours: int) -> csr_array:
    """(I, I) C: who is bought with whom, and each good with itself."""
    together = graphs.cooccurrence(liked, neighbours)
    together.data = np.ones_like(together.data)
    return weighed(csr_array(together + eye_array(together.shape[0])), 0.5, 0.5)
