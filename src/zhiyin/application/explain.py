"""Why each item is on the slate: what its score would lose without a piece of history."""

from collections import defaultdict

import numpy as np

from zhiyin.core import Histories, Reason
from zhiyin.models import Form

_MOST = 2
_LEAST = 0.05
"""A smaller share of what speaks for an item is no reason."""


def reasons(form: Form, history: Histories, items: np.ndarray) -> tuple[tuple[Reason, ...], ...]:
    """Up to two reasons per item, the weightiest first.

    ``weight`` is the share of all that speaks for the item: what its score loses when the
    evidence is taken away and all other events are weighed as before. What
    popularity decided is told as popularity and never as taste.
    """
    added = form.evidence(history, items)  # (T, K)
    base = form.baseline(items, history)  # (K,)
    return tuple(
        _reasons(form, history, added[:, place], float(base[place])) for place in range(len(items))
    )


def _reasons(form: Form, history: Histories, added: np.ndarray, base: float) -> tuple[Reason, ...]:
    by_item: defaultdict[int, float] = defaultdict(float)
    for number, amount in zip(history.items, added, strict=True):
        by_item[int(number)] += float(amount)
    if base + sum(by_item.values()) <= 0:
        return ()
    # A dislike pulls a score down; shares are of what pulls it up, so none is above one.
    up = max(base, 0.0) + sum(amount for amount in by_item.values() if amount > 0)
    found = [
        Reason("history", (form.items.names[number],), round(amount / up, 4))
        for number, amount in by_item.items()
        if number >= 0 and amount >= _LEAST * up
    ]
    if base >= _LEAST * up:
        found.append(Reason("popular", (), round(base / up, 4)))
    found.sort(key=lambda reason: -reason.weight)
    return tuple(found[:_MOST])
