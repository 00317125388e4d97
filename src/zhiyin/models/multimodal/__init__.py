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
    from zhiyin.models.multimodal.lgmrec import LgmRec
    from zhiyin.models.multimodal.msca import Msca
    from zhiyin.models.multimodal.slmrec import SlmRec

__all__ = ["ContentKnn", "LgmRec", "MmGf", "Msca", "SlmRec", "SmoothEase", "SmoothGf"]


def __getattr__(name: str) -> Any:
    with extra("train", name):
        match name:
            case "LgmRec":
                from zhiyin.models.multimodal.lgmrec import LgmRec

                return LgmRec
            case "Msca":
                from zhiyin.models.multimodal.msca import Msca

                return Msca
            case "SlmRec":
                from zhiyin.models.multimodal.slmrec import SlmRec

                return SlmRec
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
