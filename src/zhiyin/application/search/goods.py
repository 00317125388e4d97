"""Goods: everything that can be searched, kept as the catalogue is.

A change is found with the next search: the shelf takes it in at once, the words a moment
later, the vectors when the encoders are done with it. What is not read yet is told.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from zhiyin.application.search.documents import document
from zhiyin.application.search.following import Following
from zhiyin.application.search.spaces import Describe, Space
from zhiyin.application.shelf import Shelf
from zhiyin.core import Catalogue, Step, Told, WordIndex, ZhiyinError

_WORDS_AT_ONCE = 1_000
_WORDS_TO_BUILD = 32_768
_VECTORS_AT_ONCE = 32


class Goods:
    """The shelf, the words and the vectors of a shop, under one number per item: its row."""

    def __init__(
        self,
        catalogue: Catalogue,
        shelf: Shelf,
        words: WordIndex,
        spaces: Sequence[Space] = (),
        describe: Describe | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.shelf = shelf
        self.words = words
        self.spaces: Mapping[str, Space] = {space.name: space for space in spaces}
        self.describe = describe
        self._words_behind = Following(self._read_words, _WORDS_AT_ONCE)
        self._vectors_behind = Following(self._read_vectors, _VECTORS_AT_ONCE)

    def refresh(self, seconds: float) -> tuple[Told, ...]:
        """Take in what changed; wait at most so long for each part, and tell what is late."""
        changed = self.shelf.refresh()
        for rows in (changed.put, changed.gone):
            self._words_behind.add(rows)
            if self.spaces and self.describe is not None:
                self._vectors_behind.add(rows)
        told = []
        for follows, what, what_zh in (
            (self._words_behind, "words", "词语"),
            (self._vectors_behind, "vectors", "向量"),
        ):
            behind = follows.wait(seconds)
            if behind:
                told.append(_late(behind, what, what_zh, follows.error))
        return tuple(told)

    def read_all(self, step: Step) -> None:
        """Put the words of every item in; for a shelf whose words were never read."""
        view = self.shelf.view
        rows = np.flatnonzero(view.present())
        for first in range(0, len(rows), _WORDS_TO_BUILD):
            some = rows[first : first + _WORDS_TO_BUILD].tolist()
            self._read_words(some)
            step.advance(len(some))

    def catch_up(self, *, words: int | None = None, vectors: int | None = None) -> None:
        """Have all that changed in the catalogue after these numbers read again.

        Vectors are often older than words; None: nothing is behind.
        """
        if words is not None:
            self._words_behind.add(self._changed(words))
        if vectors is not None and self.spaces and self.describe is not None:
            self._vectors_behind.add(self._changed(vectors))

    def _changed(self, since: int) -> list[int]:
        ids = self.shelf.view.ids
        rows = (ids.row(change.id) for change in self.catalogue.changes(since))
        return [row for row in rows if row >= 0]  # the shelf will meet the others itself

    def _read_words(self, rows: list[int]) -> None:
        items = self.catalogue.get(self.shelf.view.ids_of(rows))
        there = [(row, item) for row, item in zip(rows, items, strict=True) if item is not None]
        self.words.put([document(row, item) for row, item in there])
        gone = sorted({*rows} - {row for row, _ in there})
        if gone:
            self.words.delete(np.array(gone, np.int64))

    def _read_vectors(self, rows: list[int]) -> None:
        assert self.describe is not None
        vectors = self.describe(self.shelf.view.ids_of(rows))
        keys = np.array(rows, np.int64)
        for name, space in self.spaces.items():
            if name in vectors:
                space.index.put(keys, vectors[name])  # a row of NaN takes the key out


def _late(behind: int, what: str, what_zh: str, error: Exception | None) -> Told:
    why = why_zh = ""
    if isinstance(error, ZhiyinError):
        why, why_zh = f": {error.text('en')}", f"：{error.text('zh')}"
    elif error is not None:
        why = why_zh = f" ({type(error).__name__})"
    return Told(
        "changes",
        f"changes: the {what} of {behind} changed items are not read yet{why}",
        f"变更：{behind} 件有变动商品的{what_zh}尚未读入{why_zh}",
    )
