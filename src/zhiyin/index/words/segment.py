"""A segment: the postings of some documents, immutable, as arrays that can be mapped.

For each of its terms, in order of their numbers, the rows that hold it, and for each of
these what the mentions there are worth (BM25 without the inverse document frequency,
between 0 and 1) and at which positions they are:

    impact(t, d) = m / (k₁ + m),   m = Σ_f w_f · n_f(t, d) / (1 − b_f + b_f · |d_f| / usual_f)

(BM25F: Robertson, Zaragoza and Taylor, *Simple BM25 extension to multiple weighted
fields*, CIKM 2004.) How we depart: a text's length is held against a usual length from the
settings, not against the mean of what is in the index; so a document's impacts depend on
nothing else, and the same documents score the same however they came in.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
SCALE = np.float32(1.0 / 65_535)
"""What an impact is multiplied by: kept as whole numbers of two bytes."""
NO_ROWS = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """N documents, T terms, P postings, Q positions."""

    keys: npt.NDArray[np.int64]  # (N,) ascending; a row is a place in here
    terms: Rows  # (T,) ascending
    starts: npt.NDArray[np.int64]  # (T + 1,) where the postings of each term start
    rows: Rows  # (P,) ascending within a term
    impacts: npt.NDArray[np.uint16]  # (P,)
    counts: npt.NDArray[np.uint8]  # (P,) how many positions are kept of each posting
    places: npt.NDArray[np.int64]  # (T + 1,) where the positions of each term start
    positions: npt.NDArray[np.uint16]  # (Q,)
    alive: Bools  # (N,) False: deleted or replaced
    living: int
    """How many are alive."""

    def __len__(self) -> int:
        return len(self.keys)

    def find(self, term: int) -> int:
        """The place of a term in ``terms``; -1 where no document has it."""
        place = int(self.terms.searchsorted(np.int32(term)))
        return place if place < len(self.terms) and self.terms[place] == term else -1

    def postings(self, place: int) -> tuple[Rows, npt.NDArray[np.uint16]]:
        """Rows, dead ones among them, and impacts of the term at that place."""
        span = slice(self.starts[place], self.starts[place + 1])
        return self.rows[span], self.impacts[span]

    def frequency(self, place: int) -> int:
        """How many living documents hold the term."""
        if self.living == len(self.keys):
            return int(self.starts[place + 1] - self.starts[place])
        rows = self.rows[self.starts[place] : self.starts[place + 1]]
        return int(np.count_nonzero(self.alive[rows]))

    def occurrences(self, place: int) -> npt.NDArray[np.int64]:
        """Row · 2¹⁶ + position of each place where the term stands, ascending within a row."""
        span = slice(self.starts[place], self.starts[place + 1])
        owners = np.repeat(self.rows[span].astype(np.int64), self.counts[span])
        return (owners << 16) | self.positions[self.places[place] : self.places[place + 1]]

    def without(self, keys: npt.NDArray[np.int64]) -> "Segment":
        """The same with those keys dead."""
        at = np.searchsorted(self.keys, keys)
        at = at[at < len(self.keys)]
        at = at[np.isin(self.keys[at], keys)]
        if not len(at) or not self.alive[at].any():
            return self
        alive = self.alive.copy()
        alive[at] = False
        return replace(self, alive=alive, living=int(alive.sum()))

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """What is saved, by name."""
        return {name: getattr(self, name) for name in ARRAYS}


ARRAYS = tuple(f.name for f in fields(Segment) if f.name != "living")
