"""Sequence: a history is what a network makes of its items, in their order.

The ``network`` is an ONNX graph with dynamic B and T

    "rows" (B, T, D) float32, "lengths" (B,) int64  →  (B, D) float32

where ``rows`` are the item vectors of the newest ``length`` positive events, oldest
first, zeros behind the last of each. So the graph holds no table of items: the vectors
are stored once, mapped into memory, and shared with the comparison.

An event of negative strength (a dislike, a return) is not in the sequence. It pushes the
vector away from its item, and the more so the more of the history it is:

    u ← u − push · size(u) · Σ_negative |w_e| / (Σ_all |w|) · v_e / ‖v_e‖

with size(u) = ‖u‖, and for a history of nothing positive, where u = 0, the mean length
of an item's vector.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zhiyin.models.readers.graph import Graph
from zhiyin.models.readers.reader import Known, register

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
_BATCH = 256


class Sequence:
    """A network over the vectors of the newest items."""

    name = "sequence"

    def __init__(self, vectors: Floats, network: Graph, length: int, push: float = 1.0) -> None:
        if length < 1 or not push >= 0:
            raise ValueError(f"length {length} or push {push} is too small")
        self.vectors = vectors  # (I, D)
        self.network = network
        self.length = int(length)
        self.push = float(push)

    @property
    def memory(self) -> int:
        """Bytes of the network; the vectors are the form's."""
        return self.network.memory

    def read(self, known: Known) -> Floats:
        """(B, D) in batches of like lengths, so that little is padded."""
        positive = known.where(known.weights > 0)
        lengths = np.minimum(positive.lengths, self.length)
        vectors = np.zeros((len(known), self.vectors.shape[1]), np.float32)
        order = np.argsort(lengths, kind="stable")
        order = order[lengths[order] > 0]
        for start in range(0, len(order), _BATCH):
            some = order[start : start + _BATCH]
            rows = self._rows(positive, some, lengths[some])
            vectors[some] = self.network.run(rows=rows, lengths=lengths[some])
        return vectors - self._pushes(known, vectors)

    def parts(self, known: Known) -> Floats:
        """(E, D) what the vector loses without each event, from one batch without each."""
        whole = self.read(known)
        if len(known.items) < 2:
            return whole[known.owners]
        lost: Floats = whole - self.read(known.each_without_one())
        return lost

    def save(self, folder: Path) -> dict[str, Any]:
        """Write the network."""
        self.network.save(folder / "sequence.onnx")
        return {"length": self.length, "push": self.push}

    @classmethod
    def load(cls, folder: Path, facts: Mapping[str, Any], vectors: Floats) -> "Sequence":
        """Read what ``save`` wrote."""
        network = Graph.load(folder / "sequence.onnx")
        return cls(vectors, network, int(facts["length"]), float(facts["push"]))

    def _rows(self, positive: Known, some: Ints, lengths: Ints) -> Floats:
        """(B, T, D) the item vectors of the newest events, right-padded with zeros."""
        place = np.arange(lengths.max())
        starts = positive.offsets[1:][some] - lengths
        inside = place < lengths[:, None]
        items = positive.items[np.where(inside, starts[:, None] + place, 0)]
        rows = np.asarray(self.vectors[items], np.float32)
        rows[~inside] = 0.0
        return rows

    def _pushes(self, known: Known, vectors: Floats) -> Floats:
        """(B, D) what the negative events take away."""
        taken = np.zeros_like(vectors)
        negative = np.flatnonzero(known.weights < 0)
        if not len(negative) or not self.push:
            return taken
        owners, away = known.owners, self.vectors[known.items[negative]]
        total = np.bincount(owners, np.abs(known.weights), len(known))
        sizes = np.linalg.norm(vectors, axis=1)
        sizes = np.where(sizes > 0, sizes, self._typical)
        owners = owners[negative]
        amount = self.push * sizes[owners] * -known.weights[negative] / total[owners]
        lengths = np.maximum(np.linalg.norm(away, axis=1), np.finfo(np.float32).tiny)
        np.add.at(taken, owners, (amount / lengths)[:, None] * away)
        return taken

    @cached_property
    def _typical(self) -> float:
        """The mean length of an item's vector, over at most a million numbers of them."""
        some = self.vectors[:: max(1, self.vectors.size // 1_000_000)]
        return float(np.linalg.norm(some, axis=1).mean()) if len(some) else 0.0


register("sequence", Sequence.load)
