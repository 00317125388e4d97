"""Stage 1, what things are: the catalogue becomes vectors, graphs and one space for both.

``pretrain`` describes every item by what encodes its words and its picture and writes an
artifact; ``Understanding`` reads it by memory map. ``refresh`` and ``Newcomers`` describe
what changed since, alone and in the same space. Encoders and the catalogue come through the
ports of ``core``; ``sources`` says which content of an item goes to which encoder. Nothing
here needs torch but what says so; ``zhiyin.pretrain.align`` has a door of its own.
"""

from zhiyin.pretrain.config import PretrainConfig
from zhiyin.pretrain.contents import sources
from zhiyin.pretrain.newcomers import Newcomers, refresh
from zhiyin.pretrain.report import PretrainReport
from zhiyin.pretrain.run import pretrain
from zhiyin.pretrain.understanding import Understanding

__all__ = [
    "Newcomers",
    "PretrainConfig",
    "PretrainReport",
    "Understanding",
    "pretrain",
    "refresh",
    "sources",
]
