"""What learning and judging are stated to take, in seconds on one core of a plain machine.

Formulas of the data's ``Size`` and of a configuration; the constants were measured on
shops of 1,200 to 100,000 items. They need not be exact: a plan that follows from them
is the same everywhere, and the clock watches over what they get wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zhiyin.data import Dataset, Exam

_NEWEST = 1_000  # events of one shopper that models pair with each other


@dataclass(frozen=True, slots=True)
class Size:
    """What the time of learning and judging depends on."""

    events: int
    shoppers: int
    items: int
    """Of the catalogue."""
    known: int
    """Of those, items with an event."""
    pairs: int
    """Σ over shoppers of (events, of the newest 1,000)²: products made by item-to-item models."""
    width: int = 0
    """Numbers that describe an item, where likenesses must be made of them first."""

    @classmethod
    def of(cls, data: Dataset) -> "Size":
        """The size of what is learnt from."""
        histories = data.interactions.histories
        lengths = np.minimum(np.diff(histories.offsets), _NEWEST)
        counts = np.bincount(histories.items[histories.items >= 0], minlength=len(data.items))
        return cls(
            events=len(histories.items),
            shoppers=int(np.count_nonzero(lengths)),
            items=len(data.items),
            known=int(np.count_nonzero(counts)),
            pairs=int((lengths**2).sum()),
            width=sum(
                rows.shape[1] for name, rows in data.features.items() if name not in data.graphs
            ),
        )


def popularity(size: Size, config: Any) -> float:
    """A sum."""
    return 0.01 + 2e-7 * size.events


def judging(size: Size, exam: Exam) -> float:
    """Seconds to rank the catalogue for an exam, by a table that keeps 500 a row."""
    touched = len(exam.histories.items) * min(500, size.known)
    return 0.01 + 6e-9 * len(exam) * size.items + 3e-9 * touched


def item_knn(size: Size, config: Any) -> float:
    """A sparse product."""
    return 0.02 + 5e-7 * size.events + 8e-9 * size.pairs


def gf_cf(size: Size, config: Any) -> float:
    """A sparse product made dense by rows, and singular vectors."""
    width = float(config.width) if config.smooth else 0.0
    grown = (3e-9 + 6e-11 * width) * size.known**2
    return 0.03 + (1e-6 + 1e-8 * width) * size.events + grown


def turbo_cf(size: Size, config: Any) -> float:
    """A sparse product made dense by rows."""
    return 0.03 + 1e-6 * size.events + 1e-8 * size.pairs + 3e-9 * size.known**2


def sparse_ease(size: Size, config: Any) -> float:
    """Sparse EASE: a solve of candidates³ per item."""
    width = float(min(config.candidates, size.known))
    return 0.1 + 1e-8 * size.pairs + 3e-10 * size.known * width**3


def slim(size: Size, config: Any) -> float:
    """SLIM: sweeps of candidates² per item."""
    width, sweeps = float(min(config.candidates, size.known)), float(config.sweeps)
    return 0.1 + 1e-8 * size.pairs + 6e-10 * size.known * sweeps * width**2


def ease(size: Size, config: Any) -> float:
    """The inverse of a square: known³."""
    slower = 1.0 if config.precision == "single" else 2.0
    return 0.03 + 1e-6 * size.events + 8e-9 * size.known**2 + slower * 1.1e-11 * size.known**3


def likeness(size: Size) -> float:
    """Seconds to find who is like whom, by all products of the items' features."""
    return 0.05 + 1e-5 * size.items + (2e-10 * size.width + 1e-8 * (size.width > 0)) * size.items**2


def content_knn(size: Size, config: Any) -> float:
    """Likeness alone."""
    return likeness(size)


def mm_gf(size: Size, config: Any) -> float:
    """Likeness beside behaviour."""
    return likeness(size) + 2 * turbo_cf(size, config)


def smooth_gf(size: Size, config: Any) -> float:
    """Three sparse products, whose rows are cut."""
    products = 5e-8 * float(config.neighbours) * size.pairs
    return likeness(size) + 0.05 + 1e-8 * size.known**2 + products


def bspm(size: Size, config: Any) -> float:
    """Four products of a dense square with the graph's per step."""
    products = 4.0 * config.steps if config.sharpen else 0.0
    pairs = min(size.pairs, size.known**2)
    per_item = 2.5e-10 * products * pairs + 5e-9 * size.known
    return 0.03 + 1e-6 * size.events + size.known * per_item


def user_knn(size: Size, config: Any) -> float:
    """A sparse product of the nearest shoppers."""
    return 0.02 + 1e-6 * size.events + 2e-8 * size.pairs


def smooth_ease(size: Size, config: Any) -> float:
    """EASE of the most frequent items, and a sparse by a dense square."""
    solved = replace(size, known=min(size.known, config.max_items))
    spread = 2e-9 * config.neighbours * size.known * solved.known
    return float(likeness(size) + ease(solved, config) + spread)


def ials(size: Size, config: Any) -> float:
    """A solve of width³ per shopper and item and a product of width² per event, each round."""
    width = float(config.width)
    block = float(min(config.width, config.block or config.width))
    solves = 1e-11 * (size.shoppers + size.known) * width * block**2
    return 0.05 + float(config.epochs) * (solves + 1e-10 * size.events * width**2)


def trained(per_event: float) -> Callable[[Size, Any], float]:
    """Seconds of one event in one epoch at the width of 64, and a second to begin with."""

    def seconds(size: Size, config: Any) -> float:
        return 1.0 + per_event * float(config.epochs) * size.events * float(config.width) / 64

    return seconds


def freedom(size: Size, config: Any) -> float:
    """Likeness, and epochs."""
    return likeness(size) + trained(8e-6)(size, config)


def msca(size: Size, config: Any) -> float:
    """Walks, and a view of the goods per modality and one of who is bought with whom."""
    return likeness(size) + trained(1.6e-5)(size, config)
