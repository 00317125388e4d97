"""Keeping: which segments an index is made of, as documents come and go."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from zhiyin.core import Keys
from zhiyin.index.words.building import merge
from zhiyin.index.words.segment import Segment

FAN = 4
"""Segments of like size (1 to 3 documents, 4 to 15, 16 to 63 …) that become one."""
FULL = 7
"""Tier from which segments (16,384 documents) stay as they are while documents come and go,
so that no change has to wait long for a merge."""
PACKED = 131_072
"""Documents of a segment when an index is saved; some 300 MB of goods in two languages."""
_ROTTEN = 0.3
"""Share of dead rows from which a segment is written anew."""


def frequency(segments: Sequence[Segment], number: int) -> int:
    """How many living documents hold a term; a number below zero stands for none."""
    found = 0
    for segment in segments if number >= 0 else ():
        place = segment.find(number)
        found += segment.frequency(place) if place >= 0 else 0
    return found


def without(segments: Iterable[Segment], keys: Keys) -> list[Segment]:
    """The segments with those keys dead; a segment without a living document is left out."""
    left = (segment.without(keys) for segment in segments)
    return [segment for segment in left if segment.living]


def tidy(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """The same documents in few segments: small ones of like size merged, or written anew."""
    kept: list[Segment] = []
    tiers: dict[int, list[Segment]] = defaultdict(list)
    for segment in segments:
        if _tier(segment) < FULL and len(segment) - segment.living > _ROTTEN * len(segment):
            segment = merge([segment])
        tiers[_tier(segment)].append(segment)
    for tier in range(FULL):
        alike = tiers[tier]
        while len(alike) >= FAN:
            together = merge(alike[:FAN])
            tiers[_tier(together)].append(together)  # a higher one: FAN times as many documents
            alike = alike[FAN:]
        kept += alike
    return (*kept, *(one for tier in tiers if tier >= FULL for one in tiers[tier]))


def packed(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """The same documents in as few segments as memory allows, all alive."""
    found: list[Segment] = []
    waiting: list[Segment] = []
    for segment in sorted(segments, key=lambda one: -one.living):
        if waiting and sum(one.living for one in waiting) + segment.living > PACKED:
            found.append(_whole(waiting))
            waiting = []
        waiting.append(segment)
    return (*found, _whole(waiting)) if waiting else ()


def _whole(segments: Sequence[Segment]) -> Segment:
    """One segment without dead rows; that of a single one which has none is itself."""
    alone = len(segments) == 1 and segments[0].living == len(segments[0])
    return segments[0] if alone else merge(segments)


def _tier(segment: Segment) -> int:
    """How many times over FAN segments of one document became one to make it."""
    return (segment.living.bit_length() - 1) // 2
