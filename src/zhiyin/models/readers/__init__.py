"""Readers turn a history into the vector that ``Vectors`` compares with the items'.

Small, without torch, saved as arrays, JSON and ONNX. ``Sum`` adds up a vector per item,
``Ridge`` solves for the shopper that explains the history best, ``Sequence`` runs a graph
over the items in their order. ``Known`` is what they read.
"""

from zhiyin.models.readers.reader import Reader, load_reader
from zhiyin.models.readers.ridge import Ridge
from zhiyin.models.readers.sequence import Sequence
from zhiyin.models.readers.sums import Sum

__all__ = ["Reader", "Ridge", "Sequence", "Sum", "load_reader"]
