"""The families of models that ``fit`` may try: how dear each is, and what can be tuned.

``FAMILIES`` is the one place to add another. A family states the seconds that learning
takes as a formula of the data's ``Size``, on one core of a plain machine, constants
measured on shops of 1,200 to 1,000,000 items. What is tried follows from these formulas
and never from the clock, so equal data and equal limits try the same things anywhere.
"""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from zhiyin.core import Config, Unavailable, ZhiyinError
from zhiyin.data import Dataset, Exam
from zhiyin.models import collaborative, multimodal

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


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """One algorithm as ``fit`` sees it."""

    name: str
    model: Callable[[], Any]
    """Its class, imported only when asked for; the class carries its ``Config``."""
    seconds: Callable[[Size, Any], float]
    """Of learning with a configuration."""
    gain: float
    """Typical recall@20 above popularity on public data; what an admitted second may buy."""
    space: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Setting → values in order of size; tuning walks from the default to better neighbours."""
    trained: bool = False
    """By gradients: watches the valid days and stops early. Needs the extra ``train``."""
    least_events: int = 0
    """With fewer it is not tried by itself: it would learn nothing that others do not."""
    needs: Callable[[Dataset], bool] = lambda data: True
    """Whether there is in the data what the family feeds on."""
    wants: str = ""
    """What ``needs`` looks for, in words."""
    wants_zh: str = ""

    @property
    def config(self) -> type[Config]:
        """The class of its configuration."""
        found: type[Config] = self.model().Config
        return found

    def missing(self, data: Dataset) -> ZhiyinError | None:
        """Why it cannot be tried here, whatever the limits; None where it can."""
        if self.trained and importlib.util.find_spec("torch") is None:
            return Unavailable(
                what=self.name,
                problem="torch is not installed",
                problem_zh="未安装 torch",
                remedy="install it with: pip install 'zhiyin[train]'",
                remedy_zh="请安装：pip install 'zhiyin[train]'",
            )
        if not self.needs(data):
            return Unavailable(
                what=self.name,
                problem=f"the data has no {self.wants}",
                problem_zh=f"数据中没有{self.wants_zh}",
                remedy="it is tried when that is there",
                remedy_zh="具备后会自动尝试",
            )
        if len(data.interactions) < self.least_events:
            return Unavailable(
                what=self.name,
                problem=f"{len(data.interactions):,} events are too few for it",
                problem_zh=f"{len(data.interactions):,} 条行为不足以训练它",
                remedy=f"it is tried from {self.least_events:,} on",
                remedy_zh=f"达到 {self.least_events:,} 条后会自动尝试",
            )
        return None


def judging(size: Size, exam: Exam) -> float:
    """Seconds to rank the catalogue for an exam, by a table that keeps 500 a row."""
    touched = len(exam.histories.items) * min(500, size.known)
    return 0.01 + 6e-9 * len(exam) * size.items + 3e-9 * touched


def _knn(size: Size, config: Any) -> float:
    return 0.02 + 5e-7 * size.events + 8e-9 * size.pairs


def _gf_cf(size: Size, config: Any) -> float:
    width = float(config.width) if config.smooth else 0.0
    grown = (3e-9 + 6e-11 * width) * size.known**2
    return 0.03 + (1e-6 + 1e-8 * width) * size.events + grown


def _turbo_cf(size: Size, config: Any) -> float:
    return 0.03 + 1e-6 * size.events + 1e-8 * size.pairs + 3e-9 * size.known**2


def _regressions(size: Size, config: Any) -> float:
    """Sparse EASE: a solve of candidates³ per item."""
    width = float(min(config.candidates, size.known))
    return 0.1 + 1e-8 * size.pairs + 3e-10 * size.known * width**3


def _descents(size: Size, config: Any) -> float:
    """SLIM: sweeps of candidates² per item."""
    width, sweeps = float(min(config.candidates, size.known)), float(config.sweeps)
    return 0.1 + 1e-8 * size.pairs + 6e-10 * size.known * sweeps * width**2


def _ease(size: Size, config: Any) -> float:
    """The inverse of a square: known³."""
    slower = 1.0 if config.precision == "single" else 2.0
    return 0.03 + 1e-6 * size.events + 8e-9 * size.known**2 + slower * 1.1e-11 * size.known**3


def _likeness(size: Size) -> float:
    """Seconds to find who is like whom, by all products of the items' features."""
    return 0.05 + 1e-5 * size.items + (2e-10 * size.width + 1e-8 * (size.width > 0)) * size.items**2


def _content(size: Size, config: Any) -> float:
    return _likeness(size)


def _mm_gf(size: Size, config: Any) -> float:
    return _likeness(size) + 2 * _turbo_cf(size, config)


def _smooth_ease(size: Size, config: Any) -> float:
    """EASE of the most frequent items, and a sparse by a dense square."""
    solved = replace(size, known=min(size.known, config.max_items))
    spread = 2e-9 * config.neighbours * size.known * solved.known
    return float(_likeness(size) + _ease(solved, config) + spread)


def _described(data: Dataset) -> bool:
    return bool(data.graphs or data.features)


_REG = (30.0, 100.0, 200.0, 300.0, 500.0, 1000.0, 2000.0)
_DAMPING = (0.0, 0.25, 0.5, 0.75)
_IMAGE = (0.0, 0.1, 0.3, 1.0)
_LOOKS: dict[str, Any] = {
    "needs": _described,
    "wants": "likenesses or features of the goods",
    "wants_zh": "商品的相似关系或特征",
}

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family(
            "popularity",
            lambda: collaborative.Popularity,
            lambda size, config: 0.01 + 2e-7 * size.events,
            gain=0.001,
            space={"half_life_days": (1.0, 3.0, 7.0, 30.0, None)},
        ),
        Family(
            "item-knn",
            lambda: collaborative.ItemKnn,
            _knn,
            gain=0.033,
            space={
                "shrink": (10.0, 30.0, 100.0, 300.0, 1000.0),
                "damping": _DAMPING,
                "neighbours": (50, 100, 200, 400),
                "fade": (False, True),
            },
        ),
        Family(
            "gf-cf",
            lambda: collaborative.GfCf,
            _gf_cf,
            gain=0.035,
            space={
                "smooth": (0.0, 0.3, 1.0),
                "item_power": (0.0, 0.15, 0.3, 0.5),
                "shopper_power": (0.0, 0.15, 0.3, 0.5),
            },
        ),
        Family(
            "turbo-cf",
            lambda: collaborative.TurboCf,
            _turbo_cf,
            gain=0.02,
            space={
                "shopper_power": (0.15, 0.3, 0.5, 0.7, 0.89),
                "power": (0.67, 1.0, 1.5),
            },
        ),
        Family(
            "sparse-ease",
            lambda: collaborative.SparseEase,
            _regressions,
            gain=0.032,
            space={"reg": _REG, "damping": _DAMPING, "candidates": (50, 100, 200, 300)},
        ),
        Family(
            "slim",
            lambda: collaborative.Slim,
            _descents,
            gain=0.032,
            space={"reg": _REG, "sparsity": (0.0, 0.1, 0.3, 1.0), "candidates": (50, 100, 200)},
        ),
        Family(
            "ease",
            lambda: collaborative.Ease,
            _ease,
            gain=0.034,
            space={"reg": _REG, "damping": _DAMPING},
        ),
        Family(
            "content-knn",
            lambda: multimodal.ContentKnn,
            _content,
            gain=0.005,
            space={"neighbours": (5, 10, 20, 50), "image": _IMAGE},
            **_LOOKS,
        ),
        Family(
            "mm-gf",
            lambda: multimodal.MmGf,
            _mm_gf,
            gain=0.04,
            space={"image": _IMAGE, "shopper_power": (0.5, 0.7, 0.89), "power": (0.67, 1.0)},
            **_LOOKS,
        ),
        Family(
            "smooth-ease",
            lambda: multimodal.SmoothEase,
            _smooth_ease,
            gain=0.05,
            space={
                "spread": (0.5, 1.0, 2.0, 4.0),
                "direct": (0.0, 0.02, 0.04, 0.08, 0.16),
                "image": _IMAGE,
                "reg": _REG,
                "damping": _DAMPING,
            },
            **_LOOKS,
        ),
    )
}
