"""The logging policy: what a page shows, and the exact chance with which it showed it.

A pool (all goods, a category, the answers to a search) is dealt like cards, the most popular
first, into as many lanes as the page has places. Each place takes one good from one lane, by
popularity with some even chance for all, independently of the other places: lanes share no
goods, so nothing is shown twice. Usually place p takes lane p; now and then all lanes shift
by the same random step. Therefore

    P(good i at place p) = q(i within its lane) · [(1 - SHIFTED)·1{lane(i) = p} + SHIFTED / lanes]

which is known by construction and positive for every good and place.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

PLACES = 4
"""Goods on one page."""
SHIFTED = 0.35
"""How often the lanes shift; then every shift, none included, is as likely."""
EVEN = 0.3
"""Share of a lane's chance that is spread evenly over its goods."""
_STEEPNESS = 0.8

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Deal:
    """The pools of one facet on one day: for every good its lane and its chance in it."""

    items: Ints  # (N,) item numbers, by pool, then lane, then popularity
    chance: Floats  # (N,) within the lane
    heap: Floats  # (N,) cumulative chance; every lane adds 1
    pool_starts: Ints  # (pools + 1,)
    lane_starts: Ints  # (lanes of all pools + 1,)
    first_lane: Ints  # (pools,) number of a pool's first lane

    def lanes(self, pools: Ints) -> Ints:
        """How many lanes, and so goods on a page, each pool has."""
        return np.minimum(np.diff(self.pool_starts)[pools], PLACES)

    def show(self, pools: Ints, rng: Generator) -> tuple[Ints, Floats]:
        """A page for each request: (R, PLACES) items, -1 where there is none, and propensities."""
        lanes = self.lanes(pools)[:, None]
        shift = np.where(rng.random(len(pools)) < SHIFTED, rng.random(len(pools)), 0.0)
        place = np.arange(PLACES)[None, :]
        there = place < lanes
        lane = (place + np.floor(shift[:, None] * lanes).astype(np.int64)) % np.maximum(lanes, 1)
        number = np.where(there, self.first_lane[pools][:, None] + lane, 0)
        wanted = number + rng.random((len(pools), PLACES))
        found = np.searchsorted(self.heap, wanted, side="right")
        # Rounding must not carry a draw into the neighbouring lane.
        found = np.clip(found, self.lane_starts[number], self.lane_starts[number + 1] - 1)
        moved = SHIFTED / np.maximum(lanes, 1)
        chance = self.chance[found] * np.where(lane == place, 1 - SHIFTED + moved, moved)
        return np.where(there, self.items[found], -1), np.where(there, chance, np.nan)


def deal(pool_of: Ints, pools: int, on_sale: Ints, popularity: Floats) -> Deal:
    """Deal the goods ``on_sale``, each in the pool that ``pool_of`` says, into lanes."""
    keys = pool_of[on_sale]
    order = np.lexsort((on_sale, -popularity[on_sale], keys))
    items, keys = on_sale[order], keys[order]
    counts = np.bincount(keys, minlength=pools)
    starts = np.concatenate([[0], np.cumsum(counts)])
    lanes = np.minimum(counts, PLACES)
    first_lane = np.cumsum(lanes) - lanes
    rank = np.arange(len(items)) - starts[keys]
    lane, depth = rank % np.maximum(lanes[keys], 1), rank // np.maximum(lanes[keys], 1)
    full, spare = np.divmod(counts, np.maximum(lanes, 1))
    place = starts[keys] + lane * full[keys] + np.minimum(lane, spare[keys]) + depth
    dealt, lane_of = np.empty_like(items), np.empty_like(items)
    dealt[place], lane_of[place] = items, first_lane[keys] + lane
    sizes = np.bincount(lane_of, minlength=int(lanes.sum()))
    strength = np.maximum(popularity[dealt], 1e-9) ** _STEEPNESS
    total = np.bincount(lane_of, weights=strength, minlength=len(sizes))
    chance = (1 - EVEN) * strength / total[lane_of] + EVEN / sizes[lane_of]
    return Deal(
        items=dealt,
        chance=chance,
        heap=np.cumsum(chance),
        pool_starts=starts,
        lane_starts=np.concatenate([[0], np.cumsum(sizes)]),
        first_lane=first_lane,
    )
