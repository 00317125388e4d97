"""Models that learn from behaviour alone: what the many did tells what goes with what.

Each carries its settings as ``Config``: ``ItemKnn(ItemKnn.Config(shrink=10))``. Those
that are trained need torch to learn (the extra ``train``), not to serve.
"""

from typing import TYPE_CHECKING, Any

from zhiyin.core import extra
from zhiyin.models.collaborative.bspm import Bspm
from zhiyin.models.collaborative.ease import Ease
from zhiyin.models.collaborative.gfcf import GfCf
from zhiyin.models.collaborative.ials import Ials
from zhiyin.models.collaborative.itemknn import ItemKnn
from zhiyin.models.collaborative.popularity import Popularity
from zhiyin.models.collaborative.slim import Slim
from zhiyin.models.collaborative.sparseease import SparseEase
from zhiyin.models.collaborative.turbocf import TurboCf
from zhiyin.models.collaborative.userknn import UserKnn

if TYPE_CHECKING:
    from zhiyin.models.collaborative.lightgcn import LightGcn
    from zhiyin.models.collaborative.mfbpr import MfBpr

__all__ = [
    "Bspm",
    "Ease",
    "GfCf",
    "Ials",
    "ItemKnn",
    "LightGcn",
    "MfBpr",
    "Popularity",
    "Slim",
    "SparseEase",
    "TurboCf",
    "UserKnn",
]


def __getattr__(name: str) -> Any:
    found: Any
    with extra("train", name):
        match name:
            case "LightGcn":
                from zhiyin.models.collaborative.lightgcn import LightGcn as found
            case "MfBpr":
                from zhiyin.models.collaborative.mfbpr import MfBpr as found
            case _:
                raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return found
