"""Models that know what goods look and read like, and so speak of goods that nobody bought.

Each takes what the data has, graphs or features, does without the rest and says so in
``notes``. Those that are trained need torch to learn (the extra ``train``), not to serve.
"""

from typing import TYPE_CHECKING, Any

from zhiyin.core import extra
from zhiyin.models.multimodal.contentknn import ContentKnn
from zhiyin.models.multimodal.mmgf import MmGf
from zhiyin.models.multimodal.smoothease import SmoothEase
from zhiyin.models.multimodal.smoothgf import SmoothGf

if TYPE_CHECKING:
    from zhiyin.models.multimodal.bm3 import Bm3
    from zhiyin.models.multimodal.freedom import Freedom
    from zhiyin.models.multimodal.lgmrec import LgmRec
    from zhiyin.models.multimodal.mgcn import Mgcn
    from zhiyin.models.multimodal.msca import Msca
    from zhiyin.models.multimodal.slmrec import SlmRec
    from zhiyin.models.multimodal.vbpr import Vbpr

__all__ = [
    "Bm3",
    "ContentKnn",
    "Freedom",
    "LgmRec",
    "Mgcn",
    "MmGf",
    "Msca",
    "SlmRec",
    "SmoothEase",
    "SmoothGf",
    "Smore",
    "Vbpr",
]


def __getattr__(name: str) -> Any:
    with extra("train", name):
        match name:
            case "Bm3":
                from zhiyin.models.multimodal.bm3 import Bm3

                return Bm3
            case "Freedom":
                from zhiyin.models.multimodal.freedom import Freedom

                return Freedom
            case "LgmRec":
                from zhiyin.models.multimodal.lgmrec import LgmRec

                return LgmRec
            case "Mgcn":
                from zhiyin.models.multimodal.mgcn import Mgcn

                return Mgcn
            case "Msca":
                from zhiyin.models.multimodal.msca import Msca

                return Msca
            case "SlmRec":
                from zhiyin.models.multimodal.slmrec import SlmRec

                return SlmRec
            case "Smore":
                from zhiyin.models.multimodal.smore import Smore

                return Smore
            case "Vbpr":
                from zhiyin.models.multimodal.vbpr import Vbpr

                return Vbpr
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
