"""BM3: shoppers and goods predict each other, and no good is ever called disliked.

    ū, ī    = mean_{l=0..L} Ã^l E, as LightGCN;  h_u = ū, h_i = ī + E_i,  h_m = W_m f_m + b_m
    t(h)    = dropout(h), without a gradient;  q linear;  d(a, b) = mean (1 − cos(a, b))
    L = d(q(h_u), t(h_i)) + d(q(h_i), t(h_u))
      + content · Σ_m [d(q(h_m), t(h_i)) + d(q(h_m), t(h_m))] + reg · (‖h_u‖² + ‖h_i‖²) / B
    score(u, i) = ⟨q(h_u), q(h_i)⟩

over the pairs (u, i) that belong together (Zhou et al., *Bootstrap Latent Representations
for Multi-modal Recommendation*, WWW 2023).

How we depart: features are small and frozen, eigenvectors of the graph where that is all
there is, and only those of a batch are projected. Content weighs a tenth of the paper's:
with such stand-ins, on Amazon Baby, that was better. Reg is on the rows of a batch, and
off by default: no value above 0 that was tried did better. The weights are a moving
average. A good of which a modality knows nothing is left out of its terms. Without any
modality the first line of L is all.

Memory of ``fit``: see ``Descent.memory_needed``, with 16 arrays.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated

import numpy as np
import torch
from numpy.random import Generator
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
from torch import Tensor, nn
from torch.nn import functional as F

from zhiyin.models import graphs
from zhiyin.models.descent import Descent, DescentConfig, Lesson, Module, Some, Views
from zhiyin.models.encoders import table
from zhiyin.models.evidence import weighed
from zhiyin.models.losses import cosine, l2
from zhiyin.models.modalities import features
from zhiyin.models.propagation import Operator, mean_walk
from zhiyin.models.samplers import Ints
from zhiyin.training import blocks

Pair = tuple[Tensor, Tensor]


class Bm3Config(DescentConfig):
    """How far tastes spread, how content is read, and how both are learnt."""

    layers: NonNegativeInt = 1
    """Steps on the graph of shoppers and items."""
    compress: PositiveInt = 64
    """Columns that the features of a modality are brought down to."""
    content: NonNegativeFloat = 0.2
    """Weight of what goods' features predict."""
    dropout: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.5
    """Share of a target that a step leaves out."""
    reg: NonNegativeFloat = 0.0
    """L2 weight on the smoothed vectors of a batch."""
    average: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.99
    """Weight of the past in a moving average of the weights, which is what is kept; 0: none."""
    rate: PositiveFloat = 2e-3
    """Learning rate of Adam."""
    batch: PositiveInt = 4096
    """Pairs of a batch."""
    epochs: PositiveInt = 45
    """Passes over the pairs; at most, where a watch stops earlier."""


class Bm3(Descent[Bm3Config]):
    """Smoothed vectors that learn to predict those they belong with."""

    name = "BM3"
    Config = Bm3Config
    arrays = 16

    def module(self, lesson: Lesson, rng: Generator) -> Module:
        """Tables, the graph of pairs, a predictor and a map of features."""
        return _Module(lesson, self.config, rng)


class _Module(Module):
    popularity: Tensor

    def __init__(self, lesson: Lesson, config: Bm3Config, rng: Generator) -> None:
        super().__init__()
        self.config = config
        self.shoppers = table(lesson.liked.shape[0], config.width, rng)
        self.items = table(lesson.liked.shape[1], config.width, rng)
        self.graph = Operator(weighed(lesson.liked, 0.5, 0.5))
        self.predict = nn.Linear(config.width, config.width)
        counts = np.maximum(lesson.liked.sum(axis=0), 1.0).astype(np.float32)
        self.register_buffer("popularity", torch.from_numpy(counts), persistent=False)
        names = graphs.modalities(lesson.data)
        found, notes = features(lesson.data, names, config.compress, rng)
        if not found:
            notes.append("nothing is known of what the goods are: it learns from pairs alone")
        self.modalities, self.notes = names, tuple(notes)
        self.maps = nn.ModuleList()
        for n, own in enumerate(found.values()):
            self.maps.append(nn.Linear(own.rows.shape[1], config.width))
            self.register_buffer(f"rows{n}", torch.from_numpy(own.rows), persistent=False)
            self.register_buffer(f"known{n}", torch.from_numpy(own.known), persistent=False)

    def views(self, modalities: Some = None) -> Views:
        """What is predicted, and beneath it what it is predicted from.

        Content speaks through what it taught the vectors: leaving a modality out changes
        nothing here.
        """
        theirs, goods = self._smoothed()
        return {
            "final": (self.predict(theirs), self.predict(goods)),
            "behaviour": (theirs, goods),
        }

    def readings(self, modalities: Some = None) -> Tensor | None:
        """What the last step of the walk carries from an item to who likes it, predicted."""
        if not self.config.layers:
            return None
        layers = self.config.layers - 1
        _, goods = mean_walk(self.graph, self.shoppers, self.items, layers)
        return F.linear(goods, self.predict.weight) / self.popularity[:, None].sqrt()

    def batches(self, lesson: Lesson, rng: Generator) -> Iterator[tuple[Ints, Ints]]:
        pairs = lesson.pairs
        for rows in blocks(len(pairs), self.config.batch, rng):
            yield pairs.shoppers[rows], pairs.items[rows]

    def loss(self, batch: Pair) -> Mapping[str, Tensor]:
        """What pairs, and what features predict; and L2."""
        config, (who, liked) = self.config, batch
        theirs, goods = self._smoothed()
        u, i = F.embedding(who, theirs), F.embedding(liked, goods)
        wanted = self._target(i)
        terms = {
            "pairs": cosine(self.predict(u), wanted) + cosine(self.predict(i), self._target(u))
        }
        for n, name in enumerate(self.modalities):
            known = getattr(self, f"known{n}")[liked]
            if not config.content or not known.any():
                continue
            own = self.maps[n](getattr(self, f"rows{n}")[liked[known]])
            guess = self.predict(own)
            told = cosine(guess, wanted[known]) + cosine(guess, self._target(own))
            terms[name] = config.content * told
        if config.reg:
            terms["reg"] = config.reg * l2(u, i)
        return terms

    def _smoothed(self) -> tuple[Tensor, Tensor]:
        theirs, goods = mean_walk(self.graph, self.shoppers, self.items, self.config.layers)
        return theirs, goods + self.items

    def _target(self, x: Tensor) -> Tensor:
        return F.dropout(x.detach(), self.config.dropout, self.training)
