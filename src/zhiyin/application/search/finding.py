"""Finding: which goods a query means, what each source says of them, and in which order.

words ∪ meaning, or what looks alike ─► matching, relaxed until something is left ─► fusion
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from zhiyin.application.search.fusion import Fused, Ranked, fuse
from zhiyin.application.search.gathering import by_vector, by_wishes, by_words, near_enough
from zhiyin.application.search.matching import Matching, Step, Wish, gave_up
from zhiyin.application.search.spaces import Space
from zhiyin.core import SearchSettings, Told, WordHits, WordIndex

Keys = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Truth = npt.NDArray[np.bool_]


class Tastes(Protocol):
    """What is known of shoppers, where something is."""

    def of_shopper(self, keys: Keys) -> Ranked | None:
        """What the shopper's history says of some goods; None: nothing, or not allowed."""
        ...

    def of_many(self, among: Truth, reach: int) -> Ranked | None:
        """The goods that many like; None: nobody knows."""
        ...


NEAR = 0.5
"""Goods nearer in meaning than the median of those that match join them."""


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """What is looked for, and where."""

    text: str
    """The words to look for, without those of hard chips; may be empty."""
    rest: str
    """Of these, the words that no chip stands for."""
    wishes: tuple[Wish, ...]
    vectors: Mapping[str, Floats]
    """Space → the query's vector (1, D) in it."""
    likeness: bool
    """Goods like a picture or an item are wanted; words only say how they differ."""
    allowed: Truth  # (N,)
    widely: bool = True
    """Goods of near meaning join those that match; ordered by price they would come first."""


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """All that was found, and how."""

    keys: Keys  # (M,) rising
    meant: Truth  # (N,) what the query means, whether it is allowed or not
    fused: Fused
    matching: Matching
    hits: WordHits | None
    relaxed: tuple[Told, ...]

    def scores_of(self, keys: Keys) -> Floats:
        """The fused scores of some goods; NaN where no source put them in order."""
        order = np.argsort(self.fused.keys)
        known = self.fused.keys[order]
        scores = np.full(len(keys), np.nan, np.float32)
        if len(known):
            place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            there = known[place] == keys
            scores[there] = self.fused.scores[order[place[there]]]
        return scores


def find(
    query: Query,
    words: WordIndex,
    spaces: Mapping[str, Space],
    tastes: Tastes,
    settings: SearchSettings,
) -> Finding:
    """The goods that a query means, and what the sources say of them."""
    allowed, reach = query.allowed, settings.reach
    hits = words.search(query.text, reach, allowed, all_words=False) if query.text else None
    dense = [
        by_vector(spaces[name], vector, reach, allowed) for name, vector in query.vectors.items()
    ]
    if query.likeness and dense:
        # Of "this, but in blue" only the wish is a demand.
        matching = Matching(words, len(allowed), "", query.wishes)
        meant, relaxed = _alike(matching, _union(dense, allowed))
    else:
        matching = Matching(words, len(allowed), query.rest, query.wishes)
        meant, relaxed = _meant(matching, allowed, dense, query.widely)
        relaxed = ((_NO_LIKENESS,) if query.likeness else ()) + relaxed
    found = meant & allowed
    sources = [*([by_words(hits, len(allowed))] if hits is not None else []), *dense]
    if not (_union(sources, allowed) & found).any():  # nothing was asked, or nothing is known
        popular = tastes.of_many(found, reach)
        sources = [] if popular is None else [popular]
    candidates = np.flatnonzero(_union(sources, allowed) & found)
    if query.wishes:
        sources.append(by_wishes(candidates, [matching.met(w.chip) for w in query.wishes]))
    personal = tastes.of_shopper(candidates)
    if personal is not None:
        sources.append(personal)
    weights = {name: float(getattr(settings, name)) for name in _WEIGHED} | {"popular": 1.0}
    fused = fuse(sources, weights, way=settings.fusion, constant=settings.rank_constant)
    return Finding(np.flatnonzero(found), meant, fused, matching, hits, relaxed)


def _meant(
    matching: Matching, allowed: Truth, dense: Sequence[Ranked], widely: bool
) -> tuple[Truth, tuple[Told, ...]]:
    """What the words and the wishes ask, or as much of it as something meets."""
    first: Step | None = None
    for step in matching.steps():
        first = first or step
        meant = matching.mask(step)
        found = meant & allowed
        if found.any():
            for source in dense:
                if widely and source.source == "meaning":
                    meant[near_enough(source, found, NEAR)] = True
            return meant, gave_up(first, step, matching.rest)
    everything = np.ones(len(allowed), bool)
    if first is None or not allowed.any():
        return everything, ()
    near = _union(dense, allowed)
    if near.any():
        return near, (_NEAR_IN_MEANING,)
    return everything, (_POPULAR,)


def _alike(matching: Matching, alike: Truth) -> tuple[Truth, tuple[Told, ...]]:
    """What looks alike, and of it what meets the wishes."""
    first: Step | None = None
    for step in matching.steps():
        first = first or step
        found = alike & matching.mask(step)
        if found.any():
            return found, gave_up(first, step, matching.rest)
    nothing = Step("none", (), matching.wishes)
    return alike, gave_up(nothing, nothing, "")


def _union(sources: Sequence[Ranked], allowed: Truth) -> Truth:
    found = np.zeros(len(allowed), bool)
    for source in sources:
        found[source.keys] = True
    return found & allowed


_WEIGHED = ("words", "meaning", "joint", "looks", "wishes", "personal")
_NO_LIKENESS = Told(
    "relaxed",
    "what is alike cannot be told now; the trace says why",
    "目前无法判断相似程度；原因见搜索过程",
)
_POPULAR = Told(
    "relaxed",
    "nothing matches: shown is what is liked in the shop",
    "没有匹配的商品：以下为本店受欢迎的商品",
)
_NEAR_IN_MEANING = Told(
    "relaxed",
    "nothing has these words: shown is what is near in meaning",
    "没有包含这些词语的商品：以下为含义相近的商品",
)
