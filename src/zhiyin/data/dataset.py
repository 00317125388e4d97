"""Dataset: all that a model may learn from, keyed by one vocabulary of items."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from zhiyin.core import Vocabulary
from zhiyin.data.interactions import Interactions


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Interactions, what is known of the items themselves, and their links to knowledge.

    I items, U shoppers, D width of a modality, N entities of the knowledge graph.
    """

    interactions: Interactions
    features: Mapping[str, npt.NDArray[np.float32]] = field(default_factory=dict)
    """Modality, such as "text" or "image" → (I, D); a row of NaN: the item has none."""
    graphs: Mapping[str, csr_array] = field(default_factory=dict)
    """Modality → (I, I) the cosines of the items most like each, itself left out."""
    categories: npt.NDArray[np.int32] | None = None
    """(I,) the number of each item's category; -1: it has none."""
    links: csr_array | None = None
    """(I, N) how strongly an item is linked to an entity."""
    entities: Vocabulary | None = None
    """The names of the N entities."""

    def __post_init__(self) -> None:
        for name, rows in self.features.items():
            if rows.ndim != 2 or len(rows) != len(self.items):
                raise ValueError(f"features {name!r} are {rows.shape}, not ({len(self.items)}, D)")
        for name, graph in self.graphs.items():
            self._check(name, graph)
        if self.categories is not None and self.categories.shape != (len(self.items),):
            raise ValueError(f"categories are {self.categories.shape}, not ({len(self.items)},)")
        if (self.links is None) != (self.entities is None):
            raise ValueError("links and the names of their entities come together")
        if self.links is not None and self.entities is not None:
            wanted = (len(self.items), len(self.entities))
            if self.links.shape != wanted:
                raise ValueError(f"links are {self.links.shape}, not {wanted}")

    @property
    def items(self) -> Vocabulary:
        return self.interactions.items

    @property
    def shoppers(self) -> Vocabulary:
        return self.interactions.shoppers

    def learning_from(self, interactions: Interactions) -> "Dataset":
        """The same goods and knowledge with other interactions, such as one side of a cut."""
        if interactions.items.names != self.items.names:
            raise ValueError("the interactions number other items")
        return replace(self, interactions=interactions)

    @property
    def data_hash(self) -> str:
        """SHA-256 of everything a model could see: equal data, equal hash, on any machine."""
        digest = hashlib.sha256()
        data = self.interactions
        kinds = {name: kind.model_dump() for name, kind in data.strengths.kinds.items()}
        head: dict[str, Any] = {"kinds": kinds, "modalities": sorted(self.features)}
        if self.graphs:  # so that data without any keeps the hash it had before there were graphs
            head["graphs"] = sorted(self.graphs)
        if self.categories is not None:
            head["categories"] = True
        digest.update(json.dumps(head, sort_keys=True).encode())
        for vocabulary in (data.shoppers, data.items, self.entities):
            names = () if vocabulary is None else vocabulary.names
            digest.update(json.dumps([*names], ensure_ascii=False).encode())
        events = data.histories
        _add(digest, events.offsets, "<i8")
        _add(digest, events.items, "<i4")
        _add(digest, events.kinds, "<i2")
        _add(digest, events.times, "<i8")
        _add(digest, events.weights, "<f4")
        for modality in sorted(self.features):
            digest.update(json.dumps(self.features[modality].shape).encode())
            _add(digest, self.features[modality], "<f4")
        for modality in sorted(self.graphs):
            _add_sparse(digest, self.graphs[modality])
        if self.categories is not None:
            _add(digest, self.categories, "<i4")
        if self.links is not None:
            _add_sparse(digest, self.links)
        return digest.hexdigest()

    def _check(self, name: str, graph: csr_array) -> None:
        wanted = (len(self.items), len(self.items))
        if graph.shape != wanted:
            raise ValueError(f"the graph {name!r} is {graph.shape}, not {wanted}")
        if graph.diagonal().any():
            raise ValueError(f"in the graph {name!r} an item is a neighbour of itself")
        if not np.isfinite(graph.data).all():
            raise ValueError(f"the graph {name!r} holds numbers that are not finite")


def _add_sparse(digest: "hashlib._Hash", matrix: csr_array) -> None:
    for column, dtype in (("indptr", "<i8"), ("indices", "<i4"), ("data", "<f4")):
        _add(digest, getattr(matrix, column), dtype)


def _add(digest: "hashlib._Hash", array: npt.NDArray[Any], dtype: str) -> None:
    """Feed an array in one byte order and width, in blocks."""
    flat = array.reshape(-1)
    for start in range(0, len(flat), 1 << 20):
        digest.update(np.ascontiguousarray(flat[start : start + (1 << 20)], dtype).data)
