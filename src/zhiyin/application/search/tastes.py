"""Tastes: what the live form says of goods that were found, for a shopper and for everybody."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zhiyin.application.search.fusion import Ranked
from zhiyin.application.shelf import View
from zhiyin.core import Event, EventLog, Histories, Request
from zhiyin.models import Form

Keys = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Truth = npt.NDArray[np.bool_]
_HISTORY = 200
"""The newest events that count; older ones have faded."""


class Taste:
    """A live form and its id, with the events that its histories are read from."""

    def __init__(self, form: Form, events: EventLog, artifact: str = "") -> None:
        self.form = form
        self.artifact = artifact
        self._events = events
        self._telling = [name for name, kind in form.strengths.kinds.items() if kind.weight]
        self._rows: Keys | None = None

    def history(self, request: Request) -> Histories | None:
        """What may count of the request's shopper; None without consent or a shopper."""
        if request.shopper is None or not request.personal:
            return None
        stored: Sequence[Event] = self._events.recent(request.shopper, _HISTORY, self._telling)
        history = self.form.read([*reversed(stored), *request.events])
        return history if len(history.items) else None

    def popularity(self, view: View) -> Floats:
        """(N,) how much many like each; NaN: the form does not know it."""
        if self._rows is None:  # a row stays with its item for good
            self._rows = view.rows_of(self.form.items.names)
        known = np.flatnonzero((self._rows >= 0) & (self._rows < view.size))
        found = np.full(view.size, np.nan, np.float32)
        found[self._rows[known]] = self.form.baseline(known)
        return found


class Tastes:
    """What a taste says of the goods of one view, for one request."""

    def __init__(self, taste: Taste | None, history: Histories | None, view: View) -> None:
        self._taste, self._history, self._view = taste, history, view

    def of_shopper(self, keys: Keys) -> Ranked | None:
        """What the shopper's history says of some goods; None: nothing, or not allowed."""
        if self._taste is None or self._history is None or not len(keys):
            return None
        form = self._taste.form
        numbers = form.items.numbers(self._view.ids_of(keys))
        known = np.flatnonzero(numbers >= 0)
        scores = form.scores_of(self._history, numbers[known])
        return _ranked("personal", keys[known], scores)

    def of_many(self, among: Truth, reach: int) -> Ranked | None:
        """The goods of ``among`` that many like most; None: nobody knows."""
        if self._taste is None:
            return None
        keys = np.flatnonzero(among)
        scores = np.nan_to_num(self._taste.popularity(self._view)[keys], nan=-np.inf)
        if len(keys) > reach:
            # All that are as good as the last one: which of them is first is told by number.
            least = np.partition(scores, len(keys) - reach)[len(keys) - reach]
            keys, scores = keys[scores >= least], scores[scores >= least]
        known = scores > -np.inf
        found = _ranked("popular", keys[known], scores[known])
        return Ranked("popular", found.keys[:reach], found.scores[:reach])


def _ranked(source: str, keys: Keys, scores: Floats) -> Ranked:
    """Best first, without those that nothing is known of."""
    sure = np.flatnonzero(~np.isnan(scores))
    order = sure[np.lexsort((keys[sure], -scores[sure]))]
    return Ranked(source, keys[order], scores[order])
