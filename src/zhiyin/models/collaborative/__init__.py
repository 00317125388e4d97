"""Models that learn from behaviour alone: what the many did tells what goes with what.

Each carries its settings as ``Config``: ``ItemKnn(ItemKnn.Config(shrink=10))``.
"""

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

__all__ = [
    "Bspm",
    "Ease",
    "GfCf",
    "Ials",
    "ItemKnn",
    "Popularity",
    "Slim",
    "SparseEase",
    "TurboCf",
    "UserKnn",
]
