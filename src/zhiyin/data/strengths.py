"""How much an event says: its kind's weight, times what its value adds, fading with age.

For an event of a kind with settings ``weight``, ``scale`` and ``value`` = v:

=========  ==============================================================  ==============
value      factor                                                          with scale 1
=========  ==============================================================  ==============
none       1                                                               always 1
quantity   q = v/scale; sign(q)·min(1 + log2|q|, 4) if |q| ≥ 1, else q     4 pieces: 3
seconds    min(max(v, 0)/scale, 4)                                         2 s: 2
stars      (v − 3)/scale, within ±4                                        1 star: −2
revenue    r = v/scale; sign(r)·log2(1 + |r|)                              3 yuan: 2
=========  ==============================================================  ==============

An event without a value counts once: factor 1. So a negative quantity (a refund in the
till) and a low star turn the sign. After ``half_life_days`` an event counts half.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from zhiyin.core import Histories, KindSettings

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

CAP = 4.0
"""No single quantity or dwell counts more than so many plain events."""
MIDDLE_STARS = 3.0
OLDEST = 60.0
"""Half-lives after which nothing fades further: old wishes keep their order, not zero."""
DAY = 86_400_000_000
_BLOCK = 1 << 20


class Strengths:
    """The rule that turns events of declared kinds into signed numbers."""

    def __init__(self, kinds: Mapping[str, KindSettings]) -> None:
        self.kinds = dict(kinds)
        self.names = tuple(self.kinds)
        self._weights = np.array([k.weight for k in self.kinds.values()], np.float64)

    def of(self, kinds: npt.NDArray[np.int16], values: Doubles) -> Floats:
        """(E,) signed strength before fading; a NaN value is a missing one."""
        strengths = self._weights[kinds]
        for number, settings in enumerate(self.kinds.values()):
            if settings.value != "none":
                ours = np.flatnonzero(kinds == number)
                strengths[ours] *= factor(settings, values[ours])
        return strengths.astype(np.float32)

    def faded(self, histories: Histories, now: int | None) -> Floats:
        """(E,) strength of each event as of ``now``: weight · 0.5 ** (age / half-life).

        An event later than ``now`` (clocks differ) counts as happening now. None: as of
        each history's own newest event, so that who stays away for a year keeps a taste.
        """
        half_lives = self._half_lives(histories.kind_names)
        faded = np.empty(len(histories.items), np.float32)
        # In blocks, so that the doubles of 20 million events never exist at once.
        for start in range(0, len(faded), _BLOCK):
            part = slice(start, start + _BLOCK)
            ages = np.maximum(_when(histories, now, part) - histories.times[part], 0)
            ages = ages / half_lives[histories.kinds[part]]
            faded[part] = histories.weights[part] * np.exp2(-np.minimum(ages, OLDEST))
        return faded

    def _half_lives(self, names: tuple[str, ...]) -> Doubles:
        """Half-life in microseconds of each kind of a history; infinite: never fades."""
        days = [self.kinds[n].half_life_days if n in self.kinds else None for n in names]
        return np.array([np.inf if d is None else d * DAY for d in days], np.float64)


def _when(histories: Histories, now: int | None, part: slice) -> Any:
    """The moment as of which the events of ``part`` are seen: one, or one for each."""
    if now is not None:
        return now
    stop = min(part.stop, len(histories.times))
    # Whose history each event is in; histories are in time order, so its last is its newest.
    owners = np.searchsorted(histories.offsets, np.arange(part.start, stop), side="right")
    return histories.times[histories.offsets[owners] - 1]


def factor(settings: KindSettings, values: Doubles) -> Doubles:
    """What each value multiplies the weight by: the table at the top of this file."""
    scaled = values / settings.scale
    match settings.value:
        case "quantity":
            size = np.abs(scaled)
            grown = np.minimum(1.0 + np.log2(np.maximum(size, 1.0)), CAP)
            found = np.where(size >= 1.0, np.sign(scaled) * grown, scaled)
        case "seconds":
            found = np.clip(scaled, 0.0, CAP)
        case "stars":
            found = np.clip((values - MIDDLE_STARS) / settings.scale, -CAP, CAP)
        case "revenue":
            found = np.sign(scaled) * np.log2(1.0 + np.abs(scaled))
        case _:
            found = np.ones_like(scaled)
    return np.where(np.isnan(values), 1.0, found)
