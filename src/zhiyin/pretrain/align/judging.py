"""How well pictures find their words and words their picture: ranks among all pairs.

Row n of the one is wanted for row n of the other; its rank is 1 + how many others are nearer.
Of equals half count as nearer, so that an alignment that says the same of everything is
no better than chance.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
KS = (1, 5, 10)
GOAL = "mrr"
"""What settings and epochs are chosen by: the mean reciprocal rank, both ways."""
_BLOCK = 1024


def ranks(queries: Floats, wanted: Floats) -> Doubles:
    """(N,) the rank of row n of ``wanted`` for row n of ``queries``, all rows compared."""
    found = np.empty(len(queries))
    for start in range(0, len(queries), _BLOCK):
        scores = queries[start : start + _BLOCK] @ wanted.T
        # What cannot be said is never found, and so many cannot be said alike.
        scores = np.nan_to_num(scores, nan=-np.inf)
        own = scores[np.arange(len(scores)), start + np.arange(len(scores))][:, None]
        nearer, equal = (scores > own).sum(axis=1), (scores == own).sum(axis=1)
        found[start : start + _BLOCK] = 1 + nearer + (equal - 1) / 2
    return found


def judged(text: Floats, image: Floats, ks: Sequence[int] = KS) -> dict[str, float]:
    """Recall at ``ks``, median rank and mean reciprocal rank, each way; "mrr" is of both."""
    ways = {"image→text": ranks(image, text), "text→image": ranks(text, image)}
    told = {name: value for way, own in ways.items() for name, value in _told(way, own, ks)}
    return {**told, GOAL: float(np.mean([told[f"{way} mrr"] for way in ways]))}


def agreement(text: Floats, image: Floats, labels: npt.NDArray[np.integer], k: int = 5) -> float:
    """How many of the ``k`` texts nearest to a picture have its label; those without one apart."""
    marked = labels >= 0
    own, near = labels[marked], image[marked] @ text[marked].T
    near = np.nan_to_num(near, nan=-np.inf)
    np.fill_diagonal(near, -np.inf)  # its own text has its label anyway
    found = np.argsort(-near, axis=1, kind="stable")[:, : min(k, len(own) - 1)]
    return float((own[found] == own[:, None]).mean()) if found.size else 0.0


def _told(way: str, own: Doubles, ks: Sequence[int]) -> list[tuple[str, float]]:
    facts: Mapping[str, float] = {
        **{f"recall@{k}": float((own <= k).mean()) for k in ks},
        "median rank": float(np.median(own)),
        "mrr": float((1 / own).mean()),
    }
    return [(f"{way} {name}", value) for name, value in facts.items()]
