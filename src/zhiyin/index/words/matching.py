"""Matching: a plan carried out on one segment, with numpy over whole postings.

The group with the fewest documents is read first, and what the mask forbids falls away at
once; the others are looked up only for what is left. So a word that half of the goods
have costs little beside a rare one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from zhiyin.core import Mask
from zhiyin.index.words.segment import NO_ROWS, SCALE, Rows, Segment

Floats = npt.NDArray[np.float32]
Impacts = npt.NDArray[np.uint16]
V = TypeVar("V", bound=np.generic)
_NOTHING = (NO_ROWS, np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True)
class Numbered:
    """An alternative whose terms are all known: their numbers and what each is worth."""

    terms: tuple[tuple[int, float], ...]
    offsets: tuple[int, ...] | None = None


Choice = tuple[Numbered, ...]
"""A group: any of them will do."""


def match(
    segment: Segment,
    groups: Sequence[Choice],
    extras: Sequence[tuple[int, float]],
    among: Mask | None,
    *,
    all_words: bool,
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Keys, ascending, and scores of the segment's documents that match."""
    rows, scores = (_all if all_words else _any)(segment, groups, among)
    for term, worth in extras:
        place = segment.find(term)
        if place >= 0 and len(rows):
            scores += _looked_up(segment, rows, place) * (SCALE * np.float32(worth))
    return segment.keys[rows], scores


def _all(segment: Segment, groups: Sequence[Choice], among: Mask | None) -> tuple[Rows, Floats]:
    order = sorted(range(len(groups)), key=lambda place: _size(segment, groups[place]))
    gains: dict[int, Floats] = {}
    rows, gains[order[0]] = allowed(segment, *_hits(segment, groups[order[0]]), among)
    for place in order[1:]:
        if not len(rows):
            break
        gained = _gained(segment, rows, groups[place])
        there = gained > 0
        rows = rows[there]
        gains = {one: gain[there] for one, gain in gains.items()} | {place: gained[there]}
    return rows, _summed([gains[place] for place in sorted(gains)], len(rows))


def _summed(gains: Sequence[Floats], size: int) -> Floats:
    """The sums, added up in the order of the query: then every segment rounds alike."""
    total = np.zeros(size, np.float32)
    for gain in gains:
        total += gain
    return total


def _any(segment: Segment, groups: Sequence[Choice], among: Mask | None) -> tuple[Rows, Floats]:
    total = np.zeros(len(segment), np.float32)
    for group in groups:
        rows, scores = _hits(segment, group)
        total[rows] += scores
    rows = np.flatnonzero(total > 0).astype(np.int32)
    return allowed(segment, rows, total[rows], among)


def _size(segment: Segment, group: Choice) -> int:
    """At most so many documents have it."""
    return sum(min(_length(segment, term) for term, _ in one.terms) for one in group)


def _length(segment: Segment, term: int) -> int:
    place = segment.find(term)
    return int(segment.starts[place + 1] - segment.starts[place]) if place >= 0 else 0


def _hits(segment: Segment, group: Choice) -> tuple[Rows, Floats]:
    """Rows that have any of the alternatives, and the score of the best."""
    found = [_alternative(segment, one) for one in group]
    found = [hits for hits in found if len(hits[0])]
    if len(found) < 2:
        return found[0] if found else _NOTHING
    best = np.zeros(len(segment), np.float32)
    for rows, scores in found:
        best[rows] = np.maximum(best[rows], scores)
    rows = np.flatnonzero(best > 0).astype(np.int32)
    return rows, best[rows]


def _alternative(segment: Segment, one: Numbered) -> tuple[Rows, Floats]:
    """Rows that have all terms, and their scores."""
    places = [segment.find(term) for term, _ in one.terms]
    if min(places) < 0:
        return _NOTHING
    sizes = [segment.starts[place + 1] - segment.starts[place] for place in places]
    first = int(np.argmin(sizes))
    rows, impacts = segment.postings(places[first])
    found = {first: impacts}
    for number, place in enumerate(places):
        if number != first:
            more = _looked_up(segment, rows, place)
            there = more > 0
            rows = rows[there]
            found = {other: kept[there] for other, kept in found.items()} | {number: more[there]}
    worth = [SCALE * np.float32(worth) for _, worth in one.terms]
    scores = _summed([found[n] * worth[n] for n in range(len(places))], len(rows))
    if one.offsets is not None and len(rows):
        there = _in_order(segment, rows, one)
        rows, scores = rows[there], scores[there]
    return rows, scores


def _gained(segment: Segment, rows: Rows, group: Choice) -> Floats:
    """What the group adds to each of the rows; 0 where it is not there."""
    best = np.zeros(len(rows), np.float32)
    for one in group:
        scores = np.zeros(len(rows), np.float32)
        there = np.ones(len(rows), np.bool_)
        for term, worth in one.terms:
            place = segment.find(term)
            if place < 0:
                there[:] = False
                break
            impacts = _looked_up(segment, rows, place)
            there &= impacts > 0
            scores += impacts * (SCALE * np.float32(worth))
        if one.offsets is not None and there.any():
            there[there] = _in_order(segment, rows[there], one)
        np.maximum(best, scores, out=best, where=there)
    return best


def _looked_up(segment: Segment, rows: Rows, place: int) -> Impacts:
    """The impact of the term at that place in each of the rows; 0 where it is not there."""
    listed, impacts = segment.postings(place)
    if len(rows) * 8 > len(listed):
        # Spreading the list over all rows is cheaper than many searches in it.
        spread = np.zeros(len(segment), np.uint16)
        spread[listed] = impacts
        return spread[rows]
    at = listed.searchsorted(rows)
    at[at == len(listed)] = 0
    return np.where(listed[at] == rows, impacts[at], np.uint16(0))


def _in_order(segment: Segment, rows: Rows, one: Numbered) -> npt.NDArray[np.bool_]:
    """Which of the rows have the terms at their offsets from each other."""
    assert one.offsets is not None
    starts: npt.NDArray[np.int64] | None = None
    for (term, _), offset in zip(one.terms, one.offsets, strict=True):
        here = segment.occurrences(segment.find(term)) - offset
        if starts is None:
            starts = here
        else:
            at = here.searchsorted(starts)
            at[at == len(here)] = 0
            starts = starts[here[at] == starts] if len(here) else here
    found: npt.NDArray[np.bool_] = np.isin(rows, (starts if starts is not None else rows) >> 16)
    return found


def allowed(
    segment: Segment, rows: Rows, values: npt.NDArray[V], among: Mask | None
) -> tuple[Rows, npt.NDArray[V]]:
    """Rows, each with its value, without the dead and the forbidden."""
    if segment.living < len(segment):
        alive = segment.alive[rows]
        rows, values = rows[alive], values[alive]
    if among is not None:
        keys = segment.keys[rows]
        inside = keys < len(among)
        if not inside.all():
            rows, values, keys = rows[inside], values[inside], keys[inside]
        kept = among[keys]
        rows, values = rows[kept], values[kept]
    return rows, values
