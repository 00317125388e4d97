"""Building: documents become a segment, and segments become one."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from zhiyin.core import Document
from zhiyin.index.words.config import WordsConfig
from zhiyin.index.words.cutting import pieces, terms
from zhiyin.index.words.folding import fold
from zhiyin.index.words.segment import SCALE, Segment
from zhiyin.index.words.vocabulary import TITLE, VALUE, Vocabulary

Ints = npt.NDArray[np.int64]
GAP = 16
"""Positions between two texts, so that no phrase runs from one into the next."""
PART = 1 << 21
"""Postings that a merge orders at a time."""
_LAST = 65_535 - 1
_SHOWN = 60
"""Characters of a text that may complete what is being typed."""


def build(documents: Sequence[Document], vocabulary: Vocabulary, config: WordsConfig) -> Segment:
    """The segment of documents whose keys ascend."""
    mentions = _Mentions()
    for row, document in enumerate(documents):
        _read(row, document, vocabulary, config, mentions)
    keys = np.array([document.key for document in documents], np.int64)
    return _gathered(keys, mentions, config.saturation)


_Taken: TypeAlias = "tuple[array[int], array[int], int]"
"""Of a text: its terms, their positions, and how many words and characters it has."""


@dataclass(slots=True)
class _Mentions:
    """One place per mention, and one per text: rows of an array that grows are compact."""

    numbers: "array[int]" = field(default_factory=lambda: array("i"))
    positions: "array[int]" = field(default_factory=lambda: array("i"))
    """Within the text; -1: not kept."""
    texts: list[tuple[int, int, int, float]] = field(default_factory=list)
    """Row, mentions, position of the first word, and what a mention is worth."""
    seen: "dict[str, _Taken]" = field(default_factory=dict)


def _read(
    row: int, document: Document, vocabulary: Vocabulary, config: WordsConfig, mentions: _Mentions
) -> None:
    """Add the mentions of a document."""
    base = 0
    for name, value in document.fields.items():
        settings = config.field(name)
        sizes = []
        length = 0
        for text in (value,) if isinstance(value, str) else value:
            size, words = _mentioned(text, vocabulary, mentions)
            if settings.completes != "no" and (shown := _shown(text)):
                mark = VALUE if settings.completes == "value" else TITLE
                mentions.numbers.append(vocabulary.add(mark + shown))
                mentions.positions.append(-1)
                size += 1
            sizes.append((size, base))
            length += words
            base += words + GAP
        held = 1 - settings.evenness + settings.evenness * length / settings.usual
        worth = settings.weight / max(held, 1e-3)
        mentions.texts += [(row, size, place, worth) for size, place in sizes]


def _mentioned(text: str, vocabulary: Vocabulary, mentions: _Mentions) -> tuple[int, int]:
    """Add a text's mentions; how many they are, and how many words and characters it has."""
    known = mentions.seen.get(text)
    if known is None:
        known = _taken(text, vocabulary)
        if len(text) <= _SHOWN:  # brands, categories and attributes come again and again
            mentions.seen[text] = known
    numbers, positions, words = known
    mentions.numbers.extend(numbers)
    mentions.positions.extend(positions)
    return len(numbers), words


def _taken(text: str, vocabulary: Vocabulary) -> _Taken:
    found = list(pieces(fold(text).text))
    made = list(terms(found))
    if not made:
        return array("i"), array("i"), 0
    for piece in found:
        if piece.kind == "word":
            vocabulary.spell(piece.text)
    texts, positions, _, _ = zip(*made, strict=True)
    return array("i", vocabulary.add_all(texts)), array("i", positions), max(positions) + 1


def _shown(text: str) -> str:
    """The text as it completes what is being typed; empty: it does not."""
    # What cannot be printed could be taken for the mark of a term, or not be written at all.
    shown = " ".join(text.split())
    return (
        shown
        if len(shown) <= _SHOWN and shown.isprintable() and any(map(str.isalnum, shown))
        else ""
    )


def _gathered(keys: Ints, mentions: _Mentions, saturation: float) -> Segment:
    """Mentions as postings."""
    table = np.array(mentions.texts, np.float64).reshape(-1, 4)
    rows, sizes, bases = table[:, :3].astype(np.int64).T
    within = np.array(mentions.positions, np.int64)
    positions = within + np.repeat(bases, sizes)
    positions[(within < 0) | (positions >= _LAST)] = -1
    pairs = (np.array(mentions.numbers, np.int64) << 32) | np.repeat(rows, sizes)
    order = np.argsort(pairs, kind="stable")
    pairs, positions = pairs[order], positions[order]
    gains = np.repeat(table[:, 3].astype(np.float32), sizes)[order]
    firsts = np.flatnonzero(np.diff(pairs, prepend=-1))
    worth = np.add.reduceat(gains, firsts) if len(firsts) else gains
    impacts = np.round(worth / (saturation + worth) / SCALE).clip(1, 65_535)
    kept = positions >= 0
    counts = np.add.reduceat(kept.astype(np.int64), firsts) if len(firsts) else firsts
    # Past 255 positions of one word in one document the rest cannot be told from neighbours.
    rank = np.cumsum(kept) - np.repeat(np.cumsum(counts) - counts, _lengths(firsts, len(pairs)))
    kept &= rank <= 255
    return _indexed(
        keys,
        pairs[firsts] >> 32,
        (pairs[firsts] & 0xFFFFFFFF).astype(np.int32),
        impacts.astype(np.uint16),
        counts.clip(max=255).astype(np.uint8),
        positions[kept].astype(np.uint16),
    )


def _lengths(firsts: Ints, end: int) -> Ints:
    return np.diff(firsts, append=end)


def _indexed(
    keys: Ints,
    owners: Ints,
    rows: npt.NDArray[np.int32],
    impacts: npt.NDArray[np.uint16],
    counts: npt.NDArray[np.uint8],
    positions: npt.NDArray[np.uint16],
) -> Segment:
    """Postings in order of their terms (``owners``), with the table of where each starts."""
    firsts = np.flatnonzero(np.diff(owners, prepend=-1))
    starts = np.append(firsts, len(owners))
    before = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    return Segment(
        keys=keys,
        terms=owners[firsts].astype(np.int32),
        starts=starts,
        rows=rows,
        impacts=impacts,
        counts=counts,
        places=before[starts],
        positions=positions,
        alive=np.ones(len(keys), np.bool_),
        living=len(keys),
    )


def merge(segments: Sequence[Segment]) -> Segment:
    """One segment of all living documents of several; no key lives in two.

    Term after term, some millions of postings at a time, so that it holds little more than
    what it makes.
    """
    keys = np.concatenate([segment.keys[segment.alive] for segment in segments])
    ranks = np.empty(len(keys), np.int64)
    ranks[np.argsort(keys)] = np.arange(len(keys))
    moves = []
    first = 0
    for segment in segments:
        moved = np.full(len(segment), -1, np.int64)
        moved[segment.alive] = ranks[first : first + segment.living]
        first += segment.living
        moves.append(moved)
    parts = [
        _merged(np.sort(keys), segments, moves, low, high)
        for low, high in pairwise(_bounds(segments))
    ]
    return _joined(np.sort(keys), parts)


def _bounds(segments: Sequence[Segment]) -> list[int]:
    """Term numbers that cut the postings of all into parts of bounded size."""
    terms = np.concatenate([segment.terms for segment in segments])
    sizes = np.concatenate([np.diff(segment.starts) for segment in segments])
    order = np.argsort(terms, kind="stable")
    ends = np.cumsum(sizes[order])
    total = int(ends[-1]) if len(ends) else 0
    marks = terms[order][ends.searchsorted(np.arange(PART, total, PART))]
    last = int(terms.max()) + 1 if len(terms) else 1
    return sorted({0, *marks.tolist(), last})


def _merged(
    keys: Ints, segments: Sequence[Segment], moves: Sequence[Ints], low: int, high: int
) -> Segment:
    """The living postings of the terms from ``low`` to below ``high``, in rows of ``keys``."""
    pairs, impacts, counts, positions = [], [], [], []
    for segment, moved in zip(segments, moves, strict=True):
        start, end = segment.terms.searchsorted(np.array([low, high], np.int32)).tolist()
        owned = np.diff(segment.starts[start : end + 1])
        span = slice(segment.starts[start], segment.starts[end])
        rows = moved[segment.rows[span]]
        kept = rows >= 0
        owners = np.repeat(segment.terms[start:end].astype(np.int64), owned)
        pairs.append(((owners << 32) | rows)[kept])
        impacts.append(segment.impacts[span][kept])
        counts.append(segment.counts[span][kept])
        places = segment.positions[segment.places[start] : segment.places[end]]
        positions.append(places[np.repeat(kept, segment.counts[span])])
    together, sizes = np.concatenate(pairs), np.concatenate(counts)
    order = np.argsort(together, kind="stable")
    together = together[order]
    taken = _ragged(np.cumsum(sizes, dtype=np.int64) - sizes, sizes, order)
    return _indexed(
        keys,
        together >> 32,
        (together & 0xFFFFFFFF).astype(np.int32),
        np.concatenate(impacts)[order],
        sizes[order],
        np.concatenate(positions)[taken],
    )


def _joined(keys: Ints, parts: Sequence[Segment]) -> Segment:
    """Segments of the same documents, each with the terms after those of the one before."""
    starts = np.cumsum([0, *(len(part.rows) for part in parts)])
    places = np.cumsum([0, *(len(part.positions) for part in parts)])
    return Segment(
        keys=keys,
        terms=np.concatenate([part.terms for part in parts]),
        starts=np.concatenate(
            [*(p.starts[:-1] + first for p, first in zip(parts, starts, strict=False)), starts[-1:]]
        ),
        rows=np.concatenate([part.rows for part in parts]),
        impacts=np.concatenate([part.impacts for part in parts]),
        counts=np.concatenate([part.counts for part in parts]),
        places=np.concatenate(
            [*(p.places[:-1] + first for p, first in zip(parts, places, strict=False)), places[-1:]]
        ),
        positions=np.concatenate([part.positions for part in parts]),
        alive=np.ones(len(keys), np.bool_),
        living=len(keys),
    )


def _ragged(starts: Ints, sizes: npt.NDArray[np.uint8], order: Ints) -> Ints:
    """Places of the elements of rows (start, size), the rows taken in another order."""
    lengths = sizes[order].astype(np.int64)
    shift = starts[order] - (np.cumsum(lengths) - lengths)
    return np.repeat(shift, lengths) + np.arange(int(lengths.sum()))
