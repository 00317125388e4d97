"""Ports of what things are: content becomes vectors, and vectors and words are looked up.

Everything that is looked up carries a key: a number that the caller gives and keeps. A
filter is a mask over keys, ``among[key]`` True where the key may be found; a key past its
end may not. So the same filter serves vectors and words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from zhiyin.core.refusals import Refusal

Modality = Literal["text", "image"]
Keys = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Unit = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """What became of a batch of contents."""

    vectors: Unit  # (N, D) rows of length 1; a row of NaN: nothing could be made of it
    troubles: tuple[Refusal, ...] = ()
    """Why rows are NaN; ``row`` counts from 1 within the batch. Empty content has no trouble."""


class Encoder(Protocol):
    """Contents → unit vectors: near in meaning, near in space."""

    @property
    def name(self) -> str:
        """What made the vectors, version included: equal names, comparable vectors."""
        ...

    @property
    def modality(self) -> Modality: ...

    @property
    def width(self) -> int:
        """D, the length of a vector."""
        ...

    def encode(self, contents: Sequence[Any]) -> Encoded:
        """One vector per content: text, or the bytes of a picture file. Never raises for content.

        The same content has the same vector, whatever else is in the batch.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """What was found for each of B queries, best first."""

    keys: Keys  # (B, k); -1 past the end of what was found
    scores: Unit  # (B, k); NaN past the end


class Index(Protocol):
    """Vectors by key: the nearest by inner product of unit vectors, which is their cosine."""

    @property
    def width(self) -> int: ...

    def __len__(self) -> int:
        """How many keys can be found."""
        ...

    def put(self, keys: Keys, vectors: Unit) -> None:
        """Add keys, or give those there new vectors; a row of NaN takes the key out."""
        ...

    def delete(self, keys: Keys) -> int:
        """Take keys out; how many were there."""
        ...

    def search(self, queries: Unit, k: int, among: Mask | None = None) -> Hits:
        """The k nearest of each query, of those that ``among`` allows."""
        ...

    def save(self, folder: Path) -> None:
        """Write it whole into an empty folder; reading back maps the files."""
        ...


@dataclass(frozen=True, slots=True)
class Document:
    """The words of one thing, by field."""

    key: int
    fields: Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True, eq=False)
class WordHits:
    """What the words of one query found, best first."""

    keys: Keys  # (N,)
    scores: Unit  # (N,) float32, above zero
    total: int
    """How many match in all."""
    terms: tuple[str, ...] = ()
    """What was looked for in the end, after folding, correction and synonyms."""
    corrected: str | None = None
    """The query as it was understood, where a typing error was mended."""


class WordIndex(Protocol):
    """Words by key: full text over fields."""

    def __len__(self) -> int: ...

    def put(self, documents: Sequence[Document]) -> None:
        """Add documents, or replace those of the same key; found at once."""
        ...

    def delete(self, keys: Keys) -> int:
        """Take keys out; how many were there."""
        ...

    def search(
        self, query: str, k: int, among: Mask | None = None, *, all_words: bool = True
    ) -> WordHits:
        """The k best for the words of ``query``; ``all_words`` False: any of them is enough."""
        ...

    def matching(self, query: str, *, all_words: bool = True) -> Keys:
        """All keys that match, for counts and for other orders than by score."""
        ...

    def suggest(self, prefix: str, k: int = 8, among: Mask | None = None) -> tuple[str, ...]:
        """Completions of what is being typed, the most useful first.

        None that only things hold which ``among`` forbids.
        """
        ...

    def highlight(self, text: str, query: str) -> tuple[tuple[int, int], ...]:
        """The stretches of ``text`` (start, end) that the query matches, in order."""
        ...

    def save(self, folder: Path) -> None:
        """Write it whole into an empty folder."""
        ...
