"""Sum: a history is the sum of its items' vectors, and who is known is remembered.

    u = Σ_e w(e) · reads[item(e)] / (Σ_e |w(e)|)^power,   then u ← head(u) where there is one

``power`` 1 is the mean, 0 the plain sum, 1/2 what graph convolutions do. ``head`` is an
ONNX graph from "sums" (B, W) to (B, D), for models whose shopper side is not linear.

A model that learnt a vector per shopper may leave them here: a history of exactly the
items, each liked or disliked, of a training shopper (in any order, however often) gets
the vector learnt for it, and any other the sum. Histories are recognised by a hash after
Zobrist (*A new hashing method with application for game playing*, 1970): a fixed random
64-bit number for each item and sign, joined by exclusive or. Among a million shoppers two
share a hash by chance once in 40 million models.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from zhiyin.core import Histories
from zhiyin.models import folder as on_disk
from zhiyin.models.readers.graph import Graph
from zhiyin.models.readers.reader import Known, register

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


class Sum:
    """The weighted sum of a vector per item, or the remembered vector of a shopper."""

    name = "sum"

    def __init__(
        self,
        reads: Floats,
        power: float = 1.0,
        *,
        head: Graph | None = None,
        keys: Hashes | None = None,
        remembered: Floats | None = None,
    ) -> None:
        self.reads = reads  # (I, W) what an event of each item adds
        self.power = float(power)
        self.head = head
        self.keys = np.empty(0, np.uint64) if keys is None else keys  # (U,) sorted
        self.remembered = remembered  # (U, D) the vectors of the histories with those keys
        if len(self.keys) != (0 if remembered is None else len(remembered)):
            raise ValueError("keys and remembered vectors come together")
        if not np.isfinite(self.power) or (self.keys[1:] <= self.keys[:-1]).any():
            raise ValueError("power is no number, or keys do not rise")

    @property
    def memory(self) -> int:
        """Bytes of its arrays and its head."""
        own = self.reads.nbytes + self.keys.nbytes
        own += 0 if self.remembered is None else self.remembered.nbytes
        return own + (0 if self.head is None else self.head.memory)

    def read(self, known: Known) -> Floats:
        """(B, D) remembered vectors, and sums through the head."""
        rows = csr_array(
            (known.weights, known.items, known.offsets), shape=(len(known), len(self.reads))
        )
        vectors = self._through((rows @ self.reads) / self._norms(known)[:, None])
        vectors[known.lengths == 0] = 0.0
        if self.remembered is not None and len(self.keys):
            keys = fingerprints(known)
            place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
            met = np.flatnonzero((self.keys[place] == keys) & (known.lengths > 0))
            vectors[met] = self.remembered[place[met]]
        return vectors

    def parts(self, known: Known) -> Floats:
        """(E, D) each event's share of the sum; through a head, what goes without it.

        A remembered shopper is explained by the sum that stands for the same history.
        """
        shares = self.reads[known.items] * known.weights[:, None]
        shares = (shares / self._norms(known)[known.owners][:, None]).astype(np.float32)
        if self.head is None or not len(shares):
            return shares
        whole = shares.sum(axis=0)
        return self._through(whole[None]) - self._through(whole - shares)

    def save(self, folder: Path) -> dict[str, Any]:
        """Write ``reads``, and what is remembered and the head where there are some."""
        np.save(folder / "reads.npy", self.reads, allow_pickle=False)
        if self.remembered is not None:
            np.save(folder / "keys.npy", self.keys, allow_pickle=False)
            np.save(folder / "remembered.npy", self.remembered, allow_pickle=False)
        if self.head is not None:
            self.head.save(folder / "head.onnx")
        return {
            "power": self.power,
            "remembers": self.remembered is not None,
            "head": self.head is not None,
        }

    @classmethod
    def load(cls, folder: Path, facts: Mapping[str, Any], vectors: Floats) -> "Sum":
        """Read what ``save`` wrote; the arrays are mapped."""
        wanted = {"reads": "f2"}
        if facts["remembers"]:
            wanted |= {"keys": "u", "remembered": "f2"}
        arrays = on_disk.mapped(folder, wanted)
        head = Graph.load(folder / "head.onnx") if facts["head"] else None
        reads, remembered = arrays["reads"], arrays.get("remembered")
        if len(reads) != len(vectors) or (head is None and reads.shape != vectors.shape):
            raise ValueError(f"reads are {reads.shape} beside vectors of {vectors.shape}")
        if remembered is not None and remembered.shape[1] != vectors.shape[1]:
            raise ValueError(f"remembered are {remembered.shape}, vectors {vectors.shape}")
        return cls(reads, facts["power"], head=head, keys=arrays.get("keys"), remembered=remembered)

    def _norms(self, known: Known) -> Floats:
        sizes = np.bincount(known.owners, np.abs(known.weights), len(known))
        norms: Floats = (np.where(sizes > 0, sizes, 1.0) ** self.power).astype(np.float32)
        return norms

    def _through(self, sums: Floats) -> Floats:
        sums = np.ascontiguousarray(sums, np.float32)
        return sums if self.head is None else self.head.run(sums=sums).copy()


def remember(histories: Histories, vectors: Floats) -> tuple[Hashes, Floats]:
    """Keys, sorted, and (U, D) what to remember of the vectors learnt for ``histories``.

    Shoppers of the same history share the mean of theirs; who has none is left out.
    """
    everything = np.ones(int(histories.items.max(initial=-1)) + 1, np.bool_)
    known = Known.of(histories, histories.weights, everything)
    some = np.flatnonzero(known.lengths)
    keys, which, counts = np.unique(
        fingerprints(known)[some], return_inverse=True, return_counts=True
    )
    means = np.zeros((len(keys), vectors.shape[1]), np.float64)
    np.add.at(means, which, vectors[some])
    return keys, (means / counts[:, None]).astype(np.float32)


def fingerprints(known: Known) -> Hashes:
    """(B,) a number for each set of items and signs; 0 for the empty one."""
    pairs = known.items * 2 + (known.weights < 0)
    width = int(pairs.max(initial=0)) + 1
    distinct = np.unique(known.owners * width + pairs)
    owners, pairs = distinct // width, distinct % width
    found = np.zeros(len(known), np.uint64)
    if len(pairs):
        starts = np.flatnonzero(np.concatenate([[True], owners[1:] != owners[:-1]]))
        found[owners[starts]] = np.bitwise_xor.reduceat(_mixed(pairs.astype(np.uint64)), starts)
    return found


def _mixed(x: Hashes) -> Hashes:
    """The splitmix64 generator's number of each number: the same on every machine."""
    x = (x + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


register("sum", Sum.load)
