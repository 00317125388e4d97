"""Models that know what goods look and read like, and so speak of goods that nobody bought.

Each takes what the data has, graphs or features, does without the rest and says so in
``notes``.
"""

from zhiyin.models.multimodal.contentknn import ContentKnn
from zhiyin.models.multimodal.mmgf import MmGf
from zhiyin.models.multimodal.smoothease import SmoothEase
from zhiyin.models.multimodal.smoothgf import SmoothGf

__all__ = ["ContentKnn", "MmGf", "SmoothEase", "SmoothGf"]
