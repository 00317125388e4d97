"""Gathering: what each source finds for a query, best first."""

import numpy as np
import numpy.typing as npt

from zhiyin.application.search.fusion import Ranked
from zhiyin.application.search.spaces import Space
from zhiyin.core import WordHits

Keys = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Truth = npt.NDArray[np.bool_]


def by_words(hits: WordHits, size: int) -> Ranked:
    """What full text found, as a source."""
    there = hits.keys < size  # what came since has no row in this view
    return Ranked("words", hits.keys[there], hits.scores[there])


def by_vector(space: Space, vector: Floats, reach: int, among: Truth) -> Ranked:
    """The nearest to one vector (1, D) of a space."""
    hits = space.index.search(vector, reach, among)
    found = hits.keys[0] >= 0
    return Ranked(space.name, hits.keys[0][found], hits.scores[0][found])


def by_wishes(keys: Keys, met: list[Truth]) -> Ranked:
    """How many wishes each of some goods meets."""
    counts: Floats = np.asarray(np.sum([holds[keys] for holds in met], axis=0), np.float32)
    order = np.lexsort((keys, -counts))
    return Ranked("wishes", keys[order], counts[order])


def near_enough(meaning: Ranked, matched: Truth, share: float) -> Keys:
    """Goods that no word found, but whose meaning is as near as that of goods words found.

    Of the matching goods that the source found, the ``share`` nearest (at least one) say how
    near that is.
    Where none of them is there, meaning and words disagree, and words are right.
    """
    places = np.flatnonzero(matched[meaning.keys])
    if not len(places):
        return np.zeros(0, np.int64)
    last = places[min(len(places) - 1, int(share * len(places)))]
    near = meaning.keys[: last + 1]
    return near[~matched[near]]
