"""The exact index: each query is compared with every vector. The reference for all others.

    score(q, v) = ⟨q, v⟩        N · D multiplications a query, in one pass over the memory

What approximate search is measured against, and quick enough for some 50,000 things
(``benchmarks/index.py``). Searching threads see each ``put`` and ``delete`` whole or not at
all and never wait; writing threads wait for each other.
"""

from pathlib import Path
from threading import Lock
from typing import Self

import numpy as np

from zhiyin.core import Hits, Keys, Mask, Unit
from zhiyin.index.files import read_arrays, write_arrays
from zhiyin.index.nearest import as_hits
from zhiyin.index.rows import Rows, Table
from zhiyin.index.taking import taken_count, taken_keys, taken_mask, taken_queries, taken_rows


class ExactIndex:
    """An ``Index`` that compares with everything."""

    def __init__(self, width: int, rows: Rows | None = None) -> None:
        self._width = width
        self._table = Table(width, rows)
        self._lock = Lock()

    @classmethod
    def read(cls, folder: Path, *, check: bool = True) -> Self:
        """What any index saved in a folder, to be compared one and all."""
        width, arrays = read_arrays(folder, check=check)
        return cls(width, Rows.of(arrays["keys"], arrays["vectors"]))

    @property
    def width(self) -> int:
        return self._width

    def __len__(self) -> int:
        return self._table.rows.count()

    def put(self, keys: Keys, vectors: Unit) -> None:
        """Add keys, or give those there new vectors; a row of NaN takes the key out."""
        keys, vectors = taken_rows(keys, vectors, self._width)
        known = ~np.isnan(vectors[:, 0])
        with self._lock:
            self._table.change(keys[~known], keys[known], vectors[known])

    def delete(self, keys: Keys) -> int:
        """Take keys out; how many were there."""
        keys = taken_keys(keys)
        with self._lock:
            return self._table.change(keys, keys[:0], np.empty((0, self._width), np.float32))

    def search(self, queries: Unit, k: int, among: Mask | None = None) -> Hits:
        """The k nearest of each query, of those that ``among`` allows."""
        queries, among = taken_queries(queries, self._width), taken_mask(among)
        return as_hits(self._table.rows.search(queries, taken_count(k), among), k)

    def save(self, folder: Path) -> None:
        """Write it whole into an empty folder; reading back maps the files."""
        rows = self._table.rows.there()
        write_arrays(folder, self._width, {"keys": rows.keys, "vectors": rows.vectors})
