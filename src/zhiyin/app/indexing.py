"""Indexing: the goods of a shop put under one number per item, in memory or as an artifact.

On disk: ``search.json`` says what it was built from, ``learnt.json`` what the shop's values
are called in another language; ``shelf``, ``words`` and a folder per space of vectors hold
the parts. The spaces:

    meaning   the words of the goods               asked by words
    looks     their pictures                       asked by a picture
    joint     pictures, in the space that they share with words (of goods without a picture,
              their words)                         asked by either

That ``joint`` holds the picture alone finds more than the mean of both sides, since
``meaning`` holds the words already (``benchmarks/search.py``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import ValidationError

from zhiyin.app.understanding import kept_encoders, understood
from zhiyin.core import (
    SILENT,
    ArtifactStore,
    Catalogue,
    Config,
    Damaged,
    Index,
    Modality,
    Progress,
    Settings,
    Unit,
)

if TYPE_CHECKING:
    from zhiyin.application.search import Goods, Space
    from zhiyin.index.words import FullText, Synonyms
    from zhiyin.pretrain import Understanding

ROLE = KIND = "search"
_HEAD, _LEARNT = "search.json", "learnt.json"
_BLOCK = 16_384
_MODALITIES: dict[str, Modality] = {"meaning": "text", "looks": "image"}


Learnt = Mapping[tuple[str, str], Iterable[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """All that searches stand on."""

    goods: Goods
    words: FullText
    known: Understanding | None
    """What the vectors are of; None: there are none."""
    learnt: Learnt
    """(field, value) → what it is called in another language."""


class Head(Config):
    """What a search artifact was built from."""

    format: Literal[1] = 1
    catalogue: int
    """Number of the newest change of the catalogue that its words and columns know."""
    goods: str | None = None
    """The artifact that its vectors are of."""
    spaces: tuple[str, ...] = ()


def build(
    catalogue: Catalogue,
    artifacts: ArtifactStore,
    settings: Settings,
    folder: Path,
    progress: Progress = SILENT,
) -> str:
    """Write the search artifact of the goods as they are now, and let it answer; its id."""
    known = understood(artifacts)
    parents = () if known is None else (known.version,)
    with artifacts.writing(KIND, "pretrain", parents=parents, seed=settings.seed) as draft:
        found = gathered(catalogue, known, settings, folder, progress=progress)
        goods = found.goods
        head = Head(
            catalogue=goods.shelf.view.number,
            goods=None if known is None else known.version,
            spaces=tuple(goods.spaces),
        )
        (draft.path / _HEAD).write_text(head.model_dump_json(indent=2), encoding="utf-8")
        _write_learnt(draft.path / _LEARNT, found.learnt)
        goods.shelf.save(draft.path / "shelf")
        found.words.save(_empty(draft.path / "words"))
        for name, space in goods.spaces.items():
            space.index.save(_empty(draft.path / name))
        draft.metrics["items"] = float(len(found.words))
    artifacts.promote(ROLE, draft.id)
    return draft.id


def gathered(
    catalogue: Catalogue,
    known: Understanding | None,
    settings: Settings,
    folder: Path,
    *,
    synonyms: Synonyms | None = None,
    progress: Progress = SILENT,
    taught: int = 20_000,
) -> Indexed:
    """The goods as they are now, all of them read into memory.

    ``taught``: goods from whose titles is learnt what things are called.
    """
    from zhiyin.application.search import Goods
    from zhiyin.application.shelf import Shelf
    from zhiyin.application.understanding import learn_words
    from zhiyin.index import new_index
    from zhiyin.index.words import new_words

    shelf = Shelf.open(catalogue, currency=settings.currency)
    words = new_words(synonyms=synonyms)
    rows = shelf.view.rows_of(() if known is None else known.ids)

    def filled(name: str, blocks: Iterator[Unit]) -> Index:
        index = None
        with progress.step(f"index {name}", len(rows), "items") as step:
            for start, block in zip(range(0, len(rows), _BLOCK), blocks, strict=True):
                index = index or new_index(block.shape[1], expecting=len(rows))
                there = np.flatnonzero(rows[start : start + len(block)] >= 0)
                index.put(rows[start + there], block[there])
                step.advance(len(block))
        assert index is not None
        return index

    spaces = [] if known is None or not len(rows) else spaces_of(
        known, {name: filled(name, blocks) for name, blocks in _all_vectors(known)}
    )  # fmt: skip
    goods = Goods(catalogue, shelf, words, spaces, describer(catalogue, known, settings, folder))
    with progress.step("index words", len(shelf.view), "items") as step:
        goods.read_all(step)
    if known is not None:
        goods.catch_up(vectors=known.facts.catalogue)
    there = (change.item for change in catalogue.changes() if change.item is not None)
    return Indexed(goods, words, known, learn_words(islice(there, taught)))


def opened(
    catalogue: Catalogue,
    artifacts: ArtifactStore,
    settings: Settings,
    folder: Path,
    id: str,
    synonyms: Synonyms,
) -> Indexed:
    """The goods of a search artifact, mapped from its files.

    Raises:
        Damaged: a file is not what was written.
    """
    from zhiyin.application.search import Goods
    from zhiyin.application.shelf import Shelf
    from zhiyin.index import open_index
    from zhiyin.index.words import open_words
    from zhiyin.pretrain import Understanding

    place = artifacts.open(id, every_byte=False).path
    head = _read_head(place, id)
    known = None
    if head.goods is not None:
        known = Understanding(artifacts.open(head.goods, every_byte=False).path, head.goods)
    shelf = Shelf.open(catalogue, folder=place / "shelf", currency=settings.currency)
    words = open_words(place / "words", synonyms, check=False)
    indexes = {name: open_index(place / name, check=False) for name in head.spaces}
    spaces = [] if known is None else spaces_of(known, indexes)
    goods = Goods(catalogue, shelf, words, spaces, describer(catalogue, known, settings, folder))
    goods.catch_up(words=head.catalogue, vectors=None if known is None else known.facts.catalogue)
    return Indexed(goods, words, known, _read_learnt(place / _LEARNT, id))


def spaces_of(known: Understanding, indexes: Mapping[str, Index]) -> list[Space]:
    """The spaces of an understanding over their indexes."""
    from zhiyin.application.search import Space

    def projecting(modality: str) -> Callable[[Unit], Unit]:
        return lambda raw: known.project(modality, raw)

    def aligning(modality: str) -> Callable[[Unit], Unit]:
        assert known.alignment is not None
        alignment = known.alignment
        return lambda raw: alignment.project(modality, raw)

    found = []
    for name, index in indexes.items():
        if name in _MODALITIES:
            modality = _MODALITIES[name]
            readers: dict[Modality, Callable[[Unit], Unit]] = {modality: projecting(modality)}
        else:
            readers = {each: aligning(each) for each in _MODALITIES.values()}
        found.append(Space(name, index, readers))
    return found


def describer(
    catalogue: Catalogue, known: Understanding | None, settings: Settings, folder: Path
) -> Callable[[Sequence[str]], Mapping[str, Unit]] | None:
    """What makes vectors of single items; None where nothing was understood yet."""
    if known is None:
        return None
    from zhiyin.pretrain import Newcomers, sources

    def describe(ids: Sequence[str]) -> Mapping[str, Unit]:
        there = [item for item in catalogue.get(ids) if item is not None]
        with kept_encoders(settings, folder) as encoders:
            newcomers = Newcomers(known, sources(encoders.values(), folder / settings.images))
            made = newcomers.describe(there)
        found = {name: made.vectors[m] for name, m in _MODALITIES.items() if m in made.vectors}
        if made.joint:
            found["joint"] = _shown(made.joint)
        places = {id: place for place, id in enumerate(made.ids)}
        return {name: _placed(rows, ids, places) for name, rows in found.items()}

    return describe


def _placed(rows: Unit, ids: Sequence[str], places: Mapping[str, int]) -> Unit:
    """(len(ids), D) in the order asked; NaN for what is gone."""
    found = np.full((len(ids), rows.shape[1]), np.nan, np.float32)
    for place, id in enumerate(ids):
        if id in places:
            found[place] = rows[places[id]]
    return found


def _all_vectors(known: Understanding) -> Iterator[tuple[str, Iterator[Unit]]]:
    """Each space of an understanding, and its vectors some at a time."""
    starts = range(0, len(known.ids), _BLOCK)
    for name, modality in _MODALITIES.items():
        if modality in known.modalities:
            rows = known.vectors(modality)
            yield name, (np.asarray(rows[n : n + _BLOCK], np.float32) for n in starts)
    both = {m: joint for m in known.modalities if (joint := known.joint(m)) is not None}
    if both:
        yield (
            "joint",
            (
                _shown(
                    {m: np.asarray(rows[n : n + _BLOCK], np.float32) for m, rows in both.items()}
                )
                for n in starts
            ),
        )


def _shown(joint: Mapping[str, Unit]) -> Unit:
    """(N, d) the picture of each item, its words where it has none."""
    if len(joint) == 1:
        return next(iter(joint.values()))
    return np.where(np.isnan(joint["image"][:, :1]), joint["text"], joint["image"])


def _read_head(place: Path, id: str) -> Head:
    try:
        return Head.model_validate_json((place / _HEAD).read_bytes())
    except (OSError, ValidationError) as error:
        raise _damaged(id, _HEAD) from error


def _write_learnt(file: Path, learnt: Learnt) -> None:
    lines = [[field, value, [*phrases]] for (field, value), phrases in learnt.items()]
    file.write_text(json.dumps(lines, ensure_ascii=False), encoding="utf-8")


def _read_learnt(file: Path, id: str) -> Learnt:
    try:
        lines = json.loads(file.read_bytes())
        return {(str(f), str(v)): tuple(map(str, phrases)) for f, v, phrases in lines}
    except (OSError, ValueError, TypeError) as error:
        raise _damaged(id, file.name) from error


def _damaged(id: str, name: str) -> Damaged:
    return Damaged(
        what=f"artifact {id}",
        what_zh=f"产物 {id}",
        problem=f"{name} cannot be read",
        problem_zh=f"无法读取 {name}",
        remedy="run zhiyin pretrain again",
        remedy_zh="请重新运行 zhiyin pretrain",
    )


def _empty(folder: Path) -> Path:
    folder.mkdir()
    return folder
