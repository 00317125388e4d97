"""The families of models that ``fit`` may try: how dear each is, and what can be tuned.

``FAMILIES`` is the one place to add another. A family states the seconds that learning
takes (``costs``). What is tried follows from those formulas and never from the clock, so
equal data and equal limits try the same things anywhere.
"""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from zhiyin.core import Config, Unavailable, ZhiyinError
from zhiyin.data import Dataset
from zhiyin.models import collaborative, multimodal, sequential
from zhiyin.posttrain import costs
from zhiyin.posttrain.costs import Size


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
    assumed: Mapping[str, Any] = field(default_factory=dict)
    """About the defaults that ``seconds`` reads: what is too dear is not even imported."""
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

    def stated(self, size: Size) -> float:
        """Seconds of learning as it comes, without importing the model where it is trained."""
        return self.seconds(
            size, SimpleNamespace(**self.assumed) if self.assumed else self.config()
        )

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


def _described(data: Dataset) -> bool:
    return bool(data.graphs or data.features)


_REG = (30.0, 100.0, 200.0, 300.0, 500.0, 1000.0, 2000.0)
_DAMPING = (0.0, 0.25, 0.5, 0.75)
ENOUGH = 50_000
"""Events from which on training by gradients may tell what closed forms do not."""
_IMAGE = (0.0, 0.03, 0.1, 0.3, 1.0)
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
            costs.popularity,
            gain=0.001,
            space={"half_life_days": (1.0, 3.0, 7.0, 30.0, None)},
        ),
        Family(
            "item-knn",
            lambda: collaborative.ItemKnn,
            costs.item_knn,
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
            costs.gf_cf,
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
            costs.turbo_cf,
            gain=0.02,
            space={
                "shopper_power": (0.15, 0.3, 0.5, 0.7, 0.89),
                "power": (0.67, 1.0, 1.5),
            },
        ),
        Family(
            "sparse-ease",
            lambda: collaborative.SparseEase,
            costs.sparse_ease,
            gain=0.032,
            space={"reg": _REG, "damping": _DAMPING, "candidates": (50, 100, 200, 300)},
        ),
        Family(
            "slim",
            lambda: collaborative.Slim,
            costs.slim,
            gain=0.032,
            space={"reg": _REG, "sparsity": (0.0, 0.1, 0.3, 1.0), "candidates": (50, 100, 200)},
        ),
        Family(
            "ease",
            lambda: collaborative.Ease,
            costs.ease,
            gain=0.034,
            space={"reg": _REG, "damping": _DAMPING},
        ),
        Family(
            "user-knn",
            lambda: collaborative.UserKnn,
            costs.user_knn,
            gain=0.03,
            space={
                "neighbours": (50, 100, 200, 400),
                "shrink": (0.0, 3.0, 10.0, 30.0),
                "mean": (0.0, 0.2, 0.5, 0.75, 1.0),
            },
        ),
        Family(
            "bspm",
            lambda: collaborative.Bspm,
            costs.bspm,
            gain=0.035,
            space={
                "sharpen": (0.0, 0.5, 1.0, 2.0),
                "item_power": (0.0, 0.15, 0.3, 0.5),
                "shopper_power": (0.0, 0.15, 0.3, 0.5),
            },
        ),
        Family(
            "ials",
            lambda: collaborative.Ials,
            costs.ials,
            gain=0.025,
            space={
                "absent": (1.5, 3.0, 6.0, 12.0, 24.0),
                "reg": (0.01, 0.02, 0.035, 0.05, 0.07, 0.1, 0.2),
                "width": (32, 64, 128, 256),
            },
        ),
        Family(
            "content-knn",
            lambda: multimodal.ContentKnn,
            costs.content_knn,
            gain=0.005,
            space={"neighbours": (5, 10, 20, 50), "image": _IMAGE},
            **_LOOKS,
        ),
        Family(
            "mm-gf",
            lambda: multimodal.MmGf,
            costs.mm_gf,
            gain=0.04,
            space={"image": _IMAGE, "shopper_power": (0.5, 0.7, 0.89), "power": (0.67, 1.0)},
            **_LOOKS,
        ),
        Family(
            "smooth-gf",
            lambda: multimodal.SmoothGf,
            costs.smooth_gf,
            gain=0.05,
            space={
                "spread": (1.0, 2.0, 3.0, 4.0, 8.0),
                "direct": (0.0, 0.2, 0.35, 0.5, 1.0),
                "item_power": (0.15, 0.25, 0.35, 0.5),
                "shopper_power": (0.15, 0.25, 0.5),
                "image": _IMAGE,
            },
            **_LOOKS,
        ),
        Family(
            "smooth-ease",
            lambda: multimodal.SmoothEase,
            costs.smooth_ease,
            gain=0.05,
            space={
                "spread": (0.5, 1.0, 1.5, 2.0, 4.0),
                "direct": (0.0, 0.25, 0.5, 0.75, 1.0),
                "image": _IMAGE,
                "reg": _REG,
                "damping": _DAMPING,
            },
            **_LOOKS,
        ),
        Family(
            "lightgcn",
            lambda: collaborative.LightGcn,
            costs.trained(5e-6),
            gain=0.028,
            space={"layers": (1, 2, 3), "reg": (1e-3, 1e-2, 1e-1)},
            trained=True,
            assumed={"epochs": 80, "width": 64},
            least_events=ENOUGH,
        ),
        Family(
            "freedom",
            lambda: multimodal.Freedom,
            costs.freedom,
            gain=0.045,
            space={"reg": (1e-2, 2e-2, 4e-2, 8e-2), "layers": (1, 2, 3)},
            trained=True,
            assumed={"epochs": 40, "width": 64},
            least_events=ENOUGH,
            **_LOOKS,
        ),
        Family(
            "msca",
            lambda: multimodal.Msca,
            costs.msca,
            gain=0.048,
            space={"added": (0.4, 0.7, 1.0), "contrast": (0.003, 0.01, 0.02)},
            trained=True,
            assumed={"epochs": 25, "width": 64},
            least_events=ENOUGH,
            **_LOOKS,
        ),
        Family(
            "sasrec",
            lambda: sequential.SasRec,
            costs.trained(2.5e-5),
            gain=0.03,
            space={"dropout": (0.1, 0.3, 0.5), "blocks": (1, 2)},
            trained=True,
            assumed={"epochs": 12, "width": 64},
            least_events=ENOUGH,
        ),
    )
}
