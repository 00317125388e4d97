"""Doubles of what search stands on, so small that every score is known beforehand."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zhiyin.core import Document, Encoded, Hits, Modality, Refusal, WordHits


def words_of(text: str) -> list[str]:
    return text.lower().replace(",", " ").split()


class PlainWords:
    """Full text by whole words; a score is the share of the query's words that are there."""

    def __init__(self) -> None:
        self.documents: dict[int, set[str]] = {}

    def __len__(self) -> int:
        return len(self.documents)

    def put(self, documents: Sequence[Document]) -> None:
        for document in documents:
            self.documents[document.key] = {*self._read(document.fields)}

    @staticmethod
    def _read(fields: Mapping[str, str | Sequence[str]]) -> Iterator[str]:
        for value in fields.values():
            for text in (value,) if isinstance(value, str) else value:
                yield from words_of(text)

    def delete(self, keys: np.ndarray) -> int:
        return sum(self.documents.pop(int(key), None) is not None for key in keys)

    def search(
        self, query: str, k: int, among: np.ndarray | None = None, *, all_words: bool = True
    ) -> WordHits:
        wanted = words_of(query)
        keys = self.matching(query, all_words=all_words)
        if among is not None:
            keys = keys[(keys < len(among)) & among[np.minimum(keys, len(among) - 1)]]
        scores = [
            np.float32(sum(word in self.documents[int(key)] for word in wanted) / len(wanted))
            for key in keys
        ]
        order = np.lexsort((keys, -np.array(scores, np.float32)))[:k]
        return WordHits(keys[order], np.array(scores, np.float32)[order], len(keys), (*wanted,))

    def matching(self, query: str, *, all_words: bool = True) -> np.ndarray:
        wanted = words_of(query)
        enough = all if all_words else any
        keys = [
            key
            for key, there in sorted(self.documents.items())
            if wanted and enough(word in there for word in wanted)
        ]
        return np.array(keys, np.int64)

    def suggest(self, prefix: str, k: int = 8, among: Any = None) -> tuple[str, ...]:
        there = [key for key in self.documents if among is None or among[key]]
        known = sorted({word for key in there for word in self.documents[key]})
        return tuple(word for word in known if word.startswith(prefix.lower()))[:k]

    def highlight(self, text: str, query: str) -> tuple[tuple[int, int], ...]:
        found, place = [], 0
        for word in text.split():
            start = text.index(word, place)
            place = start + len(word)
            if word.lower() in words_of(query):
                found.append((start, place))
        return tuple(found)

    def save(self, folder: Path) -> None:
        raise NotImplementedError


class PlainIndex:
    """All vectors in a dictionary, compared one by one."""

    def __init__(self, width: int, vectors: Mapping[int, Sequence[float]] = {}) -> None:
        self.width = width
        self.vectors = {key: unit(vector) for key, vector in vectors.items()}

    def __len__(self) -> int:
        return len(self.vectors)

    def put(self, keys: np.ndarray, vectors: np.ndarray) -> None:
        for key, vector in zip(keys.tolist(), vectors, strict=True):
            self.vectors.pop(key, None)
            if not np.isnan(vector).any():
                self.vectors[key] = vector

    def delete(self, keys: np.ndarray) -> int:
        return sum(self.vectors.pop(int(key), None) is not None for key in keys)

    def search(self, queries: np.ndarray, k: int, among: np.ndarray | None = None) -> Hits:
        keys = np.array(
            [n for n in sorted(self.vectors) if among is None or (n < len(among) and among[n])],
            np.int64,
        )
        found = np.full((len(queries), k), -1, np.int64)
        scores = np.full((len(queries), k), np.nan, np.float32)
        for row, query in enumerate(queries):
            cosines = np.array([self.vectors[int(n)] @ query for n in keys], np.float32)
            order = np.lexsort((keys, -cosines))[:k]
            found[row, : len(order)], scores[row, : len(order)] = keys[order], cosines[order]
        return Hits(found, scores)

    def save(self, folder: Path) -> None:
        raise NotImplementedError


class PlainEncoder:
    """Content → a direction by what it names: a text by its words, a picture by its bytes."""

    name = "plain"

    def __init__(self, modality: Modality, axes: Sequence[str]) -> None:
        self.modality: Modality = modality
        self.axes = axes
        self.width = len(axes)

    def encode(self, contents: Sequence[str] | Sequence[bytes]) -> Encoded:
        vectors = np.full((len(contents), self.width), np.nan, np.float32)
        troubles = []
        for row, content in enumerate(contents):
            text = content if isinstance(content, str) else content.decode("utf-8", "replace")
            if text.startswith("broken"):
                troubles.append(Refusal("broken_picture", row + 1, value="broken"))
                continue
            found = np.array([float(axis in text.lower()) for axis in self.axes], np.float32)
            if found.any():
                vectors[row] = unit(found)
        return Encoded(vectors, tuple(troubles))


def unit(vector: Sequence[float] | np.ndarray) -> np.ndarray:
    found = np.asarray(vector, np.float32)
    length: np.ndarray = found / np.linalg.norm(found)
    return length


@pytest.fixture
def words() -> PlainWords:
    return PlainWords()
