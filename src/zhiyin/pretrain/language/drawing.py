"""Drawing together: two texts of one item become near, texts of other items far.

    L = −½ mean_x [ log exp s_xx / Σ_y exp s_xy + log exp s_xx / Σ_y exp s_yx ],
    s_xy = cos(a_x, b_y) / τ

with a and b two views of an item, drawn anew in every epoch: title and description, Chinese
and English, title and facts. Items of a batch that share a text are no negatives of each
other. Gao et al.: *SimCSE*, EMNLP 2021 (the loss on mean-pooled vectors); the pairs are the
catalogue's own, where SimCSE takes dropout or labelled pairs.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from numpy.random import Generator
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from torch import Tensor
from torch.nn import functional as F

from zhiyin.pretrain.align import judged
from zhiyin.pretrain.language.network import Reader
from zhiyin.pretrain.language.vocabulary import Pieces, Vocabulary
from zhiyin.training import blocks

Views = Sequence[tuple[int, ...]]
_JUDGING = 500
"""Held items that judge, at most."""
_PARTS = 6
"""Of a batch, by length: a title would be filled up to the longest description."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The batches and the loss."""

    reader: Reader
    vocabulary: Vocabulary
    texts: Sequence[Pieces]
    """The first window of every text."""
    items: Views
    size: int
    temperature: float

    def batches(self, epoch: int, rng: Generator) -> Iterator[dict[str, Any]]:
        """All items in a new order, each by two of its views."""
        for rows in blocks(len(self.items), self.size, rng):
            yield self._batch(drawn([self.items[row] for row in rows], rng))

    def loss(self, batch: Mapping[str, Any]) -> dict[str, Tensor]:
        """Both ways."""
        rows = torch.cat([self.reader.vectors(tokens) for tokens in batch["tokens"]])
        a, b = (rows[batch[side]] for side in ("one", "other"))
        alike = F.normalize(a, dim=1) @ F.normalize(b, dim=1).T / self.temperature  # (B, B)
        own = torch.arange(len(alike), device=alike.device)
        same = batch["names"][:, None] == batch["names"][None, :]
        same.fill_diagonal_(False)
        alike = alike.masked_fill(same, -torch.inf)
        return {"drawing": (F.cross_entropy(alike, own) + F.cross_entropy(alike.T, own)) / 2}

    def judged(self, views: npt.NDArray[np.int64]) -> float:
        """The mean reciprocal rank with which one view (N, 2) of an item finds the other."""
        if not len(views):
            return math.nan
        sides = []
        for column in views.T:
            rows = self.reader.encoded([self.texts[n] for n in column], self.vocabulary)
            sides.append((rows / rows.norm(dim=1, keepdim=True)).numpy())
        return judged(sides[0], sides[1])["mrr"]

    def _batch(self, views: npt.NDArray[np.int64]) -> dict[str, Any]:
        """Each text once, alike long together, and where the two views of an item are."""
        numbers, places = np.unique(views, return_inverse=True)
        order = np.argsort([len(self.texts[n]) for n in numbers], kind="stable")
        rows = [self.texts[numbers[n]] for n in order]
        step = -(-len(rows) // _PARTS)
        found = np.argsort(order)[places.reshape(views.shape)]
        return {
            "tokens": [
                self.vocabulary.padded(rows[at : at + step]) for at in range(0, len(rows), step)
            ],
            "one": found[:, 0],
            "other": found[:, 1],
            "names": _names(views),
        }


def drawn(items: Views, rng: Generator) -> npt.NDArray[np.int64]:
    """(N, 2) two different views of each item."""
    return np.array([rng.choice(own, 2, replace=False) for own in items], np.int64)


def drawn_apart(items: Views, rng: Generator) -> npt.NDArray[np.int64]:
    """(N, 2) two views of some held items, no text twice: a copy cannot be told apart."""
    seen: set[int] = set()
    found = []
    for number in rng.permutation(len(items)).tolist():
        pair = rng.choice(items[number], 2, replace=False).tolist()
        if not seen & {*pair}:
            seen |= {*pair}
            found.append(pair)
    return np.array(found[:_JUDGING], np.int64).reshape(-1, 2)


def _names(views: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """(N,) equal numbers for rows that share a text, or are joined by rows that do."""
    texts, columns = np.unique(views, return_inverse=True)
    rows = np.repeat(np.arange(len(views)), 2)
    shape = (len(views), len(texts))
    says = csr_array((np.ones(len(rows)), (rows, columns.ravel())), shape=shape)
    _, labels = connected_components(says @ says.T, directed=False)
    return np.asarray(labels, np.int64)
