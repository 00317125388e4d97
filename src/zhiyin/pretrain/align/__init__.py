"""Aligning: one space for pictures and words, learnt from a catalogue's own pairs.

``align`` tries canonical correlation and regression in closed form, then contrastive heads
where torch is there, and gives the ``Alignment`` that is best on pairs kept apart. To
project, to save and to load an ``Alignment`` takes numpy alone.
"""

from zhiyin.pretrain.align.alignment import Alignment, Facts
from zhiyin.pretrain.align.config import AlignConfig
from zhiyin.pretrain.align.judging import judged
from zhiyin.pretrain.align.learning import LEAST_PAIRS, align
from zhiyin.pretrain.align.lesson import Words

__all__ = ["LEAST_PAIRS", "AlignConfig", "Alignment", "Facts", "Words", "align", "judged"]
